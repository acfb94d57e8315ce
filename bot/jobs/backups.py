"""Hourly copies of the database and a daily look through it; what went wrong is told in words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from storage.backup import back_up, check
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from storage.database import DatabaseThread

log = logging.getLogger(__name__)


class Backups:
    """The two jobs and what people should know of them."""

    def __init__(self, thread: DatabaseThread, folder: Path, clock: Callable[[], datetime], restored: str = "") -> None:
        """``restored``: the sentence about a restore at this start."""
        self._thread, self._folder, self._clock = thread, folder, clock
        self._restored, self._failed, self._damaged = restored, "", ""
        self.last_at: datetime | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong, for ``/panda status``; empty when all is well."""
        return tuple(note for note in (self._damaged, self._failed, self._restored) if note)

    async def copy(self) -> None:
        """Make a copy; the older ones stay when that fails."""
        now = self._clock()
        try:
            path = await back_up(self._thread, self._folder, now)
        except StorageError as error:
            if not self._failed:
                log.error("no copy of the database: %s", error)  # noqa: TRY400  one sentence says it all
            self._failed = f"No copy of the database could be made: {error}"
        else:
            self.last_at, self._failed = now, ""
            log.info("database copied to %s", path.name)

    async def look_through(self) -> None:
        """Look for damage. Nothing is changed: the next start sets a damaged file aside and takes a copy."""
        complaint = await check(self._thread)
        if complaint:
            log.error("the database is damaged: %s", complaint)
            self._damaged = (
                "The database is damaged. Restart the bot: it sets the file aside and takes the newest copy."
            )
