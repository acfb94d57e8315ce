"""Who may talk to the page's server: browsers of this machine that asked for it by a loopback name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NAMES = ("127.0.0.1", "localhost", "[::1]")
NO_SUCH_HOST = "This page answers to 127.0.0.1 and localhost only.\n"


def hosts(port: int) -> frozenset[str]:
    """The Host headers that mean us; a site that rebinds its own name to 127.0.0.1 sends another."""
    return frozenset(f"{name}:{port}" for name in NAMES)


def is_ours(request: web.Request) -> bool:
    """The Host header names this server on this port, as the socket itself knows it."""
    return request.headers.get("Host", "").lower() in hosts(_port(request))


def is_our_page(request: web.Request) -> bool:
    """The Origin is this server's own page. A browser sends it with every websocket, so none means no browser."""
    scheme, _, host = request.headers.get("Origin", "").lower().partition("://")
    return scheme == "http" and host in hosts(_port(request))


@web.middleware
async def only_loopback(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for every other Host, before anything is looked up."""
    if not is_ours(request):
        return web.Response(status=403, text=NO_SUCH_HOST)
    return await handler(request)


def _port(request: web.Request) -> int:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0
