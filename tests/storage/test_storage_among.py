"""Rows are found by a list of texts on both engines, whatever stands in these texts; on PostgreSQL by their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import postgres

from benchmarks.claims import hot_statements
from storage.locks import CHUNK, chunks
from storage.postgres.connection import PostgresConnection

if TYPE_CHECKING:
    from pathlib import Path

    from support.store_harness import StoreHarness

    from storage.connection import Connection

HOSTILE = ["", "'", '"', "\\", "{}", "a,b", "NULL", "?", "%s", "%", ":name", "订单", "😀", "a b", "\t\n", "x" * 5000]
FIND = "SELECT name FROM facts WHERE value = ? AND name {among} AND at = ?"
ADD = "INSERT INTO facts (name, value, at) VALUES (?, ?, 0)"
FILL = """
INSERT INTO orders (key, order_json, sub_orders, created_at)
  SELECT '1688:' || n, repeat('x', 1000), '[]', 0 FROM generate_series(1, 5000) n;
INSERT INTO schedule (key, next_poll_at, fingerprint) SELECT '1688:' || n, n, 'x' FROM generate_series(1, 5000) n;
ANALYZE orders; ANALYZE schedule
"""


@pytest.mark.parametrize("count", [0, 1, 3, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
async def test_a_list_of_any_length_finds_its_rows(harness: StoreHarness, count: int) -> None:
    """Each once, and no other."""
    names = [f"fact {number}" for number in range(count)]

    def work(conn: Connection) -> list[str]:
        conn.executemany(ADD, [(name, "") for name in [*names, "another"]])
        return [
            name
            for among, values in chunks(conn, [*names, "missing"])
            for (name,) in conn.tuples(FIND.format(among=among), ("", *values, 0))
        ]

    assert sorted(await harness.store.engine.run(work)) == sorted(names)


async def test_hostile_texts_are_values_and_nothing_else(harness: StoreHarness) -> None:
    """All at once, and each alone, with other values before and behind them."""

    def work(conn: Connection) -> None:
        conn.executemany(ADD, [(text, "here") for text in HOSTILE])
        for texts in (HOSTILE, *([text] for text in HOSTILE)):
            among, values = conn.among(texts)
            found = conn.tuples(FIND.format(among=among), ("here", *values, 0))
            assert sorted(name for (name,) in found) == sorted(texts)

    await harness.store.engine.run(work)


async def test_the_hot_statements_of_postgresql_use_an_index(tmp_path: Path) -> None:
    """No large table is read from its beginning."""
    store = await postgres.open_postgres(tmp_path)
    await store.close()
    with postgres.session(tmp_path) as raw:
        conn = PostgresConnection(raw)
        for statement in FILL.split(";"):
            conn.execute(statement)
        for name, sql, facts in hot_statements(conn):
            plan = "\n".join(line for (line,) in conn.tuples(f"EXPLAIN {sql}", facts))
            assert name in {"channels", "head", "refresh"} or "Seq Scan" not in plan, f"{name}: {plan}"
            assert name != "lease" or "schedule_pkey" in plan
            assert name != "order" or "orders_pkey" in plan
