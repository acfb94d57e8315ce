"""An unpaid order: an alarm before the platform closes it, cleared by payment or closing, and never one too late."""

from __future__ import annotations

import random
import sqlite3
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import BotHarness, running, words

from pandapon.shipment import Platform
from sandbox.pandapon.demo import PAY_WITHIN, UNPAID
from sandbox.pandapon.scenarios import shipped_order, unpaid
from sandbox.pandapon.world import Line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.pandapon.world import SandboxOrder
    from sandbox.slack.workspace import Message

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TAOBAO = "330507534199000"
ALARM = "Action needed: not paid"
PAID = {Platform.ALIBABA: "waitsellersend", Platform.TAOBAO: "10"}


@asynccontextmanager
async def slow(folder: Path) -> AsyncIterator[BotHarness]:
    """The same, reading each order as seldom as in production."""
    async with running(folder, cadence_factor=1) as harness:
        yield harness


def ordered(
    harness: BotHarness,
    platform: Platform,
    pay_within: timedelta | None,
    ago: timedelta = timedelta(),
    closes_after: timedelta | None = None,
) -> SandboxOrder:
    """An order that waits for payment, created some time ago."""
    order_id = UNPAID if platform is Platform.ALIBABA else TAOBAO
    lines = [Line("白色陶瓷马克杯", Decimal("9.50"), 12, sub_order="200048869999")]
    order = shipped_order(random.Random(5), platform, order_id, harness.clock() - ago, lines)  # noqa: S311  no secret
    return harness.world.add_order(unpaid(order, pay_within, closes_after))


async def watched(harness: BotHarness, order_id: str, told: str = "all") -> Message:
    """Watch an order and return its card."""
    assert "Watching" in await harness.ask(f"/panda watch {order_id} {told}")
    return harness.channel("#orders")[-1]


def alarms(harness: BotHarness, card: Message) -> list[Message]:
    return [reply for reply in harness.thread(card) if ALARM in words(reply)]


async def alarmed(harness: BotHarness, card: Message, count: int = 1) -> Message:
    """Wait for the alarm; there is no other."""
    await harness.until(lambda: len(alarms(harness, card)) >= count)
    assert len(alarms(harness, card)) == count
    return alarms(harness, card)[-1]


async def run_every_job(harness: BotHarness) -> None:
    """Let every job look more than once."""
    await harness.several_ticks(25)


def card_of(harness: BotHarness, card: Message) -> str:
    return words(next(message for message in harness.channel("#orders") if message.ts == card.ts))


@pytest.mark.parametrize("platform", list(Platform))
async def test_the_channel_is_told_before_the_platform_closes_it(harness: BotHarness, platform: Platform) -> None:
    """Six hours before: until when, how much, and where; whoever only hears of problems is told too. Paid ends it."""
    order = ordered(harness, platform, PAY_WITHIN)
    card = await watched(harness, order.order_id, "problems")
    harness.clock.advance(PAY_WITHIN - 6 * HOUR - 5 * MINUTE)
    await run_every_job(harness)
    assert harness.thread(card) == []
    harness.clock.advance(6 * MINUTE)
    alarm = await alarmed(harness, card)
    name = "1688" if platform is Platform.ALIBABA else "Taobao"
    closes = int((order.created_at + PAY_WITHIN).timestamp())
    assert f"{name} closes it in 5 hours, <!date^{closes}^" in words(alarm)
    assert f"¥{order.goods + order.shipping:,.2f} to pay: <https://" in words(alarm)
    assert f"|pay it on {name}>, or cancel it." in words(alarm)
    assert (f"orderId={order.order_id}|" in words(alarm)) is (platform is Platform.ALIBABA)
    assert alarm.broadcast
    assert not alarm.notifies
    await harness.until(lambda: f"Not paid: {name} closes it" in card_of(harness, card))
    assert ", 1 open alert" in await harness.ask("/panda status")
    await harness.ask("/panda settings")
    assert "⏰ Action needed: not paid" in await harness.press("Preview the digest")
    assert (await harness.slack.press("tom", alarm, "alarm_take:1")).ok
    await harness.until(lambda: "is handling it" in card_of(harness, card))
    await run_every_job(harness)
    assert len(harness.thread(card)) == 1, "said once"
    harness.world.set_status(order.order_id, PAID[platform])
    [_, paid] = await harness.replies(card, 2)
    assert "✅ Paid – alert closed. " in words(paid)
    assert "was handling it" in words(paid)
    await harness.until(lambda: "Not paid" not in card_of(harness, card))


@pytest.mark.parametrize("platform", list(Platform))
async def test_what_is_closed_ends_the_alarm(harness: BotHarness, platform: Platform) -> None:
    """Nobody paid: the platform closes it, and the alarm says so instead of asking on."""
    order = ordered(harness, platform, PAY_WITHIN)
    card = await watched(harness, order.order_id)
    harness.clock.advance(PAY_WITHIN - 3 * HOUR)
    await alarmed(harness, card)
    harness.clock.advance(3 * HOUR)
    [alarm, closed] = await harness.replies(card, 2)
    assert "Cancelled" in words(closed)
    assert "Closed by the platform – alert closed." in words(closed)
    assert (await harness.slack.press("tom", alarm, "alarm_seen:1")).ok
    await harness.until(lambda: "No longer waiting for payment – alert closed" in words(harness.thread(card)[0]))
    await harness.until(lambda: "Not paid" not in card_of(harness, card))


async def test_where_no_deadline_is_said_the_setting_counts(tmp_path: Path) -> None:
    """Hours after the order was placed, named as those of every other silence; no deadline is made up."""
    async with running(tmp_path, stall_hours={"not_paid": 30}) as harness:
        order = ordered(harness, Platform.TAOBAO, None)
        card = await watched(harness, order.order_id)
        harness.clock.advance(30 * HOUR - MINUTE)
        await run_every_job(harness)
        assert harness.thread(card) == []
        harness.clock.advance(2 * MINUTE)
        alarm = words(await alarmed(harness, card))
        assert "Ordered 30 hours ago and not paid" in alarm
        assert "closes it" not in alarm
        await harness.until(lambda: "Not paid since" in card_of(harness, card))


async def test_the_alarm_does_not_wait_for_the_orders_turn(tmp_path: Path) -> None:
    """An unpaid order is read every four hours; one that has 40 minutes in all is read for its alarm after 30."""
    async with slow(tmp_path) as harness:
        order = ordered(harness, Platform.ALIBABA, 40 * MINUTE)
        card = await watched(harness, order.order_id)
        await run_every_job(harness)  # the reading after the first one leaves the moment as it is
        harness.clock.advance(29 * MINUTE)
        await run_every_job(harness)
        assert alarms(harness, card) == []
        harness.clock.advance(2 * MINUTE)
        assert "closes it in 8 minutes" in words(await alarmed(harness, card))


@pytest.mark.parametrize("platform", list(Platform))
async def test_first_watched_with_the_deadline_near(tmp_path: Path, platform: Platform) -> None:
    """It is told at once, not at the next reading: there may be none before it is closed."""
    async with slow(tmp_path) as harness:
        order = ordered(harness, platform, PAY_WITHIN, ago=PAY_WITHIN - HOUR)
        card = await watched(harness, order.order_id)
        assert "closes it in 59 minutes" in words(await alarmed(harness, card))


@pytest.mark.parametrize(
    ("pay_within", "ago"), [(PAY_WITHIN, PAY_WITHIN + HOUR), (None, timedelta(days=3))], ids=["stated", "not stated"]
)
async def test_what_was_late_before_it_was_watched_is_no_alarm(
    harness: BotHarness, pay_within: timedelta | None, ago: timedelta
) -> None:
    """The deadline is over and the platform left it open, or it said none and the time to ask was long ago."""
    order = ordered(harness, Platform.ALIBABA, pay_within, ago, closes_after=timedelta(days=60))
    card = await watched(harness, order.order_id)
    harness.clock.advance(5 * HOUR)
    await run_every_job(harness)
    assert harness.thread(card) == []


async def test_no_alarm_after_the_deadline(harness: BotHarness) -> None:
    """The bot was off while it passed; what the platform left open all the same is not told as closing soon."""
    order = ordered(harness, Platform.ALIBABA, PAY_WITHIN, closes_after=timedelta(days=60))
    card = await watched(harness, order.order_id)
    await harness.stop_bot()
    harness.clock.advance(PAY_WITHIN + MINUTE)
    await harness.start_bot()
    await run_every_job(harness)
    assert harness.thread(card) == []


async def test_an_order_with_a_finance_team_is_not_unpaid(harness: BotHarness) -> None:
    """Taobao's numbers 1, 2, 3 and 5: the buyer has paid, and the order is not yet paid for the seller."""
    order = ordered(harness, Platform.TAOBAO, PAY_WITHIN)
    card = await watched(harness, order.order_id)
    harness.clock.advance(PAY_WITHIN - HOUR)
    await alarmed(harness, card)
    harness.world.set_status(order.order_id, "1")
    [_, reply] = await harness.replies(card, 2)
    assert "No longer waiting for payment*: Paid, waiting for the finance team" in words(reply)
    assert "No longer waiting for payment – alert closed." in words(reply)
    await harness.until(lambda: "Not paid" not in card_of(harness, card))
    harness.world.set_status(order.order_id, "2")
    await run_every_job(harness)
    assert len(harness.thread(card)) == 2


async def test_whoever_asks_is_reminded_while_there_is_time(harness: BotHarness) -> None:
    """In 24 hours it would be closed: half of what is left is still left when the direct message comes."""
    order = ordered(harness, Platform.ALIBABA, PAY_WITHIN)
    card = await watched(harness, order.order_id)
    harness.clock.advance(PAY_WITHIN - 4 * HOUR)
    alarm = await alarmed(harness, card)
    assert "Remind me before it closes" in str(alarm.blocks)
    assert "unless it is paid before then" in await harness.press("Remind me before it closes")
    letters = harness.slack.workspace.direct(harness.slack.workspace.user("mei").id).messages
    harness.clock.advance(1.9 * HOUR)
    await run_every_job(harness)
    assert not letters
    harness.clock.advance(0.2 * HOUR)
    await harness.until(lambda: bool(letters))
    [letter] = letters.values()
    assert "closes it in 113 minutes" in words(letter) or "closes it in 114 minutes" in words(letter)


async def test_a_deadline_that_was_put_off_is_another_one(harness: BotHarness) -> None:
    """The seller gave more time: the alarm of the first deadline gives way to one of the second."""
    order = ordered(harness, Platform.ALIBABA, PAY_WITHIN, closes_after=timedelta(days=60))
    card = await watched(harness, order.order_id)
    harness.clock.advance(PAY_WITHIN - HOUR)
    await alarmed(harness, card)
    order.pay_within = 2 * PAY_WITHIN
    await run_every_job(harness)
    harness.clock.advance(PAY_WITHIN)
    assert "closes it in 59 minutes" in words(await alarmed(harness, card, 2))
    order.pay_within = 2 * PAY_WITHIN - 10 * MINUTE
    await run_every_job(harness)
    assert len(alarms(harness, card)) == 2, "one that comes nearer is the same"


async def test_orders_of_an_older_version_have_alarms_to_come_and_no_old_ones(tmp_path: Path) -> None:
    """Stored before there were such alarms, one due tomorrow and one that was due yesterday."""
    async with running(tmp_path) as harness:
        coming = ordered(harness, Platform.ALIBABA, None, closes_after=timedelta(days=60))
        late = ordered(harness, Platform.TAOBAO, None, ago=40 * HOUR, closes_after=timedelta(days=60))
        cards = [await watched(harness, order.order_id) for order in (coming, late)]
        await harness.stop_bot()
        month = int((harness.clock() + timedelta(days=30)).timestamp() * 1_000_000)
        with sqlite3.connect(tmp_path / "bot.db") as stored:
            stored.execute("UPDATE schedule SET stall_at = ?", (month,))
        stored.close()
        await harness.start_bot()
        await run_every_job(harness)
        harness.clock.advance(19 * HOUR)
        assert "Ordered 19 hours ago" in words(await alarmed(harness, cards[0]))
        await run_every_job(harness)
        assert harness.thread(cards[1]) == []
