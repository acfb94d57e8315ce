"""A copy takes the place of a lost or damaged database: people are told so, and channels hear nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.house import ORDER, House, running, words

from storage import backup
from tracking.channel_settings import ChannelSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

FIRST, SECOND, THIRD = (
    "第一站：快件已发往 广州分拨中心",
    "第二站：快件已到达 广州分拨中心",
    "第三站：快件已到达 白云营业部",
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the bot."""
    async with running(tmp_path) as one:
        yield one


async def copied(house: House) -> Message:
    """Watch the order, and copy the database then; returns the card."""
    assert "Watching" in await house.ask(f"/panda watch {ORDER}")
    assert house.bot is not None
    await house.bot.backups.copy()
    [card] = house.channel("#orders")
    return card


async def restored(house: House, size: int | None = 5000) -> None:
    """The process ends, its database is cut to so many bytes (None: it is gone), and the next one starts."""
    await house.stop_bot()
    path = house.settings.database_path
    if size is None:
        path.unlink()
    else:
        with path.open("r+b") as file:
            file.truncate(size)
    await house.start_bot()
    assert house.bot is not None
    assert house.bot.backups.state.restored is not None
    await house.several_ticks(8)


def told(house: House, card: Message) -> list[list[int]]:
    """For each of the three scans, the positions of the replies that tell it."""
    replies = [words(message) for message in house.thread(card)]
    return [[n for n, reply in enumerate(replies) if scan in reply] for scan in (FIRST, SECOND, THIRD)]


@pytest.mark.parametrize("size", [0, None], ids=["no bytes", "no file"])
async def test_a_lost_database_is_no_empty_one(house: House, size: int | None) -> None:
    """The copy is used, the watch goes on in its thread, and the status says what happened and how to start afresh."""
    card = await copied(house)
    await restored(house, size)
    status = await house.ask("/panda status")
    assert "Not everything is well" in status
    assert "missing or empty" in status
    assert "To start afresh" in status
    house.scan(FIRST)
    await house.replies(card, 1)
    assert told(house, card) == [[0], [], []]


async def test_news_that_is_found_in_other_pieces_is_told_once(house: House) -> None:
    """Two scans told one by one since the copy, a third while nobody looked: found together, only the third is told."""
    card = await copied(house)
    for count, scan in enumerate((FIRST, SECOND), 1):
        house.scan(scan)
        await house.replies(card, count)
    house.slack.faults.down = True
    house.scan(THIRD)
    await house.several_ticks()
    house.slack.faults.down = False
    await restored(house)
    await house.until(lambda: bool(told(house, card)[2]))
    assert told(house, card) == [[0], [1], [2]]


async def test_all_told_in_other_pieces_is_no_news(house: House) -> None:
    """Nothing happened since: nothing is said, and the next scan is."""
    card = await copied(house)
    for count, scan in enumerate((FIRST, SECOND), 1):
        house.scan(scan)
        await house.replies(card, count)
    await restored(house)
    assert told(house, card) == [[0], [1], []]
    house.scan(THIRD)
    await house.replies(card, 3)
    assert told(house, card) == [[0], [1], [2]]


async def test_quiet_news_that_a_digest_told_is_not_told_again(house: House) -> None:
    """It waits in the copy; since then the quiet hours ended, and one message told all of it."""
    card = await copied(house)
    quiet = ChannelSettings(quiet_from="09:00", quiet_to="11:00")
    assert house.bot is not None
    await house.bot.store.channels.save_settings(house.clock(), card.channel, quiet, "U0MEI00001")
    for scan in (FIRST, SECOND):
        house.scan(scan)
        await house.several_ticks(6)
    house.clock.advance(timedelta(minutes=1))
    await house.bot.backups.copy()
    house.clock.advance(timedelta(hours=2))
    await house.until(lambda: any(SECOND in words(m) for m in house.thread(card)))
    await house.several_ticks(8)
    before = [words(m) for m in house.thread(card)]
    await restored(house)
    await asyncio.sleep(1.5)  # the delivery looks twice a second
    assert [words(m) for m in house.thread(card)] == before
    assert sum(FIRST in one for one in before) == sum(SECOND in one for one in before) == 1
    assert len(house.channel("#orders")) == 1


async def test_marks_are_opaque_and_few(house: House) -> None:
    """Every member can see a message's metadata: it holds hexadecimal digits only, far from Slack's limit."""
    card = await copied(house)
    for number in range(40):
        house.scan(f"{number} {FIRST}")
    [reply] = await house.replies(card, 1)
    assert reply.metadata is not None
    payload = reply.metadata["event_payload"]
    assert set(payload) == {"id", "told"}
    assert set("".join(payload.values())) <= set("0123456789abcdef")
    assert 8 * 40 <= len(payload["told"]) < 500


async def test_the_daily_digest_is_not_made_again(house: House) -> None:
    """The copy is from before it: it is found in the channel. The next day's comes."""
    card = await copied(house)
    house.scan(FIRST)
    await house.replies(card, 1)
    assert house.bot is not None
    await house.bot.store.channels.save_settings(
        house.clock(), card.channel, ChannelSettings(digest_at="11:00"), "U0MEI00001"
    )
    await house.bot.backups.copy()
    house.clock.advance(timedelta(minutes=70))
    await house.until(lambda: len(digests(house)) == 1)
    await restored(house)
    await asyncio.sleep(2.5)  # the digester looks once a second
    assert len(digests(house)) == 1
    house.scan(SECOND)
    await house.several_ticks()
    house.clock.advance(timedelta(days=1))
    await house.until(lambda: len(digests(house)) == 2)


def digests(house: House) -> list[str]:
    """The daily digests in the channel."""
    return [words(message) for message in house.channel("#orders") if "The day's digest" in words(message)]


async def test_a_restore_that_was_killed_at_its_end_tells_nothing_twice(house: House) -> None:
    """The copy is in place and the process dies at once: the next one still knows what to look up."""
    card = await copied(house)
    house.scan(FIRST)
    await house.replies(card, 1)
    await house.stop_bot()
    copy = backup.newest_good(house.settings.backups)
    assert copy is not None
    backup.restore(copy, house.settings.database_path, house.clock())
    await house.start_bot()
    await house.several_ticks(8)
    assert told(house, card) == [[0], [], []]
