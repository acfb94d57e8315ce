"""Acts on orders through Slack and PandaPon: pay, cancel, confirm receipt, change the warehouse; each is done once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.bot_harness import words
from support.buying import (
    ALIBABA,
    TAOBAO,
    buying,
    goods,
    open_order,
    orders_made,
    put_into_cart,
    states,
    to_review,
    writes,
)
from support.patience import PATIENCE
from support.wizard_steps import buttons, chosen, open_by, press_in_page, send_page, text_of, typed, view_of

from handlers.listeners import FORM_SECONDS
from sandbox.pandapon.trading.ordering import PurchaseLine
from sandbox.pandapon.trading.ordering import open_order as order_past_the_bot
from sandbox.pandapon.trading.paying import set_status
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.changes.order_acts import BARS_FOR
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

    from pandapon.shipment import Platform
    from sandbox.pandapon.world import SandboxOrder

ARRIVED, MOVING = "2542285634920881000", "2542285634920880794"  # orders of the demo
PAY = {"1688": "/v2/alibaba/order/batch/submit/to/pay", "taobao": OWN_PATHS["taobao.order.pay"]}


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot that may order."""
    async with buying(tmp_path) as harness:
        yield harness


def says(harness: BotHarness, text: str) -> bool:
    """Whether the form has these words."""
    return text in text_of(harness)


def ordered(harness: BotHarness, platform: Platform = ALIBABA, quantity: int = 4) -> SandboxOrder:
    """An order that waits for payment."""
    sku = skus(goods(harness, platform))[0]
    return order_past_the_bot(harness.pandapon.account, platform, [PurchaseLine(sku, quantity)])


def shipped(harness: BotHarness) -> SandboxOrder:
    """A 1688 order that is on its way."""
    order = ordered(harness)
    set_status(harness.pandapon.account, order, "waitbuyerreceive")
    return order


def status(harness: BotHarness, order: SandboxOrder) -> str:
    """The order's code now."""
    return order.status(harness.clock())


# Each act: its command, its button, the order, the values of its page, the path, the label in the end, and the words.
ACTS: dict[str, tuple[Any, ...]] = {
    "link": ("pay", "Pay…", ordered, {}, "/v2/alibaba/order/pay/url", "pay page"),
    "taobao": ("pay", "Pay…", lambda h: ordered(h, TAOBAO), {}, PAY["taobao"], "Submitted for payment"),
    "cancel": (
        "cancel",
        "Cancel order…",
        ordered,
        chosen(reason="wrong") | typed(remark="twice"),
        "/v2/alibaba/order/cancel",
        "Cancelled",
    ),
    "cancel-taobao": (
        "cancel",
        "Cancel order…",
        lambda h: ordered(h, TAOBAO),
        chosen(reason="unwanted"),
        OWN_PATHS["taobao.order.cancel"],
        "accepted the cancellation",
    ),
    "receive": ("receive", "Confirm receipt…", shipped, {}, "/v2/alibaba/order/receivegoods", "Confirmed the receipt"),
}


async def open_act(harness: BotHarness, name: str) -> SandboxOrder:
    """Name the order in a command, and open the form by its button."""
    verb, label, make, *_rest = ACTS[name]
    order: SandboxOrder = make(harness)
    assert label in await harness.ask(f"/panda {verb} {order.order_id}")
    await open_by(harness, label)
    return order


@pytest.mark.parametrize("name", ACTS)
async def test_an_act_is_done_and_says_who_and_what_is_next(harness: BotHarness, name: str) -> None:
    """From the command to the result, which the order shows, too."""
    order = await open_act(harness, name)
    before = status(harness, order)
    assert says(harness, order.order_id)
    await send_page(harness, ACTS[name][3])
    assert says(harness, ACTS[name][5])
    assert says(harness, "By mei")
    assert await states(harness) == [WriteState.DONE]
    if name == "link":
        [link] = [each for each in buttons(view_of(harness)) if each.get("url")]
        assert link["url"] == f"{harness.pandapon.base_url}/pay/{order.order_id}"
        assert status(harness, order) == before
    elif name != "cancel-taobao":
        assert status(harness, order) != before


# The title of each act's form, in each language; the button that opens it has the same words.
TITLES = {
    "link": ("Pay", "付款", "ชำระเงิน"),
    "cancel": ("Cancel order", "取消订单", "ยกเลิกคำสั่งซื้อ"),
    "receive": ("Confirm receipt", "确认收货", "ยืนยันการรับ"),
}


@pytest.mark.parametrize(("language", "locale"), list(enumerate(["en-US", "zh-CN", "th-TH"])))
@pytest.mark.parametrize("name", TITLES)
async def test_a_form_is_named_for_its_act(harness: BotHarness, name: str, language: int, locale: str) -> None:
    """In the reader's language, from the form to its result; to order something is another act."""
    harness.slack.workspace.user("mei").locale = locale
    title = TITLES[name][language]
    order: SandboxOrder = ACTS[name][2](harness)
    await harness.ask(f"/panda {ACTS[name][0]} {order.order_id}")
    await open_by(harness, f"{title}…")
    assert view_of(harness)["title"]["text"] == title
    await send_page(harness, ACTS[name][3])
    assert view_of(harness)["title"]["text"] == title


@pytest.mark.parametrize(("locale", "label"), [("zh-CN", "订单详情"), ("th-TH", "รายละเอียดคำสั่งซื้อ")])
async def test_the_way_from_a_refund_to_its_order_does_not_read_as_to_order(
    harness: BotHarness, locale: str, label: str
) -> None:
    """The button shows an order, and its label says so."""
    harness.slack.workspace.user("mei").locale = locale
    assert label in await harness.ask(f"/panda refund {ARRIVED}")
    assert ARRIVED in await harness.press(label)


@pytest.mark.parametrize("name", ACTS)
async def test_a_lost_answer_is_looked_for_in_the_order(harness: BotHarness, name: str) -> None:
    """The stand-in does it and drops the answer. A link changes nothing, so it may only be asked for again."""
    order = await open_act(harness, name)
    path = ACTS[name][4]
    harness.pandapon.faults.path, harness.pandapon.faults.cut = f"{path}$", True
    await send_page(harness, ACTS[name][3])
    harness.pandapon.faults.clear()
    assert [seen.path for seen in harness.pandapon.requests].count(path) == 1
    if name not in {"link", "cancel-taobao"}:
        assert says(harness, "PandaPon gave no clear answer, but")
        assert await states(harness) == [WriteState.FOUND_DONE]
        return
    assert says(harness, "unclear")
    harness.clock.advance(timedelta(seconds=70))
    if name == "link":
        await until_state(harness, WriteState.FOUND_UNDONE)
    else:  # closed by then
        await until_state(harness, WriteState.FOUND_DONE)
        assert status(harness, order) == "4"


@pytest.mark.parametrize("name", ACTS)
async def test_an_act_that_did_not_arrive_is_not_done(harness: BotHarness, name: str) -> None:
    """Unclear first, and undone when the call could no longer arrive; it is never sent again."""
    order = await open_act(harness, name)
    before, path = status(harness, order), ACTS[name][4]
    harness.pandapon.faults.path, harness.pandapon.faults.down = f"{path}$", True
    await send_page(harness, ACTS[name][3])
    assert says(harness, "unclear")
    harness.pandapon.faults.clear()
    if name in {"taobao", "cancel-taobao"}:  # the order says so only later
        harness.clock.advance(timedelta(seconds=70))
        harness.hurry("writes")
        await harness.several_ticks(2)
        assert await states(harness) == [WriteState.UNCLEAR]
    harness.clock.advance(timedelta(minutes=11))
    await until_state(harness, WriteState.FOUND_UNDONE)
    assert status(harness, order) == before
    assert [seen.path for seen in harness.pandapon.requests].count(path) == 1


async def until_state(harness: BotHarness, state: WriteState) -> None:
    """Wait for the state of the newest write."""
    harness.hurry("writes")
    async with asyncio.timeout(PATIENCE):
        while (await states(harness))[0] is not state:  # noqa: ASYNC110  a job settles it
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", ACTS)
async def test_a_replayed_confirmation_does_nothing_more(harness: BotHarness, name: str) -> None:
    """The same page after the end shows what became of it."""
    await open_act(harness, name)
    page = dict(view_of(harness))
    await send_page(harness, ACTS[name][3])
    harness.slack.workspace.views[page["id"]] = page
    await send_page(harness, ACTS[name][3])
    assert [seen.path for seen in harness.pandapon.requests].count(ACTS[name][4]) == 1
    assert await states(harness) == [WriteState.DONE]


async def test_a_foreign_confirmation_is_refused(harness: BotHarness) -> None:
    """Tom sends Mei's page."""
    order = await open_act(harness, "cancel")
    await send_page(harness, chosen(reason="wrong"), user="tom")
    assert status(harness, order) == "waitbuyerpay"
    assert [(write.state, write.reason) for write in await writes(harness)] == [(WriteState.REFUSED, "foreign_form")]


@pytest.mark.parametrize(
    "value",
    ["", "pay", "fly 1688:1", "pay 1688:1 taobao:2", "cancel 1688:1 1688:2", "warehouse_review taobao:1", "pay x:1"],
)
async def test_a_forged_button_opens_nothing(harness: BotHarness, value: str) -> None:
    """An unknown act, no order, orders of two platforms, an act that takes one order alone."""
    order = ordered(harness)
    await harness.ask(f"/panda pay {order.order_id}")
    message, action = harness.button("Pay…", "mei", "#orders")
    for block in message.blocks:
        if block.get("accessory"):
            block["accessory"]["value"] = value or " "
    assert (await harness.slack.press("mei", message, action)).ok
    await harness.until(lambda: bool(harness.slack.workspace.views) and "⏳" not in text_of(harness))
    assert says(harness, "older version")


@pytest.mark.parametrize(
    ("verb", "platform", "status", "answer"),
    [
        ("pay", ALIBABA, "waitsellersend", ("Already paid", "")),
        ("付款", ALIBABA, "success", ("Already paid", "")),
        ("pay", TAOBAO, "11", ("Already paid", "")),
        ("pay", ALIBABA, "cancel", ("is cancelled", "")),
        ("cancel", ALIBABA, "waitsellersend", ("A paid order cannot be cancelled", "Refund…")),
        ("取消订单", ALIBABA, "waitbuyerreceive", ("A paid order cannot be cancelled", "Refund…")),
        ("cancel", TAOBAO, "4", ("is cancelled", "")),
        ("receive", ALIBABA, "waitbuyerpay", ("Not paid yet", "Pay…")),
        ("receive", ALIBABA, "waitsellersend", ("has not shipped it yet", "Message the seller")),
        ("receive", ALIBABA, "waitlogisticstakein", ("1688 does not allow this now", "")),
        ("确认收货", ALIBABA, "success", ("confirmed already", "")),
        ("receive", ALIBABA, "cancel", ("is cancelled", "")),
        ("receive", TAOBAO, "11", ("list_bought_items.htm|Taobao>", "")),
    ],
)
async def test_a_wrong_state_is_said_with_what_is_possible(
    harness: BotHarness, verb: str, platform: Platform, status: str, answer: tuple[str, str]
) -> None:
    """Why the order does not allow it, and the button of what it does allow."""
    why, next_step = answer
    order = ordered(harness, platform)
    set_status(harness.pandapon.account, order, status)
    assert why in await harness.ask(f"/panda {verb} {order.order_id}")
    if next_step:
        assert order.order_id in await harness.press(next_step)


async def test_a_state_that_changed_meanwhile_stops_it(harness: BotHarness) -> None:
    """Somebody paid while the form was open."""
    order = await open_act(harness, "cancel")
    set_status(harness.pandapon.account, order, "waitsellersend")
    await send_page(harness, chosen(reason="wrong"))
    assert says(harness, "A paid order cannot be cancelled")
    assert says(harness, f"/panda refund {order.order_id}")
    assert await states(harness) == []


async def test_several_orders_are_paid_at_once(harness: BotHarness) -> None:
    """One call, and one sum; a second payment of one of them is refused even where its detail lags."""
    orders = [ordered(harness), ordered(harness, quantity=5)]
    ids = " ".join(order.order_id for order in orders)
    await harness.ask(f"/panda pay {ids}")
    await open_by(harness, "Pay all…")
    total = sum(order.total(harness.clock()) for order in orders)
    assert says(harness, f"¥{total:,.2f}")
    await send_page(harness)
    assert says(harness, "Submitted for payment")
    assert harness.pandapon.count(PAY["1688"]) == 1
    [write] = await writes(harness)
    assert write.amount_fen == int(total * 100)


def unpaid_again(harness: BotHarness, order: SandboxOrder) -> None:
    """The platform could not take the money of the payment."""
    order.statuses[1:] = []
    harness.world.revision += 1


async def open_payment(harness: BotHarness, order: SandboxOrder) -> None:
    """Name the order in a command, and open the form."""
    await harness.ask(f"/panda pay {order.order_id}")
    await open_by(harness, "Pay…")


async def test_an_order_that_stays_unpaid_can_be_paid_again_knowingly(harness: BotHarness) -> None:
    """Not for some hours, in which its detail may lag; then the review warns, and the button says again."""
    order = await open_act(harness, "taobao")
    await send_page(harness)
    unpaid_again(harness, order)
    await open_payment(harness, order)
    assert says(harness, "mei submitted this for payment already")
    harness.clock.advance(BARS_FOR)
    await open_payment(harness, order)
    assert says(harness, "It is still unpaid. Check why before you pay again.")
    assert view_of(harness)["submit"]["text"] == "Pay again"
    await send_page(harness)
    assert says(harness, "Submitted for payment")
    assert harness.pandapon.count(PAY["taobao"]) == 2
    assert await states(harness) == [WriteState.DONE] * 2


async def test_a_payment_of_another_form_bars_and_later_warns(harness: BotHarness) -> None:
    """Of forms that were open before: refused at once, and hours later shown anew, so that nobody pays unknowingly."""
    order = await open_act(harness, "taobao")
    forms = [view_of(harness)["id"]]
    for _form in range(2):
        await open_payment(harness, order)
        forms.append(view_of(harness)["id"])
    await send_page(harness)
    unpaid_again(harness, order)

    async def send(form: str) -> str:
        assert (await harness.slack.submit("mei", form, {})).ok
        await harness.idle()
        return str(harness.slack.workspace.views[form])

    assert "submitted this for payment already" in await send(forms[1])
    harness.clock.advance(BARS_FOR)
    assert "It is still unpaid" in await send(forms[0])
    assert harness.pandapon.count(PAY["taobao"]) == 1
    assert "Submitted for payment" in await send(forms[0])


async def test_an_amount_that_moved_stops_the_payment(harness: BotHarness) -> None:
    """The seller changes the price between the review and the confirmation: both are shown."""
    order = await open_act(harness, "taobao")
    before = order.total(harness.clock())
    order.discounts.append((harness.clock(), Decimal(3)))
    await send_page(harness)
    assert says(harness, f"¥{before:,.2f} → ¥{before - 3:,.2f}")
    assert status(harness, order) == "0"
    await send_page(harness)
    assert says(harness, "Submitted for payment")


async def test_an_amount_that_moves_at_the_last_moment_stops_the_payment(harness: BotHarness) -> None:
    """After the last comparison, and before the call."""
    order = await open_act(harness, "taobao")

    def listen(seen: Any, *_rest: Any) -> None:
        if "order" in seen.path and not order.discounts:
            order.discounts.append((harness.clock(), Decimal(-3)))

    harness.pandapon.on_request.append(listen)
    await send_page(harness)
    assert says(harness, "changed this very moment")
    assert status(harness, order) == "0"
    assert await states(harness) == []


@pytest.mark.parametrize(("fault", "minutes"), [("refused", 11), ("down", 24 * 60 + 1)])
async def test_a_payment_that_cannot_be_looked_for_does_not_bar_all_others(
    harness: BotHarness, fault: str, minutes: int
) -> None:
    """A person has to look; until that is plain, nothing else of the platform is paid."""
    order, other = await open_act(harness, "taobao"), ordered(harness, TAOBAO)
    harness.pandapon.faults.path, harness.pandapon.faults.cut = f"{PAY['taobao']}$", True

    def hide(seen: Any, *_rest: Any) -> None:
        if seen.path == PAY["taobao"] and fault == "refused":
            harness.world.orders.pop(order.order_id, None)
        elif seen.path == PAY["taobao"]:
            harness.pandapon.faults.path, harness.pandapon.faults.down = "/v2/taobao/order/detail", True

    harness.pandapon.on_request.append(hide)
    await send_page(harness)
    assert says(harness, "unclear")
    harness.clock.advance(timedelta(minutes=minutes - 2))
    harness.hurry("writes")
    await harness.several_ticks(2)
    assert await states(harness) == [WriteState.UNCLEAR]
    harness.clock.advance(timedelta(minutes=2))
    await until_state(harness, WriteState.UNKNOWABLE)
    harness.pandapon.on_request.clear()
    harness.pandapon.faults.clear()
    await harness.ask(f"/panda pay {other.order_id}")
    await open_by(harness, "Pay…")
    await send_page(harness)
    assert says(harness, "Submitted for payment")


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize(
    ("order_id", "fault", "warning"),
    [
        (ARRIVED, "", ""),
        (MOVING, "", "has not arrived"),
        (ARRIVED, "trace", "not known"),
    ],
)
async def test_a_receipt_is_warned_of_by_what_the_courier_says(
    harness: BotHarness, order_id: str, fault: str, warning: str, watched: bool
) -> None:
    """Whether or not anybody watches the order, and as its page says."""
    if watched:
        await harness.ask(f"/panda watch {order_id}")
    assert ("Delivered" in await harness.ask(f"/panda order {order_id}")) is (order_id == ARRIVED)
    harness.pandapon.faults.path, harness.pandapon.faults.down = "logistic", bool(fault)
    await open_by(harness, "Confirm receipt…")
    assert says(harness, "The seller gets the money then")
    # What was read before stays true of a parcel that was delivered.
    expected = "" if fault and watched else warning
    assert [each for each in ("has not arrived", "not known") if says(harness, each)] == (
        [expected] if expected else []
    )


async def test_the_warehouse_is_reviewed_and_changed(harness: BotHarness) -> None:
    """Its address stands in no record."""
    order = ordered(harness, TAOBAO)
    await harness.ask(f"/panda order {order.order_id}")
    await open_by(harness, "Change warehouse…")
    assert await send_page(harness, typed(name=" ", place="x")) == {"name": "Write the warehouse's name."}
    await send_page(harness, typed(name="广州仓", place="白云区机场路 8 号"))
    assert says(harness, "白云区机场路 8 号")
    await press_in_page(harness, "◀ Back")
    await send_page(harness, typed(name="义乌仓", place="北苑路 9 号"))
    await send_page(harness)
    assert says(harness, "now goes to the warehouse")
    [write] = await writes(harness)
    assert "北苑路" not in str(write.change)


@pytest.mark.parametrize(("fault", "last"), [("cut", WriteState.UNKNOWABLE), ("down", WriteState.UNKNOWABLE)])
async def test_a_lost_change_of_the_warehouse_is_left_to_a_person(
    harness: BotHarness, fault: str, last: WriteState
) -> None:
    """No reading shows a warehouse."""
    order = ordered(harness, TAOBAO)
    await harness.ask(f"/panda order {order.order_id}")
    await open_by(harness, "Change warehouse…")
    await send_page(harness, typed(name="义乌仓", place="北苑路"))
    harness.pandapon.faults.path = "updateWarehouse"
    setattr(harness.pandapon.faults, fault, True)
    await send_page(harness)
    assert says(harness, "unclear")
    harness.pandapon.faults.clear()
    harness.clock.advance(timedelta(seconds=70))
    await until_state(harness, last)


async def test_the_channel_of_a_watched_order_is_told(harness: BotHarness) -> None:
    """A line names who did what; nothing can be undone."""
    order = ordered(harness)
    await harness.ask(f"/panda watch {order.order_id}")
    await harness.ask(f"/panda cancel {order.order_id}", user="tom")
    await open_by(harness, "Cancel order…", user="tom")
    await send_page(harness, chosen(reason="wrong"), user="tom")
    await harness.until(lambda: any("cancelled" in words(message) for message in harness.channel()))
    line = next(message for message in harness.channel() if "cancelled" in words(message))
    assert "tom" in words(line)
    assert "Undo" not in str(line.blocks)


async def test_what_a_buyer_cancelled_needs_nobody(harness: BotHarness) -> None:
    """Neither a list nor the card asks for anything: no parcel is missing, and nothing was paid."""
    order = ordered(harness)
    await harness.ask(f"/panda watch {order.order_id}")
    await harness.ask(f"/panda cancel {order.order_id}")
    await open_by(harness, "Cancel order…")
    await send_page(harness, chosen(reason="unwanted"))
    await harness.until(lambda: "Cancelled" in words(harness.channel()[0]))
    card = harness.channel()[0]
    assert "No tracking number" not in words(card)
    assert "Refund…" not in str(card.blocks)
    assert "No parcel yet" not in await harness.ask(f"/panda order {order.order_id}")
    assert "needs no attention" in await harness.ask("/panda")
    assert "Nothing needs attention" in await harness.ask("/panda orders attention")
    assert order.order_id[-6:] not in await harness.home()
    refused = await harness.ask(f"/panda refund {order.order_id}")
    assert "no refund can be asked for" in refused
    assert "always do it there" not in refused


@pytest.mark.parametrize("code", ["WAIT_BUYER_RECEIVE", "waitBuyerSign", "SIGN_IN_SUCCESS", "wait-buyer-receive"])
async def test_a_shipped_order_offers_its_receipt_however_its_state_is_spelt(harness: BotHarness, code: str) -> None:
    """The API writes the same state in several ways; all of them are 1688's."""
    order = shipped(harness)
    set_status(harness.pandapon.account, order, code)
    assert "Confirm receipt…" in await harness.ask(f"/panda order {order.order_id}")
    assert "Confirm receipt…" in await harness.ask(f"/panda receive {order.order_id}")


async def test_what_another_closed_needs_somebody(harness: BotHarness) -> None:
    """The platform closed it, since nobody paid in time: perhaps it was wanted."""
    order = ordered(harness)
    await harness.ask(f"/panda watch {order.order_id}")
    harness.world.set_status(order.order_id, "cancel")
    await harness.until(lambda: "Cancelled" in words(harness.channel()[0]))
    assert "1 order here needs attention" in await harness.ask("/panda")


async def test_a_refund_of_an_unpaid_order_is_offered_nowhere(harness: BotHarness) -> None:
    """The answer says why, and sends nobody to the platform, which allows it as little."""
    refused = await harness.ask(f"/panda refund {ordered(harness).order_id}")
    assert "nothing to refund" in refused
    assert "always do it there" not in refused


async def test_new_orders_are_paid_from_the_page_of_their_result(harness: BotHarness) -> None:
    """The button there opens the form on top of it."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    await send_page(harness)
    await press_in_page(harness, "Pay…")
    await harness.until(lambda: "Get the pay link" in str(view_of(harness)))
    await send_page(harness)
    assert says(harness, "Open the pay page")
    assert orders_made(harness)[0].order_id in text_of(harness)


async def test_an_unpaid_order_offers_it_everywhere(harness: BotHarness) -> None:
    """In its page, in the list, and in the menu of its card."""
    order = ordered(harness)
    assert "Cancel order…" in await harness.ask(f"/panda order {order.order_id}")
    await harness.ask("/panda pay")
    assert "Pay…" in await harness.press("Pay…")
    await harness.ask(f"/panda watch {order.order_id}")
    card = harness.channel()[-1]
    [button] = [each for block in card.blocks for each in block.get("elements") or [] if "Pay…" in str(each)]
    before = len(harness.private())
    assert (await harness.slack.press("mei", card, button["action_id"])).ok
    await harness.until(lambda: len(harness.private()) > before)
    assert "Pay…" in str(harness.private()[-1].blocks)


@pytest.mark.parametrize("scope", ["off", "cart"])
async def test_where_orders_are_off_nothing_offers_it(tmp_path: Path, scope: str) -> None:
    """The command says which setting it is."""
    async with buying(tmp_path, writes=scope) as harness:
        order = ordered(harness)
        assert "WRITES=orders" in await harness.ask(f"/panda pay {order.order_id}")
        assert "Cancel order…" not in await harness.ask(f"/panda order {order.order_id}")


async def test_panda_alone_says_what_is_next(harness: BotHarness) -> None:
    """What is in the cart, and what is not paid: each with its button, and nothing where PandaPon is silent."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    ordered(harness)
    answer = await harness.ask("/panda")
    assert "1 product is in the cart" in answer
    assert "wait" in answer
    assert "Pay…" in await harness.press("Pay…")
    harness.pandapon.faults.down = True
    assert "in the cart" not in await harness.ask("/panda")


@pytest.mark.parametrize("is_lost", [False, True])
async def test_a_standing_agreement_pays_when_the_link_is_asked_for(harness: BotHarness, is_lost: bool) -> None:
    """The page says so, and the channel is told; where the answer is lost, the order shows it. It is sent once."""
    harness.pandapon.account.pays_at_once = True
    order = ordered(harness)
    await harness.ask(f"/panda watch {order.order_id}")
    await harness.ask(f"/panda pay {order.order_id}")
    await open_by(harness, "Pay…")
    if is_lost:
        harness.pandapon.faults.path, harness.pandapon.faults.cut = "/v2/alibaba/order/pay/url$", True
    await send_page(harness)
    assert says(harness, "is paid. (PandaPon gave no clear answer, but" if is_lost else "has paid it at once")
    assert harness.pandapon.count("/order/pay/url") == 1
    assert status(harness, order) == "waitsellersend"
    await harness.until(lambda: any("submitted" in words(message) for message in harness.channel()))


@pytest.mark.parametrize(("verb", "label"), [("pay", "Pay…"), ("cancel", "Cancel order…")])
async def test_an_unpublished_path_is_said_before_anything_is_sent(tmp_path: Path, verb: str, label: str) -> None:
    """Taobao's payment and cancellation: the form names the setting, and has nothing to send."""
    paths = {name: path for name, path in OWN_PATHS.items() if name != f"taobao.order.{verb}"}
    async with buying(tmp_path, pandapon_paths=paths) as harness:
        order = ordered(harness, TAOBAO)
        await harness.ask(f"/panda {verb} {order.order_id}")
        await open_by(harness, label)
        assert says(harness, "PANDAPON_PATHS")
        assert not view_of(harness).get("submit")
        assert await states(harness) == []


# --- the form is closed meanwhile -------------------------------------------------------------------------------------


def told_directly(harness: BotHarness) -> list[str]:
    """The words of the direct messages to Mei."""
    conversation = harness.slack.workspace.direct(harness.slack.workspace.user("mei").id)
    return [words(message) for message in conversation.messages.values()]


async def send_and_close(harness: BotHarness, values: dict[str, Any], *, seconds: float = FORM_SECONDS + 0.7) -> None:
    """Send the page while PandaPon is slow, and close the form that waits."""
    harness.pandapon.faults.delay = seconds
    assert (await harness.slack.submit("mei", view_of(harness)["id"], values)).ok
    harness.slack.workspace.views.clear()
    await harness.idle()
    harness.pandapon.faults.clear()


@pytest.mark.parametrize("name", ["taobao", "link", "cancel"])
async def test_what_was_done_is_told_although_the_form_was_closed(harness: BotHarness, name: str) -> None:
    """Whoever closes the waiting form hears that it was done, and gets the link; nobody is told to open it again."""
    await open_act(harness, name)
    harness.pandapon.faults.path = f"{ACTS[name][4]}$"
    await send_and_close(harness, ACTS[name][3])
    assert await states(harness) == [WriteState.DONE]
    [message] = told_directly(harness)
    assert ACTS[name][5] in message
    assert "The form is closed" in message
    assert "again" not in message
    if name == "link":
        assert "Open the pay page" in message


async def test_a_page_to_fill_in_has_done_nothing(harness: BotHarness) -> None:
    """The price moved: nothing was paid, and the form can be opened again."""
    order = await open_act(harness, "taobao")
    order.discounts.append((harness.clock(), Decimal(3)))
    harness.pandapon.faults.path = "detail"
    await send_and_close(harness, {})
    assert await states(harness) == [WriteState.REFUSED]
    [message] = told_directly(harness)
    assert "Open it again" in message


async def test_all_unpaid_orders_are_counted(harness: BotHarness) -> None:
    """By the total that PandaPon tells beside a page; where a platform does not answer, at least those of the other."""
    for _number in range(23):  # and one is in the account already
        ordered(harness)
    assert "24 orders wait for payment" in await harness.ask("/panda")
    ordered(harness, TAOBAO)
    assert "25 orders wait for payment" in await harness.ask("/panda")
    harness.pandapon.faults.path, harness.pandapon.faults.status = "taobao/order/page", 503
    assert "At least 24 orders wait for payment" in await harness.ask("/panda")
