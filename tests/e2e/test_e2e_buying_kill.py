"""The process dies before, during and after an order or an act: it is sent once at most, and an order gets its card."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.buying import ADDRESS
from support.write_kill_harness import WriteKillHarness, found_later, recorded

from benchmarks.kill import now, until
from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.ordering import PurchaseLine, open_order
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.changes.orders import LISTED_WITHIN
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

S = WriteState


@asynccontextmanager
async def buying(folder: Path) -> AsyncIterator[WriteKillHarness]:
    """Start stand-ins with a cart, an address and goods, and prepare a bot that may order."""
    harness = WriteKillHarness(folder, "orders")
    harness.world.goods = demo_world(SimClock(now())).goods
    account = harness.pandapon.account
    account.addresses[1] = dict(ADDRESS)
    for platform in Platform:
        product = next(each for each in harness.world.goods if each.platform is platform)
        entry = CartEntry(account.next_number(), skus(product)[0], 4)
        account.carts[platform][entry.number] = entry
    async with harness.served():
        yield harness


async def to_review(harness: WriteKillHarness, form: dict[str, Any]) -> dict[str, Any]:
    """Send the first page; return the review."""
    option = {"value": "1", "text": {"type": "plain_text", "text": "x"}}
    await harness.slack.submit("mei", form["id"], {"address": {"value": {"selected_option": option}}})
    await until(lambda: "order:review" in str(harness.slack.workspace.views[form["id"]].get("callback_id")))
    return dict(harness.slack.workspace.views[form["id"]])


def new_orders(harness: WriteKillHarness) -> list[str]:
    """The orders that the bot made."""
    return [order for order in harness.world.orders if order.startswith(("25422870", "33050770"))]


@pytest.mark.parametrize(
    ("platform", "moment", "calls"),
    [
        (Platform.ALIBABA, "before_write", 0),
        (Platform.ALIBABA, "during", 1),
        (Platform.ALIBABA, "after_write", 1),
        (Platform.TAOBAO, "during", 1),
    ],
)
async def test_dying_over_an_order_makes_it_once_at_most_and_its_card_follows(
    tmp_path: Path, platform: Platform, moment: str, calls: int
) -> None:
    """The next process finds it in the list, and watches it where it was ordered; the form orders nothing more."""
    path = {"1688": "/v2/alibaba/cart/create/order", "taobao": "/v2/taobao/cart/create/order"}[platform.value]
    async with buying(tmp_path) as harness:
        account = harness.pandapon.account
        account.carts[Platform.TAOBAO if platform is Platform.ALIBABA else Platform.ALIBABA].clear()

        async def review() -> dict[str, Any]:
            return await to_review(harness, await harness.open_form("cart", "order_cart"))

        page = await harness.die_over(moment, path, review)
        assert (await recorded(harness)).state is S.BEGUN
        await harness.send_again(page, settled=(lambda: harness.cards() > 0) if calls else None)
        if not calls:
            assert await found_later(harness, LISTED_WITHIN) is S.FOUND_UNDONE
        else:
            write = await recorded(harness)
            assert write.state is S.FOUND_DONE
            assert list(write.made) == new_orders(harness)
        assert harness.pandapon.count(path) == calls
        assert len(new_orders(harness)) == calls


@pytest.mark.parametrize(
    ("act", "moment", "calls"),
    [("cancel", "before_write", 0), ("taobao.pay", "during", 1), ("cancel", "after_write", 1)],
)
async def test_dying_over_an_act_does_it_once_at_most(tmp_path: Path, act: str, moment: str, calls: int) -> None:
    """The next process looks at the order."""
    platform = Platform.TAOBAO if act == "taobao.pay" else Platform.ALIBABA
    path = OWN_PATHS["taobao.order.pay"] if act == "taobao.pay" else "/v2/alibaba/order/cancel"
    option = {"value": "wrong", "text": {"type": "plain_text", "text": "x"}}
    values = {} if act == "taobao.pay" else {"reason": {"value": {"selected_option": option}}}
    async with buying(tmp_path) as harness:
        account = harness.pandapon.account
        product = next(each for each in harness.world.goods if each.platform is platform)
        order = open_order(account, platform, [PurchaseLine(skus(product)[1], 4)])
        verb = "pay" if act == "taobao.pay" else "cancel"
        before = order.status(now())
        form = await harness.die_over(
            moment, path, lambda: harness.open_form(f"{verb} {order.order_id}", "order_act"), values
        )
        await harness.send_again(form, values)
        assert (await found_later(harness, LISTED_WITHIN)) is (S.FOUND_DONE if calls else S.FOUND_UNDONE)
        assert harness.pandapon.count(path) == calls
        assert (order.status(now()) != before) is bool(calls)
