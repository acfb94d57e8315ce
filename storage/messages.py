"""Enqueues messages that belong to no single watch: lines about a change, lists of new watches, and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import codec
from storage.post import PostKind
from storage.rows import to_int

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection
    from tracking.messages import ChannelChange, Notice, WatchesPaused, WatchList

MESSAGE = """
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, severity, state, token, created_at)
VALUES (next_position(), NULL, ?, ?, ?, '', ?, '', 'pending', random_token(), ?)
"""
LIST_OF = "list:"  # begins the event_id of a LIST; the id of its first watch follows
REFUSAL = "refused:"  # begins the names of the facts about notices of refusals; channel, reason and owner follow
TOLD_OWNER = "INSERT INTO facts (name, value, at) VALUES (?, '', ?) ON CONFLICT (name) DO NOTHING"


def line(conn: Connection, now: datetime, channel: str, change: ChannelChange) -> None:
    """Enqueue a LINE about a change. It belongs to no watch."""
    conn.execute(MESSAGE, ("line", PostKind.LINE.value, channel, codec.dump_change(change), to_int(now)))


def watch_list(conn: Connection, now: datetime, channel: str, opened: WatchList) -> None:
    """Enqueue one LIST for watches that were opened at once, instead of their cards."""
    facts = (f"{LIST_OF}{opened.watches[0]}", PostKind.LIST.value, channel, codec.dump_watch_list(opened), to_int(now))
    conn.execute(MESSAGE, facts)


def notice(conn: Connection, now: datetime, event_id: str, recipient: str, contents: Notice) -> None:
    """Enqueue a NOTICE, which belongs to no watch. ``recipient``: Slack's id of a channel or of a person."""
    conn.execute(MESSAGE, (event_id, PostKind.NOTICE.value, recipient, codec.dump_notice(contents), to_int(now)))


def refused(conn: Connection, now: datetime, owner: str, paused: WatchesPaused) -> None:
    """Enqueue a notice to an owner that a channel refuses posts: once, until :func:`clear_refusals`."""
    if conn.execute(TOLD_OWNER, (f"{REFUSAL}{paused.channel}:{paused.reason}:{owner}", to_int(now))).rowcount:
        notice(conn, now, f"paused:{paused.channel}", owner, paused)


def clear_refusals(conn: Connection, channel: str) -> None:
    """Forget which owners were told that a channel refuses posts: at the next refusal they are told again."""
    conn.execute("DELETE FROM facts WHERE name > ? AND name < ?", (f"{REFUSAL}{channel}:", f"{REFUSAL}{channel};"))
