"""The page's own server: it listens on loopback and serves the page's files and a websocket for each open page."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from aiohttp import WSMsgType, web

from sandbox.loopback import serve
from sandbox.pandapon.goods import picture
from sandbox.web import guard, page_commands
from sandbox.web.hub import Hub
from sandbox.web.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.terminal.sandbox import Sandbox

PORT = 8765
STATIC = Path(__file__).resolve().parent / "static"
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
}
IN_ORDER = {
    "history",
    "thread",
    "threads",
    "mark_read",
    "switch_user",
    "say",
    "keep_file",
}  # carried out one after the other
FOREVER = "public, max-age=31536000, immutable"
VERSIONED = re.compile(r"v-[0-9a-f]+/")
LONGEST = 4 * 1024 * 1024  # bytes of one message from a page


class WebServer:
    """The server of a sandbox's page: open the address that :meth:`start` returns."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.hub = Hub(sandbox)
        self.base_url = ""
        self._version = ""
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._open: set[web.WebSocketResponse] = set()

    async def start(self, port: int = 0) -> str:
        """Listen on loopback; port 0 is any free one. Returns the page's address. Raises OSError for a taken port."""
        app = web.Application(middlewares=[guard.only_loopback])
        app.router.add_get("/", self._page)
        app.router.add_get("/static/{path:.+}", self._file)
        app.router.add_get("/img/{name}.png", self._picture)
        app.router.add_get("/shared/{file}", self._shared)
        app.router.add_get("/recording.json", self._recording)
        app.router.add_get("/ws", self._socket)
        self._runner, self.base_url = await serve(app, port)
        self._tasks = [asyncio.ensure_future(self.hub.follow()), asyncio.ensure_future(self.hub.follow_wire())]
        return f"{self.base_url}/"

    async def stop(self) -> None:
        """Close the open pages and the server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.hub.close()
        for socket in list(self._open):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def _page(self, _request: web.Request) -> web.Response:
        text = (STATIC / "index.html").read_text(encoding="utf-8")
        self._version = _version()
        text = text.replace('"/static/', f'"/static/{self._version}/')
        return web.Response(text=text, content_type="text/html", headers=self._headers())

    async def _file(self, request: web.Request) -> web.Response:
        """Serve a static file. Browsers may cache it for ever under an address that holds the current version.

        Modules import each other by relative addresses, so the version in the page's own address reaches all of them.
        """
        name = request.match_info["path"]
        version = VERSIONED.match(name)
        path = (STATIC / name[version.end() if version else 0 :]).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file() or path.suffix not in TYPES:
            raise web.HTTPNotFound
        caching = FOREVER if version and version[0] == f"{self._version}/" else "no-cache"
        headers = self._headers() | {"Cache-Control": caching}
        return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=headers)

    async def _picture(self, request: web.Request) -> web.Response:
        """Draw a picture of a product. The pictures' public address does not exist, so the page asks this server."""
        return web.Response(body=picture(request.match_info["name"]), content_type="image/png", headers=self._headers())

    async def _shared(self, request: web.Request) -> web.Response:
        """Serve a picture that somebody shared. A visitor of the demo may be anybody in it, so nobody is refused."""
        file = self.hub.sandbox.slack.web_api.files.shared.get(request.match_info["file"])
        if file is None or not file.mimetype.startswith("image/"):
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.mimetype, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": (
                "default-src 'self'; img-src 'self' data: https:; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'; object-src 'none'"
            ),
        }

    async def _recording(self, _request: web.Request) -> web.Response:
        text = json.dumps(self.hub.recorder.recording(), ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="conversation.json"', **self._headers()}
        return web.Response(text=text, content_type="application/json", headers=headers)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not guard.is_our_page(request):
            return web.Response(status=403, text=guard.NO_SUCH_HOST)
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=LONGEST)
        await socket.prepare(request)
        session = Session(self.hub, self._user(request.query))
        self._open.add(socket)
        self.hub.pages.add(session)
        writing = asyncio.ensure_future(self._write(session, socket))
        try:
            session.send_state()
            await self._read(session, socket)
        finally:
            self.hub.leave(session)
            self._open.discard(socket)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        return socket

    def _user(self, query: Mapping[str, str]) -> str:
        """Return the id of the requested person; else of a person who speaks the page's language, or English."""
        wanted = query.get("user", "")
        people = [user for user in self.hub.sandbox.slack.workspace.users.values() if not user.is_bot]
        if named := next((person.id for person in people if wanted in {person.id, person.name}), None):
            return named
        spoken = (query.get("lang", ""), "en")
        speakers = (person.id for code in spoken if code for person in people if person.locale.startswith(code))
        return next(speakers, people[0].id)

    async def _read(self, session: Session, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            body = _parsed(message.data)
            if body.get("type") in IN_ORDER:
                await page_commands.execute(session, body)
            else:
                self.hub.run(page_commands.execute(session, body))

    @staticmethod
    async def _write(session: Session, socket: web.WebSocketResponse) -> None:
        with contextlib.suppress(ConnectionError):
            await session.write(socket.send_json)


def _version() -> str:
    """Return a version that changes with any static file, even while the demo runs."""
    digest = hashlib.blake2s(digest_size=6)
    for path in sorted(STATIC.rglob("*.*")):
        digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
    return f"v-{digest.hexdigest()}"


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
