"""A database of either engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import postgres
from support.migrated import open_copy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.store import Store


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, opened, of SQLite and of PostgreSQL."""
    opener = postgres.open_postgres if request.param == "postgres" else open_copy
    opened = await opener(tmp_path / "bot.db")
    yield opened
    await opened.close()
