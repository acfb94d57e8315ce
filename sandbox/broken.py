"""A connection that ends in the middle of an answer, as both stand-ins can let it happen."""

from __future__ import annotations

from aiohttp import web


async def cut_off(request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise the whole body, send half of it, and reset the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response
