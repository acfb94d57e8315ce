"""The store under test, on a real file; another implementation joins by its opener."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.shelf import Shelf

from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.shelf import Opener

OPENERS: dict[str, Opener] = {"sqlite": open_store}


@pytest.fixture(params=OPENERS)
async def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shelf]:
    """An empty store, open."""
    shelf = Shelf(tmp_path / "data" / "bot.db", OPENERS[request.param])
    await shelf.open()
    yield shelf
    await shelf.close()
