"""One order, or one channel, that trips whatever it likes: the others are read, looked at and told as ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.migrated import open_copy
from support.pandapon_api import api_server, client_of, ok, utc_now
from support.store_harness import NODE, PARCEL, StoreHarness, baseline

from bot.clients.breaker import AccountBreaker
from bot.jobs.digests import Digester
from bot.jobs.poll import Poller
from bot.jobs.stalls import StallWatch
from bot.orders.decider import Decider
from sandbox.pandapon.replies import naive
from storage import traces
from storage.packing import pack
from storage.rows import to_int
from tracking.channel_settings import ChannelSettings
from tracking.stalls import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from aiohttp import web

BAD, GOOD = f"1688:{10**18}", f"1688:{10**18 + 1}"
BEYOND = 9 * 10**18  # microseconds: a time that SQLite keeps and Python cannot hold


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[StoreHarness]:
    """A store with both orders, each watched and due."""
    harness = StoreHarness(tmp_path / "bot.db", open_copy)
    await harness.open()
    for key in (BAD, GOOD):
        order = baseline(key, stall_at=utc_now() + timedelta(days=1), moved_at=utc_now())
        assert await harness.store.orders.add(utc_now(), order)
        await harness.active(key)
    await harness.store.orders.mark_due([BAD, GOOD], utc_now() - timedelta(seconds=1))
    yield harness
    await harness.close()


async def polled(harness: StoreHarness, *, when: str = "", limits: Callable[[], Limits] = Limits) -> list[str]:
    """One tick against a server that has a new scan of both orders, of the bad one at this time."""

    async def trace(request: web.Request) -> web.Response:
        bad = BAD.endswith(request.query.get("orderId", "?"))
        step = {
            "acceptTime": when if bad and when else naive(utc_now()),
            "remark": "快件已到达 广州",
            "action": "TRANSPORT",
        }
        return ok([{"logisticsBillNo": PARCEL.waybill, "traceNodeList": [step]}])

    async with api_server() as api, client_of(api) as client:
        api.queue(trace)
        poller = Poller(
            store=harness.store,
            api=client,
            decider=Decider(limits=limits),
            breaker=AccountBreaker(utc_now),
            clock=utc_now,
            concurrency=2,
            on_news=lambda: None,
        )
        assert await poller.tick() == 2
    return [row["key"] for row in harness.rows("SELECT key FROM news ORDER BY key")]


@pytest.mark.parametrize("when", ["9999-12-31 23:59:59", "0001-01-01 00:00:00"])
async def test_an_impossible_time_is_news_and_stops_nobody(harness: StoreHarness, when: str) -> None:
    """What the scan says is told, its time counts for nothing, and the next order is told too."""
    assert await polled(harness, when=when) == [BAD, GOOD]
    assert NODE.at is not None
    due = harness.value("SELECT stall_at FROM schedule WHERE key = ?", BAD)
    assert due == to_int(NODE.at + Limits().domestic), "silence counts from the last scan whose time can be true"


async def test_whatever_the_rules_raise_the_others_are_recorded(harness: StoreHarness) -> None:
    """An order on which the rules break is a failed reading with another try, and is named in the log only."""
    calls = iter([ZeroDivisionError("whatever")])

    def limits() -> Limits:
        if (error := next(calls, None)) is not None:
            raise error
        return Limits()

    [told] = await polled(harness, limits=limits)
    [other] = {BAD, GOOD} - {told}
    [row] = harness.rows("SELECT fails, error, next_poll_at FROM schedule WHERE key = ?", other)
    assert (row["fails"], row["error"]) == (1, "ZeroDivisionError")
    assert row["next_poll_at"] is not None


async def test_rows_that_cannot_be_understood_stop_nobody(harness: StoreHarness) -> None:
    """The batch that holds such an order is loaded one by one; the order's reading has failed."""
    await _spoil(harness)
    assert await polled(harness) == [GOOD]
    assert harness.value("SELECT error FROM schedule WHERE key = ?", BAD) == "OverflowError"


async def test_the_look_for_silence_goes_on_after_a_bad_order(harness: StoreHarness) -> None:
    """The other order's alarm is raised, and the bad one is met an hour later, not first again."""
    await _spoil(harness)
    long_ago = utc_now() - timedelta(hours=60)
    for key, at in ((BAD, long_ago), (GOOD, long_ago + timedelta(seconds=1))):
        await harness.store.alarms.schedule(key, at)
    watch = StallWatch(harness.store, utc_now, Limits, lambda: None)
    assert await watch.tick() == 1
    assert set(await harness.store.alarms.of_orders([BAD, GOOD])) == {GOOD}
    assert await harness.store.alarms.due(utc_now(), utc_now(), 10) == []
    assert await harness.store.alarms.due(utc_now() + timedelta(hours=2), utc_now(), 10) == [BAD]


async def test_one_channel_without_its_digest_keeps_none_from_the_others(harness: StoreHarness) -> None:
    """The channel whose news cannot be read is put off; the next one's digest is made."""
    settings = ChannelSettings(digest_at="00:00", time_zone="UTC")
    for channel, key in (("C0A", BAD), ("C0B", GOOD)):
        await harness.active(key, channel)
        await harness.store.channels.save_settings(utc_now(), channel, settings, "U1")
    await polled(harness)
    await _run(harness, "UPDATE news SET payload = ? WHERE key = ?", pack("not JSON"), BAD)
    digester = Digester(harness.store, utc_now, lambda: None)
    assert await digester.tick() == 1
    assert harness.rows("SELECT channel FROM outbox WHERE kind = 'daily_digest'") == [{"channel": "C0B"}]


async def _spoil(harness: StoreHarness) -> None:
    await harness.overwrite_entries(BAD, traces.AT, BEYOND)


async def _run(harness: StoreHarness, sql: str, *facts: object) -> None:
    """Damage that no version of the bot writes on purpose."""
    await harness.store.engine.run(lambda conn: conn.execute(sql, facts))
