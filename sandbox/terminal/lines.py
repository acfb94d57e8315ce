"""Lines from a terminal, a pipe or a file, read in the event loop: no thread that could outlive it."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

CHUNK = 65536


async def lines(fd: int) -> AsyncGenerator[str]:
    """Each line as it comes, without its end; stops at the end of input.

    The descriptor is left as it was: making a terminal non-blocking would do the same to the output beside it.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    async with contextlib.aclosing(_chunks(fd)) as chunks:
        async for chunk in chunks:
            rest += decoder.decode(chunk)
            *whole, rest = rest.split("\n")
            for line in whole:
                yield line.rstrip("\r")
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


async def _chunks(fd: int) -> AsyncGenerator[bytes]:
    """What can be read without waiting, each time there is something."""
    while True:
        await _readable(fd)
        if not (chunk := os.read(fd, CHUNK)):
            return
        yield chunk


async def _readable(fd: int) -> None:
    """Watch only while somebody waits: a watched descriptor with unread data would keep the loop spinning."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(fd, ready.set)
    except (OSError, ValueError):  # a plain file cannot be watched, and never makes anybody wait
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
