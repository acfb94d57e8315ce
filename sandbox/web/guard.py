"""Lets only browsers of this machine reach the page's server, and only under a loopback name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NAMES = ("127.0.0.1", "localhost", "[::1]")
NO_SUCH_HOST = "This page answers to 127.0.0.1 and localhost only.\n"


def hosts(port: int) -> frozenset[str]:
    """Return the Host headers of this server. A site that rebinds its own name to 127.0.0.1 sends another Host."""
    return frozenset(f"{name}:{port}" for name in NAMES)


def is_ours(request: web.Request) -> bool:
    """Whether the Host header names this server and the port of the request's own socket."""
    return request.headers.get("Host", "").lower() in hosts(_port(request))


def is_our_page(request: web.Request) -> bool:
    """Whether the Origin is this server's own page. Browsers send an Origin with every websocket request."""
    scheme, _, host = request.headers.get("Origin", "").lower().partition("://")
    return scheme == "http" and host in hosts(_port(request))


@web.middleware
async def only_loopback(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 to any other Host, before routing."""
    if not is_ours(request):
        return web.Response(status=403, text=NO_SUCH_HOST)
    return await handler(request)


def _port(request: web.Request) -> int:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0
