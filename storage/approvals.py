"""Requests for approvals: each is posted and decided once, and its asker is told. The audit trail has every step."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from storage import approval_posts, codec, flows, writes
from storage.rows import to_int, to_time
from tracking.approvals import TRANSITIONS, Approval, ApprovalState, is_within
from tracking.changes.approval import ApprovalStep, Step
from tracking.messages import ApprovalMessage, ApprovalPart
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection, Row
    from tracking.approvals import Deed

REMIND_AFTER = timedelta(days=1)
BOT = "pandabot"  # the actor of an expiry in the audit trail
ABOUT = 300  # characters of a deed in the audit trail
TENDED = 500  # waiting requests whose messages :func:`tend` checks at a time

ADD = """
INSERT INTO approvals (target, deed, asker, flow, channel, approvers, state, asked_at, until)
VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?) RETURNING *
"""
# An approval is used up when another form has made the write for which it was granted. Within one form the write is
# made only once, by its record, its target and the finished form.
LIVE = """
SELECT * FROM approvals WHERE asker = ? AND target = ? AND until > ? AND (state = 'waiting' OR state = 'approved' AND
  NOT EXISTS (SELECT 1 FROM writes w WHERE approvals.granted_to <> ? AND approvals.granted_to <> ''
    AND w.begun_at >= approvals.decided_at AND w.state IN ('done', 'found_done', 'unknowable')
    AND w.approved_by <> '' AND w.dedup_key LIKE '%:' || approvals.granted_to || ':%'))
ORDER BY id DESC
"""
BOUGHT = """
SELECT id, approved_by, amount_fen FROM writes WHERE approved_by <> '' AND state IN ('done', 'found_done')
  AND ',' || made || ',' LIKE '%,' || ? || ',%' LIMIT 1
"""
WAITING = "SELECT * FROM approvals WHERE state = 'waiting' AND until > ? ORDER BY asked_at LIMIT ?"
OF_ASKER = "SELECT * FROM approvals WHERE asker = ? ORDER BY id DESC LIMIT ?"
GRANTED = "SELECT id, granted_to, decided_at FROM approvals WHERE id = ? AND state = 'approved' AND granted_to <> ''"
OPEN_OF = """
SELECT * FROM approvals WHERE asker = ? AND until > ? AND state IN ('waiting', 'approved') ORDER BY id DESC
"""
DECIDE = """
UPDATE approvals SET state = ?, decided_at = ?, decided_by = ?, reason = ?, until = ? WHERE id = ? AND state = 'waiting'
RETURNING *
"""
EXPIRED = "SELECT * FROM approvals WHERE state = 'waiting' AND until <= ? ORDER BY id"
TO_REMIND = """
UPDATE approvals SET reminded_at = ? WHERE state = 'waiting' AND reminded_at IS NULL AND asked_at <= ? AND until > ?
RETURNING *
"""


def ask(
    conn: Connection, now: datetime, request: Approval, readers: Sequence[str] = (), *, in_channel: bool = True
) -> Approval:
    """Record a request and enqueue its messages. Returns it with its number, or a former request in its place.

    ``readers``: Slack ids of people who get it directly; ``in_channel``: it is posted in the request's channel. A
    waiting request of the same asker that covers the deed is returned instead; other waiting requests for the same
    target are withdrawn. If the asker's deed repeats that of another form, whose request waits, or is approved and not
    used, that request is returned instead.
    """
    conn.hold(f"approvals:{request.asker}")
    conn.hold(f"approval:{request.asker}:{request.deed.target}")
    for former in _live(conn, now, request.asker, request.deed, request.flow):
        if former.state is ApprovalState.WAITING and former.deed.covers(request.deed):
            return former
        if former.state is ApprovalState.WAITING:
            decide(conn, now, former.id, ApprovalState.WITHDRAWN, request.asker)
    deed = request.deed
    if repeated := _repeated(conn, now, request):
        return repeated
    facts = (deed.target, codec.dump_deed(deed), request.asker, request.flow, request.channel)
    listed = codec.dump_ids(sorted(request.approvers))
    row = conn.execute(ADD, (*facts, listed, to_int(now), to_int(request.until))).fetchone()
    asked = _approval(row)
    flows.keep(conn, asked.flow, asked.until)
    for reader in [*([""] if in_channel else []), *readers]:
        approval_posts.send(conn, now, ApprovalMessage(asked.id, ApprovalPart.REQUEST, reader), reader or asked.channel)
    _record(conn, now, asked, Step.ASK, asked.asker)
    return asked


def find_covering(conn: Connection, now: datetime, asker: str, deed: Deed, flow: str) -> Approval | None:
    """Return the request that covers a deed: approved and not used up, or waiting; None: there is none.

    An approved request is marked as granted to this ``flow``.
    """
    conn.hold(f"approval:{asker}:{deed.target}")
    covering = [each for each in _live(conn, now, asker, deed, flow) if each.deed.covers(deed)]
    covering.sort(key=lambda each: each.state is not ApprovalState.APPROVED)
    fits = next(iter(covering), None)
    if fits and fits.state is ApprovalState.APPROVED:
        conn.execute("UPDATE approvals SET granted_to = ? WHERE id = ?", (flow, fits.id))
    return fits


def purchase_approved(conn: Connection, order_ids: Sequence[str], amount_fen: int | None, payer: str) -> str:
    """Return the approver of the purchases that made these orders; empty: somebody has to be asked.

    The orders of one payment may come from several purchases: all must be approved, for no less money in sum, and none
    by the ``payer``. The approver (a Slack id) of the first purchase is returned.
    """
    by_order = {order_id: conn.execute(BOUGHT, (order_id,)).fetchone() for order_id in order_ids}
    purchases = {row["id"]: row for row in by_order.values() if row is not None}
    amounts = [row["amount_fen"] for row in purchases.values()]
    approvers = [str(row["approved_by"]) for row in purchases.values()]
    if None in by_order.values() or None in amounts or payer in approvers:
        return ""
    return approvers[0] if approvers and is_within(amount_fen, sum(amounts)) else ""


def get(conn: Connection, number: int) -> Approval | None:
    """Return the request with this number; None: there is none."""
    row = conn.execute("SELECT * FROM approvals WHERE id = ?", (number,)).fetchone()
    return _approval(row) if row else None


def waiting(conn: Connection, now: datetime, limit: int) -> list[Approval]:
    """Return up to ``limit`` requests that wait for a decision, the oldest first."""
    return [_approval(row) for row in conn.execute(WAITING, (to_int(now), limit))]


def of_asker(conn: Connection, asker: str, limit: int) -> list[Approval]:
    """Return up to ``limit`` requests of a person, the newest first."""
    return [_approval(row) for row in conn.execute(OF_ASKER, (asker, limit))]


def uses(conn: Connection, numbers: Sequence[int]) -> dict[int, list[Write]]:
    """Return the writes for which the approved requests among these were used, by request; unused ones are absent."""
    rows = [conn.execute(GRANTED, (number,)).fetchone() for number in numbers]
    used = {row["id"]: writes.approved_of(conn, row["granted_to"], row["decided_at"]) for row in rows if row}
    return {number: made for number, made in used.items() if made}


def decide(
    conn: Connection,
    now: datetime,
    number: int,
    state: ApprovalState,
    by: str,
    *,
    reason: str = "",
    until: datetime | None = None,
) -> bool:
    """Record the end of a request, once: its messages are updated, and its asker is told.

    ``by``: who decided, a Slack id. ``until``: until when an approval can be used. False: the request no longer waits.
    """
    assert state in TRANSITIONS[ApprovalState.WAITING]
    ends = until or now
    asked = get(conn, number)
    if asked is None or (asked.is_over(now) and state in {ApprovalState.APPROVED, ApprovalState.DECLINED}):
        return False
    row = conn.execute(DECIDE, (state, to_int(now), by, reason, to_int(ends), number)).fetchone()
    if row is None:
        return False
    decided = _approval(row)
    flows.keep(conn, decided.flow, max(ends, now + flows.KEEP))
    approval_posts.refresh(conn, now, number)
    if state is not ApprovalState.WITHDRAWN:
        outcome = ApprovalMessage(number, ApprovalPart.OUTCOME, decided.asker)
        approval_posts.send(conn, now, outcome, decided.asker)
    _record(conn, now, decided, _STEPS[state], by)
    return True


def question(conn: Connection, now: datetime, number: int, by: str, text: str) -> bool:
    """Enqueue an approver's question to the asker, in the request's thread or directly. False: it no longer waits."""
    asked = get(conn, number)
    if asked is None or asked.state is not ApprovalState.WAITING:
        return False
    approval_posts.question(conn, now, asked, by, text)
    _record(conn, now, asked, Step.QUESTION, by, text=text)
    return True


def tend(conn: Connection, now: datetime) -> int:
    """Expire overdue requests, remind of old ones, and send directly the requests that no channel takes.

    Returns the number of requests concerned.
    """
    expired = conn.execute(EXPIRED, (to_int(now),)).fetchall()
    for row in expired:
        decide(conn, now, row["id"], ApprovalState.EXPIRED, BOT)
    moved = [each for each in waiting(conn, now, TENDED) if approval_posts.send_otherwise(conn, now, each)]
    late = conn.execute(TO_REMIND, (to_int(now), to_int(now - REMIND_AFTER), to_int(now))).fetchall()
    for row in late:
        approval_posts.remind(conn, now, row["id"])
    return len(expired) + len(moved) + len(late)


_STEPS = {
    ApprovalState.APPROVED: Step.APPROVE,
    ApprovalState.DECLINED: Step.DECLINE,
    ApprovalState.EXPIRED: Step.EXPIRE,
    ApprovalState.WITHDRAWN: Step.WITHDRAW,
}


def _live(conn: Connection, now: datetime, asker: str, deed: Deed, flow: str) -> list[Approval]:
    rows = conn.execute(LIVE, (asker, deed.target, to_int(now), flow)).fetchall()
    return [_approval(row) for row in rows]


def _repeated(conn: Connection, now: datetime, request: Approval) -> Approval | None:
    open_ones = [_approval(row) for row in conn.execute(OPEN_OF, (request.asker, to_int(now)))]
    same = [each for each in open_ones if request.deed.repeats(each.deed)]
    used = uses(conn, [each.id for each in same])
    return next((each for each in same if each.id not in used), None)


def _record(conn: Connection, now: datetime, asked: Approval, step: Step, by: str, *, text: str = "") -> None:
    about = "; ".join(asked.deed.summary)[:ABOUT]
    write = Write(
        id=secrets.token_urlsafe(18),
        dedup_key=f"approval:{asked.id}:{step}" + (f":{secrets.token_hex(8)}" if text else ""),
        operation=f"approval.{step}",
        actor=by,
        channel=asked.channel,
        begun_at=now,
        state=WriteState.DONE,
        change=ApprovalStep(asked.id, step, asked.asker, about, text or asked.reason),
        amount_fen=asked.deed.amount_fen,
        settled_at=now,
    )
    writes.begin(conn, write)


def _approval(row: Row) -> Approval:
    return Approval(
        id=row["id"],
        deed=codec.load_deed(row["deed"]),
        asker=row["asker"],
        flow=row["flow"],
        channel=row["channel"],
        approvers=frozenset(codec.load_ids(row["approvers"])),
        asked_at=to_time(row["asked_at"]),
        until=to_time(row["until"]),
        state=ApprovalState(row["state"]),
        decided_at=to_time(row["decided_at"]),
        by=row["decided_by"],
        reason=row["reason"],
    )
