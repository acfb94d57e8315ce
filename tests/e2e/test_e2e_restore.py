"""A copy takes the place of a lost or damaged database: people are told so, and channels hear nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, words

from storage.sqlite import backup, copies
from tracking.channel_settings import ChannelSettings

if TYPE_CHECKING:
    from bot.jobs.backups import Backups
    from sandbox.slack.workspace import Message

FIRST, SECOND, THIRD = (
    "第一站：快件已发往 广州分拨中心",
    "第二站：快件已到达 广州分拨中心",
    "第三站：快件已到达 白云营业部",
)


def copies_of(harness: BotHarness) -> Backups:
    """The bot's jobs that copy and check the file."""
    assert harness.bot is not None
    assert harness.bot.backups is not None
    return harness.bot.backups


async def copied(harness: BotHarness) -> Message:
    """Watch the order, and copy the database then; returns the card."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    assert harness.bot is not None
    await copies_of(harness).copy()
    [card] = harness.channel("#orders")
    return card


async def restored(harness: BotHarness, size: int | None = 5000) -> None:
    """The process ends, its database is cut to so many bytes (None: it is gone), and the next one starts."""
    await harness.stop_bot()
    path = harness.settings.database_path
    if size is None:
        path.unlink()
    else:
        with path.open("r+b") as file:
            file.truncate(size)
    await harness.start_bot()
    assert harness.bot is not None
    assert copies_of(harness).state.restored is not None
    await harness.several_ticks(8)


def scan_positions(harness: BotHarness, card: Message) -> list[list[int]]:
    """For each of the three scans, the positions of the replies that tell it."""
    replies = [words(message) for message in harness.thread(card)]
    return [[n for n, reply in enumerate(replies) if scan in reply] for scan in (FIRST, SECOND, THIRD)]


@pytest.mark.parametrize("size", [0, None], ids=["no bytes", "no file"])
async def test_a_lost_database_is_no_empty_one(harness: BotHarness, size: int | None) -> None:
    """The copy is used, the watch goes on in its thread, and the status says what happened and how to start afresh."""
    card = await copied(harness)
    await restored(harness, size)
    status = await harness.ask("/panda status")
    assert "Some things need attention" in status
    assert "missing or empty" in status
    assert "To start afresh" in status
    harness.scan(FIRST)
    await harness.replies(card, 1)
    assert scan_positions(harness, card) == [[0], [], []]


async def test_news_that_is_found_in_other_pieces_is_told_once(harness: BotHarness) -> None:
    """Two scans told one by one since the copy, a third while nobody looked: found together, only the third is told."""
    card = await copied(harness)
    for count, scan in enumerate((FIRST, SECOND), 1):
        harness.scan(scan)
        await harness.replies(card, count)
    harness.slack.faults.down = True
    harness.scan(THIRD)
    await harness.several_ticks()
    harness.slack.faults.down = False
    await restored(harness)
    await harness.until(lambda: bool(scan_positions(harness, card)[2]))
    assert scan_positions(harness, card) == [[0], [1], [2]]


async def test_all_told_in_other_pieces_is_no_news(harness: BotHarness) -> None:
    """Nothing happened since: nothing is said, and the next scan is."""
    card = await copied(harness)
    for count, scan in enumerate((FIRST, SECOND), 1):
        harness.scan(scan)
        await harness.replies(card, count)
    await restored(harness)
    assert scan_positions(harness, card) == [[0], [1], []]
    harness.scan(THIRD)
    await harness.replies(card, 3)
    assert scan_positions(harness, card) == [[0], [1], [2]]


async def test_quiet_news_that_a_digest_told_is_not_told_again(harness: BotHarness) -> None:
    """It waits in the copy; since then the quiet hours ended, and one message told all of it."""
    card = await copied(harness)
    quiet = ChannelSettings(quiet_from="09:00", quiet_to="11:00")
    assert harness.bot is not None
    await harness.bot.store.channels.save_settings(harness.clock(), card.channel, quiet, "U0MEI00001")
    for scan in (FIRST, SECOND):
        harness.scan(scan)
        await harness.several_ticks(6)
    harness.clock.advance(timedelta(minutes=1))
    await copies_of(harness).copy()
    harness.clock.advance(timedelta(hours=2))
    await harness.until(lambda: any(SECOND in words(m) for m in harness.thread(card)))
    await harness.several_ticks(8)
    before = [words(m) for m in harness.thread(card)]
    await restored(harness)
    await asyncio.sleep(1.5)  # the delivery looks twice a second
    assert [words(m) for m in harness.thread(card)] == before
    assert sum(FIRST in text for text in before) == sum(SECOND in text for text in before) == 1
    assert len(harness.channel("#orders")) == 1


async def test_marks_are_opaque_and_few(harness: BotHarness) -> None:
    """Every member can see a message's metadata: it holds hexadecimal digits only, far from Slack's limit."""
    card = await copied(harness)
    for number in range(40):
        harness.scan(f"{number} {FIRST}")
    [reply] = await harness.replies(card, 1)
    assert reply.metadata is not None
    payload = reply.metadata["event_payload"]
    assert set(payload) == {"id", "told"}
    assert set("".join(payload.values())) <= set("0123456789abcdef")
    assert 8 * 40 <= len(payload["told"]) < 500


async def test_the_daily_digest_is_not_made_again(harness: BotHarness) -> None:
    """The copy is from before it: it is found in the channel. The next day's comes."""
    card = await copied(harness)
    harness.scan(FIRST)
    await harness.replies(card, 1)
    assert harness.bot is not None
    await harness.bot.store.channels.save_settings(
        harness.clock(), card.channel, ChannelSettings(digest_at="11:00"), "U0MEI00001"
    )
    await copies_of(harness).copy()
    harness.clock.advance(timedelta(minutes=70))
    await harness.until(lambda: len(digests(harness)) == 1)
    await restored(harness)
    await asyncio.sleep(2.5)  # the digester looks once a second
    assert len(digests(harness)) == 1
    harness.scan(SECOND)
    await harness.several_ticks()
    harness.clock.advance(timedelta(days=1))
    await harness.until(lambda: len(digests(harness)) == 2)


def digests(harness: BotHarness) -> list[str]:
    """The daily digests in the channel."""
    return [words(message) for message in harness.channel("#orders") if "Today's summary" in words(message)]


async def test_a_restore_that_was_killed_at_its_end_tells_nothing_twice(harness: BotHarness) -> None:
    """The copy is in place and the process dies at once: the next one still knows what to look up."""
    card = await copied(harness)
    harness.scan(FIRST)
    await harness.replies(card, 1)
    await harness.stop_bot()
    copy = copies.newest_good(harness.settings.backups)
    assert copy is not None
    backup.restore(copy, harness.settings.database_path, harness.clock())
    await harness.start_bot()
    await harness.several_ticks(8)
    assert scan_positions(harness, card) == [[0], [], []]
