"""Approvals of real orders and payments: the form goes on with fresh amounts, and one purchase is approved once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import words
from support.buying import (
    ADDRESS,
    ALIBABA,
    buying,
    open_order,
    orders_made,
    own_goods,
    put_into_cart,
    to_review,
    writes,
)
from support.wizard_steps import chosen, open_by, press_in_page, send_page, text_of, typed

from sandbox.pandapon.trading.products import skus
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

    from sandbox.slack.workspace import Message

MEI, TOM = "U0MEI00001", "U0TOM00002"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot whose orders above 50 yuan Tom has to approve."""
    async with buying(tmp_path, approvals=f"50:{TOM}+{MEI}") as harness:
        yield harness


def request(harness: BotHarness) -> Message:
    """The newest request in the channel."""
    return requests(harness)[-1]


def buttons(message: Message) -> dict[str, str]:
    """The action ids of a message's buttons, by their labels."""
    every = [each for block in message.blocks for each in block.get("elements") or [] if "action_id" in each]
    return {each["text"]["text"]: each["action_id"] for each in every}


async def ask(harness: BotHarness) -> Message:
    """Fill the cart, review an order of about 100 yuan, confirm it, and return the request."""
    put_into_cart(harness, own_goods(harness, ALIBABA, "一家", "12.50", "红色 <!channel> 连衣裙"), 8)
    await open_order(harness)
    await to_review(harness, typed(note0="请用纸箱"))
    await send_page(harness)
    assert "Asked" in text_of(harness)
    assert orders_made(harness) == []
    await harness.until(
        lambda: "asks for approval" in str([message.text for message in harness.slack.visible("#orders", "tom")])
    )
    return request(harness)


async def approve(harness: BotHarness, message: Message) -> Message:
    """Approve as Tom; return what Mei is told."""
    assert (await harness.slack.press("tom", message, buttons(message)["Approve"])).ok
    own = harness.slack.workspace.direct(MEI)
    await harness.until(lambda: any("Place the order" in buttons(message) for message in own.messages.values()))
    return list(own.messages.values())[-1]


async def go_on(harness: BotHarness, outcome: Message) -> None:
    """Press the button of the direct message, and wait for the form."""
    views = len(harness.slack.workspace.views)
    assert (await harness.slack.press("mei", outcome, buttons(outcome)["Place the order"])).ok
    await harness.until(lambda: len(harness.slack.workspace.views) > views and "⏳" not in text_of(harness))


async def test_an_order_is_approved_placed_and_paid(harness: BotHarness) -> None:
    """Tom sees the lines and the masked address; the payment of the same purchase needs no second approval."""
    message = await ask(harness)
    for part in ("一家", "连衣裙", "× 8", "请用纸箱", "王∗∗ · 杭州市 · ∗∗78"):
        assert part in message.text, part
    assert "<!channel>" not in message.text
    assert "13812345678" not in str(message.blocks)
    await go_on(harness, await approve(harness, message))
    await send_page(harness)
    assert "✅ Ordered" in text_of(harness)
    assert len(orders_made(harness)) == 1
    [created] = [write for write in await writes(harness) if write.made]
    assert created.approved_by == TOM
    await harness.ask(f"/panda pay {orders_made(harness)[0].order_id}")
    await open_by(harness, "Pay")
    await send_page(harness)
    assert "for approval" not in text_of(harness)
    paid = (await writes(harness))[0]
    assert (paid.approved_by, paid.state) == (TOM, WriteState.DONE)


async def test_who_approved_a_purchase_does_not_pay_it_alone(harness: BotHarness) -> None:
    """Tom's own payment of what he approved is asked for: Mei decides."""
    await go_on(harness, await approve(harness, await ask(harness)))
    await send_page(harness)
    await harness.ask(f"/panda pay {orders_made(harness)[0].order_id}", user="tom")
    await open_by(harness, "Pay", user="tom")
    await send_page(harness, user="tom")
    assert "Asked" in text_of(harness)
    await harness.until(lambda: "A-2" in request(harness).text)
    assert request(harness).notifies == {MEI}


@pytest.mark.parametrize(("address", "is_asked"), [("1", False), ("2", True)])
async def test_an_address_that_looks_the_same_is_another(harness: BotHarness, address: str, *, is_asked: bool) -> None:
    """After the approval Mei goes back: the same again is ordered, one with the same masked line is asked anew."""
    harness.pandapon.account.addresses[2] = ADDRESS | {"address": "somewhere else 9"}
    outcome = await approve(harness, await ask(harness))
    await go_on(harness, outcome)
    await press_in_page(harness, "◀ Back")
    await send_page(harness, chosen(address=address) | typed(note0="请用纸箱"))
    await send_page(harness)
    assert ("A-2" in text_of(harness)) == is_asked
    assert len(orders_made(harness)) == (not is_asked)


async def test_a_price_that_rose_meanwhile_is_shown_and_asked_for_anew(harness: BotHarness) -> None:
    """The form opens with both prices; its confirmation needs a new approval."""
    message = await ask(harness)
    outcome = await approve(harness, message)
    harness.world.goods = tuple(
        goods if goods.seller != "一家" else replace(goods, price=Decimal(20)) for goods in harness.world.goods
    )
    for entry in harness.pandapon.account.carts[ALIBABA].values():
        entry.sku = skus(harness.world.goods[-1])[0]
    await go_on(harness, outcome)
    assert "¥20.00" in text_of(harness)
    assert "¥12.50" in text_of(harness)
    await send_page(harness)
    assert "A-2" in text_of(harness)
    assert orders_made(harness) == []


async def test_an_approval_that_was_used_shows_its_order(harness: BotHarness) -> None:
    """The list says what was ordered, and offers no second time what is done."""
    await go_on(harness, await approve(harness, await ask(harness)))
    assert "Place the order" in await labels_of_list(harness)
    await send_page(harness)
    assert "✅ Ordered" in text_of(harness)
    assert "Place the order" not in await labels_of_list(harness)
    listed = words(harness.private("mei")[-1])
    assert "Approved by tom" in listed
    assert "✅ Ordered" in listed
    assert orders_made(harness)[0].order_id[-6:] in listed


async def labels_of_list(harness: BotHarness) -> dict[str, str]:
    """The buttons of Mei's list of requests, by their labels."""
    await harness.ask("/panda approvals")
    return buttons(harness.private("mei")[-1])


async def test_the_same_cart_is_asked_for_once(harness: BotHarness) -> None:
    """A second form names the request that waits, or the approval that is there; another cart is asked for."""
    first = await ask(harness)
    await confirm_again(harness)
    assert "You asked" in text_of(harness)
    assert "A-1" in text_of(harness)
    assert "Withdraw" in text_of(harness)
    await approve(harness, first)
    await confirm_again(harness)
    assert "has already approved the same" in text_of(harness)
    assert "/panda approvals" in text_of(harness)
    assert requests(harness) == [first]
    put_into_cart(harness, own_goods(harness, ALIBABA, "一家", "9"), 2)
    await confirm_again(harness)
    assert "A-2" in text_of(harness)
    await harness.until(lambda: len(requests(harness)) == 2)


async def test_a_request_that_was_withdrawn_is_in_nobodys_way(harness: BotHarness) -> None:
    """The page of the second form takes it back, and the next one asks anew; so it does after the purchase."""
    await ask(harness)
    await confirm_again(harness)
    await press_in_page(harness, "Withdraw")
    await harness.until(lambda: "Withdrawn" in request(harness).text)
    await confirm_again(harness)
    await harness.until(lambda: "A-2" in request(harness).text)
    await go_on(harness, await approve(harness, request(harness)))
    await send_page(harness)
    assert len(orders_made(harness)) == 1
    put_into_cart(harness, harness.world.goods[-1], 8)
    await confirm_again(harness)
    await harness.until(lambda: "A-3" in request(harness).text)


def requests(harness: BotHarness) -> list[Message]:
    """The requests in the channel."""
    return [
        message
        for message in harness.slack.visible("#orders", "tom")
        if message.by_bot and "asks for approval" in message.text
    ]


async def confirm_again(harness: BotHarness) -> None:
    """Order the cart in a new form, up to its confirmation."""
    await open_order(harness)
    await to_review(harness, typed(note0="请用纸箱"))
    await send_page(harness)
