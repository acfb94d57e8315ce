"""Opens a schema of PostgreSQL as the source or target of a move, and checks what prevents the move."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, sql

from storage import workers
from storage.errors import BusyFileError, UnusableFileError
from storage.forms import BOT, SHARED, Form
from storage.postgres import migrate, shared
from storage.postgres.connecting import connect
from storage.postgres.connection import PostgresConnection
from storage.postgres.end import PostgresEnd, one
from storage.postgres.errors import translated
from storage.postgres.reading import HAS_LIST
from storage.sqlite.shared import check_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.tables import Table

HAS_BOT = "SELECT to_regclass('migrations') IS NOT NULL AND to_regclass('orders') IS NOT NULL"
TIMEOUTS = {"lock_timeout": "20s", "idle_in_transaction_session_timeout": "0", "statement_timeout": "0"}


@contextlib.contextmanager
def present_schema(url: str, schema: str = "", form: Form = BOT) -> Iterator[PostgresEnd]:
    """Open a schema with its tables, which are migrated in the same transaction. Raises StorageError."""
    with _connected(url, schema) as raw:
        end = PostgresEnd(raw, form)
        if not (shared.is_there(end.conn) if form.is_shared else one(raw, HAS_BOT)):
            raise UnusableFileError("There are no tables of pandabot in that database.")
        _prepare(end, schema)
        yield end


@contextlib.contextmanager
def source_schema(url: str, schema: str = "", form: Form = BOT) -> Iterator[PostgresEnd]:
    """Open a schema to move its rows, locked against writers. Raises StorageError.

    Its tables are migrated in the same transaction.
    """
    with present_schema(url, schema, form) as end:
        workers.require_none(end.conn, datetime.now(UTC), form.workers)
        _lock(end.raw, end.tables())
        yield end


@contextlib.contextmanager
def empty_schema(url: str, schema: str = "", form: Form = BOT) -> Iterator[PostgresEnd]:
    """Make empty tables in a schema without tables of the form, or with empty ones. Raises StorageError."""
    with _connected(url, schema) as raw:
        end = PostgresEnd(raw, form)
        _require_empty(end)
        _prepare(end, schema)
        yield end


def fact_of(url: str, schema: str, form: Form, name: str) -> str:
    """Return the text of a fact; empty: there is no such schema or fact. Raises StorageError."""
    with _connected(url, schema) as raw:
        return _fact(PostgresEnd(raw, form), name)


def require_free(url: str, fact: str, value: str) -> None:
    """Raise StorageError if the database has rows of an installation, in the shared tables or a workspace's schema.

    Tables that hold this fact are ignored: an earlier run of the same move put the rows there.
    """
    with _connected(url, "") as raw:
        _require_free(PostgresEnd(raw, SHARED), fact, value)
        for schema in shared.schemas(PostgresConnection(raw)):
            raw.execute("SELECT set_config('search_path', %s, true)", (schema,))
            _require_free(PostgresEnd(raw), fact, value, f"the schema {schema}: ")


def _require_free(end: PostgresEnd, fact: str, value: str, where: str = "") -> None:
    if not value or _fact(end, fact) != value:
        _require_empty(end, where)


def _require_empty(end: PostgresEnd, where: str = "") -> None:
    is_used = shared.is_there(end.conn) if end.form.is_shared else one(end.raw, HAS_LIST)
    if full := [name for name in end.tables() if _has_rows(end.raw, name)] if is_used else []:
        raise UnusableFileError(
            f"The database there has rows of pandabot already (in {where}{', '.join(full[:3])}). Name an empty one, or "
            "drop its tables first."
        )


def _fact(end: PostgresEnd, name: str) -> str:
    table = end.form.facts
    is_there = one(end.raw, "SELECT to_regclass(%s) IS NOT NULL", table.table)
    fact = table.get(end.conn, name) if is_there else None
    return fact.value if fact else ""


def _prepare(end: PostgresEnd, schema: str) -> None:
    if not end.form.is_shared:
        migrate.prepare(end.raw, schema)
        return
    shared.prepare(end.conn)
    check_known(end.tables())


@contextlib.contextmanager
def _connected(url: str, schema: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a transaction, which is rolled back at the end unless the block commits it."""
    with translated(), contextlib.closing(connect(url)) as raw:
        settings = TIMEOUTS | ({"search_path": schema} if schema else {})
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        raw.execute(f"SELECT {calls}", [part for setting in settings.items() for part in setting])
        yield raw


def _lock(raw: psycopg.Connection[Any], tables: Mapping[str, Table]) -> None:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(tables))
    try:
        raw.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE NOWAIT").format(names))
    except errors.LockNotAvailable as error:
        raise BusyFileError(
            "Somebody writes to the database. Stop every process of the bot that works on it, then try again."
        ) from error


def _has_rows(raw: psycopg.Connection[Any], name: str) -> bool:
    return bool(one(raw, sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name))))
