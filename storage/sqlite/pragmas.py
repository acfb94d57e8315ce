"""The pragmas and other statements that only SQLite understands. The SQL of the operations works on PostgreSQL, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"  # waits for the write lock now, instead of failing at the first change
BEGIN_TO_READ = "BEGIN"


def configure(conn: sqlite3.Connection, wal_limit: int) -> None:
    """Set up a connection that writes. ``wal_limit``: the bytes to which the write-ahead log is truncated."""
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute(f"PRAGMA journal_size_limit={wal_limit}")  # the log is truncated when it starts over
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute("PRAGMA mmap_size=0")
    conn.execute("PRAGMA secure_delete=FAST")  # a replaced or deleted row leaves no address in its page


def complaint(conn: sqlite3.Connection) -> str:
    """Check the whole file. Returns SQLite's first complaint in one line; empty: it is sound. Raises sqlite3.Error."""
    verdict = " ".join(quick_check(conn, 1)[0].split())
    return "" if verdict == "ok" else verdict


def quick_check(conn: sqlite3.Connection, most: int) -> list[str]:
    """Check the whole file. Returns SQLite's first complaints, ``most`` at most, or ``ok``. Raises sqlite3.Error."""
    return [str(row[0]) for row in conn.execute(f"PRAGMA quick_check({int(most)})")]


def tables(conn: sqlite3.Connection) -> list[str]:
    """Return the names of all tables but SQLite's own."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in conn.execute(sql).fetchall()]


def has_tables(conn: sqlite3.Connection, *names: str) -> bool:
    """Whether the file has all these tables."""
    marks = ", ".join("?" * len(names))
    sql = f"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ({marks})"
    return bool(conn.execute(sql, names).fetchone()[0] == len(names))


def size(conn: sqlite3.Connection) -> int:
    """Return the size of the database in bytes, without its log."""
    return int(conn.execute("PRAGMA page_count").fetchone()[0] * conn.execute("PRAGMA page_size").fetchone()[0])


def is_mostly_empty(conn: sqlite3.Connection) -> bool:
    """Whether more than half of the file's pages are free."""
    free, pages = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
    return bool(2 * free > pages)


def do_not_sync(conn: sqlite3.Connection) -> None:
    """Turn off synchronisation with the disk, for a file that the caller synchronises at its end."""
    conn.execute("PRAGMA synchronous=OFF")


def leave_wal_mode(conn: sqlite3.Connection) -> None:
    """Leave the WAL mode, so that the file is complete without a log."""
    conn.execute("PRAGMA journal_mode=DELETE")


def truncate_wal(conn: sqlite3.Connection) -> bool:
    """Write the log into the database and truncate it, without waiting. False: another program still reads it."""
    busy_timeout = conn.execute("PRAGMA busy_timeout").fetchone()[0]
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        return not conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        conn.execute(f"PRAGMA busy_timeout = {int(busy_timeout)}")
