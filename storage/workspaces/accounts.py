"""The PandaPon accounts of installations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_int, to_time
from storage.workspaces.records import Account

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from storage.connection import Connection


def save(conn: Connection, now: datetime, account: Account) -> None:
    """Store an account, or replace the former one of the same installation."""
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


def get(conn: Connection, id_: str) -> Account | None:
    """Return the account of an installation; None: it is not connected."""
    row = conn.execute("SELECT * FROM accounts WHERE id = ?", (id_,)).fetchone()
    return _account(row) if row else None


def listed(conn: Connection) -> list[Account]:
    """Return all accounts, by the installation's id."""
    return [_account(row) for row in conn.execute("SELECT * FROM accounts ORDER BY id")]


def replace(conn: Connection, id_: str, former: str, sealed: str) -> bool:
    """Put another sealed text in the place of the former one. False: it has changed meanwhile."""
    sql = "UPDATE accounts SET sealed = ? WHERE id = ? AND sealed = ?"
    return conn.execute(sql, (sealed, id_, former)).rowcount > 0


def _account(row: Any) -> Account:
    return Account(
        row["id"],
        row["sealed"],
        row["rate_per_second"],
        to_time(row["connected_at"]),
        row["connected_by"],
        row["revision"],
    )
