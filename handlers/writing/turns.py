"""Turns: locks by name, for acts that must not overlap in this process or among several processes."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from storage.store import Store

TURN_SECONDS = 0.2  # between two tries to take a turn that another process holds
TURN_ENDS = timedelta(minutes=5)  # after which the turn of a dead process is free; no act lasts longer


class Turns:
    """The held names, each held by one act at a time."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._ending: set[asyncio.Future[Any]] = set()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Hold a name inside the block; other acts under the same name wait. Raises StorageError."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            if not self._store.engine.is_shared:
                yield
                return
            holder = secrets.token_urlsafe(18)
            while not await self._take(name, holder):  # noqa: ASYNC110  another process holds the name
                await asyncio.sleep(TURN_SECONDS)
            try:
                yield
            finally:
                ending = asyncio.ensure_future(self._store.writes.end_turn(name, holder))
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
                await asyncio.shield(ending)  # an act that is cancelled here still gives its turn back

    async def _take(self, name: str, holder: str) -> bool:
        now = self._clock()
        return await self._store.writes.take_turn(now, name, holder, now + TURN_ENDS)
