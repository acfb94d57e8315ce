"""The messages about requests for approvals, in the outbox: to channels, to people, and to others if these fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import codec
from storage.messages import MESSAGE
from storage.post import PostKind
from storage.rows import to_int
from tracking.approvals import ApprovalState
from tracking.messages import ApprovalMessage, ApprovalPart

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection
    from storage.post import Post
    from tracking.approvals import Approval

# A request that Slack refuses, or that is held in its channel until somebody resumes the paused watches there.
UNPOSTED = """
UPDATE outbox SET state = 'failed', event_id = 'approval:moved', sent_at = ?, fence = fence + 1, lease_until = NULL
WHERE kind IN ('approval', 'notice') AND key = '' AND state IN ('held', 'failed') AND event_id = ?
RETURNING kind, channel, error
"""
IN_THREAD = """
UPDATE outbox SET channel = ?, kind = 'approval', payload = ?, state = 'pending', fence = fence + 1, attempts = 0,
  not_before = 0, lease_until = NULL, claimed_at = NULL WHERE id = ? AND fence = ?
"""
NOTE = """
INSERT INTO approval_messages (approval, channel, ts, reader) VALUES (?, ?, ?, ?)
ON CONFLICT (approval, channel, ts) DO NOTHING
"""
WHERE = "SELECT channel, ts, reader FROM approval_messages WHERE approval = ? ORDER BY ts"


def send(conn: Connection, now: datetime, message: ApprovalMessage, recipient: str) -> None:
    """Enqueue a message: to its reader as a notice, or to a channel. ``recipient``: Slack's id of either."""
    event_id = _event_id(message.approval)
    if message.part is not ApprovalPart.REQUEST:
        event_id += f":{message.part}"
    kind = PostKind.NOTICE if message.reader else PostKind.APPROVAL
    _enqueue(conn, now, kind, event_id, recipient=recipient, message=message)


def refresh(conn: Connection, now: datetime, number: int) -> None:
    """Enqueue an edit of every message that shows a request."""
    for row in conn.execute(WHERE, (number,)).fetchall():
        _edit(conn, now, number, row["channel"], row["ts"], reader=row["reader"])


def question(conn: Connection, now: datetime, asked: Approval, by: str, text: str) -> None:
    """Enqueue a question to the asker: in the request's threads, or directly if there is no thread."""
    threads = _threads(conn, asked.id)
    if not threads:
        direct = ApprovalMessage(asked.id, ApprovalPart.QUESTION, asked.asker, by=by, text=text)
        send(conn, now, direct, asked.asker)
    for channel, ts in threads:
        send(conn, now, ApprovalMessage(asked.id, ApprovalPart.QUESTION, thread=ts, by=by, text=text), channel)


def remind(conn: Connection, now: datetime, number: int) -> None:
    """Enqueue a reminder wherever a request was posted."""
    for row in conn.execute(WHERE, (number,)).fetchall():
        thread = "" if row["reader"] else row["ts"]
        reminder = ApprovalMessage(number, ApprovalPart.REMINDER, row["reader"], thread)
        send(conn, now, reminder, row["reader"] or row["channel"])


def send_otherwise(conn: Connection, now: datetime, asked: Approval) -> bool:
    """Send a request that its channel refuses to each person among the approvers who has not got it. Tell the asker.

    The asker is also told of an approver whom no direct message reaches. False: Slack took every message, or may still.
    """
    rows = conn.execute(UNPOSTED, (to_int(now), _event_id(asked.id))).fetchall()
    for row in rows:
        if row["kind"] == PostKind.APPROVAL:
            reached = {each["reader"] for each in conn.execute(WHERE, (asked.id,))}
            for person in sorted(asked.approvers - {asked.asker} - reached):
                if not person.startswith("S"):
                    send(conn, now, ApprovalMessage(asked.id, ApprovalPart.REQUEST, person), person)
        notice = ApprovalMessage(asked.id, ApprovalPart.UNPOSTED, asked.asker, by=row["channel"], text=row["error"])
        send(conn, now, notice, asked.asker)
    return bool(rows)


def note_request(conn: Connection, now: datetime, post: Post, channel: str, ts: str) -> None:
    """Store where a request was posted, and update the message at once if somebody has decided meanwhile."""
    message = post.content
    is_request = isinstance(message, ApprovalMessage) and message.part is ApprovalPart.REQUEST
    if not isinstance(message, ApprovalMessage) or not is_request or not ts or post.kind is PostKind.APPROVAL_EDIT:
        return
    # The lock lets a concurrent decision either see the new message, or be seen here.
    sql = f"SELECT state FROM approvals WHERE id = ? {conn.for_update}"
    row = conn.execute(sql, (message.approval,)).fetchone()
    if row is None:
        return
    conn.execute(NOTE, (message.approval, channel, ts, message.reader))
    if row["state"] != ApprovalState.WAITING:
        _edit(conn, now, message.approval, channel, ts, reader=message.reader)


def say_in_thread(conn: Connection, post: Post) -> bool:
    """Move a message that cannot be sent to the asker directly into the request's thread. False: there is no thread."""
    message = post.content
    if not isinstance(message, ApprovalMessage) or message.part is ApprovalPart.REQUEST:
        return False
    threads = _threads(conn, message.approval)
    if post.kind is not PostKind.NOTICE or message.part is ApprovalPart.REMINDER or not threads:
        return False
    channel, ts = threads[0]
    moved = ApprovalMessage(message.approval, message.part, message.reader, ts, message.by, message.text)
    return bool(conn.execute(IN_THREAD, (channel, codec.dump_notice(moved), post.id, post.fence)).rowcount)


def _threads(conn: Connection, number: int) -> list[tuple[str, str]]:
    """The messages that show a request to a whole channel, as pairs of channel and Slack's ts."""
    return [(row["channel"], row["ts"]) for row in conn.execute(WHERE, (number,)) if not row["reader"]]


def _edit(conn: Connection, now: datetime, number: int, channel: str, ts: str, *, reader: str) -> None:
    edit = ApprovalMessage(number, ApprovalPart.REQUEST, reader, ts)
    event_id = f"{_event_id(number)}:edit"
    _enqueue(conn, now, PostKind.APPROVAL_EDIT, event_id, recipient=channel, message=edit)


def _enqueue(
    conn: Connection, now: datetime, kind: PostKind, event_id: str, *, recipient: str, message: ApprovalMessage
) -> None:
    conn.execute(MESSAGE, (event_id, kind.value, recipient, codec.dump_notice(message), to_int(now)))


def _event_id(number: int) -> str:
    return f"approval:{number}"
