"""Looks for writes whose answer was lost, until it is known what became of each. None is ever sent again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.writing.writer import Writer
    from storage.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 20  # unclear writes of one tick; each is a reading of a cart


class WriteResolver:
    """The job."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store, self._writer = store, writer

    async def tick(self) -> None:
        """Look for the oldest unclear writes. Where PandaPon does not answer, they stay for the next tick."""
        for write in await self._store.writes.unclear(AT_ONCE):
            after = await self._writer.look(write)
            if after.state is not write.state:
                log.info("an unclear write was resolved", extra={"operation": write.operation, "state": after.state})
