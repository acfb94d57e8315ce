"""All the SQL that only SQLite understands; what stands in the other modules PostgreSQL takes as well.

Not here: the tables themselves (``migrations``), which each engine has to make in its own words.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"  # waits for the lock here, instead of failing at the first change
BEGIN_TO_READ = "BEGIN"
# Expressions for the statements of other modules.
RANDOM_TOKEN = "lower(hex(randomblob(16)))"  # noqa: S105  no secret: another one for each row
POST_TOKEN = "post_token({channel}, {key}, {event_id})"  # noqa: S105  no secret: see :func:`post_token`


def configure(conn: sqlite3.Connection, wal_limit: int) -> None:
    """Set up a connection that writes. ``wal_limit``: bytes at which the write-ahead log is cut off."""
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute(f"PRAGMA journal_size_limit={wal_limit}")  # cut off when it begins anew, instead of kept for ever
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute("PRAGMA mmap_size=0")
    conn.create_function("post_token", 3, post_token, deterministic=True)


def post_token(channel: str, key: str, event_id: str) -> str:
    """An opaque name for one piece of news in one channel: the same again when a restored database finds it again."""
    return hashlib.blake2b(f"{channel}\x1f{key}\x1f{event_id}".encode(), digest_size=16).hexdigest()


def complaint(conn: sqlite3.Connection) -> str:
    """Look through the whole file; empty when it is sound, else SQLite's first complaint. Raises sqlite3.Error."""
    found = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else found


def has_tables(conn: sqlite3.Connection, *names: str) -> bool:
    """Whether the file has all these tables."""
    marks = ", ".join("?" * len(names))
    sql = f"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ({marks})"
    return bool(conn.execute(sql, names).fetchone()[0] == len(names))


def size(conn: sqlite3.Connection) -> int:
    """Bytes of the database, without its log."""
    return int(conn.execute("PRAGMA page_count").fetchone()[0] * conn.execute("PRAGMA page_size").fetchone()[0])


def in_no_hurry(conn: sqlite3.Connection) -> None:
    """Synchronise nothing: the whole file is, at its end."""
    conn.execute("PRAGMA synchronous=OFF")


def without_log(conn: sqlite3.Connection) -> None:
    """Make the file complete by itself."""
    conn.execute("PRAGMA journal_mode=DELETE")


def truncate_wal(conn: sqlite3.Connection) -> bool:
    """Write the log into the database and cut it off. False: somebody still reads it, and nobody waits for them."""
    patience = conn.execute("PRAGMA busy_timeout").fetchone()[0]
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        return not conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        conn.execute(f"PRAGMA busy_timeout = {int(patience)}")
