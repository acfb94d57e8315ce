"""A real HTTP proxy on loopback that counts what passes: plain requests, websockets and CONNECT."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter


class Proxy:
    """A proxy. ``seen`` holds method and address of each request."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.authorized: list[str] = []
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[StreamWriter] = []

    def count(self, port: int) -> int:
        """Count the requests for this port."""
        return sum(f":{port}" in target for _method, target in self.seen)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._pass(reader, writer)
        writer.close()
        self._tasks.discard(task)

    async def _pass(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, version = head[0].split(" ")
        self.seen.append((method, target))
        self.authorized += [line.split(" ", 1)[1] for line in head if line.lower().startswith("proxy-authorization:")]
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        there, back = await asyncio.open_connection(parts.hostname, parts.port or 80)
        self._writers += [writer, back]
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            path = parts._replace(scheme="", netloc="").geturl() or "/"
            upgrades = any(line.lower().startswith("upgrade:") for line in head)
            kept = [line for line in head[1:-2] if upgrades or not line.lower().startswith("connection:")]
            lines = [f"{method} {path} {version}", *kept, *([] if upgrades else ["Connection: close"])]
            back.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        await asyncio.gather(_pipe(reader, back), _pipe(there, writer))


async def _pipe(reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
