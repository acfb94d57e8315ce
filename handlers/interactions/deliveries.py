"""What Slack delivers twice, also in Socket Mode: a second watch or undo must not happen."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

from handlers.wire import payloads
from storage.errors import StorageError

if TYPE_CHECKING:
    from handlers.interactions.context import Context
    from handlers.wire.payloads import Body

log = logging.getLogger(__name__)

NOTED_SECONDS = 0.7  # nobody waits longer for a sign of life because the database does
REMEMBERED = 1000


class Recent:
    """The last deliveries of this process; the store knows those of the ones before."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def add(self, delivery: str) -> bool:
        """Whether it came for the first time."""
        is_first = delivery not in self._seen
        self._seen[delivery] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return is_first


async def is_new(ctx: Context, body: Body) -> bool:
    """Whether this was not delivered before. A store that does not answer withholds no answer."""
    delivery = payloads.text(body, "trigger_id") or payloads.text(body, "event_id")
    if not delivery:
        return True
    if not ctx.recent.add(delivery):
        return False
    try:
        async with asyncio.timeout(NOTED_SECONDS):
            return await ctx.store.people.first_seen(delivery, ctx.clock())
    except (StorageError, TimeoutError) as error:  # what has to be written will say so itself
        log.warning("delivery not noted", extra={"error": str(error) or "the database is busy"})
        return True
