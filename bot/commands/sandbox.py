"""`pandabot sandbox pandapon`: the stand-in of PandaPon by itself, for the developers of other clients."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

from bot.process.clock import utc_now
from sandbox.pandapon.demo import living_world
from sandbox.pandapon.pushes import Pushes
from sandbox.pandapon.server import PandaPonServer
from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.pandapon.world import World

PAUSE = 5.0  # seconds before a push that was not acknowledged is repeated; the vendor waits for half an hour
ARRIVALS_EVERY = 5.0  # seconds between two looks for orders whose time has come


async def serve(port: int, say: Callable[[str], None], stop: asyncio.Event, push_to: str = "") -> None:
    """Serve the living account of the demo until ``stop`` is set, and say the settings that reach it.

    ``push_to``: the address that gets its push messages; empty: none are sent. Raises OSError when the port is taken.
    """
    world = living_world(utc_now, utc_now())
    server = PandaPonServer(world, utc_now)
    await server.start(port)
    try:
        for line in settings(server):
            say(line)
        arrivals = asyncio.create_task(_arrive(world))
        async with Pushes(world, utc_now, push_to, pause=PAUSE) if push_to else contextlib.nullcontext():
            await stop.wait()
        arrivals.cancel()
    finally:
        await server.stop()


def settings(server: PandaPonServer) -> list[str]:
    """Return the lines of an ``.env`` file for this server."""
    return [
        f"PANDAPON_BASE_URL={server.base_url}",
        f"PANDAPON_ACCESS_KEY={server.access_key}",
        f"PANDAPON_ACCESS_SECRET={server.access_secret}",
        f"PANDAPON_USER_ID={server.user_id}",
        f"PANDAPON_PATHS='{json.dumps(OWN_PATHS)}'",
    ]


async def _arrive(world: World) -> None:
    while True:
        world.arrive()
        await asyncio.sleep(ARRIVALS_EVERY)
