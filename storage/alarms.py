"""Stall alarms: an order has at most one live alarm, which people act on and which movement clears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, codec, enqueue, messages, rows
from storage.alarm import Alarm, AlarmState
from storage.audit import AuditEntry
from storage.ending import end
from storage.locks import lock_orders
from storage.rows import to_int, to_time
from tracking.messages import Reminder
from tracking.values import Leg

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from storage.connection import Connection, Row
    from storage.post import Post
    from tracking.values import Filter, NewsToPost, Severity

# After an outage an order must be read before its silence counts, since the bot has not looked meanwhile. An order that
# PandaPon no longer knows, or that could not be read for long, counts without a reading: no order is followed for ever.
STALLED = """
SELECT o.key FROM schedule o WHERE o.stall_at IS NOT NULL AND o.stall_at <= ?
  AND (o.read_at >= o.stall_at OR o.error = 'NotFoundError' OR o.read_at < ?)
  AND EXISTS (SELECT 1 FROM watches w WHERE w.key = o.key AND w.state = 'active') ORDER BY o.stall_at LIMIT ?
"""
# An alarm is told once: if its silence was taken for over and is found again, the alarm only returns to the card.
REOPEN = """
UPDATE alarms SET state = CASE assignee WHEN '' THEN 'open' ELSE 'assigned' END, cleared_at = NULL
WHERE key = ? AND event_id = ? AND state = 'cleared'
"""
# A person who snoozes again from the reminder's direct message (D…) still means the channel of the first snooze.
REMEMBER = """
INSERT INTO reminders (alarm, person, channel, at) VALUES (?, ?, ?, ?) ON CONFLICT (alarm, person) DO UPDATE SET
  at = excluded.at, channel = CASE WHEN excluded.channel LIKE 'D%' AND reminders.channel <> '' THEN reminders.channel
  ELSE excluded.channel END
"""
# An order is read before its reminder goes out, since it may have moved; but a reminder does not wait for hours.
DUE_REMINDERS = """
SELECT r.alarm, r.person, r.channel, a.key, a.leg, a.state FROM reminders r
JOIN alarms a ON a.id = r.alarm JOIN schedule o ON o.key = a.key
WHERE r.at <= ? AND (a.state = 'cleared' OR o.read_at >= r.at OR r.at <= ? OR o.error = 'NotFoundError')
"""
END_SNOOZE = """
UPDATE alarms SET state = CASE assignee WHEN '' THEN 'open' ELSE 'assigned' END
WHERE id = ? AND state = 'snoozed' AND snoozed_until <= ?
"""
# A watch has one post for each event id, and an alarm may be snoozed again: the post's id tells its reminders apart.
IN_THREAD = """
UPDATE outbox SET channel = w.channel, watch_id = w.id, event_id = outbox.event_id || ':' || outbox.id,
  state = 'pending', fence = fence + 1, attempts = 0, not_before = 0, lease_until = NULL, claimed_at = NULL
FROM watches w WHERE outbox.id = ? AND outbox.fence = ? AND w.key = ? AND w.channel = ? AND w.state = 'active'
  AND w.card_ts <> ''
"""


def due(conn: Connection, now: datetime, unread: datetime, limit: int) -> list[str]:
    """Return the keys of up to ``limit`` actively watched orders whose ``stall_at`` has passed, the oldest first.

    An order must have been read since then, unless PandaPon no longer knows it or its last good reading is older than
    ``unread``.
    """
    return [row[0] for row in conn.execute(STALLED, (to_int(now), to_int(unread), limit))]


def schedule(conn: Connection, key: str, at: datetime | None, *, seen: int | None = None) -> None:
    """Set when the order is next checked for silence; None: never. ``seen``: see :func:`raise_alarm`."""
    if _is_as_seen(conn, key, seen):
        conn.execute("UPDATE schedule SET stall_at = ? WHERE key = ?", (to_int(at), key))


def raise_alarm(
    conn: Connection,
    now: datetime,
    alarm: Alarm,
    news: NewsToPost,
    again_at: datetime | None,
    *,
    seen: int | None = None,
) -> bool:
    """Store an alarm and enqueue its news, once; another alarm of the order is cleared. False: it was raised before.

    ``again_at``: when the order is next checked for silence; None: never. ``seen``: the version of the order that was
    found silent. If the order has another version by now, it may have moved, and nothing is done. None: any version.
    """
    if not _is_as_seen(conn, alarm.key, seen):
        return False
    schedule(conn, alarm.key, again_at)
    conn.execute(
        "UPDATE alarms SET state = 'cleared', cleared_at = ? WHERE key = ? AND state <> 'cleared' AND event_id <> ?",
        (to_int(now), alarm.key, alarm.event_id),
    )
    is_new = conn.execute(
        "INSERT INTO alarms (key, event_id, leg, facts, state, raised_at, assignee) VALUES (?, ?, ?, ?, 'open', ?, ?) "
        "ON CONFLICT (key, event_id) DO NOTHING",
        (alarm.key, alarm.event_id, alarm.stall.leg, codec.dump_stall(alarm.stall), to_int(now), alarm.assignee),
    ).rowcount
    if is_new:
        enqueue.tell(conn, to_int(now), alarm.key, news)
    if is_new or conn.execute(REOPEN, (alarm.key, alarm.event_id)).rowcount:
        enqueue.refresh_order(conn, now, alarm.key)
    return bool(is_new)


def clear(
    conn: Connection, at: int, key: str, silent: Collection[str] = ()
) -> tuple[frozenset[Filter], Severity | None]:
    """Clear the order's alarm, unless it is about one of the silences named in ``silent``, which still last.

    ``at``: now, in microseconds since 1970. Returns the audience and the severity of the alarm's news; an empty set and
    None if no alarm was cleared.
    """
    live = conn.execute("SELECT event_id FROM alarms WHERE key = ? AND state <> 'cleared'", (key,)).fetchone()
    if live is None or any(f":{silence}" in live["event_id"] for silence in silent):
        return frozenset(), None
    row = conn.execute(
        "UPDATE alarms SET state = 'cleared', cleared_at = ? WHERE key = ? AND state <> 'cleared' RETURNING event_id",
        (at, key),
    ).fetchone()
    sql = "SELECT audience, severity FROM news WHERE key = ? AND event_id = ?"
    news = conn.execute(sql, (key, row["event_id"])).fetchone()
    return (codec.load_audience(news["audience"]), rows.severity(news["severity"])) if news else (frozenset(), None)


def cleared_at(conn: Connection, key: str, at: datetime) -> Alarm | None:
    """Return the alarm that was cleared at exactly ``at``, the time of the news that cleared it; None: no alarm was."""
    row = conn.execute("SELECT * FROM alarms WHERE key = ? AND cleared_at = ?", (key, to_int(at))).fetchone()
    return _alarm(row) if row else None


def act(
    conn: Connection,
    now: datetime,
    alarm_id: int,
    state: AlarmState,
    actor: str,
    *,
    until: datetime | None = None,
    channel: str = "",
) -> Alarm | None:
    """Record a person's act on an alarm. Returns the alarm, unchanged if it is cleared; None: there is no such alarm.

    ``state``: the alarm's new state. ``until``: the end of a snooze, when the person is reminded. ``channel``: where
    the person snoozed it.
    """
    alarm = _locked(conn, alarm_id)
    if alarm is None or alarm.state is AlarmState.CLEARED:
        return alarm
    assignee = actor if state is AlarmState.ASSIGNED else alarm.assignee
    conn.execute(
        "UPDATE alarms SET state = ?, actor = ?, acted_at = ?, snoozed_until = ?, assignee = ? WHERE id = ?",
        (state.value, actor, to_int(now), to_int(until), assignee, alarm_id),
    )
    if state is AlarmState.SNOOZED:
        schedule(conn, alarm.key, until)
        conn.execute(REMEMBER, (alarm_id, actor, channel, to_int(until)))
    enqueue.refresh_order(conn, now, alarm.key)
    audit.append(conn, [AuditEntry(now, actor, f"alarm {state.value}", "", alarm.key)])
    return get(conn, alarm_id)


def remind(conn: Connection, now: datetime, unread: datetime, over_at: datetime) -> int:
    """Enqueue a direct message for each due reminder whose alarm is not cleared. Returns how many were due.

    A reminder waits until its order was read, except if it was due by ``unread``. ``over_at``: when the order of an
    unanswered question (leg SILENT) is checked again, which ends its watches.
    """
    at = to_int(now)
    facts = (at, to_int(unread))
    lock_orders(conn, [row["key"] for row in conn.execute(DUE_REMINDERS, facts).fetchall()])
    due = conn.execute(DUE_REMINDERS, facts).fetchall()  # another process may have reminded meanwhile
    for row in due:
        conn.execute("UPDATE reminders SET at = NULL WHERE alarm = ? AND person = ?", (row["alarm"], row["person"]))
        if row["state"] != AlarmState.CLEARED:
            _remind(conn, now, row, over_at)
    return len(due)


def _remind(conn: Connection, now: datetime, row: Row, over_at: datetime) -> None:
    reminder = Reminder(row["alarm"], row["person"], row["channel"])
    messages.notice(conn, now, f"reminder:{reminder.alarm}", reminder.person, reminder)
    if conn.execute(END_SNOOZE, (row["alarm"], to_int(now))).rowcount:
        enqueue.refresh_order(conn, now, row["key"])
        if row["leg"] == Leg.SILENT:  # an unanswered question: the person who was reminded has time to answer it
            schedule(conn, row["key"], over_at)


def say_in_thread(conn: Connection, post: Post) -> bool:
    """Move a reminder that cannot be sent directly into the order's thread. False: there is no such thread."""
    reminder = post.notice
    if not isinstance(reminder, Reminder) or post.watch_id is not None:
        return False
    alarm = get(conn, reminder.alarm)
    if alarm is None:
        return False
    return bool(conn.execute(IN_THREAD, (post.id, post.fence, alarm.key, reminder.channel)).rowcount)


def event_ids(conn: Connection, key: str) -> list[str]:
    """Return the ``event_id`` of every alarm that an order ever had."""
    return [row[0] for row in conn.execute("SELECT event_id FROM alarms WHERE key = ?", (key,))]


def retire(conn: Connection, now: datetime, key: str, reason: str, *, seen: int | None = None) -> bool:
    """End every watch of an order with this reason, which their cards show. The order is no longer polled.

    ``seen``: see :func:`raise_alarm`. False: the order has another version, so nothing was done.
    """
    if not _is_as_seen(conn, key, seen):
        return False
    enqueue.refresh_order(conn, now, key)
    end(conn, now, "key = ?", (key,), reason)
    conn.execute("UPDATE schedule SET next_poll_at = NULL, stall_at = NULL WHERE key = ?", (key,))
    clear(conn, to_int(now), key)
    audit.append(conn, [AuditEntry(now, "pandabot", reason, "", key)])
    return True


def get(conn: Connection, alarm_id: int) -> Alarm | None:
    """Return the alarm with this id; None: there is none."""
    row = conn.execute("SELECT * FROM alarms WHERE id = ?", (alarm_id,)).fetchone()
    return _alarm(row) if row else None


def of_orders(conn: Connection, keys: Sequence[str]) -> dict[str, Alarm]:
    """Return the live alarms of these orders by key; orders without a live alarm are absent."""
    alarms = {}
    for key in keys:
        row = conn.execute("SELECT * FROM alarms WHERE key = ? AND state <> 'cleared'", (key,)).fetchone()
        if row:
            alarms[key] = _alarm(row)
    return alarms


def live(conn: Connection, limit: int) -> list[str]:
    """Return the keys of the orders with a live alarm, the order whose alarm was raised last first."""
    query = "SELECT key FROM alarms WHERE state <> 'cleared' ORDER BY raised_at DESC LIMIT ?"
    return [row[0] for row in conn.execute(query, (limit,))]


def _is_as_seen(conn: Connection, key: str, version: int | None) -> bool:
    """Lock an order. Returns whether it still has this version; None: any version counts."""
    lock_orders(conn, [key])
    sql = "SELECT 1 FROM orders WHERE key = ? AND version = ?"
    return version is None or conn.execute(sql, (key, version)).fetchone() is not None


def _locked(conn: Connection, alarm_id: int) -> Alarm | None:
    """Lock an alarm's order. Returns the alarm as it is under the lock; None: there is none."""
    row = conn.execute("SELECT key FROM alarms WHERE id = ?", (alarm_id,)).fetchone()
    if row:
        lock_orders(conn, [row["key"]])
    return get(conn, alarm_id)


def _alarm(row: Row) -> Alarm:
    return Alarm(
        key=row["key"],
        event_id=row["event_id"],
        stall=codec.load_stall(row["facts"]),
        id=row["id"],
        state=AlarmState(row["state"]),
        raised_at=to_time(row["raised_at"]),
        snoozed_until=to_time(row["snoozed_until"]),
        assignee=row["assignee"],
        actor=row["actor"],
    )
