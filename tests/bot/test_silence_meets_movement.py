"""An order moves while it is being found silent: the poller and the look for silence run side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import postgres
from support.migrated import open_copy
from support.store_harness import NOW, ORDER, StoreHarness, changed, scan

from bot.jobs.stalls import StallWatch
from pandapon.shipment import Milestone
from storage.alarm import Alarm, AlarmState
from storage.rows import to_int
from tracking.stalls import Limits
from tracking.values import Filter, Leg, News, NewsToPost, Severity, Stall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path


LATER, LONG_AFTER = NOW + timedelta(days=8), NOW + timedelta(days=90)


@pytest.fixture(params=["sqlite", "postgres"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StoreHarness]:
    opener = postgres.open_postgres if request.param == "postgres" else open_copy
    opened = StoreHarness(tmp_path / "bot.db", opener)
    await opened.open()
    await opened.active()
    yield opened
    await opened.close()


async def _silent(harness: StoreHarness, now: datetime) -> None:
    """Let the order be read now, with nothing new since the beginning."""
    facts = (to_int(now), to_int(now), ORDER)
    sql = "UPDATE schedule SET read_at = ?, stall_at = ? WHERE key = ?"
    await harness.store.engine.run(lambda conn: conn.execute(sql, facts).rowcount)


async def _move_after_look(harness: StoreHarness, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let the poller record a delivery right after the look for silence has read the order and its alarm."""
    due = await harness.due(now=now)
    of_orders = harness.store.alarms.of_orders

    async def looked(keys: Sequence[str]) -> dict[str, Alarm]:
        alarms = await of_orders(keys)
        signed = scan("signed", "已签收", at=now, milestone=Milestone.DELIVERED)
        facts: dict[str, Any] = {"milestone": Milestone.DELIVERED, "moved": True, "moved_at": now, "nodes": (signed,)}
        await harness.store.orders.record(now, [changed(ORDER, due.fence, "delivered", **facts)])
        return alarms

    monkeypatch.setattr(harness.store.alarms, "of_orders", looked)


async def test_no_alarm_follows_a_delivery(harness: StoreHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm would come behind "delivered", and stand on the card for good."""
    await _silent(harness, LATER)
    await _move_after_look(harness, monkeypatch, LATER)
    assert await StallWatch(harness.store, lambda: LATER, Limits, lambda: None).tick() == 0
    assert harness.rows("SELECT * FROM alarms") == []
    assert [row["event_id"] for row in harness.rows("SELECT event_id FROM outbox WHERE kind = 'news'")] == ["delivered"]


async def test_an_order_that_moves_after_all_stays_watched(
    harness: StoreHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answered the last question, and it was about to be given up."""
    await _silent(harness, LONG_AFTER)
    watch = StallWatch(harness.store, lambda: LONG_AFTER, Limits, lambda: None)
    assert await watch.tick() == 1
    [alarm] = (await harness.store.alarms.of_orders([ORDER])).values()
    assert (alarm.stall.leg, alarm.state) == (Leg.SILENT, AlarmState.OPEN)
    await _silent(harness, LONG_AFTER)
    await _move_after_look(harness, monkeypatch, LONG_AFTER)
    await watch.tick()
    assert harness.value("SELECT state FROM watches") == "active"


async def test_what_was_seen_before_decides_nothing(harness: StoreHarness) -> None:
    """Neither an alarm, nor the end of the watches, nor the time of the next look."""
    store = harness.store
    seen = (await store.orders.load([ORDER]))[ORDER].version
    await harness.tell("moved", moved=True)
    await harness.send_all()
    stall_at = harness.value("SELECT stall_at FROM schedule")
    stall = Stall(Leg.DOMESTIC, NOW, timedelta(days=3), waybill="YT1")
    news = News(ref=(await store.orders.load([ORDER]))[ORDER].ref, milestone=None, stall=stall)
    told = NewsToPost("stall:1", news, Severity.PROBLEM, frozenset(Filter))
    assert not await store.alarms.open(NOW, Alarm(ORDER, "stall:1", stall), told, NOW, seen=seen)
    assert not await store.orders.retire(NOW, ORDER, "silent", seen=seen)
    await store.alarms.schedule(ORDER, LATER, seen=seen)
    assert harness.value("SELECT stall_at FROM schedule") == stall_at
    assert await harness.send_all() == []
    assert await store.alarms.open(NOW, Alarm(ORDER, "stall:1", stall), told, NOW, seen=seen + 1)
