"""Translates psycopg's errors into those of the store, each with a sentence for the person who runs the bot."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import errors

from storage.errors import DiskFullError, RefusedError, StorageError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A transaction that fails with one of these is rolled back and repeated. Two transactions that add the same row at once
# collide, too: the second one finds the row when it is repeated.
COLLISIONS = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)
# The error of a statement that this session prepared before a newer version added a column to its table.
OUTDATED = errors.FeatureNotSupported
# The errors of statements that the server cancelled: by a role's statement_timeout or lock_timeout, or an
# administrator.
BROKEN_OFF = (errors.QueryCanceled, errors.LockNotAvailable)
# ``migrate`` and ``restored`` take addresses beside that of the settings, and an error does not know its address.
ADDRESS = "the database's address (STORAGE_URL, or what --to or --from gives)"
# Since version 15 only the owner of a database can make tables in its schema "public".
NO_RIGHTS = f"The user in {ADDRESS} may not make or use tables. Let it own the database: ALTER DATABASE … OWNER TO …"


@contextmanager
def translated() -> Iterator[None]:
    """Raise psycopg's errors in the block as StorageErrors. Their sentences hold no values of the statements."""
    try:
        yield
    except psycopg.Error as error:
        raise _ours(error) from error


def _ours(error: psycopg.Error) -> StorageError:
    if isinstance(error, errors.DiskFull):
        return DiskFullError("The disk of the PostgreSQL server is full.")
    if refused := _refused(error):
        return RefusedError(refused)
    if isinstance(error, BROKEN_OFF):
        return UnreachableError(
            f"PostgreSQL broke a statement off: a time limit, or an administrator ({error.sqlstate})."
        )
    if error.sqlstate is None or isinstance(error, psycopg.OperationalError):
        return UnreachableError(f"PostgreSQL does not answer ({error.sqlstate or type(error).__name__}).")
    return StorageError(f"PostgreSQL failed: {error.diag.message_primary or type(error).__name__} ({error.sqlstate}).")


def _refused(error: psycopg.Error) -> str:
    """Return why the server refuses the connection or the writing; empty: it does not refuse.

    A refused connection has no SQLSTATE: libpq gives only the server's words, which may be translated.
    """
    words = str(error) if error.sqlstate is None else ""
    if isinstance(error, errors.InvalidCatalogName) or re.search(r'database "[^"]*" does not exist', words):
        return f"The database in {ADDRESS} does not exist."
    if isinstance(error, errors.InsufficientPrivilege):
        return NO_RIGHTS
    if isinstance(error, errors.InvalidAuthorizationSpecification):
        return f"PostgreSQL refuses the user or password in {ADDRESS}: {error.sqlstate}."
    if re.search(r"authentication failed|no pg_hba.conf entry|role .* does not exist|no password supplied", words):
        return f"PostgreSQL refuses the user or password in {ADDRESS}."
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return f"The PostgreSQL server only reads: it is a standby. Name the primary in {ADDRESS}."
    return ""
