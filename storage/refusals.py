"""What Slack refuses each process: told among processes, so that the status of any of them shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.connection import Connection

PREFIX = "refusing:"
# Their names in the version before, among those of :mod:`storage.messages`, whose values are empty.
FORMER = "DELETE FROM facts WHERE name >= 'refused:' AND name < 'refused;' AND value <> '' AND at < ?"
SAY = (
    "INSERT INTO facts (name, value, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
    "value = excluded.value, at = excluded.at"
)
HEAR = "SELECT value FROM facts WHERE name >= ? AND name < ? AND name <> ? AND at >= ?"
FORGET = "DELETE FROM facts WHERE name >= ? AND name < ? AND at < ?"
ALL = (PREFIX, PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1))  # from and below


def say(conn: Connection, now: datetime, worker: str, codes: Mapping[str, str]) -> None:
    """Record what Slack refuses this process at present: its error code by channel; an empty channel: the token."""
    if codes:
        value = "\n".join(f"{channel} {code}" for channel, code in sorted(codes.items()))
        conn.execute(SAY, (PREFIX + worker, value, to_int(now)))
    else:
        conn.execute("DELETE FROM facts WHERE name = ?", (PREFIX + worker,))


def hear(conn: Connection, since: datetime, worker: str) -> dict[str, str]:
    """Return what Slack refuses the other processes, as of those that said so since then; the rest is forgotten."""
    conn.execute(FORGET, (*ALL, to_int(since)))
    conn.execute(FORMER, (to_int(since),))
    values = conn.execute(HEAR, (*ALL, PREFIX + worker, to_int(since))).fetchall()
    lines = (line.partition(" ") for (value,) in values for line in value.split("\n"))
    return {channel: code for channel, _, code in lines}
