"""Forgets what nobody will ask about any more: told news, settled posts, old entries of the audit trail."""

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

KEEP = timedelta(days=60)  # longer than a delivery takes, and what `/panda why` can tell about
KEEP_UNKNOWN = timedelta(days=1)  # pushed messages about orders that are none of ours
AT_ONCE = 5000  # rows of a table deleted in one transaction: a tenth of a second, so that nobody waits long behind it


async def prune(store: Store, clock: Callable[[], datetime], api: PandaPon) -> None:
    """Delete everything that is older than :data:`KEEP`; not by a clock that is off."""
    if api.clock_is_off:
        return
    before, rows = clock() - KEEP, 0
    while some := await store.upkeep.prune(before, AT_ONCE):
        rows += some
    if rows:
        log.info("old rows pruned", extra={"rows": rows})


async def prune_unknown(store: Store, clock: Callable[[], datetime]) -> None:
    """Forget pushed messages about orders that are none of ours."""
    before = clock() - KEEP_UNKNOWN
    while await store.inbox.prune_unknown(before, AT_ONCE):
        pass
