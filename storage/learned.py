"""Values that one process learnt for all, by name: the bytes, and a version that grows with each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.connection import Connection

PUT = """
INSERT INTO learned (name, version, value) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET
  version = learned.version + 1, value = excluded.value WHERE learned.value <> excluded.value
"""


def put(conn: Connection, name: str, value: bytes) -> None:
    """Store a learnt value. An unchanged value keeps its version."""
    conn.execute(PUT, (name, value))


def versions(conn: Connection) -> dict[str, int]:
    """Return the version of each learnt value by its name."""
    return dict(conn.execute("SELECT name, version FROM learned").fetchall())


def get(conn: Connection, name: str) -> bytes | None:
    """Return the learnt value of this name; None: there is none yet."""
    row = conn.execute("SELECT value FROM learned WHERE name = ?", (name,)).fetchone()
    return bytes(row["value"]) if row else None
