"""Tells other processes what Slack refuses this one, and hears what it refuses them, for the status."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.jobs.failure_policy import FailurePolicy
    from storage.store import Store

FORGOTTEN = timedelta(minutes=3)  # a process says it anew twice a minute: one that says nothing is gone


class Hearsay:
    """The job."""

    def __init__(self, store: Store, clock: Callable[[], datetime], failures: FailurePolicy, worker: str) -> None:
        self._store, self._clock, self._failures, self._worker = store, clock, failures, worker
        self._has_said = False

    async def tick(self) -> None:
        """Say and hear once."""
        now, failures = self._clock(), self._failures
        own = failures.unknown_refusals.by_channel() | ({"": failures.token_refused} if failures.token_refused else {})
        if own or self._has_said:
            await self._store.refusals.record(now, self._worker, own)
            self._has_said = bool(own)
        heard = await self._store.refusals.of_others(now - FORGOTTEN, self._worker)
        failures.heard_token_refused = heard.pop("", "")
        failures.unknown_refusals.heard = heard
