"""Applies the steps to a SQLite file with sqlite-utils, which also stores the list of applied steps in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from pandapon.tracking_numbers import normal
from storage.migrations.steps import STEPS
from storage.sqlite import early_versions
from storage.sqlite.connection import SqliteConnection

if TYPE_CHECKING:
    import sqlite3

    from storage.migrations.step import Step


MIGRATIONS = Migrations("pandabot")


def _add(step: Step) -> None:
    @MIGRATIONS(name=step.name)
    def run(db: Database) -> None:
        for statement in step.for_sqlite():
            db.conn.execute(statement)
        if step.name == early_versions.STEP:
            early_versions.mend(db.conn)
        if step.convert:
            assert isinstance(db.conn, SqliteConnection)
            step.convert(db.conn)


for _step in STEPS:
    _add(_step)


def applied(conn: sqlite3.Connection) -> frozenset[str]:
    """Return the names of the steps that were applied to the file."""
    return frozenset(migration.name for migration in MIGRATIONS.applied(Database(conn)))


def is_behind(conn: sqlite3.Connection) -> bool:
    """Whether the file lacks a step."""
    return bool(MIGRATIONS.pending(Database(conn)))


def apply(conn: SqliteConnection, *, stop_before: str | None = None) -> None:
    """Apply the steps that the file lacks, in the caller's transaction. ``stop_before``: the first step left out."""
    conn.create_function("normal_number", 1, normal, deterministic=True)
    MIGRATIONS.apply(Database(conn), stop_before=stop_before)
