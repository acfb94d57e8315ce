"""Mutes of channels and of orders in a channel, and how they are taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, channels, enqueue, holds
from storage.audit import AuditEntry
from storage.locks import lock_orders
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.connection import Connection


def mute_channel(
    conn: Connection, now: datetime, channel_id: str, until: datetime | None, actor: str
) -> datetime | None:
    """Mute a channel until then (aware); None ends the mute. Returns when the mute before would have ended."""
    _lock(conn, channel_id)
    holds.recheck_cards(conn, now, channel_id)
    former = _ahead(channels.channel(conn, channel_id).muted_until, now)
    conn.execute(
        "INSERT INTO channels (channel, muted_until, muted_by) VALUES (?, ?, ?) ON CONFLICT (channel) "
        "DO UPDATE SET muted_until = excluded.muted_until, muted_by = excluded.muted_by",
        (channel_id, to_int(until), actor),
    )
    enqueue.refresh_newest(conn, now, channel_id)
    audit.append(conn, [AuditEntry(now, actor, "mute" if until else "unmute", channel_id, "", _iso(until))])
    return former


def restore_mute(
    conn: Connection, now: datetime, channel_id: str, until: datetime | None, *, former: datetime | None, actor: str
) -> bool:
    """Undo a :func:`mute_channel` until then, where it still stands. Returns whether that changed anything."""
    _lock(conn, channel_id)
    standing, wanted = _ahead(channels.channel(conn, channel_id).muted_until, now), _ahead(former, now)
    if standing != _ahead(until, now) or standing == wanted:
        return False
    mute_channel(conn, now, channel_id, wanted, actor)
    return True


def mute_watches(
    conn: Connection, now: datetime, channel_id: str, keys: Sequence[str], *, until: datetime | None, actor: str
) -> dict[str, datetime | None]:
    """Mute these orders in a channel until then (aware); None ends the mute.

    Returns, by the key of each one that is watched there, when the mute before would have ended; None: there was none.
    """
    lock_orders(conn, keys)
    holds.recheck_cards(conn, now, channel_id)
    former = _mutes(conn, now, channel_id, keys)
    for key in former:
        conn.execute(
            "UPDATE watches SET muted_until = ?, muted_by = ? WHERE key = ? AND channel = ? AND state <> 'ended'",
            (to_int(until), actor, key, channel_id),
        )
        enqueue.refresh_order(conn, now, key)
    action = "mute" if until else "unmute"
    audit.append(conn, [AuditEntry(now, actor, action, channel_id, key, _iso(until)) for key in former])
    return former


def restore_mutes(
    conn: Connection,
    now: datetime,
    channel_id: str,
    until: datetime | None,
    *,
    former: Mapping[str, datetime | None],
    actor: str,
) -> dict[str, datetime | None]:
    """Undo a :func:`mute_watches` until then with what it returned, for the orders whose mute still is this one.

    Returns the restored ends by key, None for an order that is not muted any more.
    """
    lock_orders(conn, former)
    standing = _mutes(conn, now, channel_id, list(former))
    wanted = {key: _ahead(end, now) for key, end in former.items()}
    left = [key for key in former if key in standing and standing[key] == _ahead(until, now)]
    restored = {key: wanted[key] for key in left if standing[key] != wanted[key]}
    for key, end in restored.items():
        mute_watches(conn, now, channel_id, [key], until=end, actor=actor)
    return restored


def _lock(conn: Connection, channel_id: str) -> None:
    """Hold a channel's mute by its name: one that was never muted has no row."""
    conn.hold(f"mute:{channel_id}")


def _mutes(conn: Connection, now: datetime, channel_id: str, keys: Sequence[str]) -> dict[str, datetime | None]:
    """When the mutes of these orders end, by the key of each one that is watched there; None: it is not muted."""
    sql = "SELECT muted_until FROM watches WHERE key = ? AND channel = ? AND state <> 'ended'"
    found = {key: conn.execute(sql, (key, channel_id)).fetchone() for key in keys}
    return {key: _ahead(to_time(row["muted_until"]), now) for key, row in found.items() if row}


def _ahead(end: datetime | None, now: datetime) -> datetime | None:
    """The end of a mute that lasts; None for one that is over."""
    return end if end and end > now else None


def _iso(when: datetime | None) -> str:
    return when.isoformat() if when else ""
