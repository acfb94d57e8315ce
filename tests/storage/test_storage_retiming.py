"""A clock that was set back: what is due keeps what was left of its time, and nothing waits for a day long gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.store_harness import LEASE, MEI, MINUTE, NOW, ORDER, ORDERS_CHANNEL, StoreHarness, changed, news_to_post

from pandapon.shipment import Platform
from storage.alarm import Alarm, AlarmState
from storage.inbox import Outcome, PushMessage
from tracking.changes.cart import CartChange
from tracking.channel_settings import ChannelSettings
from tracking.values import Leg, Stall
from tracking.writes import Write

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = timedelta(days=1, hours=3)
BACK = [timedelta(minutes=1), timedelta(hours=3), timedelta(days=120), timedelta(days=730)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def first_value(harness: StoreHarness, sql: str, *facts: object) -> object:
    return await harness.store.engine.run(lambda conn: (conn.execute(sql, facts).fetchone() or [None])[0])


def micros(when: datetime) -> int:
    return round(when.timestamp() * 1_000_000)


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_an_order_keeps_what_was_left(harness: StoreHarness, back: timedelta) -> None:
    """It was due in 50 minutes, and still is; it was read a moment ago, not in the future."""
    await harness.active(ORDER)
    due = await harness.due()
    await harness.store.orders.record(NOW, [changed(ORDER, due.fence, "moved", next_poll_at=NOW + 50 * MINUTE)])
    now = NOW - back
    assert await harness.store.clock.retime(now, -back, LONGEST) > 0
    known = (await harness.store.orders.load([ORDER]))[ORDER]
    assert known.next_poll_at == now + 50 * MINUTE
    assert known.read_at == now
    assert await harness.store.orders.claim_due(now + 49 * MINUTE, 10, LEASE) == []
    assert len(await harness.store.orders.claim_due(now + 50 * MINUTE, 10, LEASE)) == 1


@pytest.mark.parametrize("ahead", BACK[2:], ids=str)
async def test_what_lies_too_far_ahead_is_due_now(harness: StoreHarness, ahead: timedelta) -> None:
    """Also where nobody knows by how much the clock was off, as after a restart."""
    await harness.active(ORDER)
    await first_value(harness, "UPDATE schedule SET next_poll_at = ? RETURNING 1", micros(NOW + ahead))
    await harness.store.clock.retime(NOW, timedelta(), LONGEST)
    assert len(await harness.store.orders.claim_due(NOW, 10, LEASE)) == 1


async def test_a_clock_that_is_right_changes_nothing(harness: StoreHarness) -> None:
    """What is put off by less than the longest interval stays where it is, and so does what quiet hours hold."""
    await harness.active(ORDER)
    await harness.tell("held", next_poll_at=NOW + DAY)
    assert await harness.store.outbox.mark_held(await harness.claim_one(), NOW + 8 * HOUR, "quiet hours")
    assert await harness.store.clock.retime(NOW, timedelta(), LONGEST) == 0
    assert await harness.store.clock.retime(NOW + 5 * HOUR, timedelta(), LONGEST) == 0


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_a_post_that_waits_is_sent_once(harness: StoreHarness, back: timedelta) -> None:
    """Its pause after a failure goes on where it was; sent, it stays sent."""
    await harness.active(ORDER)
    await harness.tell("moved")
    post = await harness.claim_one()
    assert await harness.store.outbox.mark_retry(post, NOW + MINUTE, "no_connection")
    now = NOW - back
    await harness.store.clock.retime(now, -back, LONGEST)
    assert await harness.store.outbox.claim(now, 10, LEASE, ()) == []
    [again] = await harness.store.outbox.claim(now + MINUTE, 10, LEASE, ())
    assert again.event_id == post.event_id
    assert await harness.store.outbox.mark_sent(now + MINUTE, again, "1772416800.000100")
    await harness.store.clock.retime(now - back, -back, LONGEST)
    left = await harness.store.outbox.claim(now + 2 * MINUTE, 10, LEASE, ())
    assert again.event_id not in [waiting.event_id for waiting in left]


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_a_post_under_way_keeps_its_lease(harness: StoreHarness, back: timedelta) -> None:
    """Nobody sends it a second time, and should its sender be gone it is looked for when the lease is over."""
    await harness.active(ORDER)
    await harness.tell("moved")
    post = await harness.claim_one()
    now = NOW - back
    await harness.store.clock.retime(now, -back, LONGEST)
    assert await harness.store.outbox.claim(now + LEASE - MINUTE, 10, LEASE, ()) == []
    [claimed] = await harness.store.outbox.claim(now + LEASE, 10, LEASE, ())
    assert (claimed.id, claimed.state.value, claimed.claimed_at) == (post.id, "uncertain", now)


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_a_post_that_a_pause_overtook_keeps_its_lease_too(harness: StoreHarness, back: timedelta) -> None:
    """Resumed, it bars its channel no longer than its lease, and is looked for around the time of its claim."""
    await harness.active(ORDER)
    await harness.tell("moved")
    post = await harness.claim_one()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    now = NOW - back
    await harness.store.clock.retime(now, -back, LONGEST)
    await harness.store.watches.resume_channel(now, ORDERS_CHANNEL, MEI)
    claimed = await harness.claim_one(now=now + LEASE)
    assert (claimed.id, claimed.state.value, claimed.claimed_at) == (post.id, "uncertain", now)


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_a_mute_lasts_as_long_as_it_would_have(harness: StoreHarness, back: timedelta) -> None:
    """24 hours are 24 hours."""
    await harness.active(ORDER)
    await harness.store.channels.mute(NOW, ORDERS_CHANNEL, NOW + DAY, MEI)
    await harness.store.watches.mute(NOW, ORDERS_CHANNEL, [ORDER], until=NOW + 7 * DAY, actor=MEI)
    now = NOW - back
    await harness.store.clock.retime(now, -back, LONGEST)
    assert (await harness.store.channels.get(ORDERS_CHANNEL)).muted_until == now + DAY
    [watch] = await harness.store.watches.of_orders([ORDER])
    assert watch.muted_until == now + 7 * DAY


async def test_what_quiet_hours_hold_is_asked_again(harness: StoreHarness) -> None:
    """They are hours of a day, and the day may be another one."""
    await harness.active(ORDER)
    await harness.tell("moved")
    post = await harness.claim_one()
    assert await harness.store.outbox.mark_held(post, NOW + 8 * HOUR, "quiet hours")
    now = NOW - 120 * DAY
    await harness.store.clock.retime(now, -120 * DAY, LONGEST)
    [again] = await harness.store.outbox.claim(now, 10, LEASE, ())
    assert (again.id, again.was_held) == (post.id, True)


@pytest.mark.parametrize(
    ("day", "left"),
    [("2026-03-02", "2026-03-02"), ("2026-03-03", "2026-03-03"), ("2028-03-02", "2026-03-02"), ("", "")],
)
async def test_a_day_has_one_digest_and_the_next_one_comes(harness: StoreHarness, day: str, left: str) -> None:
    """A mark of today, or of the day that has begun elsewhere, stays; one of a year to come silences nobody."""
    await harness.store.channels.save_settings(NOW, ORDERS_CHANNEL, ChannelSettings(digest_at="09:00"), MEI)
    if day:
        assert await harness.store.channels.put_daily_digest(NOW, ORDERS_CHANNEL, day, None)
    await harness.store.clock.retime(NOW, -3 * HOUR, LONGEST)
    assert (await harness.store.channels.get(ORDERS_CHANNEL)).digest_day == left
    assert await harness.store.channels.put_daily_digest(NOW, ORDERS_CHANNEL, "2026-03-02", None) == (not day)
    assert await harness.store.channels.put_daily_digest(NOW, ORDERS_CHANNEL, "2026-03-04", None)


async def test_a_pushed_message_counts_again(harness: StoreHarness) -> None:
    """The same message later is another event, though the first came in what is now the future."""
    hint = PushMessage("same", "CLOSE", ("1",), NOW)
    assert await harness.store.inbox.put(hint)
    await harness.store.inbox.done(NOW, [("same", Outcome.LOOKED_AT)])
    now = NOW - 120 * DAY
    await harness.store.clock.retime(now, -120 * DAY, LONGEST)
    assert not await harness.store.inbox.put(PushMessage("same", "CLOSE", ("1",), now + timedelta(seconds=5)))
    assert await harness.store.inbox.put(PushMessage("same", "CLOSE", ("1",), now + MINUTE))


async def test_a_restart_sees_when_the_file_was_last_written(harness: StoreHarness) -> None:
    """By what stands in it, so a file from another machine tells it too."""
    assert await harness.store.clock.last_seen() is None
    await harness.active(ORDER)
    due = await harness.due()
    await harness.store.orders.record(NOW + HOUR, [changed(ORDER, due.fence, "moved")])
    await harness.restart()
    assert await harness.store.clock.last_seen() == NOW + HOUR


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_a_reminder_comes_with_its_snooze(harness: StoreHarness, back: timedelta) -> None:
    """It was due in four hours, and still is."""
    await harness.active(ORDER)
    stall = Stall(Leg.DOMESTIC, NOW - 3 * DAY, 2 * DAY)
    await harness.store.alarms.open(NOW, Alarm(ORDER, "stall:1", stall), news_to_post("stall:1"), None)
    number = await first_value(harness, "SELECT id FROM alarms")
    assert isinstance(number, int)
    await harness.store.alarms.act(NOW, number, AlarmState.SNOOZED, MEI, until=NOW + 4 * HOUR, channel=ORDERS_CHANNEL)
    now = NOW - back
    await harness.store.clock.retime(now, -back, LONGEST)
    assert await first_value(harness, "SELECT at FROM reminders") == micros(now + 4 * HOUR)


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_the_turn_of_a_dead_process_ends_when_it_would_have(harness: StoreHarness, back: timedelta) -> None:
    """In three minutes."""
    writes, now = harness.store.writes, NOW - back
    await writes.take_turn(NOW, "cart", "dead", NOW + 3 * MINUTE)
    await harness.store.clock.retime(now, -back, LONGEST)
    assert not await writes.take_turn(now + 2 * MINUTE, "cart", "b", now + 9 * MINUTE)
    assert await writes.take_turn(now + 3 * MINUTE, "cart", "b", now + 9 * MINUTE)


@pytest.mark.parametrize("back", BACK, ids=str)
async def test_an_unclear_change_is_looked_for_on(harness: StoreHarness, back: timedelta) -> None:
    """It began a moment ago, not in the future, so that it is old enough to be judged when its time has passed."""
    change = CartChange(Platform.ALIBABA, "p", "s", "", "title", "M", 2, 6)
    await harness.store.writes.begin(Write("w1", "k1", "1688.cart.add", MEI, "C1", NOW, change=change))
    await harness.store.writes.abandon()
    await harness.store.clock.retime(NOW - back, -back, LONGEST)
    [unclear] = await harness.store.writes.unclear(9)
    assert unclear.begun_at == NOW - back
