"""The store under test, on each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.migrated import put_empty_database
from support.pgbouncer import open_pooled
from support.postgres import open_postgres
from support.store_harness import StoreHarness

from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.store_harness import Opener

OPENERS: dict[str, Opener] = {"sqlite": open_store, "postgres": open_postgres, "pgbouncer": open_pooled}
BOTH = ["sqlite", "postgres"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on every engine, or on those that its module names in ``ENGINES``."""
    is_told = any(mark.args[0] == "harness" for mark in metafunc.definition.iter_markers("parametrize"))
    if "harness" in metafunc.fixturenames and not is_told:
        metafunc.parametrize("harness", _engines(metafunc.module), indirect=True)


def _engines(module: object) -> list[str]:
    engines: list[str] = getattr(module, "ENGINES", BOTH)
    return engines


@pytest.fixture
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StoreHarness]:
    """An empty store, open."""
    path = tmp_path / "data" / "bot.db"
    if request.param == "sqlite" and _engines(request.module) != ["sqlite"]:  # those modules try the file itself
        put_empty_database(path)
    harness = StoreHarness(path, OPENERS[request.param])
    await harness.open()
    yield harness
    await harness.close()
