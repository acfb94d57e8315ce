"""The records of writes: each is stored before its call, under a key that a repetition of the same act shares."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from storage import codec, messages
from storage.rows import to_int, to_time
from tracking.messages import WriteSettled
from tracking.writes import ANSWERED, OPEN, TRANSITIONS, TransitionError, Write, WriteState, reverses

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from storage.connection import Connection, Row

COLUMNS = (
    "id, dedup_key, operation, target, change_json, actor, channel, amount_fen, state, request_id, reason, begun_at,"
    " settled_at, made, approved_by"
)
ADD = f"INSERT INTO writes ({COLUMNS}) VALUES ({', '.join('?' * 15)}) ON CONFLICT (dedup_key) DO NOTHING"
OF_KEY = f"SELECT {COLUMNS} FROM writes WHERE dedup_key = ?"
OF_ID = f"SELECT {COLUMNS} FROM writes WHERE id = ?"
# The exact condition of the index, so that SQLite uses it.
OPEN_ONES = f"SELECT {COLUMNS} FROM writes WHERE state IN ('begun', 'unclear')"
OF_TARGET = f"{OPEN_ONES} AND target = ? ORDER BY begun_at LIMIT 1"
UNCLEAR = f"{OPEN_ONES} AND state = 'unclear' ORDER BY begun_at LIMIT ?"
NEWEST = f"SELECT {COLUMNS} FROM writes ORDER BY begun_at DESC, id LIMIT ? OFFSET ?"
DONE_OF = (
    f"SELECT {COLUMNS} FROM writes WHERE target = ? AND state IN ('done', 'found_done') ORDER BY begun_at DESC LIMIT 1"
)
OF_FORM = f"SELECT {COLUMNS} FROM writes WHERE target >= ? AND target < ? ORDER BY begun_at"
LATEST_OF = (
    f"SELECT {COLUMNS} FROM writes WHERE target = ? AND state IN ('done', 'found_done', 'unknowable')"
    " ORDER BY begun_at DESC LIMIT 1"
)
SINCE = (
    f"SELECT {COLUMNS} FROM writes WHERE target = ? AND begun_at >= ? AND state IN ('done', 'found_done', 'unknowable')"
    " ORDER BY begun_at DESC, id"
)
MADE_BY = (
    f"SELECT {COLUMNS} FROM writes WHERE operation = ? AND state IN ('done', 'found_done') AND made <> ''"
    " ORDER BY begun_at DESC, id LIMIT ?"
)
OF_FLOW = (
    f"SELECT {COLUMNS} FROM writes WHERE approved_by <> '' AND begun_at >= ? AND dedup_key LIKE ?"
    " AND state IN ('done', 'found_done', 'unknowable') ORDER BY begun_at, id"
)
SETTLE = "UPDATE writes SET state = ?, request_id = ?, reason = ?, settled_at = ?, made = ? WHERE id = ? AND state = ?"
RECOVER = "UPDATE writes SET state = 'unclear' WHERE state = 'begun' AND begun_at <= ? AND NOT id"


def begin(conn: Connection, write: Write, *, is_single: bool = False) -> Write | None:
    """Record a write before it is sent. Returns None if it may be sent, or the record that prevents that.

    A write is prevented by the record of the same act, by another write of the same target whose result is unknown, or
    with ``is_single`` by one of the same target that was done. Another process may have begun it since the caller
    looked.
    """
    # A record in another state is of an act that is not sent, so that nothing can stand in its way.
    target = write.change.target if write.change and write.state is WriteState.BEGUN else ""
    if target:
        conn.hold(f"write:{target}")
    if former := of_key(conn, write.dedup_key):
        return former
    if target and (former := open_of(conn, target) or (done_of(conn, target) if is_single else None)):
        return former
    conn.execute(ADD, _row(write))
    return None


def settle(
    conn: Connection,
    write_id: str,
    state: WriteState,
    now: datetime,
    *,
    request_id: str = "",
    reason: str = "",
    made: tuple[str, ...] = (),
) -> None:
    """Record the new state of a write. Raises TransitionError if this state cannot follow the present one.

    A late answer outweighs a reading; if it contradicts what the person was told, a notice tells them.

    ``request_id``, ``reason``, ``made``: see :class:`tracking.writes.Write`; empty values keep the
    stored ones, but an answer clears the reason.
    """
    row = conn.execute(f"{OF_ID} {conn.for_update}", (write_id,)).fetchone()
    present = WriteState(row["state"]) if row else None
    if present is None or state not in TRANSITIONS[present]:
        raise TransitionError(f"a write that is {present or 'unknown'} cannot become {state}")
    # An answer makes it irrelevant why a reading failed.
    reason = reason or ("" if state in ANSWERED else row["reason"])
    facts = (request_id or row["request_id"], reason, None if state in OPEN else to_int(now))
    conn.execute(SETTLE, (state, *facts, ",".join(made) or row["made"], write_id, present))
    if reverses(present, state):
        told = WriteSettled(write_id, is_reversed=True)
        messages.notice(conn, now, f"write:{write_id}", row["actor"], told)


def tell(conn: Connection, now: datetime, write: Write) -> None:
    """Enqueue the notice that tells a person the result of their write."""
    messages.notice(conn, now, f"write:{write.id}", write.actor, WriteSettled(write.id))


def abandon(conn: Connection, before: datetime | None = None, under_way: Collection[str] = ()) -> int:
    """Mark writes that were being sent as unclear. Returns their number.

    ``before``: only writes that began by then, since no call lasts so long. None, at a start: all, since their process
    died. ``under_way``: ids of the writes that the caller is sending, which stay.
    """
    is_sent, ids = conn.among([*under_way] or [""])
    facts = (sys.maxsize if before is None else to_int(before), *ids)
    return conn.execute(f"{RECOVER} {is_sent}", facts).rowcount


def get(conn: Connection, write_id: str) -> Write | None:
    """Return the record with this id; None: there is none."""
    return _one(conn, OF_ID, (write_id,))


def of_key(conn: Connection, dedup_key: str) -> Write | None:
    """Return the record of the act with this key; None: the act is new."""
    return _one(conn, OF_KEY, (dedup_key,))


def open_of(conn: Connection, target: str) -> Write | None:
    """Return the oldest write of a target whose result is not known yet; None: there is none."""
    return _one(conn, OF_TARGET, (target,))


def done_of(conn: Connection, target: str) -> Write | None:
    """Return the newest write of a target that was done; None: there is none."""
    return _one(conn, DONE_OF, (target,))


def of_targets(conn: Connection, prefix: str) -> list[Write]:
    """Return the writes whose targets begin with ``prefix``, a text in ASCII, the oldest first."""
    return [_write(row) for row in conn.execute(OF_FORM, (prefix, prefix + "\x7f"))]


def latest_of(conn: Connection, target: str) -> Write | None:
    """Return the newest write of a target that was done, or may have been (UNKNOWABLE); None: there is none."""
    return _one(conn, LATEST_OF, (target,))


def since(conn: Connection, target: str, at: datetime) -> list[Write]:
    """Return the writes of a target since a time that were done, or may have been, the newest first."""
    return [_write(row) for row in conn.execute(SINCE, (target, to_int(at)))]


def made_by(conn: Connection, operation: str, limit: int) -> list[Write]:
    """Return up to ``limit`` writes of an operation that created something, the newest first."""
    return [_write(row) for row in conn.execute(MADE_BY, (operation, limit))]


def approved_of(conn: Connection, flow: str, since: int) -> list[Write]:
    """Return the approved writes of a form that were done, or may have been.

    ``since``: only writes that began then or later; µs since 1970.
    """
    return [_write(row) for row in conn.execute(OF_FLOW, (since, f"%:{flow}:%"))]


def unclear(conn: Connection, limit: int) -> list[Write]:
    """Return up to ``limit`` unclear writes, the oldest first."""
    return [_write(row) for row in conn.execute(UNCLEAR, (limit,))]


def newest(conn: Connection, skip: int, limit: int) -> tuple[list[Write], int]:
    """Return up to ``limit`` records after the ``skip`` newest, the newest first, and the number of all records."""
    rows = conn.execute(NEWEST, (limit, skip)).fetchall()
    return [_write(row) for row in rows], int(conn.execute("SELECT COUNT(*) FROM writes").fetchone()[0])


def _row(write: Write) -> tuple[object, ...]:
    return (
        write.id,
        write.dedup_key,
        write.operation,
        write.change.target if write.change else "",
        codec.dump_write_change(write.change),
        write.actor,
        write.channel,
        write.amount_fen,
        write.state,
        write.request_id,
        write.reason,
        to_int(write.begun_at),
        to_int(write.settled_at),
        ",".join(write.made),
        write.approved_by,
    )


def _one(conn: Connection, sql: str, facts: tuple[str, ...]) -> Write | None:
    row = conn.execute(sql, facts).fetchone()
    return _write(row) if row else None


def _write(row: Row) -> Write:
    return Write(
        id=row["id"],
        dedup_key=row["dedup_key"],
        operation=row["operation"],
        actor=row["actor"],
        channel=row["channel"],
        begun_at=to_time(row["begun_at"]),
        state=WriteState(row["state"]),
        change=codec.load_write_change(row["change_json"]),
        amount_fen=row["amount_fen"],
        request_id=row["request_id"],
        reason=row["reason"],
        settled_at=to_time(row["settled_at"]),
        made=tuple(each for each in row["made"].split(",") if each),
        approved_by=row["approved_by"],
    )
