"""Reminds approvers once, ends requests that nobody decided, and finds another way for those that Slack refused."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store

log = logging.getLogger(__name__)


class ApprovalKeeper:
    """The job."""

    def __init__(self, store: Store, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        """``wake``: makes the sender look into the outbox."""
        self._store, self._clock, self._wake = store, clock, wake

    async def tick(self) -> None:
        """Look after the requests that wait."""
        if concerned := await self._store.approvals.tend(self._clock()):
            log.info("requests for approvals looked after", extra={"count": concerned})
            self._wake()
