"""One exchange over real HTTP: what is tried again and what is not, pace, clocks, and answers of odd form."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from support.pandapon_api import Api, api_server, ok, page, refused, talking, utc_now

from pandapon.errors import (
    ApiError,
    DecodeError,
    PandaPonError,
    RateLimitError,
    ServerError,
    TimeoutError,  # noqa: A004  named as httpx names its own
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pandapon.client import PandaPon

READ, WRITE = "1688.order.list", "taobao.cart.add"
BODY = {"requestId": "r", "code": 200, "msg": "成功", "data": [{"name": "连衣裙"}]}
TEXT = json.dumps(BODY, ensure_ascii=False)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as one:
        yield one


def answer(body: bytes, **headers: str) -> web.Response:
    return web.Response(body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def drop(request: web.Request) -> web.Response:
    """Close the connection instead of answering."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def dawdle(_request: web.Request) -> web.Response:
    """Answer too late."""
    await asyncio.sleep(1.0)
    return ok([])


async def error_of(client: PandaPon, name: str = READ, **options: Any) -> PandaPonError:
    with pytest.raises(PandaPonError) as caught:
        await client.call(name, body={}, **options)
    return caught.value


async def test_a_read_is_tried_again(api: Api) -> None:
    """Signed anew each time: a nonce is good once."""
    api.will(page("bad gateway", status=502), ok([1]))
    async with talking(api) as client:
        assert await client.call(READ, body={}) == [1]
    first, second = (seen.headers["nonce-str"] for seen in api.seen)
    assert first != second
    assert not api.signed_badly


@pytest.mark.parametrize("reply", [page("bad gateway", status=502), drop], ids=["502", "dropped"])
async def test_a_write_is_sent_once(api: Api, reply: Any) -> None:
    """Whatever became of it: a second one could be a second order."""
    api.will(reply)
    async with talking(api) as client:
        assert isinstance(await error_of(client, WRITE), ServerError | TransportError)
    assert len(api.seen) == 1


async def test_a_poll_has_its_next_tick(api: Api) -> None:
    """It is not tried again at once, but where a kept connection turned out to be closed."""
    api.will(page("bad gateway", status=502))
    async with talking(api) as client:
        assert isinstance(await error_of(client, background=True), ServerError)
        assert len(api.seen) == 1
        api.will(drop, ok([1]))
        assert await client.call(READ, body={}, background=True) == [1]


async def test_an_answer_that_is_late(api: Api) -> None:
    """It is given up after the time that the settings allow."""
    api.will(dawdle)
    async with talking(api, read_timeout=0.2, retries=0) as client:
        assert isinstance(await error_of(client), TimeoutError)


async def test_the_poller_pauses_and_people_do_not(api: Api) -> None:
    """Asked to slow down, the poller sends nothing for as long as it was told; a person's wish still goes."""
    api.will(refused(429, "too many requests", headers={"Retry-After": "30"}), ok([1]))
    async with talking(api) as client:
        for _ in range(2):
            error = await error_of(client, background=True)
            assert isinstance(error, RateLimitError)
            assert error.retry_after == pytest.approx(30, abs=1)
        assert len(api.seen) == 1
        assert await client.call(READ, body={}) == [1]


async def test_a_clock_that_is_off(api: Api) -> None:
    """The server's clock is taken from its refusal, and the request is signed anew with it."""
    api.will(ok([1]))
    async with talking(api, clock=lambda: utc_now() - timedelta(minutes=20)) as client:
        assert await client.call(READ, body={}) == [1]
        assert await client.call(READ, body={}) == [1]
    assert len(api.seen) == 3
    assert len(api.signed_badly) == 1


@pytest.mark.parametrize("ending", ["refused", "dropped", "cancelled"])
async def test_a_slot_is_free_again(api: Api, ending: str) -> None:
    """However a request ends, the next one goes."""
    async with talking(api, concurrency=1, retries=0) as client:
        for _ in range(3):
            if ending == "cancelled":
                api.will(dawdle)
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.call(READ, body={}), 0.05)
            else:
                api.will(drop if ending == "dropped" else refused(400, "no"))
                await error_of(client)
        api.will(ok([1]))
        assert await client.call(READ, body={}) == [1]


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
async def test_answers_of_any_form(api: Api, reply: web.Response) -> None:
    """Compressed or not, in whichever encoding JSON allows."""
    api.will(reply)
    async with talking(api) as client:
        assert await client.call(READ, body={}) == BODY["data"]


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
async def test_answers_that_cannot_be_read(api: Api, reply: web.Response, says: str) -> None:
    """They are one clear error, and are not asked for again; the connection's next answer is read as ever."""
    async with talking(api) as client:
        api.will(reply)
        error = await error_of(client)
        assert isinstance(error, DecodeError)
        assert says in str(error)
        assert len(api.seen) == 1
        api.will(ok([1]))
        assert await client.call(READ, body={}) == [1]


async def test_nobody_is_led_elsewhere(api: Api) -> None:
    """A redirect is no answer: signed headers go to the API alone, and what it sets stays with it."""
    async with talking(api) as client:
        api.will(web.Response(status=302, headers={"Location": f"{api.url}/elsewhere", "Set-Cookie": "session=1"}))
        assert isinstance(await error_of(client), ApiError)
        api.will(ok([1]))
        assert await client.call(READ, body={}) == [1]
    assert [seen.path for seen in api.seen] == [api.seen[0].path] * 2
    assert all("Cookie" not in seen.headers for seen in api.seen)
