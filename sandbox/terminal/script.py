"""Plays lines from a pipe or in CI as if they were typed, and prints all channels."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.text import Text

from sandbox.terminal.commands import NotUnderstoodError, Press, Say, Shortcut, Slash, read
from sandbox.terminal.session import CannotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable

    from sandbox.terminal.session import Session


async def play(session: Session, lines: AsyncIterable[str], out: Callable[[Text], None]) -> str:
    """Play until the end, ``quit`` or the first failing line. Returns a sentence about the failure; empty: none."""
    following = asyncio.create_task(session.follow())
    try:
        return await _play(session, lines, out)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _play(session: Session, lines: AsyncIterable[str], out: Callable[[Text], None]) -> str:
    session.refresh()
    number = 0
    async for line in lines:
        number += 1
        try:
            await _line(session, line, out)
        except (NotUnderstoodError, CannotError) as error:
            return f"line {number} ({line.strip()}): {error}"
        if session.leaving:
            break
    return ""


async def _line(session: Session, line: str, out: Callable[[Text], None]) -> None:
    request = read(line)
    if request is None:
        if line.strip():
            out(Text(line.strip(), style="dim italic"))
        return
    out(Text(f"{session.prompt}{line.strip()}", style="bold cyan"))
    await session.do(request)
    if isinstance(request, Slash | Press | Shortcut):
        await session.settle()
    elif isinstance(request, Say):
        session.refresh()
