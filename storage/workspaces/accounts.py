"""The PandaPon accounts of installations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_int, to_time
from storage.workspaces.records import Account
from storage.workspaces.sealed import SealedTable

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from storage.connection import Connection


def save(conn: Connection, now: datetime, account: Account) -> None:
    """Store an account. It replaces the former account of the same installation."""
    conn.execute(
        "INSERT INTO accounts (id, sealed, rate_per_second, connected_at, connected_by, revision)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed,"
        " rate_per_second = excluded.rate_per_second, connected_at = excluded.connected_at,"
        " connected_by = excluded.connected_by, revision = excluded.revision",
        (
            account.id,
            account.sealed,
            account.rate_per_second,
            to_int(account.connected_at),
            account.connected_by,
            to_int(now),
        ),
    )


def _account(row: Any) -> Account:
    return Account(
        row["id"],
        row["sealed"],
        row["rate_per_second"],
        to_time(row["connected_at"]),
        row["connected_by"],
        row["revision"],
    )


_TABLE = SealedTable("accounts", _account)
get, listed, replace = _TABLE.get, _TABLE.listed, _TABLE.replace
