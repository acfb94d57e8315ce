"""Slack's present refusals, which each process records so that the status of any process shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.facts import OWN
from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.connection import Connection

PREFIX = "refusing:"
# The former version stored these facts under names like those of :mod:`storage.messages`, whose values are empty.
FORMER = "DELETE FROM facts WHERE name >= 'refused:' AND name < 'refused;' AND value <> '' AND at < ?"
OF_OTHERS = "SELECT value FROM facts WHERE name >= ? AND name < ? AND name <> ? AND at >= ?"
FORGET = "DELETE FROM facts WHERE name >= ? AND name < ? AND at < ?"
ALL = (PREFIX, PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1))  # the names from the first text on and below the second


def record(conn: Connection, now: datetime, worker: str, codes: Mapping[str, str]) -> None:
    """Record Slack's present refusals of this process.

    ``codes``: Slack's error code by channel; an empty channel stands for the token. Empty: Slack refuses nothing.
    """
    if codes:
        value = "\n".join(f"{channel} {code}" for channel, code in sorted(codes.items()))
        OWN.put(conn, PREFIX + worker, value, now)
    else:
        OWN.drop(conn, PREFIX + worker)


def of_others(conn: Connection, since: datetime, worker: str) -> dict[str, str]:
    """Return the refusals that the other processes recorded since then: Slack's error code by channel.

    Older records are deleted. ``worker``: the name of this process.
    """
    conn.execute(FORGET, (*ALL, to_int(since)))
    conn.execute(FORMER, (to_int(since),))
    values = conn.execute(OF_OTHERS, (*ALL, PREFIX + worker, to_int(since))).fetchall()
    lines = (line.partition(" ") for (value,) in values for line in value.split("\n"))
    return {channel: code for channel, _, code in lines}
