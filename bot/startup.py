"""Work of a bot's start: takes over what a dead process left in the database, and rereads orders of older versions."""

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

REREAD_MOST = timedelta(minutes=10)  # how long a process that died while rereading can hold up the others
AGAIN_SECONDS = 15.0  # until a failed start of the jobs is tried again


async def recover(store: Store, now: datetime, part: Part) -> None:
    """Take over what the last process of this name left: its leases, and its posts and writes in doubt."""
    uncertain = await store.outbox.recover_after_crash(now, part.worker if part.shares else None)
    if uncertain:
        log.info("posts in doubt since the last stop are looked up first", extra={"posts": uncertain})
    # Other processes may still be sending their writes, so there the job takes only writes older than the longest call.
    if not part.shares and (unclear := await store.writes.abandon()):
        log.warning("writes in doubt since the last stop are looked for", extra={"writes": unclear})


async def reread_in_turn(store: Store, clock: Callable[[], datetime], settings: Settings, part: Part) -> None:
    """Read the stored orders by the rules of this version. One of several processes does it, and the others wait."""
    limits, names, me = settings.limits, settings.pandapon_named_parcels, secrets.token_hex(8)
    if not part.shares:
        return await reread(store, clock, limits, names=names)
    try:
        while not await is_read(store, names=names):
            now = clock()
            if await store.writes.take_turn(now, "reread", me, now + REREAD_MOST):
                return await reread(store, clock, limits, names=names)
            await asyncio.sleep(1)
    finally:  # after a failure or a stop the other processes need not wait until the turn expires
        await asyncio.shield(store.writes.end_turn("reread", me))


async def until_done(work: Callable[[], Awaitable[None]]) -> None:
    """Do the work until it succeeds, with a pause of :data:`AGAIN_SECONDS` after each failure."""
    while True:
        try:
            return await work()
        except Exception as error:
            log.exception("jobs do not start yet, tried again", extra={"error": type(error).__name__})
        await asyncio.sleep(AGAIN_SECONDS)
