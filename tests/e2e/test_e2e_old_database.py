"""The bot starts on a database that an earlier version left in the midst of things: all goes on, nothing comes twice.

What the old files hold, and what stood in Slack then: ``support.old_database``. Everything is asserted by what people
see and by the store's own methods, so that it holds for whatever later versions make of tables and columns. The first
test opens the database of every released version; the others look closer at one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import time
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import words
from support.old_database import (
    APPROVALS,
    CART,
    CHOICES,
    DIGEST,
    LATE,
    LATER,
    LEFT_IN_CART,
    NIGHT_ENDS,
    STORIES,
    TOM,
    VERSIONS,
    OldBotHarness,
    left_behind,
    migration_of,
    running_stand_ins,
    unpack,
)

from pandapon.shipment import Platform
from storage.alarm import AlarmState
from storage.store import open_store
from storage.watch import WatchState
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

VERSION = next(version for version in VERSIONS if migration_of(version) == 8)  # the one that is looked at closer
LISTED = range(3, 8)  # versions whose batches of one order, too, were a list of orders with the number of their news
COUNTS = {
    "SELECT state, COUNT(*) FROM watches WHERE channel <> 'C0EVERYTHING' GROUP BY state": {
        "opening": 1,
        "active": 12,
        "paused": 1,
        "ended": 1,
    },
    "SELECT state, COUNT(*) FROM alarms GROUP BY state": {"open": 1, "acknowledged": 1, "snoozed": 1},
    "SELECT state, COUNT(*) FROM outbox WHERE kind = 'news' AND state NOT IN ('sent', 'skipped') GROUP BY state": {
        "pending": 1,
        "uncertain": 2,
        "held": 3,
        "folded": 2,
    },
    "SELECT kind, COUNT(*) FROM outbox WHERE kind IN ('digest', 'card') AND state = 'pending' GROUP BY kind": {
        "digest": 1,
        "card": 1,
    },
    "SELECT state, COUNT(*) FROM outbox WHERE kind = 'summary' GROUP BY state": {"sent": 2},
    "SELECT 'snoozed', COUNT(*) FROM reminders WHERE at IS NOT NULL": {"snoozed": 1},
    "SELECT 'muted', COUNT(*) FROM watches WHERE muted_until IS NOT NULL": {"muted": 1},
    "SELECT 'muted', COUNT(*) FROM channels WHERE muted_until IS NOT NULL": {"muted": 1},
    "SELECT 'settings', COUNT(*) FROM channels WHERE settings <> ''": {"settings": 3},
    "SELECT state, COUNT(*) FROM subscriptions GROUP BY state": {"active": 1},
    "SELECT handled_at IS NULL, COUNT(*) FROM inbox GROUP BY 1": {0: 1, 1: 1},
}


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[OldBotHarness]:
    """Both stand-ins as the old version left them, its database, and no bot yet."""
    async with running_stand_ins(left_behind(tmp_path, VERSION)) as harness:
        yield harness


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_database_of_every_released_version_is_carried_on(tmp_path: Path, version: str) -> None:
    """What it held is told once, nobody's watch ends, new scans are read, and all that people list is there."""
    migration = migration_of(version)
    async with running_stand_ins(left_behind(tmp_path, version)) as harness:
        live, records = watched(tmp_path / "bot.db"), count(tmp_path / "bot.db", "audit")
        await harness.start_bot()
        await harness.pass_to(LATE + 0.1)
        waited = ("waiting", "in doubt", "lost", "batch")
        await harness.until(lambda: all(all(harness.scan_counts(name)) for name in waited))
        await harness.until(lambda: len(harness.channel("#fresh")) == 1)
        await harness.pass_to(NIGHT_ENDS + 0.1)
        await harness.until(lambda: all(harness.scan_counts("night")))
        await harness.pass_to(LATER + 0.1)
        await harness.until(lambda: harness.scan_counts("told")[-1] and harness.scan_counts("refund")[-1])
        assert {name for name in (*waited, "night", "told", "refund") if set(harness.scan_counts(name)) != {1}} == set()
        assert len(lists(harness)) == int(migration in LISTED)
        assert harness.scan_counts("unwatched") == [1, 1, 0, 0]
        assert harness.scan_counts("muted") == [1, 1, 1, int(migration < CHOICES)]
        assert watched(tmp_path / "bot.db") >= live
        assert count(tmp_path / "bot.db", "audit") >= records
        await everything_is_listed(harness, migration)
        await nothing_more_after_another_start(harness)


async def everything_is_listed(harness: OldBotHarness, migration: int) -> None:
    """Watches, an order's log, alarms and what was changed in the account are found by those who ask."""
    watches = await harness.ask("/panda watches", channel="#orders")
    assert {
        name for name in ("told", "silent", "seen", "snoozed") if STORIES[name].order_id[-4:] not in watches
    } == set()
    log = await harness.ask(f"/panda why {STORIES['told'].order_id}", channel="#orders")
    assert STORIES["told"].order_id[-4:] in log
    assert harness.bot is not None
    store = harness.bot.store
    if migration >= CHOICES:
        alarms = await store.alarms.of_orders([STORIES[name].key for name in ("silent", "seen", "snoozed")])
        assert len(alarms) == 3
        assert [subscription.channel for subscription in await store.subscriptions.active()] == ["C0EVERYTHING"]
        assert (await store.channels.get("C0NIGHT")).settings.quiet == (time(21), time(7))
    if migration >= CART:
        await writes_are_settled(harness)
    if migration >= APPROVALS:
        await an_approval_is_given(harness)


async def writes_are_settled(harness: OldBotHarness) -> None:
    """The write whose answer was lost is looked for and found, not sent again."""
    for _ in range(40):
        assert harness.bot is not None
        writes, _more = await harness.bot.store.writes.newest(0, 100)
        states = sorted(write.state for write in writes if write.operation == "1688.cart.add")
        if states == [WriteState.DONE, WriteState.FOUND_DONE]:
            break
        await harness.several_ticks(4)
    assert states == [WriteState.DONE, WriteState.FOUND_DONE]
    cart = harness.pandapon.account.carts[Platform.ALIBABA].values()
    assert [entry.quantity for entry in cart] == list(LEFT_IN_CART)
    assert "cart" in await harness.ask("/panda audit", channel="#orders")


async def an_approval_is_given(harness: OldBotHarness) -> None:
    """The request still waits, whoever was asked finds it and decides it, and the asker hears of it once."""
    [request] = [message for message in harness.channel("#orders") if "asks for approval" in message.text]
    assert "mei" in await harness.ask("/panda approvals", user="tom", channel="#orders")
    approve = next(
        element["action_id"]
        for block in request.blocks
        for element in block.get("elements") or []
        if element.get("type") == "button" and element["text"]["text"] == "Approve"
    )
    assert (await harness.slack.press("tom", request, approve)).ok
    told = harness.slack.workspace.direct("U0MEI00001").messages
    await harness.until(lambda: any("Place the order" in str(message.blocks) for message in told.values()))
    assert sum("Place the order" in str(message.blocks) for message in told.values()) == 1


def lists(harness: OldBotHarness) -> list[Message]:
    """The batches of #evening that list an order with its two scans."""
    return [message for message in harness.channel("#evening") if "2 new updates" in words(message)]


def watched(path: Path) -> set[tuple[str, str]]:
    """The orders and channels that are watched."""
    with closing(sqlite3.connect(path)) as conn:
        sql = "SELECT key, channel FROM watches WHERE state <> 'ended'"
        return set(conn.execute(sql).fetchall())


def count(path: Path, table: str) -> int:
    """How many rows a table has, or those that a condition behind its name holds for."""
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608  those names


def test_the_old_database_holds_every_state(tmp_path: Path) -> None:
    """The file as it was made: by the names that it has itself, which never change."""
    unpack(tmp_path / "bot.db", VERSION)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as conn:
        assert {sql: dict(conn.execute(sql).fetchall()) for sql in COUNTS} == COUNTS
        for table in ("audit", "deliveries", "people", "news", "nodes", "parcels", "facts"):
            assert conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] > 0, table  # noqa: S608  those names


async def test_what_waited_is_delivered_once(harness: OldBotHarness) -> None:
    """Refused for now, in doubt, in a batch, held for the night, its card to come: each is told, and told once."""
    before = everything(harness)
    await harness.start_bot()
    await harness.pass_to(LATE + 0.1)
    await harness.until(
        lambda: all(all(harness.scan_counts(name)) for name in ("waiting", "in doubt", "lost", "batch"))
    )
    assert harness.scan_counts("night") == [1, 1, 1, 0, 0]
    await harness.until(lambda: len(harness.channel("#fresh")) == 1)
    await harness.pass_to(NIGHT_ENDS + 0.1)
    await harness.until(lambda: all(harness.scan_counts("night")))
    for name in ("waiting", "in doubt", "lost", "batch", "night"):
        assert set(harness.scan_counts(name)) == {1}, name
    assert harness.scan_counts("muted") == [1, 1, 1, 0]
    assert harness.scan_counts("unwatched") == [1, 1, 0, 0]
    assert alarmed(harness) == alarmed_in(before)
    await nothing_more_after_another_start(harness)


async def test_a_paused_channel_gets_what_was_held_once_it_takes_posts(harness: OldBotHarness) -> None:
    """Its watch stays paused while Slack refuses the channel, and goes on when somebody opens it again."""
    await harness.start_bot()
    assert await state_of(harness, "closed") is WatchState.PAUSED
    await harness.pass_to(LATE + 0.3)  # every order is due again
    await harness.several_ticks(8)
    assert harness.scan_counts("closed") == [1, 1, 1, 0]
    harness.slack.workspace.channel("closed").is_archived = False
    answer = await harness.ask(f"/panda watch {STORIES['closed'].order_id}", channel="#closed")
    assert STORIES["closed"].order_id[-4:] in answer
    await harness.until(lambda: all(harness.scan_counts("closed")))
    assert harness.scan_counts("closed") == [1, 1, 1, 1]
    assert await state_of(harness, "closed") is WatchState.ACTIVE
    await nothing_more_after_another_start(harness)


async def test_watches_alarms_and_settings_stand(harness: OldBotHarness) -> None:
    """Whoever looks sees what was there; alarms are not raised again, the reminder and the digest come once."""
    alarms, made = alarmed(harness), len(digests(harness))
    assert direct_messages(harness) == []
    await harness.start_bot()
    assert harness.bot is not None
    store = harness.bot.store
    expected = dict.fromkeys(STORIES, WatchState.ACTIVE) | {"closed": WatchState.PAUSED, "unwatched": None}
    del expected["opening"]  # its card may be out by now
    assert {name: await state_of(harness, name) for name in expected} == expected
    live = await store.alarms.of_orders([story.key for story in STORIES.values()])
    assert {key: alarm.state for key, alarm in live.items()} == {
        STORIES["silent"].key: AlarmState.OPEN,
        STORIES["seen"].key: AlarmState.ACKNOWLEDGED,
        STORIES["snoozed"].key: AlarmState.SNOOZED,
    }
    assert (await store.channels.get("C0NIGHT")).settings.quiet == (time(21), time(7))
    assert (await store.channels.get("C0MUTED")).muted_until is not None
    assert [subscription.channel for subscription in await store.subscriptions.active()] == ["C0EVERYTHING"]
    await harness.pass_to(DIGEST + 0.2)
    await harness.until(lambda: len(digests(harness)) > made and bool(direct_messages(harness)))
    await harness.pass_to(LATER + 0.1)
    await harness.until(lambda: all(harness.scan_counts("told")))
    assert harness.scan_counts("told") == [1, 1, 1, 1]
    assert (len(digests(harness)), len(direct_messages(harness)), alarmed(harness)) == (made + 1, 1, alarms)
    await nothing_more_after_another_start(harness)


async def test_a_push_that_waited_is_handled(harness: OldBotHarness) -> None:
    """A message of PandaPon that arrived as the process ended is looked at by the next one."""
    store = await open_store(harness.settings.database_path)
    assert [hint.ids for hint in await store.inbox.waiting(10)] == [(STORIES["told"].order_id,)]
    await store.close()
    await harness.start_bot()
    assert harness.bot is not None
    for _ in range(40):
        if not await harness.bot.store.inbox.waiting(10):
            break
        await harness.several_ticks(1)
    assert await harness.bot.store.inbox.waiting(10) == []


async def nothing_more_after_another_start(harness: OldBotHarness) -> None:
    """The next process says nothing that was said, once all that was read is out."""
    await harness.several_ticks(8)
    path = harness.folder / "bot.db"
    await harness.until(lambda: not count(path, "outbox WHERE state IN ('pending', 'sending', 'uncertain')"))
    before = everything(harness)
    await harness.stop_bot()
    await harness.start_bot()
    await harness.several_ticks(12)
    assert everything(harness) == before


async def state_of(harness: OldBotHarness, name: str) -> WatchState | None:
    """Of an order's watch in its channel; None: there is none."""
    assert harness.bot is not None
    channel = harness.slack.workspace.channel(STORIES[name].channel).id
    watches = await harness.bot.store.watches.of_orders([STORIES[name].key])
    return next((watch.state for watch in watches if watch.channel == channel), None)


def everything(harness: OldBotHarness) -> dict[str, str]:
    """What the bot has said anywhere, by where and when; cards may change, so their words are left out."""
    channels = harness.slack.workspace.channels.values()
    messages = [m for channel in channels for m in channel.messages.values() if m.by_bot]
    return {f"{m.channel} {m.ts}": words(m) if m.thread_ts else "" for m in messages}


def alarmed_in(texts: dict[str, str]) -> int:
    """How many messages in threads raise an alarm."""
    return sum("Not moving" in text for text in texts.values())


def alarmed(harness: OldBotHarness) -> int:
    """How many alarms stand in Slack."""
    return alarmed_in(everything(harness))


def digests(harness: OldBotHarness) -> list[Message]:
    """The daily digests of #orders."""
    return [message for message in harness.channel("#orders") if "Today's summary" in words(message)]


def direct_messages(harness: OldBotHarness) -> list[Message]:
    """What the bot wrote to Tom, who asked to be reminded."""
    return list(harness.slack.workspace.direct(TOM).messages.values())
