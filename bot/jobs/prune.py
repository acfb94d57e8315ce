"""Deletes old rows: posted news, settled posts, entries of the audit trail, forms that nobody finished."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pandapon.client import PandaPon
    from storage.store import Store

log = logging.getLogger(__name__)

KEEP = timedelta(days=60)  # longer than any delivery takes; `/panda why` looks back no further
KEEP_UNKNOWN = timedelta(days=1)  # for push messages about orders that the bot does not know
AT_ONCE = 5000  # rows of a table deleted in one transaction: a tenth of a second, so that nobody waits long behind it


async def prune(store: Store, clock: Callable[[], datetime], api: PandaPon, keep_news: timedelta = KEEP) -> None:
    """Delete rows older than :data:`KEEP`, news and posts older than ``keep_news``. A wrong clock deletes nothing."""
    if api.clock_is_off:
        return
    now, rows = clock(), 0
    while deleted := await store.upkeep.prune(now - KEEP, AT_ONCE, told_before=now - keep_news):
        rows += deleted
    if rows:
        log.info("old rows pruned", extra={"rows": rows})


async def prune_unknown(store: Store, clock: Callable[[], datetime]) -> None:
    """Delete push messages older than :data:`KEEP_UNKNOWN` about orders that the bot does not know, and old forms."""
    await store.writes.forget_flows(clock())
    before = clock() - KEEP_UNKNOWN
    while await store.inbox.prune_unknown(before, AT_ONCE):
        pass
