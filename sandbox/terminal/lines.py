"""Reads lines from a terminal, a pipe or a file in the event loop, without a thread that could outlive it."""

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
    """Yield each line as it arrives, without its end, until the end of input.

    The descriptor stays blocking: on a non-blocking terminal the output, which shares it, would be non-blocking, too.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    partial = ""
    async with contextlib.aclosing(_chunks(fd)) as chunks:
        async for chunk in chunks:
            partial += decoder.decode(chunk)
            *whole, partial = partial.split("\n")
            for line in whole:
                yield line.rstrip("\r")
    if partial := partial + decoder.decode(b"", final=True):
        yield partial


async def _chunks(fd: int) -> AsyncGenerator[bytes]:
    """Yield the bytes that can be read without waiting, as they come."""
    while True:
        await _readable(fd)
        if not (chunk := os.read(fd, CHUNK)):
            return
        yield chunk


async def _readable(fd: int) -> None:
    """Wait for data. The descriptor is watched only here, because unread data would keep the loop spinning."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(fd, ready.set)
    except (OSError, ValueError):  # a plain file cannot be watched, and can always be read
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
