"""The errors of the store, each with one sentence for the person who runs the bot.

StorageError
  UnusableFileError
  CorruptFileError
    LostFileError
  NewerSchemaError
  BusyFileError
  DiskFullError
UnreadableError: of one row's content; the file is well
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of everything the store raises on purpose."""


class UnusableFileError(StorageError):
    """The file cannot be opened, or is no database of this bot. It was left as it is."""


class CorruptFileError(StorageError):
    """The file fails SQLite's own check. It was left as it is."""


class LostFileError(CorruptFileError):
    """There is no file, or nothing in it, though there are copies of it. Nothing was made in its place."""


class NewerSchemaError(StorageError):
    """The file was written by a newer version of the bot. It was left as it is."""


class BusyFileError(StorageError):
    """Another process holds the file."""


class DiskFullError(StorageError):
    """Nothing could be written; the transaction was rolled back and the store goes on working."""


class UnreadableError(ValueError):
    """What a row holds cannot be decoded: another version wrote it otherwise, or it was damaged. Others are well."""
