"""What the database and PandaPon say of a write after its process was killed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.kill import now
from handlers.writing.looks import LOOKS
from handlers.writing.writer import Writer
from pandapon.client import Config, PandaPon
from sandbox.pandapon.trading.routes import OWN_PATHS
from storage.store import open_store

if TYPE_CHECKING:
    from benchmarks.kill import KillHarness
    from tracking.writes import Write, WriteState


async def recorded(harness: KillHarness) -> Write:
    """The one record, read while no bot runs."""
    store = await open_store(harness.folder / "bot.db")
    [write], _total = await store.writes.newest(0, 9)
    await store.close()
    return write


async def found_later(harness: KillHarness, after: timedelta) -> WriteState:
    """What a look says when a call could no longer arrive: a little more than ``after`` from now."""
    store = await open_store(harness.folder / "bot.db")
    config = Config(
        harness.pandapon.base_url, harness.pandapon.access_key, harness.pandapon.access_secret, "1", paths=OWN_PATHS
    )
    async with PandaPon(config, clock=now) as api:
        [write], _total = await store.writes.newest(0, 9)
        looked = await Writer(api, store, lambda: now() + after + timedelta(seconds=1), LOOKS).look(write)
    await store.close()
    return looked.state
