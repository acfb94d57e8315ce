"""The fault matrix: each fault of PandaPon, Slack, the disk and the clock, with news meanwhile.

After each: nothing lost, nothing told twice, in order. How long it takes to be well again is in docs/operation.md.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, running, words
from support.patience import until

from benchmarks.kill import begin, kill, kill_harness, now
from bot.cli.terminal import EX_CONFIG
from sandbox.slack.faults import Fault
from storage.sqlite.backup import back_up
from storage.sqlite.copies import backups
from storage.sqlite.database import thread_of
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from benchmarks.kill import KillHarness
    from sandbox.slack.workspace import Message

FIRST, SECOND, THIRD = (
    "第一站：快件已发往 广州分拨中心",
    "第二站：快件已到达 广州分拨中心",
    "第三站：快件已到达 白云营业部",
)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=6)  # between two tries of a source that was down for long


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the bot, which waits half a second for PandaPon at most."""
    async with running(tmp_path, pandapon_read_timeout_seconds=0.5) as harness:
        yield harness


async def watched(harness: BotHarness) -> Message:
    """Watch the order, and let it tell one scan; returns the card."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    harness.scan(FIRST)
    await harness.replies(card, 1)
    return card


async def told_once(harness: BotHarness, card: Message) -> None:
    """All three scans stand in the thread, once each, in order."""
    harness.scan(THIRD)
    await harness.until(lambda: THIRD in str([words(m) for m in harness.thread(card)]))
    await harness.several_ticks()
    replies = [words(message) for message in harness.thread(card)]
    holders = [[n for n, reply in enumerate(replies) if scan in reply] for scan in (FIRST, SECOND, THIRD)]
    assert [len(holder) for holder in holders] == [1, 1, 1], replies
    assert holders == sorted(holders), "one message may hold two of them, and a later one never an earlier scan"
    assert len([m for m in harness.channel("#orders") if not m.thread_ts]) == 1


# --- PandaPon -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"delay": 0.7},
        {"status": 500},
        {"status": 503},
        {"cut": True},
        {"malformed": True},
        {"wrong_types": True},
        {"empty": True},
        {"rate_limited": 1},
        {"down": True},
    ],
    ids=["slow", "500", "503", "reset mid-body", "malformed", "wrong types", "empty list", "429", "down"],
)
@pytest.mark.parametrize("lasting", [timedelta(), HOUR], ids=["shortly", "an hour"])
async def test_pandapon_fails(harness: BotHarness, fault: dict[str, object], lasting: timedelta) -> None:
    """What was scanned meanwhile is told when it answers again, at the latest with the breaker's next try."""
    card = await watched(harness)
    for name, value in fault.items():
        setattr(harness.pandapon.faults, name, value)
    harness.scan(SECOND)
    for _ in range(4):
        harness.clock.advance(lasting / 4)
        await asyncio.sleep(0.15)
    assert len(harness.thread(card)) == 1, "an outage is not news"
    harness.pandapon.faults.clear()
    harness.clock.advance(LONGEST_WAIT)
    await told_once(harness, card)


@pytest.mark.parametrize("who", ["PandaPon", "the bot"])
async def test_nobody_looked_for_days(harness: BotHarness, who: str) -> None:
    """That an order was not looked at is no silence of its parcel: there is no alarm, only the news."""
    card = await watched(harness)
    if who == "the bot":
        await harness.stop_bot()
    else:
        harness.pandapon.faults.down = True
    harness.clock.advance(timedelta(days=3))
    harness.scan(SECOND)
    if who == "the bot":
        harness.pandapon.faults.delay = 0.4  # the first look for alarms is over before the first reading
        await harness.start_bot()
    await asyncio.sleep(1.5)
    harness.pandapon.faults.clear()
    harness.clock.advance(LONGEST_WAIT)
    await told_once(harness, card)
    assert "⏰" not in str([words(m) for m in harness.thread(card)])


@pytest.mark.parametrize("minutes", [9, -9])
async def test_pandapon_s_clock_is_nine_minutes_off(harness: BotHarness, minutes: int) -> None:
    """That is within its ten: nobody notices."""
    card = await watched(harness)
    harness.pandapon.faults.clock_skew = timedelta(minutes=minutes)
    harness.scan(SECOND)
    await harness.replies(card, 2)
    await told_once(harness, card)


# --- Slack ----------------------------------------------------------------------------------------------------------

POST = "chat.postMessage"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(POST, delay=2.0),
        Fault(POST, times=2, status=500),
        Fault(POST, status=500, applied=True),
        Fault(POST, cut=True, applied=True),
        Fault(POST, text='{"ok": true, "chann', applied=True),
        Fault(POST, text='{"ok": "yes", "ts": 5}', applied=True),
        Fault(POST, text="[]", applied=True),
        Fault(POST, text="<html>Sorry</html>", applied=True),
        Fault(POST, retry_after=1),
        Fault("*", times=4, drop=True),
    ],
    ids=[
        "slow",
        "500 twice",
        "500 and stored",
        "reset mid-body",
        "malformed",
        "wrong types",
        "a list",
        "a page",
        "429",
        "dropped",
    ],
)
async def test_slack_fails(harness: BotHarness, fault: Fault) -> None:
    """One post meets the fault; where it may have gone out, it is looked for before it is sent again."""
    card = await watched(harness)
    harness.slack.faults.plan(fault)
    harness.scan(SECOND)
    await harness.until(lambda: SECOND in str([words(m) for m in harness.thread(card)]))
    harness.slack.faults.clear()
    await told_once(harness, card)


async def test_slack_is_down_for_an_hour(harness: BotHarness) -> None:
    """The news waits in the outbox and goes out in order."""
    card = await watched(harness)
    harness.slack.faults.down = True
    harness.scan(SECOND)
    for _ in range(4):
        harness.clock.advance(HOUR / 4)
        await asyncio.sleep(0.15)
    harness.slack.faults.down = False
    await told_once(harness, card)


# --- the disk and the file --------------------------------------------------------------------------------------------


async def test_the_disk_is_full_for_a_while(harness: BotHarness) -> None:
    """Nothing is posted that could not be recorded; with room again everything is told, once."""
    card = await watched(harness)
    assert harness.bot is not None
    thread = thread_of(harness.bot.store.engine)

    used = await thread.run(lambda conn: conn.execute("PRAGMA page_count").fetchone()[0])
    await thread.run(lambda conn: conn.execute(f"PRAGMA max_page_count = {used}"))
    harness.scan(SECOND + "长" * 3000)
    await harness.several_ticks(6)
    assert SECOND in await harness.ask(f"/panda track {ORDER}"), "what can be read is shown"
    await thread.run(lambda conn: conn.execute("PRAGMA max_page_count = 1000000"))
    harness.clock.advance(LEASE)  # what was read and could not be recorded is leased until then
    await told_once(harness, card)


async def test_another_process_locks_the_database(harness: BotHarness) -> None:
    """Writes wait and are tried again; what was read meanwhile is told afterwards."""
    card = await watched(harness)
    harness.scan(SECOND)
    with closing(sqlite3.connect(harness.settings.database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(1.0)
        assert SECOND not in str([words(m) for m in harness.thread(card)])
        other.execute("ROLLBACK")
    await told_once(harness, card)


async def told_then_cut(harness: KillHarness, size: int) -> bytes:
    """Watch, copy, tell a scan, die, and cut the file to so many bytes; returns what is left of it."""
    await begin(harness)
    path = harness.folder / "bot.db"
    store = await open_store(path)
    await back_up(thread_of(store.engine), harness.folder / "backups", now())
    await store.close()
    process = await harness.spawn()
    harness.scan(0)
    await until(lambda: min(harness.seen().values()) > 0)
    await kill(process, harness)
    os.truncate(path, size)
    return path.read_bytes()


def contents(folder: Path, pattern: str) -> list[bytes]:
    """Of the files of this kind."""
    return [file.read_bytes() for file in folder.glob(pattern)]


@pytest.mark.parametrize("size", [0, 5000], ids=["to nothing", "in the middle"])
async def test_the_database_is_cut(tmp_path: Path, size: int) -> None:
    """The next process says so, keeps what is left under another name, and goes on with the newest copy."""
    async with kill_harness(tmp_path, 1) as harness:
        left = await told_then_cut(harness, size)
        process = await harness.spawn(errors=asyncio.subprocess.PIPE)
        harness.scan(0)
        await until(lambda: min(harness.seen().values()) > 0)
        process.send_signal(signal.SIGTERM)
        _, log = await process.communicate()
        assert ("damaged" if size else "missing or empty") in log.decode()
        assert "copy is in use" in log.decode()
        assert contents(tmp_path, "bot.db.set-aside-*Z") == [left]
        assert set(harness.seen().values()) == {1}


@pytest.mark.parametrize("size", [0, 5000], ids=["to nothing", "in the middle"])
async def test_the_database_is_cut_and_so_is_its_copy(tmp_path: Path, size: int) -> None:
    """No process starts on a guess: one sentence, an exit code that is not tried again, and all files as they were."""
    async with kill_harness(tmp_path, 1) as harness:
        left = await told_then_cut(harness, size)
        [copy] = backups(tmp_path / "backups")
        os.truncate(copy, 5000)
        process = await harness.spawn(errors=asyncio.subprocess.PIPE)
        _, log = await process.communicate()
        assert process.returncode == EX_CONFIG
        assert "Traceback" not in log.decode()
        assert ("damaged" if size else "missing or empty") in log.decode()
        assert (tmp_path / "bot.db").read_bytes() == left
        assert contents(tmp_path, "*.set-aside-*") == []
