"""The report about the bot of one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.doctor import database, process
from bot.commands.doctor.document import document, table
from bot.database import reading
from bot.process.redaction import Redaction
from storage import workers
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.settings import Settings


async def report(settings: Settings, clock: Callable[[], datetime]) -> str:
    """Return the report. ``clock`` returns the present time, aware."""
    file = settings.database_file
    parts = [
        ("The machine", table(process.machine())),
        ("Settings that differ from their defaults", table(process.given_settings(settings))),
        ("The database", table(_server(settings, clock) if file is None else database.of_file(file))),
        ("Copies", MADE_THERE if file is None else table(database.of_copies(settings.backups))),
        ("The running bot", await process.running(settings)),
    ]
    return document(parts, Redaction(settings.secrets()), clock())


MADE_THERE = "They are made at the PostgreSQL server."


def _server(settings: Settings, clock: Callable[[], datetime]) -> Iterator[tuple[str, object]]:
    try:
        with reading(settings) as conn:
            yield from database.of_server(conn, workers.OWN, clock)
            yield from database.of_schema(conn)
    except StorageError as error:
        yield "cannot be read further", error
