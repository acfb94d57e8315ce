"""Copies the database every hour and checks it for damage once a day."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.interactions.ports import BackupState
from storage.errors import StorageError
from storage.sqlite.backup import back_up, check
from storage.sqlite.copies import MOST, backups, taken_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from storage.sqlite.backup import Restored
    from storage.sqlite.database import DatabaseThread

log = logging.getLogger(__name__)


class Backups:
    """The two jobs. ``state``: their last results, for the status."""

    def __init__(
        self,
        thread: DatabaseThread,
        folder: Path,
        clock: Callable[[], datetime],
        restored: Restored | None = None,
        most: int = MOST,
    ) -> None:
        """``restored``: the copy that this start put in place, if any. ``most``: bytes of all copies together."""
        self._thread, self._folder, self._clock, self._most = thread, folder, clock, most
        newest = next(iter(backups(folder)), None)
        self.state = BackupState(copied_at=taken_at(newest) if newest else None, restored=restored)
        if restored and restored.is_lost:
            log.error(
                "database was missing or empty: the newest copy is in use; to start afresh instead, stop the bot and "
                "move away both the database and the folder of its copies",
                extra={"folder": folder},
            )
        elif restored:
            log.error("database was damaged: it is kept aside, a copy is in use", extra={"kept": restored.aside})

    async def copy(self) -> None:
        """Make a copy. A failure is logged once and leaves the older copies."""
        now = self._clock()
        try:
            path = await back_up(self._thread, self._folder, now, self._most)
        except StorageError as error:
            if not self.state.failed:
                log.error("database not copied", extra={"error": error})  # noqa: TRY400  a StorageError's sentence suffices
            self.state = replace(self.state, failed=error)
        else:
            self.state = replace(self.state, copied_at=now, failed=None)
            log.info("database copied", extra={"file": path.name})

    async def verify(self) -> None:
        """Check for damage. Changes nothing: the next start sets a damaged file aside and restores a copy."""
        complaint = await check(self._thread)
        if complaint:
            log.error("database is damaged", extra={"error": complaint})
            self.state = replace(self.state, is_damaged=True)
