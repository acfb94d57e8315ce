"""Faulty ways to send an answer, for both stand-ins: only half of it, or byte by byte."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable


async def send_half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Announce the whole body, send half of it, and reset the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response


async def send_slowly(request: web.Request, body: bytes, pause: Callable[[], float]) -> web.StreamResponse:
    """Send the body byte by byte. ``pause`` is asked after each byte for the seconds to wait, which may change."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    for at in range(len(body)):
        await response.write(body[at : at + 1])
        await asyncio.sleep(pause())
    return response
