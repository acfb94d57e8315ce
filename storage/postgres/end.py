"""One transaction on a schema of PostgreSQL, as the source or target of a move between engines."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from psycopg import sql

from storage.forms import BOT, Form
from storage.postgres.connection import PostgresConnection
from storage.tables import Key, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import psycopg

KINDS = {"text": "text", "bigint": "integer", "integer": "integer", "bytea": "bytes", "double precision": "real"}
OURS = """
c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migrations'
AND (%(only)s::text[] IS NULL OR c.relname = ANY (%(only)s::text[]))
"""
COLUMNS = f"""
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attidentity <> ''
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE {OURS} ORDER BY c.relname, a.attname COLLATE "C"
"""
KEYS = f"""
SELECT c.relname, i.indpred IS NOT NULL,
  (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number)
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid WHERE i.indisunique AND {OURS}
"""
REFERENCES = f"""
SELECT c.relname, r.relname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_class r ON r.oid = f.confrelid WHERE f.contype = 'f' AND {OURS}
"""
# Rows are written faster without these indexes, which are built again from all rows at once.
SECONDARY = f"""
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_class c
JOIN pg_index i ON i.indrelid = c.oid
WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) AND {OURS}
"""
CONSTRAINTS = f"""
SELECT c.oid::regclass::text, quote_ident(k.conname), pg_get_constraintdef(k.oid) FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype IN ('p', 'u', 'f') AND {OURS} ORDER BY k.contype = 'f', k.conname
"""
POSITIONS = """
SELECT setval('outbox_positions', GREATEST(MAX(position), 1), MAX(position) IS NOT NULL) FROM outbox
"""
BATCH = 5_000  # rows


class PostgresEnd:
    """One transaction on a schema. Without :meth:`commit`, such as if the process dies, nothing is changed."""

    def __init__(self, raw: psycopg.Connection[Any], form: Form = BOT) -> None:
        self.raw, self.conn, self.form = raw, PostgresConnection(raw), form
        self._only = {"only": sorted(form.tables) or None}

    def tables(self) -> dict[str, Table]:
        """Describe the tables of the form."""
        columns: dict[str, dict[str, str]] = {}
        identities: dict[str, str] = {}
        for table, column, type_, is_identity in self.raw.execute(COLUMNS, self._only).fetchall():
            columns.setdefault(table, {})[column] = KINDS.get(type_, type_)
            if is_identity:
                identities[table] = column
        keys, references = (self.raw.execute(query, self._only).fetchall() for query in (KEYS, REFERENCES))
        return {
            name: Table(
                name,
                columns[name],
                frozenset(Key(tuple(unique or ()), is_partial) for table, is_partial, unique in keys if table == name),
                frozenset(parent for table, parent in references if table == name),
                identities.get(name, ""),
            )
            for name in columns
        }

    def read(self, table: Table) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows in batches, with the columns in the table's order."""
        query = sql.SQL("SELECT {} FROM {}").format(_names(table.columns), sql.Identifier(table.name))
        with self.raw.cursor("move", binary=True) as cursor:
            cursor.execute(query)
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def write(self, table: Table, batches: Iterable[list[tuple[Any, ...]]]) -> None:
        """Insert rows, with the columns in the table's order."""
        names = _names(table.columns)
        described = self.raw.execute(sql.SQL("SELECT {} FROM {} LIMIT 0").format(names, sql.Identifier(table.name)))
        types = [column.type_code for column in described.description or ()]
        query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table.name), names)
        with self.raw.cursor() as cursor, cursor.copy(query) as copy:
            copy.set_types(types)
            for batch in batches:
                for row in batch:
                    copy.write_row(row)

    def empty(self, table: Table) -> None:
        """Delete the rows that the migration steps inserted."""
        self.raw.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))

    def numbers(self, tables: Iterable[Table]) -> dict[str, int]:
        """Return the last row number that was given, by the name of each table that numbers its rows."""
        return {table.name: self._last(table) for table in tables if table.identity}

    def continue_from(self, table: Table, last: int) -> None:
        """Number new rows after ``last`` and after every row of the table, and positions after those of the outbox."""
        self._set(table, last)
        if table.name == "outbox":
            self.raw.execute(POSITIONS)

    def analyze(self) -> None:
        """Collect statistics of each table for the planner, which would read whole tables without them."""
        for name in self.tables():
            self.raw.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))

    def commit(self) -> None:
        """Commit the transaction."""
        self.raw.commit()

    @contextlib.contextmanager
    def without_indexes(self) -> Iterator[None]:
        """Drop all keys and indexes for the length of the block, since they slow writing down."""
        indexes, constraints = (self.raw.execute(query, self._only).fetchall() for query in (SECONDARY, CONSTRAINTS))
        for table, constraint, _definition in reversed(constraints):
            self._do(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        for index, _definition in indexes:
            self._do(f"DROP INDEX {index}")
        yield
        for _index, definition in indexes:
            self._do(definition)
        for table, constraint, definition in constraints:  # foreign keys come last, since they need the other keys
            self._do(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")

    def _do(self, statement: str) -> None:
        self.raw.execute(statement.encode())  # the server made the statement itself, with quoted names

    def _last(self, table: Table) -> int:
        query = sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {}")
        return int(one(self.raw, query.format(self._sequence(table))))

    def _set(self, table: Table, last: int) -> None:
        sequence = self._sequence(table).as_string(self.raw)
        largest = sql.SQL("SELECT MAX({}) FROM {}").format(sql.Identifier(table.identity), sql.Identifier(table.name))
        last = max(last, one(self.raw, largest) or 0)
        self.raw.execute("SELECT setval(%s::regclass, %s, %s)", (sequence, max(last, 1), last > 0))

    def _sequence(self, table: Table) -> sql.SQL:
        query = "SELECT pg_get_serial_sequence(quote_ident(%s), %s)"
        return sql.SQL(one(self.raw, query, table.name, table.identity))


def _names(columns: Mapping[str, str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def one(raw: psycopg.Connection[Any], query: Any, *values: object) -> Any:
    """Return the first value of the first row; None: there is no row."""
    row = raw.execute(query, values).fetchone()
    return row[0] if row else None
