"""A connection to a SQLite file, as the operations see it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from storage.sqlite import pragmas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from storage.connection import Connection

T = TypeVar("T")


class SqliteConnection(sqlite3.Connection):
    """sqlite3's connection with the other members of :class:`storage.connection.Connection`."""

    for_update = skip_locked = ""  # one transaction runs at a time
    _position: int | None = None  # the last position that was given; only one connection writes, so it can count

    def set_up(self, wal_limit: int) -> None:
        """Set up the connection to write. ``wal_limit``: the bytes to which the write-ahead log is truncated."""
        pragmas.configure(self, wal_limit)
        self.row_factory = sqlite3.Row
        self.create_function("post_token", 3, post_token, deterministic=True)
        self.create_function("random_token", 0, _random_token)
        self.create_function("next_position", 0, self._next_position)

    def hold(self, *names: str) -> None:
        """Do nothing: one transaction runs at a time."""

    def orders_are_due(self) -> None:
        """Do nothing: there is no other process."""

    def among(self, texts: Sequence[str]) -> tuple[str, list[Any]]:
        """See :class:`storage.connection.Connection`. One place for each text is faster than json_each (measured).

        The number of places is rounded up to a power of two, and the last text fills the other places: otherwise
        SQLite would prepare another statement for each length of the list.
        """
        places = 1 << (len(texts) - 1).bit_length() if texts else 0
        return f"IN ({', '.join('?' * places)})", [*texts, *([texts[-1]] * (places - len(texts)))]

    def tuples(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """See :class:`storage.connection.Connection`."""
        cursor = self.cursor()
        cursor.row_factory = None
        return cursor.execute(sql, parameters)

    @contextmanager
    def wiping(self) -> Iterator[None]:
        """Overwrite also pages that become free in the block, since long rows have pages of their own.

        This is not done always, since every freed page has to be written then.
        """
        self.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            self.execute("PRAGMA secure_delete=FAST")

    def _next_position(self) -> int:
        """Return the next position in the outbox. A transaction that is rolled back leaves a gap."""
        if self._position is None:
            self._position = int(self.execute("SELECT COALESCE(MAX(position), 0) FROM outbox").fetchone()[0])
        self._position += 1
        return self._position


def all_or_nothing(conn: SqliteConnection, work: Callable[[Connection], T], begin: str) -> T:
    """Run ``work`` in a transaction, which is rolled back if it raises. ``begin``: the statement that begins it."""
    conn.execute(begin)
    try:
        result = work(conn)
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    return result


def post_token(channel: str, key: str, event_id: str) -> str:
    """Return the token of one piece of news in one channel. A restored database derives the same token again."""
    return hashlib.blake2b(f"{channel}\x1f{key}\x1f{event_id}".encode(), digest_size=16).hexdigest()


def _random_token() -> str:
    return os.urandom(16).hex()  # as random as a UUID, in a third of the time; every refresh of a changed card gets one
