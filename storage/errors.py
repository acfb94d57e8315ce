"""The errors of the store, each with one sentence for the person who runs the bot.

StorageError
  UnusableFileError
  CorruptFileError
    LostFileError
  NewerSchemaError
  BusyFileError
  DiskFullError
  UnreachableError
  RefusedError
  MovedError
UnreadableError: the contents of one row; the file is sound
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of all errors that the store raises on purpose."""


class UnusableFileError(StorageError):
    """The file cannot be opened or written, or is not a database of this bot. It was left as it is."""


class CorruptFileError(StorageError):
    """The file fails SQLite's own check. It was left as it is."""


class LostFileError(CorruptFileError):
    """The file is missing or empty, though there are backups of it. No new file was made."""


class NewerSchemaError(StorageError):
    """The file was written by a newer version of the bot. It was left as it is."""


class BusyFileError(StorageError):
    """Another process holds the file."""


class DiskFullError(StorageError):
    """Nothing could be written; the transaction was rolled back and the store goes on working."""


class UnreachableError(StorageError):
    """The database server does not answer, or the connection broke; it may answer again later."""


class RefusedError(StorageError):
    """The database server does not let us in, or does not let us write."""


class MovedError(StorageError):
    """The rows were moved to another database, on which the bot works now."""


class UnreadableError(ValueError):
    """The contents of one row cannot be decoded: another version wrote it, or it was damaged. Other rows are sound."""
