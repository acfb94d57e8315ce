"""What can go wrong at the PandaPon stand-in, on the wire and as the bot's client names it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio
from support.pandapon_stage import Stage, staged

from pandapon import errors
from pandapon.shipment import OrderRef, Platform
from sandbox.pandapon.demo import FIRST, TAOBAO

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

REF = OrderRef(Platform.ALIBABA, FIRST)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as found:
        yield found


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_server_errors(stage: Stage, status: int) -> None:
    """A 5xx is no JSON, and lasts until it is switched off."""
    stage.server.faults.status = status
    assert await stage.raw("trace", stage.headers(), orderId=FIRST) == (status, "upstream failure")
    async with stage.client() as client:
        with pytest.raises(errors.ServerError):
            await client.trace(REF)
        stage.server.faults.clear()
        assert (await client.trace(REF)).trace is not None


async def test_rate_limited(stage: Stage) -> None:
    """A 429 says how long to wait."""
    stage.server.faults.rate_limited = 17
    async with stage.client() as client:
        with pytest.raises(errors.RateLimitError) as caught:
            await client.probe()
    assert caught.value.retry_after == 17
    assert {seen.status for seen in stage.server.requests} == {429}


async def test_half_of_the_json(stage: Stage) -> None:
    """Malformed: the answer breaks off in the middle."""
    stage.server.faults.malformed = True
    status, text = await stage.raw("trace", stage.headers(), orderId=FIRST)
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    async with stage.client() as client:
        with pytest.raises(errors.DecodeError):
            await client.trace(REF)


async def test_another_shape(stage: Stage) -> None:
    """Wrong types: sound JSON that is not what was promised."""
    stage.server.faults.wrong_types = True
    assert (await stage.ask("trace", orderId=FIRST))["data"] == "oops"
    async with stage.client() as client:
        with pytest.raises(errors.DecodeError):
            await client.trace(REF)


async def test_slow(stage: Stage) -> None:
    """A slow answer is right when one waits, and a timeout when one does not."""
    stage.server.faults.delay = 0.3
    began = time.monotonic()
    assert (await stage.ask("trace", orderId=FIRST))["code"] == 200
    assert time.monotonic() - began >= 0.3
    async with stage.client(read_timeout=0.1) as client:
        with pytest.raises(errors.TimeoutError):
            await client.probe()


async def test_down(stage: Stage) -> None:
    """Down: every connection is reset."""
    stage.server.faults.down = True
    with pytest.raises(aiohttp.ClientError):
        await stage.ask("trace", orderId=FIRST)
    async with stage.client() as client:
        with pytest.raises(errors.TransportError):
            await client.probe()


async def test_only_some_addresses(stage: Stage) -> None:
    """A fault can be one address's; the others go on."""
    stage.server.faults.status, stage.server.faults.path = 500, "/logistics"
    assert (await stage.raw("trace", stage.headers(), orderId=FIRST))[0] == 500
    assert (await stage.ask("order", orderId=FIRST))["code"] == 200


async def test_success_with_nothing_in_it(stage: Stage) -> None:
    """Empty: the envelope says success and holds nothing; a refusal stays a refusal."""
    stage.server.faults.empty = True
    assert (await stage.ask("trace", orderId=FIRST))["data"] == []
    assert (await stage.ask("trace", orderId="1"))["data"] is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("trace", {"orderId": "1"}),
        ("trace", {}),
        ("trace", {"orderId": TAOBAO}),
        ("order", {"orderId": "1"}),
        ("taobao order", {"orderId": FIRST}),
        ("taobao trace", {"subPurchaseOrderId": "1"}),
    ],
)
async def test_orders_that_are_not_there(stage: Stage, name: str, arguments: dict[str, Any]) -> None:
    """An id that the account does not have, or has on the other platform, is told so."""
    envelope = await stage.ask(name, **arguments)
    assert (envelope["code"], envelope["data"]) == ("404", None)
    assert "订单不存在" in envelope["msg"]


async def test_an_address_that_is_not_there(stage: Stage) -> None:
    """An unknown address is refused in the envelope, and only to those who signed."""
    url = f"{stage.server.base_url}/v2/nothing"
    async with stage.session.get(url, headers=stage.headers()) as answer:
        assert (await answer.json())["code"] == 404
    async with stage.session.get(url) as answer:
        assert (await answer.json())["code"] == 401


@pytest.mark.parametrize("arguments", [{"page": "two"}, {"pageSize": "all"}, {"page": 0}, {"pageSize": -1}])
async def test_pages_that_mean_nothing(stage: Stage, arguments: dict[str, Any]) -> None:
    """A page that is no number above nought is refused."""
    envelope = await stage.ask("orders", **arguments)
    assert (envelope["code"], envelope["data"]) == (400, None)


async def test_a_body_that_is_no_json(stage: Stage) -> None:
    """A broken body is taken for an empty one: there is no such order."""
    url = f"{stage.server.base_url}/v2/alibaba/order/detail"
    async with stage.session.post(url, headers=stage.headers(), data=b"{no") as answer:
        assert (await answer.json())["code"] == "404"
