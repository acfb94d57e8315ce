"""The circuit breaker of one PandaPon account, which all processes that read from the account share."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from pandapon.errors import PandaPonError, RateLimitError, ServerError, TransportError
from storage.errors import StorageError
from tracking.circuit_breaker import CircuitBreaker, Outage, Transition

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from bot.clients.account import Account

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds, after which a process learns of another one's outage
LONGEST_ERROR = 300  # characters


def _ignore(_seconds: float) -> None:
    """The default for ``on_pause``."""


class AccountBreaker:
    """The poller's circuit breaker. Its state is a row, so that an outage, a probe or a pause counts for all processes.

    The row is read once a second at most, while orders are claimed. It is written only when the state changes, so a
    reading while all is well costs nothing. The process that changes the row first sends the next probe. While the
    database cannot be used, each process goes by its own requests.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        account: Account | None = None,
        *,
        shares: bool = False,
        on_pause: Callable[[float], None] = _ignore,
    ) -> None:
        """``account`` None: the state stays in memory.

        ``shares``: other processes write the row, too. Otherwise it is read once, for the state before a restart.
        ``on_pause`` gets the seconds of a pause that PandaPon asked another process for.
        """
        self._clock, self._account, self._shares, self._on_pause = clock, account, shares, on_pause
        self._breaker = CircuitBreaker()
        self._known, self._fence = Outage(), 0  # the row as it was last seen
        self._looked_at: float | None = None  # monotonic seconds
        self._sharing = asyncio.Lock()
        self.last_error = ""  # the last failure, in a sentence

    @property
    def down_since(self) -> datetime | None:
        """Since when PandaPon has not answered, aware; None: it answers, as far as known."""
        return self._breaker.down_since

    def clock_moved(self, by: timedelta) -> None:
        """Adapt to a change of this machine's clock by ``by``."""
        self._breaker.clock_moved(by)

    async def allow(self, wanted: int) -> int:
        """Return how many of ``wanted`` requests may leave now. In an outage one process sends a probe for all."""
        await self.refresh()
        allowed = self._breaker.allow(self._clock(), wanted)
        if allowed and self._breaker.down_since is not None and not await self._share():
            return 0
        return allowed

    async def note(self, error: PandaPonError | None) -> None:
        """Record the outcome of a request, and log once when PandaPon goes down and when it is back."""
        if error is None and self._breaker.is_well:  # nearly always, a thousand times a second
            self._breaker.record_success(self._clock())
            return
        now, before = self._clock(), self._breaker.outage
        if isinstance(error, RateLimitError):
            transition = self._breaker.record_rate_limit(now, error.retry_after)
        elif isinstance(error, TransportError | ServerError):
            transition = self._breaker.record_failure(now)
        else:
            transition = self._breaker.record_success(now)
        if error is not None:
            self.last_error = str(error)[:LONGEST_ERROR]
        self._log(transition, before.down_since, error)
        if self._breaker.outage != before:
            await self._share()

    async def refresh(self) -> None:
        """Read the state that other processes, or this one before its restart, stored; at most once a second."""
        if self._account is None or not self._is_time():
            return
        self._looked_at = time.monotonic()
        async with self._sharing:
            try:
                await self._read(self._account)
            except StorageError as error:
                log.debug("outages not read", extra={"error": error})

    def _is_time(self) -> bool:
        if self._looked_at is None:
            return True
        return self._shares and time.monotonic() - self._looked_at >= LOOK_EVERY

    async def _share(self) -> bool:
        """Store this process's state. False: another process changed the row first, and its state counts, too."""
        if self._account is None:
            return True
        async with self._sharing:
            try:
                return await self._put(self._account)
            except StorageError as error:
                log.debug("outage not shared", extra={"error": error})
                return True

    async def _put(self, account: Account) -> bool:
        is_first = True
        while (mine := self._breaker.outage) != self._known:
            error = self.last_error if mine.down_since else ""
            fence = await account.outages.put(account.name, mine, error, self._fence)
            if fence is not None:
                self._known, self._fence = mine, fence
                break
            is_first = False
            await self._read(account, mine)
        return is_first

    async def _read(self, account: Account, mine: Outage | None = None) -> None:
        """Adopt the row if it has changed. ``mine``: the state that this process wanted to store."""
        stored = await account.outages.get(account.name)
        if stored.fence == self._fence:
            return
        self._known, self._fence = stored.outage, stored.fence
        now, down_since = self._clock(), self._breaker.down_since
        transition = self._breaker.adopt(mine.joined(stored.outage) if mine else stored.outage, now)
        self.last_error = stored.error or self.last_error
        self._log(transition, down_since, stored.error)
        until = self._breaker.waits_until
        if until is not None and until > now and self._breaker.down_since is None:
            self._on_pause((until - now).total_seconds())

    def _log(self, transition: Transition, down_since: datetime | None, error: object) -> None:
        if transition is Transition.DOWN:
            log.warning("PandaPon is not answering, polling slows down until it does", extra={"error": error})
        elif transition is Transition.UP and down_since is not None:
            log.info("PandaPon answers again", extra={"after": self._clock() - down_since})
