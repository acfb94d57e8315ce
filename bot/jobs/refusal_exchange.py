"""Shares with the other processes what Slack refuses each of them, so that every process's status can name it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.jobs.failure_policy import FailurePolicy
    from storage.store import Store

FORGOTTEN = timedelta(minutes=3)  # each process renews its rows twice a minute, so an older row is of a dead one


class RefusalExchange:
    """The job."""

    def __init__(self, store: Store, clock: Callable[[], datetime], failures: FailurePolicy, worker: str) -> None:
        self._store, self._clock, self._failures, self._worker = store, clock, failures, worker
        self._has_rows = False

    async def tick(self) -> None:
        """Store what Slack refuses this process, and read what it refuses the others."""
        now, failures = self._clock(), self._failures
        own = failures.unknown_refusals.by_channel() | ({"": failures.token_refused} if failures.token_refused else {})
        if own or self._has_rows:
            await self._store.refusals.record(now, self._worker, own)
            self._has_rows = bool(own)
        heard = await self._store.refusals.of_others(now - FORGOTTEN, self._worker)
        failures.heard_token_refused = heard.pop("", "")
        failures.unknown_refusals.heard = heard
