"""A bot takes up at its start what a dead process left in the database, and reads older orders by its own rules."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.reread import is_read, reread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.roles import Part
    from bot.settings import Settings
    from storage.store import Store

log = logging.getLogger(__name__)

REREAD_MOST = timedelta(minutes=10)  # a process that died over it holds up the others no longer
AGAIN_SECONDS = 15.0  # until a beginning that failed is tried again


async def recover(store: Store, now: datetime, part: Part) -> None:
    """Take up what the last process of this name left: its posts in doubt, its leases, its writes in doubt."""
    uncertain = await store.outbox.recover_after_crash(now, part.worker if part.shares else None)
    if uncertain:
        log.info("posts in doubt since the last stop are looked up first", extra={"posts": uncertain})
    # Where other processes run, the job takes only what began longer ago than any call may last.
    if not part.shares and (unclear := await store.writes.abandon()):
        log.warning("writes in doubt since the last stop are looked for", extra={"writes": unclear})


async def reread_in_turn(store: Store, clock: Callable[[], datetime], settings: Settings, part: Part) -> None:
    """Read the stored orders by the rules of this version. Of several processes one does it; the others wait."""
    limits, names, me = settings.limits, settings.pandapon_named_parcels, secrets.token_hex(8)
    if not part.shares:
        return await reread(store, clock, limits, names=names)
    try:
        while not await is_read(store, names=names):
            now = clock()
            if await store.writes.take_turn(now, "reread", me, now + REREAD_MOST):
                return await reread(store, clock, limits, names=names)
            await asyncio.sleep(1)
    finally:  # who fails in it, or is stopped, keeps nobody waiting
        await asyncio.shield(store.writes.end_turn("reread", me))


async def until_done(work: Callable[[], Awaitable[None]]) -> None:
    """Do the work, and try it again after a failure."""
    while True:
        try:
            return await work()
        except Exception as error:
            log.exception("jobs do not start yet, tried again", extra={"error": type(error).__name__})
        await asyncio.sleep(AGAIN_SECONDS)
