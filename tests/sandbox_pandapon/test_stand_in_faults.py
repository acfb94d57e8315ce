"""What can go wrong at the PandaPon stand-in, on the wire and as the bot's client names it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from pandapon import errors
from pandapon.shipment import OrderRef, Platform
from sandbox.pandapon.demo import FIRST, TAOBAO

if TYPE_CHECKING:
    from support.fake_pandapon import FakePandaPon

REF = OrderRef(Platform.ALIBABA, FIRST)


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_server_errors(pandapon: FakePandaPon, status: int) -> None:
    """A 5xx is no JSON, and lasts until it is switched off."""
    pandapon.server.faults.status = status
    assert await pandapon.raw("trace", pandapon.headers(), orderId=FIRST) == (status, "upstream failure")
    async with pandapon.client() as client:
        with pytest.raises(errors.ServerError):
            await client.trace(REF)
        pandapon.server.faults.clear()
        assert (await client.trace(REF)).trace is not None


async def test_rate_limited(pandapon: FakePandaPon) -> None:
    """A 429 says how long to wait."""
    pandapon.server.faults.rate_limited = 17
    async with pandapon.client() as client:
        with pytest.raises(errors.RateLimitError) as caught:
            await client.probe()
    assert caught.value.retry_after == 17
    assert {seen.status for seen in pandapon.server.requests} == {429}


async def test_half_of_the_json(pandapon: FakePandaPon) -> None:
    """Malformed: the answer breaks off in the middle."""
    pandapon.server.faults.malformed = True
    status, text = await pandapon.raw("trace", pandapon.headers(), orderId=FIRST)
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    async with pandapon.client() as client:
        with pytest.raises(errors.DecodeError):
            await client.trace(REF)


async def test_another_shape(pandapon: FakePandaPon) -> None:
    """Wrong types: sound JSON that is not what was promised."""
    pandapon.server.faults.wrong_types = True
    assert (await pandapon.ask("trace", orderId=FIRST))["data"] == "oops"
    async with pandapon.client() as client:
        with pytest.raises(errors.DecodeError):
            await client.trace(REF)


async def test_slow(pandapon: FakePandaPon) -> None:
    """A slow answer is right when one waits, and a timeout when one does not."""
    pandapon.server.faults.delay = 0.3
    began = time.monotonic()
    assert (await pandapon.ask("trace", orderId=FIRST))["code"] == 200
    assert time.monotonic() - began >= 0.3
    async with pandapon.client(read_timeout=0.1) as client:
        with pytest.raises(errors.TimeoutError):
            await client.probe()


async def test_down(pandapon: FakePandaPon) -> None:
    """Down: every connection is reset."""
    pandapon.server.faults.down = True
    with pytest.raises(aiohttp.ClientError):
        await pandapon.ask("trace", orderId=FIRST)
    async with pandapon.client() as client:
        with pytest.raises(errors.TransportError):
            await client.probe()


async def test_only_some_addresses(pandapon: FakePandaPon) -> None:
    """A fault can be one address's; the others go on."""
    pandapon.server.faults.status, pandapon.server.faults.path = 500, "/logistics"
    assert (await pandapon.raw("trace", pandapon.headers(), orderId=FIRST))[0] == 500
    assert (await pandapon.ask("order", orderId=FIRST))["code"] == 200


async def test_success_with_nothing_in_it(pandapon: FakePandaPon) -> None:
    """Empty: the envelope says success and holds nothing; a refusal stays a refusal."""
    pandapon.server.faults.empty = True
    assert (await pandapon.ask("trace", orderId=FIRST))["data"] == []
    assert (await pandapon.ask("trace", orderId="1"))["data"] is None


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
async def test_orders_that_are_not_there(pandapon: FakePandaPon, name: str, arguments: dict[str, Any]) -> None:
    """An id that the account does not have, or has on the other platform, is told so."""
    envelope = await pandapon.ask(name, **arguments)
    assert (envelope["code"], envelope["data"]) == ("404", None)
    assert "订单不存在" in envelope["msg"]


async def test_an_address_that_is_not_there(pandapon: FakePandaPon) -> None:
    """An unknown address is refused in the envelope, and only to those who signed."""
    url = f"{pandapon.server.base_url}/v2/nothing"
    async with pandapon.session.get(url, headers=pandapon.headers()) as answer:
        assert (await answer.json())["code"] == 404
    async with pandapon.session.get(url) as answer:
        assert (await answer.json())["code"] == 401


@pytest.mark.parametrize("arguments", [{"page": "two"}, {"pageSize": "all"}, {"page": 0}, {"pageSize": -1}])
async def test_pages_that_mean_nothing(pandapon: FakePandaPon, arguments: dict[str, Any]) -> None:
    """A page that is no number above nought is refused."""
    envelope = await pandapon.ask("orders", **arguments)
    assert (envelope["code"], envelope["data"]) == (400, None)


async def test_a_body_that_is_no_json(pandapon: FakePandaPon) -> None:
    """A broken body is taken for an empty one: there is no such order."""
    url = f"{pandapon.server.base_url}/v2/alibaba/order/detail"
    async with pandapon.session.post(url, headers=pandapon.headers(), data=b"{no") as answer:
        assert (await answer.json())["code"] == "404"
