"""The store under test, on a real file; another implementation joins by its opener."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.store_harness import StoreHarness

from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.store_harness import Opener

OPENERS: dict[str, Opener] = {"sqlite": open_store}


@pytest.fixture(params=OPENERS)
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StoreHarness]:
    """An empty store, open."""
    harness = StoreHarness(tmp_path / "data" / "bot.db", OPENERS[request.param])
    await harness.open()
    yield harness
    await harness.close()
