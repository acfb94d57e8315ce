"""The process dies before, during and after an order or an act: it is sent once at most, and an order gets its card."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.buying import ADDRESS
from support.killed import found_later

from benchmarks.kill import KillHarness, kill, now, until
from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.ordering import Wanted, open_order
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.routes import OWN_PATHS
from storage.store import open_store
from tracking.changes.orders import LISTED_WITHIN
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

S = WriteState


class BuyingHarness(KillHarness):
    """Stand-ins with a cart, an address and an unpaid order, and a bot that may order."""

    @property
    def environment(self) -> dict[str, str]:
        """As for other kills, with orders switched on."""
        return super().environment | {"WRITES": "orders", "PANDAPON_PATHS": json.dumps(OWN_PATHS)}


@asynccontextmanager
async def buying(folder: Path) -> AsyncIterator[BuyingHarness]:
    """Start everything but the bot."""
    harness = BuyingHarness(folder, 1)
    harness.world.goods = demo_world(SimClock(now())).goods
    account = harness.pandapon.account
    account.addresses[1] = dict(ADDRESS)
    for platform in Platform:
        product = next(each for each in harness.world.goods if each.platform is platform)
        entry = CartEntry(account.next_number(), skus(product)[0], 4)
        account.carts[platform][entry.number] = entry
    await harness.slack.start()
    await harness.pandapon.start()
    try:
        yield harness
    finally:
        await harness.slack.stop()
        await harness.pandapon.stop()


def filled_views(harness: BuyingHarness) -> list[dict[str, Any]]:
    """The forms that wait for the person."""
    return [view for view in harness.slack.workspace.views.values() if view.get("private_metadata")]


async def open_form(harness: BuyingHarness, command: str, action: str) -> dict[str, Any]:
    """Type a command and press the button of the answer with this id; return the filled form."""
    said, where = harness.slack.workspace.ephemeral, harness.channels[0]
    count = len(said)
    await harness.slack.slash("mei", where, "/panda", command)
    await until(lambda: len(said) > count and action in str(said[-1].blocks))
    found = [each for block in said[-1].blocks for each in [*(block.get("elements") or []), block.get("accessory")]]
    button = next(each for each in found if each and str(each.get("action_id", "")).startswith(action))
    assert (await harness.slack.press("mei", said[-1], button["action_id"])).ok
    await until(lambda: bool(filled_views(harness)))
    return filled_views(harness)[-1]


async def to_review(harness: BuyingHarness, form: dict[str, Any]) -> dict[str, Any]:
    """Send the first page; return the review."""
    option = {"value": "1", "text": {"type": "plain_text", "text": "x"}}
    await harness.slack.submit("mei", form["id"], {"address": {"value": {"selected_option": option}}})
    await until(lambda: "order:review" in str(harness.slack.workspace.views[form["id"]].get("callback_id")))
    return dict(harness.slack.workspace.views[form["id"]])


async def recorded(harness: BuyingHarness) -> list[Write]:
    """The records, read while no bot runs."""
    store = await open_store(harness.folder / "bot.db")
    written, _total = await store.writes.newest(0, 9)
    await store.close()
    return written


def new_orders(harness: BuyingHarness) -> list[str]:
    """The orders that the bot made."""
    return [order for order in harness.world.orders if order.startswith(("25422870", "33050770"))]


async def die(harness: BuyingHarness, moment: str, path: str, confirm: Any) -> None:
    """Confirm, and die at this moment of the write. ``confirm``: a coroutine function that gets the process ready."""
    process = await harness.spawn("" if moment == "during" else moment)
    await harness.connected(process)
    form, values = await confirm()
    if moment == "during":  # the stand-in has done it, and its answer goes to nobody
        harness.pandapon.on_request.append(lambda seen, *_: process.kill() if seen.path == path else None)
    await harness.slack.submit("mei", form["id"], values)
    await asyncio.wait_for(process.wait(), 20)
    await kill(process, harness)
    harness.pandapon.on_request.clear()


@pytest.mark.timeout(180)
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
        review: dict[str, Any] = {}

        async def confirm() -> tuple[dict[str, Any], dict[str, Any]]:
            review.update(await to_review(harness, await open_form(harness, "cart", "order_cart")))
            return review, {}

        await die(harness, moment, path, confirm)
        assert [write.state for write in await recorded(harness)] == [S.BEGUN]

        process = await harness.spawn()
        await harness.connected(process)
        harness.slack.workspace.views[review["id"]] = review
        await harness.slack.submit("mei", review["id"], {})
        if calls:
            await until(lambda: harness._cards(harness.channels[0]) > 0)
        else:
            await asyncio.sleep(2)
        await kill(process, harness)
        if not calls:
            assert await found_later(harness, LISTED_WITHIN) is S.FOUND_UNDONE
        else:
            [write] = await recorded(harness)
            assert write.state is S.FOUND_DONE
            assert list(write.made) == new_orders(harness)
        assert harness.pandapon.count(path) == calls
        assert len(new_orders(harness)) == calls


@pytest.mark.timeout(180)
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
        order = open_order(account, platform, [Wanted(skus(product)[1], 4)])
        form: dict[str, Any] = {}

        async def confirm() -> tuple[dict[str, Any], dict[str, Any]]:
            verb = "pay" if act == "taobao.pay" else "cancel"
            form.update(await open_form(harness, f"{verb} {order.order_id}", "order_act"))
            return form, values

        before = order.status(now())
        await die(harness, moment, path, confirm)
        process = await harness.spawn()
        await harness.connected(process)
        harness.slack.workspace.views[form["id"]] = form
        await harness.slack.submit("mei", form["id"], values)
        await asyncio.sleep(2)
        await kill(process, harness)
        assert (await found_later(harness, LISTED_WITHIN)) is (S.FOUND_DONE if calls else S.FOUND_UNDONE)
        assert harness.pandapon.count(path) == calls
        assert (order.status(now()) != before) is bool(calls)
