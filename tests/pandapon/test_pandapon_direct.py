"""The poller's way to aiohttp's connections: it speaks as the session does, keeps connections, and drops bad ones."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support.pandapon_api import BOTH_WAYS, READ, api_server, byte_server, client_of, config, ok, utc_now
from support.proxy import Proxy

from pandapon.client import PandaPon
from pandapon.errors import TransportError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Awaitable, Callable

DATA = [{"name": "连衣裙"}]
BODY = json.dumps({"requestId": "r", "code": 200, "msg": "成功", "data": DATA}, ensure_ascii=False).encode()
LENGTH = f"Content-Length: {len(BODY)}\r\n".encode()
WHOLE = b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + BODY
CHUNKS = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (BODY[:7], BODY[7:])) + b"0\r\n\r\n"


def answering(*wires: bytes) -> tuple[list[int], Callable[[StreamReader, StreamWriter], Awaitable[None]]]:
    """Return a list, and a server's part that answers each request by the next of ``wires``.

    The list gets the number of each request on its connection, from 1.
    """
    left, numbers = list(wires), list[int]()

    async def speak(reader: StreamReader, writer: StreamWriter) -> None:
        number = 0
        while left:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or b"0"))
            numbers.append(number := number + 1)
            writer.write(wire := left.pop(0))
            if b"Connection: close" in wire:
                return
        await reader.read()

    return numbers, speak


@BOTH_WAYS
@pytest.mark.parametrize(
    ("wire", "requests"),
    [
        (WHOLE, [1, 2]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS, [1, 2]),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + WHOLE, [1, 2]),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + LENGTH + b"\r\n" + BODY, [1, 1]),
        (b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n" + BODY, [1, 1]),
    ],
    ids=["a length", "chunks", "interim answers", "a length and a close", "to the end of the connection"],
)
async def test_forms_of_an_answer(wire: bytes, requests: list[int], background: bool) -> None:
    """The answer is whole. The next request goes over the same connection, unless the answer ends it."""
    numbers, speak = answering(wire, wire)
    async with byte_server(speak) as url, PandaPon(config(url, retries=0), clock=utc_now) as client:
        for _ in range(2):
            assert await client.call(READ, body={}, background=background) == DATA
    assert numbers == requests


async def test_the_poller_needs_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll works where aiohttp's session would fail; a person's call shows that the session does fail here."""

    def fail(*_args: object, **_options: object) -> None:
        raise OSError("the session was used")

    monkeypatch.setattr(aiohttp.ClientSession, "_request", fail)
    async with api_server() as api, client_of(api, retries=0) as client:
        api.queue(ok([1]))
        assert await client.call(READ, body={}, background=True) == [1]
        with pytest.raises(TransportError):
            await client.call(READ, body={})


@BOTH_WAYS
async def test_what_comes_behind_an_answer_is_not_the_next_one(background: bool) -> None:
    """A server that sends two answers to one request loses its connection, and the second answer with it."""
    forged = WHOLE.replace(BODY, b'{"requestId":"r","code":200,"data":[666]}'.ljust(len(BODY)))
    _, speak = answering(WHOLE + forged, WHOLE, WHOLE)
    async with byte_server(speak) as url, PandaPon(config(url, retries=1), clock=utc_now) as client:
        for _ in range(2):
            assert await client.call(READ, body={}, background=background) == DATA


@BOTH_WAYS
async def test_what_comes_over_an_idle_connection_is_no_answer(background: bool) -> None:
    """That connection is dropped, and the next request takes another one."""
    connections: list[StreamWriter] = []

    async def speak(reader: StreamReader, writer: StreamWriter) -> None:
        connections.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
                writer.write(WHOLE)

    async with byte_server(speak) as url, PandaPon(config(url, retries=0), clock=utc_now) as client:
        assert await client.call(READ, body={}, background=background) == DATA
        connections[0].write(WHOLE.replace(BODY, b'{"code":200,"data":[666]}'.ljust(len(BODY))))
        await asyncio.sleep(0.1)
        assert await client.call(READ, body={}, background=background) == DATA
    assert len(connections) == 2


@BOTH_WAYS
async def test_a_call_that_is_cancelled_leaves_nothing_for_the_next(background: bool) -> None:
    """Its answer comes later, and must not be taken for another one's."""
    waiting = asyncio.Event()

    async def speak(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if waiting.is_set():
            writer.write(WHOLE)
        else:
            waiting.set()
            await asyncio.sleep(0.1)
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n{"code":200,"data":["old"]}')
        await reader.read()

    async with byte_server(speak) as url, PandaPon(config(url, retries=0), clock=utc_now) as client:
        call = asyncio.ensure_future(client.call(READ, body={}, background=background))
        await waiting.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(0.15)
        assert await client.call(READ, body={}, background=background) == DATA


@pytest.mark.parametrize("path", ["", "/gateway", "/网关/v3", "/a b"])
@pytest.mark.parametrize("user", ["", "mei:pass%20word@"])
async def test_a_base_of_any_form_leads_to_the_same_place(path: str, user: str) -> None:
    """A base with a path, and with a name and a password, which become a header."""
    async with api_server() as api:
        api.queue(ok([1]))
        base = api.url.replace("://", f"://{user}") + path
        async with PandaPon(config(base, retries=0), clock=utc_now) as client:
            for background in (False, True):
                assert await client.call(READ, body={}, query={"page": "2"}, background=background) == [1]
        person, poller = api.seen
        assert (person.path, person.query) == (poller.path, poller.query)
        assert person.path.startswith(path)
        assert person.headers.get("Authorization") == poller.headers.get("Authorization")
        assert bool(user) == ("Authorization" in poller.headers)


async def test_a_proxy_is_taken_on_both_ways() -> None:
    """A proxy's requests are the session's."""
    async with api_server() as api, Proxy() as proxy, client_of(api, proxy=proxy.url) as client:
        api.queue(ok([1]))
        for background in (False, True):
            assert await client.call(READ, body={}, background=background) == [1]
        assert len(proxy.seen) == len(api.seen) == 2


@BOTH_WAYS
async def test_a_base_cannot_smuggle_a_header(background: bool) -> None:
    """An end of line in it is refused, or stays a part of the path."""
    async with api_server() as api:
        api.queue(ok([1]))
        async with PandaPon(config(f"{api.url}/x\r\nx-smuggled: y", retries=0), clock=utc_now) as client:
            with contextlib.suppress(TransportError):
                await client.call(READ, body={}, background=background)
        assert not any("x-smuggled" in seen.headers for seen in api.seen)
