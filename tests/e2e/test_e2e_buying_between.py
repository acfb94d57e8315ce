"""What changes between a review and the call that it leads to: the cart or the address. Nothing is bought then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.buying import ALIBABA, TAOBAO, buying, goods, open_order, orders_made, put_into_cart, states, to_review
from support.wizard_steps import press_in_page, send_page, text_of

from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from support.bot_harness import BotHarness

    from pandapon.shipment import Platform


PREVIEWS = {ALIBABA: "/v2/alibaba/cart/preview/order", TAOBAO: OWN_PATHS["taobao.cart.preview"]}


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot that may order."""
    async with buying(tmp_path) as harness:
        yield harness


def after_preview(harness: BotHarness, platform: Platform, act: Callable[[], Any]) -> None:
    """Do something when the cart's order has been previewed once more."""
    path = PREVIEWS[platform]
    done: list[Any] = []

    def listen(seen: Any, *_rest: Any) -> None:
        if seen.path == path and not done:
            done.append(act())

    harness.pandapon.on_request.append(listen)


@pytest.mark.parametrize("platform", [ALIBABA, TAOBAO])
async def test_a_cart_that_changes_after_the_last_look_orders_nothing(harness: BotHarness, platform: Platform) -> None:
    """The call names entries and no quantities: a colleague's fifty pieces would be ordered for the reviewed four."""
    entry = put_into_cart(harness, goods(harness, platform), 4)
    await open_order(harness)
    await to_review(harness)
    after_preview(harness, platform, lambda: setattr(entry, "quantity", 50))
    await send_page(harness)
    assert "cart has changed" in text_of(harness)
    assert orders_made(harness) == []
    assert await states(harness) == []


@pytest.mark.parametrize("part", ["address", "phone", "name", "district"])
async def test_an_address_that_is_changed_under_its_id_gets_nothing(harness: BotHarness, part: str) -> None:
    """Whoever may change a saved address could otherwise send what was reviewed to another place."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    harness.pandapon.account.addresses[1][part] = {"phone": "13900000078"}.get(part, "王家另一处")
    await send_page(harness)
    assert "address has been changed" in text_of(harness)
    assert orders_made(harness) == []


async def test_an_approval_does_not_follow_a_changed_address(tmp_path: Path) -> None:
    """The masked line is the same, and the way over the first page makes no difference."""
    async with buying(tmp_path, approvals="1:U0TOM00002") as harness:
        put_into_cart(harness, goods(harness, ALIBABA), 4)
        await open_order(harness)
        await to_review(harness)
        await send_page(harness)
        assert "Asked" in text_of(harness)
        await harness.until(lambda: "A-1" in str([message.text for message in harness.slack.visible("#orders", "tom")]))
        message = next(posted for posted in harness.slack.visible("#orders", "tom") if "A-1" in posted.text)
        action = next(
            each["action_id"]
            for block in message.blocks
            for each in block.get("elements") or []
            if each.get("text", {}).get("text") == "Approve"
        )
        assert (await harness.slack.press("tom", message, action)).ok
        await harness.idle()
        harness.pandapon.account.addresses[1]["address"] = "文三路 999 号"
        await press_in_page(harness, "◀ Back")  # to the review, as the waiting page offers
        await press_in_page(harness, "◀ Back")
        await to_review(harness)
        assert "address has been changed" in text_of(harness)
        assert orders_made(harness) == []
