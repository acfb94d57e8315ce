"""Input by lines: pipes, files, characters cut in two, and an end in the middle of a line."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from sandbox.terminal.lines import lines

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_pipe_gives_lines_as_they_come() -> None:
    """Lines arrive one by one, a Chinese character cut between two writes is whole, the last needs no end."""
    reader, writer = os.pipe()
    got: list[str] = []
    try:
        source = lines(reader)
        os.write(writer, "one\r\n连".encode()[:-1])
        got.append(await anext(source))
        waiting = asyncio.ensure_future(anext(source))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        os.write(writer, "连衣裙\nlast".encode()[2:])
        got.append(await waiting)
        os.close(writer)
        got += [line async for line in source]
    finally:
        os.close(reader)
    assert got == ["one", "连衣裙", "last"]


async def test_a_file_gives_all_its_lines(tmp_path: Path) -> None:
    """Input redirected from a file cannot be watched by the loop, and is read all the same."""
    path = tmp_path / "script"
    path.write_text("one\n\nthree\n", encoding="utf-8")
    fd = os.open(path, os.O_RDONLY)
    try:
        assert [line async for line in lines(fd)] == ["one", "", "three"]
    finally:
        os.close(fd)


async def test_waiting_can_be_given_up() -> None:
    """Leaving the chat while it waits for input leaves nothing watching the descriptor."""
    reader, writer = os.pipe()
    try:
        waiting = asyncio.ensure_future(anext(lines(reader)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert asyncio.get_running_loop().remove_reader(reader) is False
    finally:
        os.close(reader)
        os.close(writer)
