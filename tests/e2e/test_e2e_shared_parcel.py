"""One parcel of several orders is one piece of news in a channel; each order keeps its card and what is its own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, running, words

from handlers.blocks.text import short_id
from sandbox.slack.faults import Fault
from storage.packing import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

TWIN = "2542285634920880777"
WAYBILL = "78012345678901"
AGAIN = "快件已到达 广州分拨中心"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Two orders of one seller, sent in one parcel."""
    async with running(tmp_path) as harness:
        first = harness.world.orders[ORDER]
        first.packages[0].scans[:] = [scan for scan in first.packages[0].scans if scan.at <= harness.clock()]
        harness.world.add_order(replace(first, order_id=TWIN, packages=[first.packages[0]]))
        yield harness


async def cards(harness: BotHarness, *filters: str, channel: str = "#orders") -> list[Message]:
    """Watch both orders; their cards, in that order."""
    for order, told in zip((ORDER, TWIN), filters, strict=True):
        await harness.ask(f"/panda watch {order} {told}", channel=channel)
    return [message for message in harness.channel(channel) if not message.thread_ts][-2:]


def replies_with(harness: BotHarness, parents: list[Message], text: str) -> list[Message]:
    """The replies under either card that say this."""
    return [message for card in parents for message in harness.thread(card) if text in words(message)]


async def until_read(harness: BotHarness) -> None:
    """Both orders were read since, and what was to be said was said."""
    await harness.several_ticks(12)


async def test_a_scan_of_both_is_told_once_and_names_both(harness: BotHarness) -> None:
    """Every scan of a whole day, to the delivery: one reply each, which names the other order too."""
    parents = await cards(harness, "all", "all")
    texts = ["快件已发往 广州分拨中心", AGAIN, "派送不成功，客户不在家", "快件正在派送中", "已签收，签收人：本人"]
    for text in texts:
        harness.clock.advance(timedelta(hours=2))
        harness.scan(text)
        await harness.until(lambda text=text: bool(replies_with(harness, parents, text)))  # type: ignore[misc]  # mypy knows no defaults in lambdas
        await until_read(harness)
        [reply] = replies_with(harness, parents, text)
        assert {short_id(TWIN), short_id(ORDER)} <= set(re.findall("…[0-9]{6}", f"{words(reply)} {reply.text}"))
    for card in parents:
        await harness.until(lambda card=card: "Delivered" in words(current(harness, card)))  # type: ignore[misc]  # mypy knows no defaults in lambdas
    assert "posted with another order of the same parcel" in (
        await harness.ask(f"/panda why {ORDER}") + await harness.ask(f"/panda why {TWIN}")
    )


def current(harness: BotHarness, card: Message) -> Message:
    """The card as it is now."""
    return next(
        message
        for message in harness.channel(harness.slack.workspace.channels[card.channel].name)
        if message.ts == card.ts
    )


async def test_each_channel_is_told(harness: BotHarness) -> None:
    """A channel that watches one of them hears of it whatever another channel heard."""
    await harness.ask(f"/panda watch {ORDER} all")
    [first] = harness.channel("#orders")
    await harness.ask(f"/panda watch {TWIN} all", channel="#urgent")
    [second] = harness.channel("#urgent")
    harness.scan(AGAIN)
    await harness.until(lambda: bool(replies_with(harness, [first], AGAIN) and replies_with(harness, [second], AGAIN)))
    assert "same parcel" not in words(replies_with(harness, [first], AGAIN)[0])


async def test_whoever_asks_for_more_gets_more(harness: BotHarness) -> None:
    """A watch for problems takes nothing away from one for everything, and needs nothing that this one says."""
    parents = await cards(harness, "problems", "all")
    harness.scan(AGAIN)
    await harness.until(lambda: bool(replies_with(harness, [parents[1]], AGAIN)))
    harness.scan("派送不成功，客户不在家")
    await harness.until(lambda: bool(replies_with(harness, [parents[1]], "客户不在家")))
    await until_read(harness)
    assert replies_with(harness, [parents[0]], AGAIN) == []


async def test_a_muted_order_takes_nothing_from_the_other(harness: BotHarness) -> None:
    """What is not posted told nobody anything."""
    parents = await cards(harness, "all", "all")
    await harness.ask(f"/panda mute {ORDER} 1d")
    harness.scan(AGAIN)
    await harness.until(lambda: bool(replies_with(harness, [parents[1]], AGAIN)))
    await until_read(harness)
    assert len(replies_with(harness, parents, AGAIN)) == 1


async def test_a_silence_of_both_is_one_alarm(harness: BotHarness) -> None:
    """And its end is told once."""
    parents = await cards(harness, "all", "all")
    harness.clock.advance(timedelta(hours=60))
    await harness.until(lambda: bool(replies_with(harness, parents, "⏰ *No movement")))
    await until_read(harness)
    assert len(replies_with(harness, parents, "⏰ *No movement")) == 1
    harness.scan(AGAIN)
    await harness.until(lambda: bool(replies_with(harness, parents, AGAIN)))
    await until_read(harness)
    assert len(replies_with(harness, parents, AGAIN)) == 1


async def test_once_across_a_restart_and_a_slack_that_is_down(harness: BotHarness) -> None:
    """Nothing is told twice or lost when both pieces wait in the outbox through a stop."""
    parents = await cards(harness, "all", "all")
    harness.slack.faults.plan(Fault("chat.postMessage", times=2, status=503))
    harness.scan(AGAIN)
    await until_read(harness)
    await harness.stop_bot()
    harness.clock.advance(timedelta(minutes=10))
    await harness.start_bot()
    await harness.until(lambda: bool(replies_with(harness, parents, AGAIN)))
    await until_read(harness)
    assert len(replies_with(harness, parents, AGAIN)) == 1


async def test_what_is_the_orders_own_is_told_beside_it(harness: BotHarness) -> None:
    """The twin has a second parcel: its scans are its own, and its delivery waits for both."""
    harness.world.add_parcel(TWIN, "YT0000000000009")
    harness.world.add_node(TWIN, "已揽收", waybill="YT0000000000009")
    parents = await cards(harness, "all", "all")
    harness.world.add_node(TWIN, "快件已发往 杭州", waybill="YT0000000000009")
    harness.scan("已签收，签收人：本人")
    await harness.until(
        lambda: bool(
            replies_with(harness, parents, "签收人：本人") and replies_with(harness, [parents[1]], "发往 杭州")
        )
    )
    await until_read(harness)
    assert len(replies_with(harness, parents, "签收人：本人")) == 1
    assert len(replies_with(harness, parents, "发往 杭州")) == 1
    assert replies_with(harness, [parents[0]], "发往 杭州") == []


async def test_news_that_cannot_be_read_holds_nobody_up(harness: BotHarness) -> None:
    """What was told of the parcel before is damaged: what comes next is told all the same, once."""
    parents = await cards(harness, "all", "all")
    harness.scan(AGAIN)
    await harness.until(lambda: bool(replies_with(harness, parents, AGAIN)))
    await until_read(harness)
    assert harness.bot is not None
    await harness.bot.store.engine.run(lambda conn: conn.execute("UPDATE news SET payload = ?", (pack("{"),)))
    for text in ("快件正在派送中", "派送不成功，客户不在家"):
        harness.scan(text)
        await harness.until(lambda text=text: bool(replies_with(harness, parents, text)))  # type: ignore[misc]  # mypy knows no defaults in lambdas
        await until_read(harness)
