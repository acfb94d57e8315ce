"""The PostgreSQL engine: a pool of connections with a thread for each. Every use of a connection is a transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import IsolationLevel
from psycopg_pool import ConnectionPool

from storage.engine import Condition
from storage.errors import DiskFullError, StorageError
from storage.postgres import migrate
from storage.postgres.clock import offset
from storage.postgres.connecting import OPTIONS, PATIENCE, PROCESS, connect, is_pooled
from storage.postgres.connection import PostgresConnection
from storage.postgres.errors import COLLISIONS, OUTDATED, translated
from storage.postgres.gauges import gauges, gauges_of_all
from storage.postgres.wakes import CHANNEL, payload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from storage.connection import Connection
    from storage.engine import Gauge

T = TypeVar("T")

log = logging.getLogger(__name__)

CONNECTIONS = 4  # of a process at most; a transaction uses one for a few milliseconds
TRIES = 6  # of a transaction that collided with another one, or whose connection broke before the commit
# A transaction that hangs would keep its locks, and its snapshot would keep dead rows from being vacuumed.
LIMITS = {"idle_in_transaction_session_timeout": "30s", "lock_timeout": "20s"}
# Tables that are read often are in memory. With the default of 4, which suits a disk with an arm, the server would scan
# a whole table of some thousand orders to find a hundred of them.
PLANNER = {"random_page_cost": "1.1"}
# A commit that is confirmed before it is on the disk may be lost if the server crashes: a post would be repeated.
DURABLE = "set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), %s)"


class _Session(psycopg.Connection[Any]):
    """A connection with the schema in which its session works; None: unknown."""

    schema: str | None = None


class PostgresServer:
    """The connections of one process, and the threads in which they are used."""

    def __init__(
        self, url: str, *, behind_pooler: bool = False, connections: int = CONNECTIONS, notifies: bool = True
    ) -> None:
        """``behind_pooler``: a pooler gives each transaction another session, so no setting may outlast a transaction.

        :meth:`open` also recognises a pooler by itself: a schema that stays set would become another client's.
        ``notifies``: transactions that leave work for other processes wake these.
        """
        self.notifies = notifies
        self.url, self.behind_pooler = url, behind_pooler
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="database")
        self._pool: ConnectionPool[_Session] = ConnectionPool(
            url,
            connection_class=_Session,
            min_size=1,
            max_size=connections,
            open=False,
            timeout=PATIENCE,
            kwargs=self._options,
            name="pandabot",
        )

    async def open(self) -> None:
        """Connect. Raises StorageError."""
        await self.in_thread(self._open)

    async def close(self) -> None:
        """Finish the waiting transactions and close the connections. A second call does nothing."""
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._pool.close)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run ``work`` in one of the threads. If the caller is cancelled, work that has not begun is dropped."""
        try:
            future = self._threads.submit(work)
        except RuntimeError:
            raise StorageError("The database is closed.") from None
        return await asyncio.wrap_future(future)

    def transact(
        self, work: Callable[[psycopg.Connection[Any]], T], *, schema: str = "", only_reads: bool = False
    ) -> T:
        """Run ``work`` in a transaction on the calling thread. Raises StorageError.

        ``work`` is run again after a collision with another transaction, and after a lost connection, except if it was
        lost during the commit: then nobody knows whether the transaction took place.
        """
        for attempt in range(1, TRIES + 1):
            commits: list[bool] = []
            try:
                with translated():
                    return self._once(work, schema, only_reads=only_reads, commits=commits)
            except StorageError as error:
                is_passing = isinstance(error.__cause__, (*COLLISIONS, OUTDATED, psycopg.OperationalError))
                if commits or not is_passing or isinstance(error, DiskFullError) or attempt == TRIES:
                    raise
            time.sleep(random.uniform(0.01, 0.02) * 2**attempt)  # noqa: S311  no secret: spreads the tries
        raise AssertionError("unreachable")

    def _open(self) -> None:
        with translated():
            # The pool would try until its patience ends, and then raise an error without the reason.
            with contextlib.closing(connect(self.url)) as raw:
                if not self.behind_pooler and is_pooled(raw.execute(PROCESS).fetchone(), raw.info):
                    self.behind_pooler = True
                    log.warning("PostgreSQL is behind a pooler: it is used as with STORAGE_POOLER=on")
            self._pool.open()
            self._pool.wait(PATIENCE)

    def _options(self) -> dict[str, Any]:
        """Return psycopg's arguments for each connection."""
        return {"prepare_threshold": None if self.behind_pooler else 5, **OPTIONS}

    def _once(
        self, work: Callable[[psycopg.Connection[Any]], T], schema: str, *, only_reads: bool, commits: list[bool]
    ) -> T:
        with self._pool.connection() as raw:
            raw.read_only = only_reads
            # Whatever the default of the role or database is: a reader sees one state of the database, and a writer
            # sees the changes that others committed as soon as it gets their lock.
            raw.isolation_level = IsolationLevel.REPEATABLE_READ if only_reads else IsolationLevel.READ_COMMITTED
            self._set_up(raw, schema)
            try:
                result = work(raw)
            except OUTDATED:
                raw.close()  # the pool makes a new one, which has prepared nothing
                raise
            commits.append(True)
            raw.commit()
            raw.schema = schema
            return result

    def _set_up(self, raw: _Session, schema: str) -> None:
        """Set the limits and the schema: for this transaction behind a pooler, else for the session, once."""
        if raw.schema == schema and not self.behind_pooler:
            return
        raw.schema = None  # until the commit, since a rollback takes the settings back
        settings = LIMITS | PLANNER | ({"search_path": schema} if schema else {})
        calls = ", ".join(["set_config(%s, %s, %s)"] * len(settings))
        facts = [part for name, value in settings.items() for part in (name, value, self.behind_pooler)]
        raw.execute(f"SELECT {calls}, {DURABLE}", [*facts, self.behind_pooler])
        if not schema and not self.behind_pooler:
            raw.execute("RESET search_path")  # otherwise the session stays in the former transaction's schema


class PostgresEngine:
    """The tables of one schema as an engine of the store."""

    is_shared = True
    facts_table = "facts"

    def __init__(self, server: PostgresServer, schema: str = "", *, owns_server: bool = True) -> None:
        """``schema``: of the tables; empty: the URL's default. ``owns_server``: open and close the server with this."""
        self.server, self.schema, self._owns_server = server, schema, owns_server
        self._version = ""
        self._trouble: StorageError | None = None

    async def open(self) -> None:
        """Make or migrate the tables. Raises StorageError; NewerSchemaError for tables of a newer version."""
        if self._owns_server:
            await self.server.open()
        work = partial(migrate.prepare, schema=self.schema)
        self._version = await self.server.in_thread(partial(self.server.transact, work, schema=self.schema))

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction, rolled back if it raises. Raises StorageError for the engine's errors."""
        try:
            return await self._transact(work, only_reads=False)
        except DiskFullError as error:
            self._trouble = error
            raise

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` that only reads, on one state of the database. Raises StorageError."""
        return await self._transact(work, only_reads=True)

    async def try_again(self, now: datetime) -> None:
        """Write a small row, if writing had failed on a full disk, and clear the trouble if that works."""
        if self._trouble is not None:
            try:
                await self.run(lambda conn: _touch(conn, self.facts_table, now))
            except DiskFullError:
                return
            self._trouble = None

    async def condition(self, *, counts: bool = True) -> Condition:
        """Return the server's version, whether writes work, and its gauges if ``counts``."""
        figures = await self.read(self.gauges) if counts else {}
        return Condition(version=f"PostgreSQL {self._version}", trouble=self._trouble, gauges=figures)

    def gauges(self, conn: Connection) -> Mapping[str, Gauge]:
        """Return the server's figures by name."""
        return gauges(conn)

    async def clock_offset(self, clock: Callable[[], datetime]) -> float:
        """Return how many seconds ``clock`` is ahead of the server's; negative: behind. Raises StorageError."""
        return await self.read(partial(offset, clock=clock))

    async def tidy_log(self) -> bool:
        """Do nothing: the server keeps its log."""
        return True

    async def close(self) -> None:
        """Finish the waiting transactions and close the connections. A second call does nothing."""
        if self._owns_server:
            await self.server.close()

    async def _transact(self, work: Callable[[Connection], T], *, only_reads: bool) -> T:
        def on(raw: psycopg.Connection[Any]) -> T:
            conn = PostgresConnection(raw)
            result = work(conn)
            if conn.wakes and self.server.notifies:
                raw.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload(self.schema, conn.wakes)))
            return result

        return await self.server.in_thread(partial(self.server.transact, on, schema=self.schema, only_reads=only_reads))


class SharedEngine(PostgresEngine):
    """The tables that all workspaces share. Its gauges cover the tables of all workspaces together."""

    facts_table = "host_facts"

    def __init__(self, server: PostgresServer) -> None:
        super().__init__(server, owns_server=False)

    def gauges(self, conn: Connection) -> Mapping[str, Gauge]:
        """Return the server's figures by name."""
        return gauges_of_all(conn)


def _touch(conn: Connection, table: str, now: datetime) -> None:
    sql = f"INSERT INTO {table} (name, value, at) VALUES ('room', '', 0) ON CONFLICT (name) DO UPDATE SET value = ?"
    conn.execute(sql, (now.isoformat(),))
