"""The stand-in's push messages: all six families, for what happens in its account, each told by its kind."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from support.patience import in_time, until

from bot.commands.sandbox import serve
from bot.process.clock import utc_now
from pandapon.client import Config, PandaPon
from pandapon.operations import orders, refunds
from pandapon.pushes import Family, Push, read_push
from pandapon.shipment import Platform
from sandbox.pandapon import happenings
from sandbox.pandapon.demo import FIRST, TAOBAO
from sandbox.pandapon.pushes import Pushes
from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.fake_pandapon import FakePandaPon

    from sandbox.pandapon.world import SandboxOrder


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[str, list[Push]]]:
    """A receiver that acknowledges: its address, and the messages that it has read."""
    got: list[Push] = []

    async def take(request: web.Request) -> web.Response:
        got.append(read_push(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/", got
    finally:
        await runner.cleanup()


def unpaid(pandapon: FakePandaPon, platform: Platform) -> SandboxOrder:
    """An order of the platform that waits for payment."""
    order = pandapon.world.of(platform)[0]
    order.statuses = [(order.created_at, "0" if platform is Platform.TAOBAO else "waitbuyerpay")]
    order.packages = []
    return order


@pytest.mark.parametrize("platform", list(Platform))
async def test_an_order_is_paid_shipped_received_and_cancelled(pandapon: FakePandaPon, platform: Platform) -> None:
    """A message for each, about the right order, whose kind says that its state changed."""
    order, is_1688 = unpaid(pandapon, platform), platform is Platform.ALIBABA
    got: list[Push]

    async def until_pushed(kind: str) -> None:
        expected = kind if is_1688 else "STATUS_MODIFY"
        await until(lambda: any(push.kind.endswith(expected) and order.order_id in push.ids for push in got))
        assert {push.family for push in got if push.kind.endswith(expected)} == {Family.STATUS}
        got.clear()

    async with (
        receiver() as (url, got),
        pandapon.client(paths=OWN_PATHS) as client,
        Pushes(pandapon.world, pandapon.clock, url),
    ):
        if is_1688:
            await client.run(orders.PAY_BATCH, orders.PayBatch(order_ids=(order.order_id,)))
        else:
            await client.run(orders.TAOBAO_PAY, orders.PayTaobao(purchase_ids=(order.order_id,)))
        await until_pushed("ORDER_PAY")
        pandapon.clock.advance(timedelta(hours=19))
        await until_pushed("ANNOUNCE_SENDGOODS")
        if is_1688:
            await client.run(orders.RECEIVED, orders.Receive(order_id=order.order_id))
            await until_pushed("RECEIVEGOODS")
        assert unpaid(pandapon, platform) is order
        await until_pushed("BUYER_MAKE")
        if is_1688:
            request = orders.CancelAlibaba(order_id=order.order_id, cancel_reason="other")
            await client.run(orders.CANCEL, request)
        else:
            await client.run(orders.TAOBAO_CANCEL, orders.CancelTaobao(purchase_id=order.order_id, cancel_reason="x"))
            pandapon.clock.advance(timedelta(minutes=1))
        await until_pushed("CLOSE")


@pytest.mark.parametrize("order_id", [FIRST, TAOBAO])
async def test_a_price_and_a_refund(pandapon: FakePandaPon, order_id: str) -> None:
    """Both platforms' messages of both families name the order, those of a refund its id too."""
    order = pandapon.world.orders[order_id]
    async with receiver() as (url, got), Pushes(pandapon.world, pandapon.clock, url):
        happenings.change_price(order, pandapon.clock())
        await until(lambda: any(push.family is Family.PRICE and order_id in push.ids for push in got))
        happenings.refund(order, pandapon.clock())
        await until(lambda: any(push.family is Family.REFUND for push in got))
        [asked] = [push for push in got if push.family is Family.REFUND]
        assert {order_id, order.refunds[0][1].refund_id} <= set(asked.ids)
        pandapon.clock.advance(timedelta(hours=6))
        await until(lambda: sum(push.family is Family.REFUND for push in got) == 2)
    assert {push.family for push in got} >= {Family.PRICE, Family.REFUND}
    assert None not in {push.family for push in got}


async def test_a_refund_over_http_in_the_stand_in_alone() -> None:
    """`pandabot sandbox pandapon --push-to`: another developer's client asks for a refund and hears of it."""
    lines: list[str] = []
    ready, stop = asyncio.Event(), asyncio.Event()

    def say(line: str) -> None:
        lines.append(line)
        if line.startswith("PANDAPON_PATHS"):
            ready.set()

    async with receiver() as (url, got):
        task = asyncio.create_task(serve(0, say, stop, url))
        await in_time(ready.wait())
        base = next(line for line in lines if line.startswith("PANDAPON_BASE_URL")).partition("=")[2]
        async with PandaPon(Config(base, "sandbox-key", "sandbox-secret", "2100007341207"), clock=utc_now) as client:
            request = refunds.CreateRefund(
                order_id=FIRST,
                order_entry_ids=(FIRST,),
                dispute_request="refund",
                apply_payment=Decimal("20.50"),
                apply_carriage=Decimal(0),
                apply_reason_id="20007",
                description="到货破损",
                goods_status="refundBuyerReceived",
            )
            refund = await client.run(refunds.ALIBABA_CREATE, request)
        await until(lambda: any(push.family is Family.REFUND for push in got))
        [push] = [push for push in got if push.family is Family.REFUND]
        assert push.ids == (FIRST, refund.refund_id)
        stop.set()
        await in_time(task)
