"""A process that starts while another one makes the tables waits for it, however long that takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
from support import postgres

from storage.postgres import database
from storage.postgres.migrate import LOCK

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_the_wait_for_a_migration_has_no_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of a lock is for transactions at work, and stands again afterwards."""
    monkeypatch.setitem(database.LIMITS, "lock_timeout", "50ms")
    with psycopg.connect(postgres.server().url) as migrating:
        migrating.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        opening = asyncio.create_task(postgres.open_postgres(tmp_path / "one"))
        done, _ = await asyncio.wait({opening}, timeout=6)
        assert not done
    store = await opening
    limit = await store.engine.run(lambda conn: conn.execute("SELECT current_setting('lock_timeout')").fetchone()[0])
    assert limit == "50ms"
    await store.close()
