"""Mutes channels, and orders in a channel, and restores the former mutes."""

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
    """Mute a channel until then (aware); None ends the mute. Returns the former mute's end; None: there was none."""
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
    """Undo a :func:`mute_channel` until ``until``, if that mute still holds: back to ``former``. False: no change."""
    _lock(conn, channel_id)
    present, wanted = _ahead(channels.channel(conn, channel_id).muted_until, now), _ahead(former, now)
    if present != _ahead(until, now) or present == wanted:
        return False
    mute_channel(conn, now, channel_id, wanted, actor)
    return True


def mute_watches(
    conn: Connection, now: datetime, channel_id: str, keys: Sequence[str], *, until: datetime | None, actor: str
) -> dict[str, datetime | None]:
    """Mute these orders in a channel until then (aware); None ends the mute.

    Returns the end of the mute before (None: there was none) by the key of each order that the channel watches.
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
    """Undo a :func:`mute_watches` until ``until``, for the orders whose mute is still that one.

    ``former``: the result of that call. Returns the restored ends by key; None: the order is no longer muted.
    """
    lock_orders(conn, former)
    present = _mutes(conn, now, channel_id, list(former))
    wanted = {key: _ahead(end, now) for key, end in former.items()}
    unchanged = [key for key in former if key in present and present[key] == _ahead(until, now)]
    restored = {key: wanted[key] for key in unchanged if present[key] != wanted[key]}
    for key, end in restored.items():
        mute_watches(conn, now, channel_id, [key], until=end, actor=actor)
    return restored


def _lock(conn: Connection, channel_id: str) -> None:
    """Lock a channel's mute by a name, since a channel that was never muted has no row to lock."""
    conn.hold(f"mute:{channel_id}")


def _mutes(conn: Connection, now: datetime, channel_id: str, keys: Sequence[str]) -> dict[str, datetime | None]:
    """The ends of the orders' mutes (None: not muted), by the key of each order that the channel watches."""
    sql = "SELECT muted_until FROM watches WHERE key = ? AND channel = ? AND state <> 'ended'"
    watches = {key: conn.execute(sql, (key, channel_id)).fetchone() for key in keys}
    return {key: _ahead(to_time(row["muted_until"]), now) for key, row in watches.items() if row}


def _ahead(end: datetime | None, now: datetime) -> datetime | None:
    """The end of a mute if it lies ahead; None: the mute is over, or there is none."""
    return end if end and end > now else None


def _iso(when: datetime | None) -> str:
    return when.isoformat() if when else ""
