"""Payloads that Slack delivers twice, also in Socket Mode: the second delivery must do nothing."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

from handlers.wire import payloads
from storage.errors import StorageError

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.wire.payloads import Body
    from storage.store import Store

log = logging.getLogger(__name__)

NOTED_SECONDS = 0.7  # that the database may take, so that the person soon sees the working line
REMEMBERED = 1000  # deliveries


class RecentDeliveries:
    """The last deliveries to this process. The store also knows deliveries to other and earlier processes."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def add(self, delivery: str) -> bool:
        """Remember a delivery. Return whether it is new to this process."""
        is_first = delivery not in self._seen
        self._seen[delivery] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return is_first


async def is_new(recent: RecentDeliveries, store: Store, now: datetime, body: Body) -> bool:
    """Whether a payload is delivered for the first time. True if the store fails or takes too long."""
    delivery = payloads.text(body, "trigger_id") or payloads.text(body, "event_id")
    if not delivery:
        return True
    if not recent.add(delivery):
        return False
    try:
        async with asyncio.timeout(NOTED_SECONDS):
            return await store.people.first_seen(delivery, now)
    except (StorageError, TimeoutError) as error:  # an act that writes to the store reports the fault itself
        log.warning("delivery not noted", extra={"error": str(error) or "the database is busy"})
        return True
