"""The stand-in of PandaPon, and the bot's own client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.fake_pandapon import FakePandaPon, fake_pandapon

from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pandapon.client import PandaPon


@pytest.fixture
async def pandapon() -> AsyncIterator[FakePandaPon]:
    """The stand-in with the demo's account."""
    async with fake_pandapon() as pandapon:
        yield pandapon


@pytest.fixture
async def client(pandapon: FakePandaPon) -> AsyncIterator[PandaPon]:
    """The bot's own client, which knows the stand-in's own paths."""
    async with pandapon.client(paths=OWN_PATHS) as client:
        yield client
