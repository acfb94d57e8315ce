"""Turns: acts under one name do not overlap, in this process and among several."""

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

TURN_SECONDS = 0.2  # between two tries to get a turn that another process has
TURN_ENDS = timedelta(minutes=5)  # the turn of a process that died; no act lasts longer


class Turns:
    """Names that are held, each by one act at a time."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._ending: set[asyncio.Future[Any]] = set()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Hold a name, for acts that must not overlap, although their targets are different; others wait."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            if not self._store.engine.is_shared:
                yield
                return
            holder = secrets.token_urlsafe(18)
            while not await self._take(name, holder):  # noqa: ASYNC110  another process has it
                await asyncio.sleep(TURN_SECONDS)
            try:
                yield
            finally:
                ending = asyncio.ensure_future(self._store.writes.end_turn(name, holder))
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
                await asyncio.shield(ending)  # whoever waits no longer leaves no turn behind

    async def _take(self, name: str, holder: str) -> bool:
        now = self._clock()
        return await self._store.writes.take_turn(now, name, holder, now + TURN_ENDS)
