"""Limits the requests of the poller and those of people: each has a share of the concurrency and of the rate."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter

from pandapon.errors import RateLimitError
from pandapon.shared_pace import SharedLimiter
from pandapon.waits import LONGEST

if TYPE_CHECKING:
    from pandapon.config import Config
    from pandapon.shared_pace import SharedPace

BACKGROUND, PEOPLE = "background", "people"  # the shares


class RequestLimiter:
    """A share of the pace: ``slots`` requests in flight and ``rate`` requests a second (0: no limit)."""

    def __init__(self, slots: int, rate: float, share: str = "", pace: SharedPace | None = None) -> None:
        """``pace``: the rate that several processes share, under the name ``share``; None: there is one process."""
        self._slots = asyncio.Semaphore(max(1, slots))
        self._limiter: SharedLimiter | AsyncLimiter | None = None
        if rate > 0:
            self._limiter = SharedLimiter(share, rate, pace, self.pause) if pace else _own_limiter(rate)
        self._paused_until = 0.0  # monotonic seconds

    def pause(self, seconds: float) -> None:
        """Let no request pass for ``seconds``, an hour at most: the API asked to slow down."""
        self._paused_until = max(self._paused_until, time.monotonic() + min(seconds, LONGEST.total_seconds()))

    async def __aenter__(self) -> None:
        """Wait for a slot and the pace. Raises RateLimitError during a pause, so that requests do not pile up."""
        self._check()
        await self._slots.acquire()
        try:
            if self._limiter is not None:
                await self._limiter.acquire()
            self._check()  # a pause may have begun while this request waited
        except BaseException:
            self._slots.release()
            raise

    async def __aexit__(self, *_exc: object) -> None:
        self._slots.release()

    def _check(self) -> None:
        remaining = self._paused_until - time.monotonic()
        if remaining > 0:
            raise RateLimitError("PandaPon asked to slow down a moment ago", retry_after=remaining)


def _own_limiter(rate: float) -> AsyncLimiter:
    return AsyncLimiter(rate, 1.0) if rate >= 1 else AsyncLimiter(1, 1 / rate)


def limiters(config: Config, pace: SharedPace | None = None) -> tuple[RequestLimiter, RequestLimiter]:
    """Return the limiters of the poller and of people. Each has a slot and a tenth of the rate at least."""
    share = min(1.0, max(0.0, config.background_share))
    slots = round(config.concurrency * share)
    background = RequestLimiter(slots, config.rate_per_second * max(share, 0.1), BACKGROUND, pace)
    people = RequestLimiter(config.concurrency - slots, config.rate_per_second * max(1 - share, 0.1), PEOPLE, pace)
    return background, people
