"""The statements that only SQLite understands; those of the operations work in PostgreSQL as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"  # waits for the lock now, instead of failing at the first change
BEGIN_TO_READ = "BEGIN"


def configure(conn: sqlite3.Connection, wal_limit: int) -> None:
    """Set up a connection that writes. ``wal_limit``: bytes at which the write-ahead log is cut off."""
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute(f"PRAGMA journal_size_limit={wal_limit}")  # the log is cut off when it begins anew
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute("PRAGMA mmap_size=0")
    conn.execute("PRAGMA secure_delete=FAST")  # a row that is replaced or deleted leaves no address in its page


def complaint(conn: sqlite3.Connection) -> str:
    """Check the whole file. Returns SQLite's first complaint, in a line; empty: it is sound. Raises sqlite3.Error."""
    verdict = " ".join(str(conn.execute("PRAGMA quick_check(1)").fetchone()[0]).split())
    return "" if verdict == "ok" else verdict


def has_tables(conn: sqlite3.Connection, *names: str) -> bool:
    """Whether the file has all these tables."""
    marks = ", ".join("?" * len(names))
    sql = f"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ({marks})"
    return bool(conn.execute(sql, names).fetchone()[0] == len(names))


def size(conn: sqlite3.Connection) -> int:
    """Return the bytes of the database, without its log."""
    return int(conn.execute("PRAGMA page_count").fetchone()[0] * conn.execute("PRAGMA page_size").fetchone()[0])


def is_mostly_empty(conn: sqlite3.Connection) -> bool:
    """Whether more than half of the file's pages hold nothing any more."""
    free, pages = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
    return bool(2 * free > pages)


def in_no_hurry(conn: sqlite3.Connection) -> None:
    """Turn off synchronisation with the disk, for a file that the caller synchronises as a whole."""
    conn.execute("PRAGMA synchronous=OFF")


def without_log(conn: sqlite3.Connection) -> None:
    """Leave the WAL mode, so that the file is complete without a log."""
    conn.execute("PRAGMA journal_mode=DELETE")


def truncate_wal(conn: sqlite3.Connection) -> bool:
    """Write the log into the database and cut it off, without waiting. False: another program still reads it."""
    busy_timeout = conn.execute("PRAGMA busy_timeout").fetchone()[0]
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        return not conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        conn.execute(f"PRAGMA busy_timeout = {int(busy_timeout)}")
