"""Refunds, from the request to the money: asked for in the stand-in over HTTP, told in the order's thread once each."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from support.bot_harness import CALLBACK_TOKEN, ORDER, BotHarness, running, words

from pandapon.operations import refunds
from sandbox.pandapon.demo import TAOBAO
from sandbox.pandapon.pushes import Pushes, PushFaults
from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

HOUR = timedelta(hours=1)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot that reads its orders at every tick."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS) as harness:
        yield harness


@pytest.fixture
async def slow_harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot at its usual pace: whatever comes at once came by a push."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS, cadence_factor=1.0) as harness:
        yield harness


async def ask(harness: BotHarness, *, goods: bool, reason: str = "20007", amount: str = "20.50") -> str:
    """Ask for a refund of the order, as a buyer does; its id. ``goods``: they go back."""
    assert harness.bot is not None
    request = refunds.CreateRefund(
        order_id=ORDER,
        order_entry_ids=(ORDER,),
        dispute_request="returnRefund" if goods else "refund",
        apply_payment=Decimal(amount),
        apply_carriage=Decimal(0),
        apply_reason_id=reason,
        description="到货破损",
        goods_status="refundBuyerReceived",
    )
    return (await harness.bot.api.run(refunds.ALIBABA_CREATE, request)).refund_id


async def ask_taobao(harness: BotHarness) -> str:
    """The same on Taobao, with a return."""
    assert harness.bot is not None
    line = harness.world.orders[TAOBAO].lines[0]
    request = refunds.SubmitRefund(
        sub_order_id=line.sub_order, refund_type=2, goods_status=2, reason_id="20007", refund_fee=Decimal(5)
    )
    return str((await harness.bot.api.run(refunds.TAOBAO_SUBMIT, request))["refundId"])


async def send_back(harness: BotHarness, refund_id: str) -> None:
    assert harness.bot is not None
    back = refunds.AlibabaReturn(refund_id=refund_id, logistics_company_no="ZTO", freight_bill="78012345678901")
    await harness.bot.api.run(refunds.ALIBABA_RETURN, back)


async def watched(harness: BotHarness, order: str = ORDER, filter_: str = "problems") -> Message:
    """Watch the order, without its scans; its card."""
    assert "Watching" in await harness.ask(f"/panda watch {order} {filter_}")
    card = harness.channel("#orders")[-1]
    await harness.several_ticks()  # the first poll is past
    return card


async def news(harness: BotHarness, card: Message, text: str) -> str:
    """Wait for news about a refund with this text; its words."""
    await harness.until(lambda: any(text in line for line in refund_news(harness, card)))
    return next(line for line in refund_news(harness, card) if text in line)


def refund_news(harness: BotHarness, card: Message) -> list[str]:
    """The news about refunds in the card's thread, without alarms."""
    return [line for message in harness.thread(card) if "*Refund*" in (line := words(message))]


async def test_a_refund_with_a_return(harness: BotHarness) -> None:
    """Requested, agreed with a deadline, an alarm before it, sent back, refunded: each once, with the amount."""
    card = await watched(harness)
    total = harness.world.orders[ORDER].total(harness.clock())
    refund_id = await ask(harness, goods=True)
    assert f"*Refund*: requested · ¥20.50 of ¥{total:,.2f}" in await news(harness, card, ": requested")
    harness.clock.advance(7 * HOUR)
    agreed = await news(harness, card, "requested → agreed, goods to be returned")
    assert "*Action needed:* send the goods back and enter the tracking number on 1688 by " in agreed
    assert any("agreed, goods" in words(message) for message in harness.channel("#orders")[1:]), "in the channel"
    await harness.until(lambda: "💸 *Refund*: agreed, goods to be returned · ¥20.50" in words(card))
    for command in (f"/panda order {ORDER}", f"/panda track {ORDER}", "/panda orders attention"):
        assert "agreed, goods to be returned · ¥20.50" in await harness.ask(command), command
    harness.clock.advance(timedelta(days=5, hours=12))
    await harness.until(lambda: any("⏰ *Action needed: refund*" in words(m) for m in harness.thread(card)))
    alarm = next(words(m) for m in harness.thread(card) if "⏰ *Action needed: refund*" in words(m))
    assert "1688 closes the refund in " in alarm
    assert "Remind me before it closes" in alarm
    await send_back(harness, refund_id)
    assert "✅ The refund moved on – alert closed." in await news(harness, card, "→ goods returned")
    harness.clock.advance(13 * HOUR)
    assert "paid back ¥0.00 → ¥20.50" in await news(harness, card, "goods returned → refunded")
    await harness.several_ticks()
    assert len(refund_news(harness, card)) == 4


async def test_a_refusal_needs_a_person(harness: BotHarness) -> None:
    """With the seller's reason, what to do and until when; the platform closes it when nobody does."""
    card = await watched(harness)
    await ask(harness, goods=False, reason="20009")
    await news(harness, card, ": requested")
    harness.clock.advance(7 * HOUR)
    refused = await news(harness, card, "requested → the buyer has to change the request")
    assert "the seller's reason: 商品无质量问题，不支持退款" in refused
    assert "change the request, or ask 1688 to step in, by " in refused
    assert "→" in await harness.ask(f"/panda why {ORDER}")
    harness.clock.advance(timedelta(days=4))
    await news(harness, card, "→ closed")
    await harness.several_ticks()
    assert len(refund_news(harness, card)) == 3


async def test_a_restart_tells_nothing_again(harness: BotHarness) -> None:
    """Stopped between the states, the bot goes on where the database stands."""
    card = await watched(harness)
    await ask(harness, goods=True)
    await news(harness, card, ": requested")
    await harness.stop_bot()
    harness.clock.advance(7 * HOUR)
    await harness.start_bot()
    await news(harness, card, "requested → agreed")
    await harness.stop_bot()
    await harness.start_bot()
    await harness.several_ticks(8)
    assert len(refund_news(harness, card)) == 2


async def test_details_are_asked_for_once_a_state(harness: BotHarness) -> None:
    """An order without a refund is never asked about; one with a refund at each of its states, and afresh at times."""
    card = await watched(harness)
    await harness.several_ticks(30)
    assert harness.pandapon.count("/refund/info") == 0
    await ask(harness, goods=True)
    await news(harness, card, ": requested")
    asked, read = harness.pandapon.count("/refund/info"), harness.pandapon.count("/order/detail")
    await harness.several_ticks(15)
    assert harness.pandapon.count("/refund/info") <= asked + 2
    assert harness.pandapon.count("/order/detail") > read + 5


@pytest.mark.parametrize(
    "faults",
    [{}, {"duplicate": True}, {"mixed": True}, {"as_text": True}, {"duplicate": True, "mixed": True}],
    ids=["well", "twice", "mixed up", "as text", "twice and mixed up"],
)
async def test_pushed_refunds_of_both_platforms(slow_harness: BotHarness, faults: dict[str, bool]) -> None:
    """Told at once, long before the next poll, and once, whatever happens to the messages on their way."""
    assert "Watching" in await slow_harness.ask(f"/panda watch {ORDER} {TAOBAO} problems")
    cards = slow_harness.channel("#orders")
    await slow_harness.several_ticks()
    async with pushing(slow_harness, **faults) as pushes:
        await ask(slow_harness, goods=True)
        await ask_taobao(slow_harness)
        for card in cards:
            await news(slow_harness, card, "*Refund*: requested")
        slow_harness.clock.advance(timedelta(hours=6, minutes=1))
        for card in cards:
            await news(slow_harness, card, "requested → agreed")
        await slow_harness.several_ticks()
        refunds_pushed = {push.kind for push in pushes.sent if "REFUND" in push.kind}
    assert refunds_pushed == {
        "1688_ORDER_BUYER_VIEW_ORDER_BUYER_REFUND_IN_SALES",
        "TAOBAO_ORDER_BUYER_VIEW_ORDER_BUYER_REFUND",
    }
    assert [len(refund_news(slow_harness, card)) for card in cards] == [2, 2]


async def test_lost_pushes_cost_time_and_no_news(slow_harness: BotHarness) -> None:
    """The order is read when it is due; an open refund brings its detail with each reading."""
    card = await watched(slow_harness)
    async with pushing(slow_harness, lost=True):
        await ask(slow_harness, goods=True)
        await slow_harness.several_ticks()
        assert refund_news(slow_harness, card) == []
        for _ in range(8):
            slow_harness.clock.advance(timedelta(hours=1, minutes=10))
            await slow_harness.several_ticks(2)
        await news(slow_harness, card, "agreed")


async def test_a_push_that_names_only_the_refund(slow_harness: BotHarness) -> None:
    """A known refund leads to its order."""
    card = await watched(slow_harness)
    refund_id = await ask(slow_harness, goods=True)
    assert await push(slow_harness, {"messageType": "1688_ORDER_PAY", "messageBody": {"orderId": ORDER}}) == 200
    await news(slow_harness, card, "requested")
    slow_harness.clock.advance(timedelta(hours=6, minutes=1))
    kind = "1688_ORDER_BUYER_VIEW_ORDER_REFUND_AFTER_SALES"
    assert await push(slow_harness, {"messageType": kind, "messageBody": {"refundId": refund_id}}) == 200
    await news(slow_harness, card, "agreed")


@pytest.mark.parametrize(
    "body",
    [
        {"orderId": ORDER, "refundId": "TQ99", "currentStatus": "refundsuccess", "refundAction": "SYSTEM_AGREE"},
        {"orderId": ORDER, "refundId": ["x"] * 9, "refundStatus": 100, "refundAmount": 1e308},
        {"orderId": ORDER, "refundId": "waitbuyersend", "remark": "<!channel> refunded"},
        {"refundId": "%", "orderId": ORDER},
    ],
)
async def test_a_forged_refund_is_never_believed(slow_harness: BotHarness, body: dict[str, Any]) -> None:
    """The order is read again, and it has no refund."""
    card = await watched(slow_harness)
    assert await push(slow_harness, {"messageType": "1688_ORDER_REFUND_AFTER_SALES", "messageBody": body}) == 200
    await slow_harness.several_ticks(8)
    assert refund_news(slow_harness, card) == []
    assert slow_harness.pandapon.count("/refund/") == 0


async def test_a_word_of_the_store_is_no_refund_id(slow_harness: BotHarness) -> None:
    """Of two orders with refunds, a message that names a state of theirs finds neither."""
    await watched(slow_harness)
    await ask(slow_harness, goods=True)
    await push(slow_harness, {"messageType": "1688_ORDER_PAY", "messageBody": {"orderId": ORDER}})
    await slow_harness.several_ticks(4)
    assert slow_harness.bot is not None
    assert await slow_harness.bot.store.inbox.orders_named(["waitselleragree", "refund_id"]) == []


@pytest.mark.parametrize("fault", ["unknown path", "no answer", "nonsense"])
async def test_news_goes_on_without_details(tmp_path: Path, fault: str) -> None:
    """What the order says is told without amount; status names the refused operation, and a good answer ends that."""
    paths = {**OWN_PATHS, "1688.refund.detail": "/v2/nowhere"} if fault == "unknown path" else OWN_PATHS
    async with running(tmp_path, pandapon_paths=paths) as harness:
        card = await watched(harness)
        if fault != "unknown path":
            harness.pandapon.faults.path = "/refund/info"
            harness.pandapon.faults.down = fault == "no answer"
            harness.pandapon.faults.wrong_types = fault == "nonsense"
        await ask(harness, goods=True)
        assert "¥20.50" not in await news(harness, card, "*Refund*: requested · order total")
        answer = await harness.ask("/panda status")
        is_refused = fault != "no answer"
        assert ("PandaPon refuses `1688.refund.detail` (" in answer) is is_refused
        harness.pandapon.faults.clear()
        harness.clock.advance(7 * HOUR)
        agreed = await news(harness, card, "agreed, goods to be returned")
        assert ("¥20.50" in agreed) is (fault != "unknown path")
        if fault == "unknown path":
            await harness.several_ticks(30)
            assert harness.pandapon.count("/nowhere") <= 3, "it is not asked at every poll"
        else:
            assert "refuses" not in await harness.ask("/panda status")


async def test_taobao_s_list_tells_what_its_order_does_not_name(harness: BotHarness) -> None:
    """An order that names a refund by its state alone gets amount and deadline from the list."""
    card = await watched(harness, TAOBAO)
    harness.pandapon.hides_refund_ids = True
    await ask_taobao(harness)
    assert "¥5.00 of" in await news(harness, card, "*Refund*: requested")
    assert harness.pandapon.count("/refund/queryList") >= 1
    harness.clock.advance(7 * HOUR)
    assert " by " in await news(harness, card, "agreed, goods to be returned")


async def test_an_open_refund_outlives_the_archive(slow_harness: BotHarness) -> None:
    """A delivered order is read on until its refund is over."""
    card = await watched(slow_harness)
    slow_harness.scan("快件已签收，签收人：本人", status="SIGN")
    await ask(slow_harness, goods=True)
    assert await push(slow_harness, {"messageType": "1688_ORDER_PAY", "messageBody": {"orderId": ORDER}}) == 200
    await news(slow_harness, card, "requested")
    for _ in range(12):
        slow_harness.clock.advance(12 * HOUR)
        await slow_harness.several_ticks(2)
    assert slow_harness.bot is not None
    [watch] = await slow_harness.bot.store.watches.of_orders([f"1688:{ORDER}"])
    assert watch.state == "active"
    assert len(refund_news(slow_harness, card)) >= 2


def pushing(harness: BotHarness, **faults: bool) -> Pushes:
    """A sender of the world's changes to the bot that runs now."""
    return Pushes(harness.world, harness.clock, address(harness), faults=PushFaults(**faults))


def address(harness: BotHarness) -> str:
    assert harness.bot is not None
    return f"http://127.0.0.1:{harness.bot.http_port}/pandapon/callbacks/{CALLBACK_TOKEN}"


async def push(harness: BotHarness, body: Any) -> int:
    """Send a message as PandaPon would; the status of the answer."""
    data = json.dumps(body).encode()
    async with aiohttp.ClientSession() as session, session.post(address(harness), data=data) as answer:
        return answer.status
