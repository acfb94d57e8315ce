"""One exchange over real HTTP: what is tried again and what is not, pace, clocks, and answers of odd form."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from support.pandapon_api import (
    BOTH_WAYS,
    READ,
    Api,
    api_server,
    byte_server,
    client_of,
    config,
    error_of,
    ok,
    page,
    refused,
    utc_now,
)

from pandapon.client import PandaPon
from pandapon.errors import (
    ApiError,
    DecodeError,
    RateLimitError,
    ServerError,
    TimeoutError,  # noqa: A004  named as httpx names its own
    TransportError,
)
from pandapon.operations import cart

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WRITE = "taobao.cart.add"
BODY = {"requestId": "r", "code": 200, "msg": "成功", "data": [{"name": "连衣裙"}]}
HEAD_OF_MANY = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"
TEXT = json.dumps(BODY, ensure_ascii=False)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


def answer(body: bytes, **headers: str) -> web.Response:
    return web.Response(body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


class StoppedError(Exception):
    """The request must not be sent any more."""


async def drop(request: web.Request) -> web.Response:
    """Close the connection instead of answering."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def dawdle(_request: web.Request) -> web.Response:
    """Answer too late."""
    await asyncio.sleep(1.0)
    return ok([])


async def test_a_read_is_tried_again(api: Api) -> None:
    """Signed anew each time: a nonce is good once."""
    api.queue(page("bad gateway", status=502), ok([1]))
    async with client_of(api) as client:
        assert await client.call(READ, body={}) == [1]
    first, second = (seen.headers["nonce-str"] for seen in api.seen)
    assert first != second
    assert not api.signed_badly


@pytest.mark.parametrize("reply", [page("bad gateway", status=502), drop], ids=["502", "dropped"])
async def test_a_write_is_sent_once(api: Api, reply: Any) -> None:
    """Whatever became of it: a second one could be a second order."""
    api.queue(reply)
    async with client_of(api) as client:
        assert isinstance(await error_of(client, WRITE), ServerError | TransportError)
    assert len(api.seen) == 1


async def test_a_write_can_be_stopped_when_its_turn_has_come(api: Api) -> None:
    """It may have waited for long: for the requests before it, or because its machine was suspended."""
    free = asyncio.Event()

    async def held(_request: web.Request) -> web.Response:
        await free.wait()
        return ok([])

    def stop() -> None:
        raise StoppedError

    api.queue(held)
    paths = {cart.TAOBAO_DELETE.name: "/delete"}
    async with client_of(api, concurrency=2, background_share=0.5, paths=paths) as client:
        before = asyncio.create_task(client.call(READ, body={}))
        await asyncio.sleep(0.1)
        writing = asyncio.create_task(client.write(cart.TAOBAO_DELETE, cart.CartIds(ids=("1",)), ready=stop))
        done, _waiting = await asyncio.wait({writing}, timeout=0.2)
        assert not done
        free.set()
        with pytest.raises(StoppedError):
            await writing
        await before
    assert len(api.seen) == 1


async def test_a_poll_has_its_next_tick(api: Api) -> None:
    """It is not tried again at once, but where a kept connection turned out to be closed."""
    api.queue(page("bad gateway", status=502))
    async with client_of(api) as client:
        assert isinstance(await error_of(client, background=True), ServerError)
        assert len(api.seen) == 1
        api.queue(drop, ok([1]))
        assert await client.call(READ, body={}, background=True) == [1]


@BOTH_WAYS
async def test_an_answer_that_is_late(api: Api, background: bool) -> None:
    """It is given up after the time that the settings allow."""
    api.queue(dawdle)
    async with client_of(api, read_timeout=0.2, retries=0) as client:
        assert isinstance(await error_of(client, background=background), TimeoutError)


async def test_the_poller_pauses_and_people_do_not(api: Api) -> None:
    """Asked to slow down, the poller sends nothing for as long as it was told; a person's wish still goes."""
    api.queue(refused(429, "too many requests", headers={"Retry-After": "30"}), ok([1]))
    async with client_of(api) as client:
        for _ in range(2):
            error = await error_of(client, background=True)
            assert isinstance(error, RateLimitError)
            assert error.retry_after == pytest.approx(30, abs=1)
        assert len(api.seen) == 1
        assert await client.call(READ, body={}) == [1]


@BOTH_WAYS
async def test_a_clock_that_is_off(api: Api, background: bool) -> None:
    """The server's clock is taken from its refusal, and the request is signed anew with it."""
    api.queue(ok([1]))
    async with client_of(api, clock=lambda: utc_now() - timedelta(minutes=20)) as client:
        assert await client.call(READ, body={}, background=background) == [1]
        assert await client.call(READ, body={}, background=background) == [1]
    assert len(api.seen) == 3
    assert len(api.signed_badly) == 1


@BOTH_WAYS
@pytest.mark.parametrize("ending", ["refused", "dropped", "cancelled"])
async def test_a_slot_is_free_again(api: Api, ending: str, background: bool) -> None:
    """However a request ends, the next one goes."""
    async with client_of(api, concurrency=2, background_share=0.5, retries=0) as client:
        for _ in range(3):
            if ending == "cancelled":
                api.queue(dawdle)
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.call(READ, body={}, background=background), 0.05)
            else:
                api.queue(drop if ending == "dropped" else refused(400, "no"))
                await error_of(client, background=background)
        api.queue(ok([1]))
        assert await client.call(READ, body={}, background=background) == [1]


@BOTH_WAYS
@pytest.mark.parametrize(
    "reply",
    [
        answer(TEXT.encode()),
        answer(gzip.compress(TEXT.encode()), content_encoding="gzip"),
        answer(TEXT.encode(), content_encoding="identity"),
        answer(TEXT.encode("utf-8-sig")),
        answer(TEXT.encode("utf-16")),
    ],
    ids=["plain", "gzip", "identity", "with a mark", "UTF-16"],
)
async def test_answers_of_any_form(api: Api, reply: web.Response, background: bool) -> None:
    """Compressed or not, in whichever encoding JSON allows."""
    api.queue(reply)
    async with client_of(api) as client:
        assert await client.call(READ, body={}, background=background) == BODY["data"]


@BOTH_WAYS
@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (answer(b"no gzip", content_encoding="gzip"), "compression"),
        (answer(TEXT.encode("gb18030")), "not the JSON"),
        (answer(TEXT.encode() + b" " * 3_000_000), "larger than"),
        (answer(gzip.compress(TEXT.encode() + b" " * 3_000_000), content_encoding="gzip"), "larger than"),
    ],
    ids=["broken compression", "another encoding", "too large", "too large when unpacked"],
)
async def test_answers_that_cannot_be_read(api: Api, reply: web.Response, says: str, background: bool) -> None:
    """They are one clear error, and are not asked for again; the connection's next answer is read as ever."""
    async with client_of(api) as client:
        api.queue(reply)
        error = await error_of(client, background=background)
        assert isinstance(error, DecodeError)
        assert says in str(error)
        assert len(api.seen) == 1
        api.queue(ok([1]))
        assert await client.call(READ, body={}, background=background) == [1]


@BOTH_WAYS
async def test_a_page_of_a_proxy_is_no_answer_of_pandapon(api: Api, background: bool) -> None:
    """The status doesn't call PandaPon well by it; a refusal by PandaPon itself counts."""
    async with client_of(api) as client:
        api.queue(page("<html>Please log in to the network</html>"))
        assert isinstance(await error_of(client, background=background), DecodeError)
        assert client.answered_at is None
        api.queue(refused(1001, "no such order"))
        assert isinstance(await error_of(client, background=background), ApiError)
        assert client.answered_at is not None


@BOTH_WAYS
async def test_nobody_is_led_elsewhere(api: Api, background: bool) -> None:
    """A redirect is no answer: signed headers go to the API alone, and what it sets stays with it."""
    async with client_of(api) as client:
        api.queue(web.Response(status=302, headers={"Location": f"{api.url}/elsewhere", "Set-Cookie": "session=1"}))
        assert isinstance(await error_of(client, background=background), ApiError)
        api.queue(ok([1]))
        assert await client.call(READ, body={}, background=background) == [1]
    assert [seen.path for seen in api.seen] == [api.seen[0].path] * 2
    assert all("Cookie" not in seen.headers for seen in api.seen)


@pytest.mark.parametrize(
    ("name", "query", "body"),
    [
        ("1688.order.logistics", {"orderId": "2542285634920880794"}, None),
        ("1688.order.logistics", {"orderId": "a b&c=d+e/f?g#h%20é"}, None),
        ("1688.order.logistics", {"orderId": ""}, None),
        ("1688.order.logistics", None, None),
        ("1688.order.detail", None, {"orderId": 2542285634920880794, "words": "红色"}),
        ("1688.order.detail", {"lang": "en"}, {}),
        ("1688.order.list", None, {"words": "x" * 300_000}),
    ],
    ids=["an id", "odd signs", "an empty value", "no query", "a body", "both", "a body in pieces"],
)
async def test_both_ways_send_the_same(api: Api, name: str, query: dict[str, str] | None, body: Any) -> None:
    """The poller's short way past httpx sends what httpx would send, but for the signature's moment and nonce."""
    api.queue(ok([1]))
    async with client_of(api) as client:
        for background in (False, True):
            assert await client.call(name, query=query, body=body, background=background) == [1]
    person, poller = api.seen
    assert (person.method, person.path, person.query, person.body) == (
        poller.method,
        poller.path,
        poller.query,
        poller.body,
    )
    changing = {"timestamp", "nonce-str", "signature"}
    assert {name: value for name, value in person.headers.items() if name.lower() not in changing} == {
        name: value for name, value in poller.headers.items() if name.lower() not in changing
    }
    assert not api.signed_badly


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"HTTP/1.1 2oo OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        None,
    ],
    ids=["nothing", "a broken status", "a broken header", "half a body", "broken chunks", "SSH", "nobody listens"],
)
async def test_both_ways_call_a_fault_the_same(wire: bytes | None) -> None:
    """A fault of the connection is a TransportError, whichever library met it."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(wire or b"")

    async with byte_server(speak) as url:
        heard_at = url if wire is not None else "http://127.0.0.1:9"  # where nobody listens
        async with PandaPon(config(heard_at, retries=0), clock=utc_now) as client:
            errors = [await error_of(client, background=background) for background in (False, True)]
    assert [type(error) for error in errors] == [TransportError, TransportError]


@BOTH_WAYS
@pytest.mark.parametrize("head", [b"", HEAD_OF_MANY + b"{"], ids=["nothing", "half a body"])
async def test_a_silence_is_a_timeout(head: bytes, background: bool) -> None:
    """A server that stops speaking is given up after the limit between two parts."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await reader.read()  # until the client has enough

    async with byte_server(speak) as url, PandaPon(config(url, retries=0, read_timeout=0.2), clock=utc_now) as client:
        assert isinstance(await error_of(client, background=background), TimeoutError)


@BOTH_WAYS
async def test_a_whole_answer_has_its_limit(background: bool) -> None:
    """A server that sends byte after byte, each in time, is given up after the limit of a whole answer."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD_OF_MANY)
        await reader.readuntil(b"\r\n\r\n")
        while not reader.at_eof():
            writer.write(b" ")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.05)

    async with byte_server(speak) as url, PandaPon(config(url, retries=0, read_timeout=0.2), clock=utc_now) as client:
        assert isinstance(await error_of(client, background=background), TimeoutError)


@BOTH_WAYS
async def test_an_address_that_cannot_be_used(background: bool) -> None:
    """It is our error, and not one of a library."""
    async with PandaPon(config("http://[half", retries=0), clock=utc_now) as client:
        assert isinstance(await error_of(client, background=background), TransportError)
