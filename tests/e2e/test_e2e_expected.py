"""Expected dates through the whole bot: none before 20 journeys, then a range, and its passing told once."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from support.bot_harness import BotHarness, words

from pandapon.shipment import Platform
from sandbox.pandapon.scenarios import ENDINGS, package, route, shipped_order
from sandbox.pandapon.world import Line

if TYPE_CHECKING:
    from sandbox.pandapon.world import SandboxOrder
    from sandbox.slack.workspace import Message

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = "Later than expected"
WAITING = "2542285634931000000"  # the order under way


def arrived(harness: BotHarness, number: int) -> str:
    """Add an order that arrived some days ago, 32 to 51 hours after its first scan. Returns its id."""
    ordered_at = harness.clock() - 9 * DAY - number * HOUR
    order_id = f"{2542285634932000000 + number}"
    sent = ordered_at + 10 * HOUR
    steps = route("义乌", "广州") + ENDINGS["delivered"]
    order = _order(harness, order_id, ordered_at)
    order.packages = [package(f"781{number:011d}", "中通快递", sent, steps, pace=1 + number / 32)]
    harness.world.add_order(order)
    return order_id


def add_order_under_way(harness: BotHarness) -> None:
    """Add an order whose parcel left Yiwu six hours ago and has not been scanned since."""
    ordered_at = harness.clock() - 20 * HOUR
    order = _order(harness, WAITING, ordered_at)
    order.packages = [package("78100000009999", "中通快递", harness.clock() - 9 * HOUR, route("义乌", "广州")[:2])]
    harness.world.add_order(order)


def _order(harness: BotHarness, order_id: str, ordered_at: object) -> SandboxOrder:
    lines = [Line("白色陶瓷马克杯", Decimal("9.50"), 12)]
    return shipped_order(random.Random(5), Platform.ALIBABA, order_id, ordered_at, lines)  # type: ignore[arg-type]  # noqa: S311  no secret


async def seen_arriving(harness: BotHarness, *numbers: int) -> None:
    """Watch orders that have arrived, so that the bot knows their journeys."""
    ids = [arrived(harness, number) for number in numbers]
    for start in range(0, len(ids), 10):
        await harness.ask(f"/panda watch {' '.join(ids[start : start + 10])}", channel="#urgent")


async def learnt(harness: BotHarness) -> None:
    """Let the bot learn from what it knows, as it does every hour."""
    assert harness.bot is not None
    await next(job for job in harness.bot.scheduler._jobs if job.name == "journeys").run()


async def card_of(harness: BotHarness) -> Message:
    assert "Watching" in await harness.ask(f"/panda watch {WAITING}")
    return harness.channel("#orders")[-1]


def told_late(harness: BotHarness, card: Message) -> list[str]:
    return [words(reply) for reply in harness.thread(card) if LATE in words(reply)]


async def test_twenty_journeys_make_an_estimate_and_its_passing_is_told_once_across_a_restart(
    harness: BotHarness,
) -> None:
    """19 journeys say nothing; the twentieth gives dates, which pass, are told in the thread once, and stay told."""
    add_order_under_way(harness)
    await seen_arriving(harness, *range(19))
    await learnt(harness)
    answer = await harness.ask(f"/panda track {WAITING}")
    assert "Expected" not in answer
    await seen_arriving(harness, 19)
    await learnt(harness)
    answer = await harness.ask(f"/panda track {WAITING}")
    assert "Expected Mar 3" in answer
    assert "based on 20 ZTO parcels from 义乌" in answer
    assert "in transit for 6 hours" in answer

    card = await card_of(harness)
    assert "Expected Mar 3" in words(card)
    assert not told_late(harness, card)
    harness.clock.advance(4 * DAY)
    await harness.until(lambda: bool(told_late(harness, card)))
    await harness.until(lambda: LATE in words(harness.channel("#orders")[0]))
    (news,) = told_late(harness, card)
    assert "4 days on the way, usually" in news
    await harness.several_ticks(10)
    await harness.stop_bot()
    await harness.start_bot()
    await learnt(harness)
    harness.clock.advance(DAY)
    await harness.several_ticks(10)
    assert told_late(harness, card) == [news], "told once"
    assert LATE in await harness.ask(f"/panda track {WAITING}")
    assert LATE in await harness.ask(f"/panda why {WAITING}")


async def test_a_scan_makes_a_new_range_and_the_arrival_ends_it(harness: BotHarness) -> None:
    add_order_under_way(harness)
    await seen_arriving(harness, *range(20))
    await learnt(harness)
    card = await card_of(harness)
    first = words(card)
    harness.clock.advance(DAY)
    harness.world.add_node(
        WAITING, "【广州市】 快件正在派送中，派送员：陈师傅", status="DELIVERING", action="TMS_DELIVERING"
    )
    await harness.until(lambda: "Out for delivery" in words(harness.channel("#orders")[0]))
    assert "Expected" in words(harness.channel("#orders")[0])
    assert words(harness.channel("#orders")[0]) != first
    harness.clock.advance(HOUR)
    harness.world.add_node(WAITING, "快件已签收，签收人：前台", status="SIGN", action="TMS_SIGN")
    await harness.until(lambda: "Delivered" in words(harness.channel("#orders")[0]))
    assert "Expected" not in words(harness.channel("#orders")[0])
    harness.clock.advance(9 * DAY)
    await harness.several_ticks(6)
    assert not told_late(harness, card)


async def test_an_order_that_is_late_already_when_it_is_watched_is_shown_so_and_not_told(harness: BotHarness) -> None:
    add_order_under_way(harness)
    await seen_arriving(harness, *range(20))
    await learnt(harness)
    harness.clock.advance(6 * DAY)
    card = await card_of(harness)
    assert LATE in words(card)
    await harness.several_ticks(10)
    assert not told_late(harness, card)


async def test_a_database_of_an_earlier_version_teaches_at_its_first_start(harness: BotHarness) -> None:
    """Its orders hold journeys that nobody recorded: they are gathered once."""
    add_order_under_way(harness)
    await seen_arriving(harness, *range(20))
    assert harness.bot is not None
    await harness.bot.store.engine.run(
        lambda conn: (
            conn.execute("DELETE FROM journeys"),
            conn.execute("DELETE FROM facts WHERE name LIKE 'journeys%'"),
        )
    )
    await learnt(harness)
    assert "Expected Mar 3" in await harness.ask(f"/panda track {WAITING}")
