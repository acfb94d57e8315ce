"""The audit trail, Slack's facts about people, and the ids of Slack's deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Person:
    """A person who used the bot. A field that Slack has not told yet is empty."""

    name: str = ""
    locale: str = ""  # set in Slack, such as ``zh-CN``
    time_zone: str = ""  # set in Slack, an IANA name such as ``Asia/Shanghai``


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act of a person or of the bot. ``at`` is aware; ``actor`` is a Slack user id, ``slack`` or ``pandabot``."""

    at: datetime
    actor: str
    action: str
    channel: str = ""
    key: str = ""
    detail: str = ""


def append(conn: Connection, entries: Sequence[AuditEntry]) -> None:
    """Append to the audit trail, in the transaction of the act."""
    conn.executemany(
        "INSERT INTO audit (at, actor, action, channel, key, detail) VALUES (?, ?, ?, ?, ?, ?)",
        [(to_int(e.at), e.actor, e.action, e.channel, e.key, e.detail) for e in entries],
    )


def first_seen(conn: Connection, event_id: str, now: datetime) -> bool:
    """Record the id of a delivery. False: it was recorded before, since Slack delivers some requests twice."""
    sql = "INSERT INTO deliveries (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
    return conn.execute(sql, (event_id, to_int(now))).rowcount == 1


def people(conn: Connection) -> dict[str, Person]:
    """Return everybody who used the bot, by Slack user id."""
    rows = conn.execute("SELECT id, name, locale, time_zone FROM people")
    return {row["id"]: Person(row["name"], row["locale"], row["time_zone"]) for row in rows}


def keep_person(conn: Connection, user: str, person: Person) -> None:
    """Store a person, or replace the stored facts about them. ``user``: Slack user id."""
    conn.execute(
        "INSERT INTO people (id, name, locale, time_zone) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " name = excluded.name, locale = excluded.locale, time_zone = excluded.time_zone",
        (user, person.name, person.locale, person.time_zone),
    )
