"""How many requests leave: a lane for the poller and a lane for people, each with its share of slots and rate."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter

from pandapon.errors import RateLimitError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Lane:
    """A share of the requests in flight and of the requests a second (0: no limit)."""

    def __init__(self, slots: int, rate: float) -> None:
        self._slots = asyncio.Semaphore(max(1, slots))
        self._limiter = AsyncLimiter(rate, 1.0) if rate >= 1 else AsyncLimiter(1, 1 / rate) if rate > 0 else None
        self._paused_until = 0.0  # monotonic seconds

    def pause(self, seconds: float) -> None:
        """Let nothing pass for a while: the API asked for it."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """One request. Raises RateLimitError during a pause, rather than pile up behind it."""
        left = self._paused_until - time.monotonic()
        if left > 0:
            raise RateLimitError("PandaPon asked to slow down a moment ago", retry_after=left)
        async with self._slots:
            if self._limiter is not None:
                await self._limiter.acquire()
            yield
