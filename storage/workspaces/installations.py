"""Installations of the app, by workspace or organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_int, to_time
from storage.workspaces.records import Installation
from storage.workspaces.sealed import SealedTable

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from storage.connection import Connection


def save(conn: Connection, now: datetime, installation: Installation) -> None:
    """Store an installation, not revoked. It replaces the former installation of the same workspace."""
    conn.execute(
        "INSERT INTO installations (id, enterprise_id, team_id, name, sealed, installed_at, revoked_at, revision)"
        " VALUES (?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT (id) DO UPDATE SET"
        " enterprise_id = excluded.enterprise_id, team_id = excluded.team_id, name = excluded.name,"
        " sealed = excluded.sealed, installed_at = excluded.installed_at, revoked_at = NULL,"
        " revision = excluded.revision, token_revision = installations.token_revision + 1, renewing_until = NULL",
        (
            installation.id,
            installation.enterprise_id,
            installation.team_id,
            installation.name,
            installation.sealed,
            to_int(installation.installed_at),
            to_int(now),
        ),
    )


def revoke(conn: Connection, now: datetime, id_: str) -> bool:
    """Mark an installation as revoked and delete its token. False: there is none, or it was revoked before."""
    sql = "UPDATE installations SET revoked_at = ?, revision = ?, sealed = '' WHERE id = ? AND revoked_at IS NULL"
    return conn.execute(sql, (to_int(now), to_int(now), id_)).rowcount > 0


def claim_renewal(conn: Connection, now: datetime, id_: str, token_revision: int, until: datetime) -> bool:
    """Claim the renewal of a token until then. False: the token was renewed since, or another process has the claim."""
    sql = (
        "UPDATE installations SET renewing_until = ? WHERE id = ? AND token_revision = ? AND revoked_at IS NULL"
        " AND (renewing_until IS NULL OR renewing_until <= ?)"
    )
    return conn.execute(sql, (to_int(until), id_, token_revision, to_int(now))).rowcount > 0


def put_off_renewal(conn: Connection, id_: str, token_revision: int, until: datetime) -> None:
    """Let no process claim the renewal of a token before then."""
    sql = "UPDATE installations SET renewing_until = ? WHERE id = ? AND token_revision = ?"
    conn.execute(sql, (to_int(until), id_, token_revision))


def renew(conn: Connection, id_: str, token_revision: int, sealed: str) -> bool:
    """Store a renewed token. False: the token was renewed, replaced or revoked meanwhile, so nothing was stored.

    The claim is not checked: a process whose claim expired while Slack answered slowly has the only tokens that Slack
    accepts.
    """
    sql = (
        "UPDATE installations SET sealed = ?, token_revision = token_revision + 1, renewing_until = NULL"
        " WHERE id = ? AND token_revision = ? AND revoked_at IS NULL"
    )
    return conn.execute(sql, (sealed, id_, token_revision)).rowcount > 0


def remove(conn: Connection, id_: str) -> bool:
    """Delete an installation with its account. False: there was none."""
    conn.execute("DELETE FROM accounts WHERE id = ?", (id_,))
    return conn.execute("DELETE FROM installations WHERE id = ?", (id_,)).rowcount > 0


def _installation(row: Any) -> Installation:
    return Installation(
        row["id"],
        row["enterprise_id"],
        row["team_id"],
        row["name"],
        row["sealed"],
        to_time(row["installed_at"]),
        to_time(row["revoked_at"]),
        row["revision"],
        row["token_revision"],
        to_time(row["renewing_until"]),
    )


_TABLE = SealedTable("installations", _installation)
get, listed, replace = _TABLE.get, _TABLE.listed, _TABLE.replace
