"""Checks what a start needs of this machine: the database, a folder for its copies, a port."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.database import holding, name_of, open_to_look
from bot.process.clock import utc_now
from bot.process.leader import NotLeaderError
from storage import moved
from storage.errors import CorruptFileError, LostFileError, MovedError, NewerSchemaError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. ``mend``: what the person should do; empty when nothing."""

    name: str
    ok: bool
    words: str
    mend: str = ""


async def machine(settings: Settings) -> list[Finding]:
    """Try each part, as a start would. The database is only opened while no bot runs; it is then created or updated."""
    try:
        # Two connections that write could damage a file; a server takes many.
        async with holding(settings, standby=False, stop=asyncio.Event()):
            return [await _database(settings), *_copies(settings), *_port(settings)]
    except NotLeaderError:
        return [Finding("database", ok=True, words=f"{name_of(settings)} is in use by a running pandabot")]
    except StorageError as error:
        return [_unusable(error, settings)]


async def _database(settings: Settings) -> Finding:
    try:
        store = await open_to_look(settings)
        try:
            await store.engine.read(moved.check)
            health = await store.upkeep.health(utc_now())
        finally:
            await store.close()
    except StorageError as error:
        return _unusable(error, settings)
    words = f"{name_of(settings)}, {health.watches} watches"
    is_file = settings.database_file is not None
    return Finding("database", ok=True, words=words if is_file else f"{words}, {health.engine_version}")


def _unusable(error: StorageError, settings: Settings) -> Finding:
    match error:
        case MovedError():
            mend = "Set STORAGE_URL to where the data are."
        case LostFileError():
            mend = "Start the bot, or move the copies away."
        case CorruptFileError():
            mend = "Start the bot: it takes the newest sound copy. `pandabot restore --list` shows the copies."
        case NewerSchemaError():
            mend = "Run the version that wrote it, or a later one."
        case _ if settings.database_file is not None:
            mend = "Set DATABASE_PATH to a file that I may write."
        case _:
            mend = "Check STORAGE_URL and the way there."
    return Finding("database", ok=False, words=str(error), mend=mend)


def _copies(settings: Settings) -> Iterator[Finding]:
    """Say that the copies' folder cannot be written; nothing where it can, or where a server makes them."""
    if settings.database_file is None:
        return
    try:
        settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.backups):
            pass
    except OSError as error:
        words = f"{settings.backups} cannot be written ({error.strerror}), so no copy of the database is made"
        yield Finding("copies", ok=False, words=words, mend="Set BACKUP_PATH to a folder that I may write.")


def _port(settings: Settings) -> Iterator[Finding]:
    """Say that the port cannot be used; nothing where it can."""
    host, port = settings.http_host, settings.http_port
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except socket.gaierror as error:
        words = f"{host} is no address of this machine ({error.strerror})"
        yield Finding("HTTP_HOST", ok=False, words=words, mend="Set it to 127.0.0.1, or to 0.0.0.0 for all.")
    except OSError as error:
        words = f"{port} on {host} cannot be used ({error.strerror})"
        yield Finding("HTTP_PORT", ok=False, words=words, mend="Choose another one, or stop the program that has it.")
