"""The figures of a PostgreSQL server tell what they promise."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from support.postgres import open_postgres, schema_of, server

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store


async def figure(store: Store, name: str, label: str = "") -> float:
    gauges = (await store.upkeep.health(datetime.now(UTC))).gauges
    return gauges[name].values[label]


async def test_a_transaction_that_holds_a_snapshot_is_seen(tmp_path: Path) -> None:
    """By its age; and it is gone when the transaction ends."""
    store = await open_postgres(tmp_path)
    try:
        with psycopg.connect(server().url) as other:
            other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            other.execute("SELECT COUNT(*) FROM pg_class")
            await asyncio.sleep(0.3)
            held = await figure(store, "database_oldest_transaction_seconds")
            other.rollback()
            free = await figure(store, "database_oldest_transaction_seconds")
        assert held >= 0.3
        assert free < held
    finally:
        await store.close()


async def test_dead_rows_are_counted_by_table(tmp_path: Path) -> None:
    """Of the workspace's own schema alone."""
    store = await open_postgres(tmp_path)
    try:
        with psycopg.connect(server().url, autocommit=True) as other:
            other.execute(f"SET search_path TO {schema_of(tmp_path)}")
            other.execute("INSERT INTO facts (name, value, at) SELECT 'n' || n, '', 0 FROM generate_series(1, 40) n")
            other.execute("UPDATE facts SET value = 'changed' WHERE name LIKE 'n%'")
        for _ in range(100):  # the server's statistics follow a moment later
            if await figure(store, "database_dead_rows", "facts") >= 40:
                break
            await asyncio.sleep(0.1)
        assert await figure(store, "database_dead_rows", "facts") == 40
        assert await figure(store, "database_dead_rows", "outbox") == 0
        assert await figure(store, "database_bytes") > 1e6
        assert await figure(store, "database_deadlocks") >= 0
    finally:
        await store.close()
