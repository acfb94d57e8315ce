"""Rows are found by a list of texts on both engines, whatever stands in these texts; on PostgreSQL by their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import postgres

from benchmarks.claims import hot_statements
from storage.locks import CHUNK, chunks
from storage.postgres.bulk import combined
from storage.postgres.connection import PostgresConnection
from storage.recording import UNCHANGED

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
            rows = conn.tuples(FIND.format(among=among), ("here", *values, 0))
            assert sorted(name for (name,) in rows) == sorted(texts)

    await harness.store.engine.run(work)


async def test_the_hot_statements_of_postgresql_use_an_index(tmp_path: Path) -> None:
    """Nor are a few thousand orders read from the beginning to find the hundred of a batch."""
    plans = await _plans(tmp_path)
    expected = {"due": "schedule_due", "lease": "schedule_pkey", "order": "orders_pkey", "unchanged": "schedule_pkey"}
    assert {name: plan for name, plan in plans.items() if expected[name] not in plan or "Seq Scan" in plan} == {}
    assert plans.keys() == expected.keys()


async def _plans(folder: Path) -> dict[str, str]:
    """How the server finds the rows of the statements on orders, in a session of the store."""

    def work(conn: Connection) -> dict[str, str]:
        assert isinstance(conn, PostgresConnection)
        for statement in FILL.split(";"):
            conn.execute(statement)
        plans = {
            name: [line for (line,) in conn.tuples(f"EXPLAIN {sql}", facts)]
            for name, sql, facts in hot_statements(conn)
            if name not in {"channels", "head", "refresh"}
        }
        unchanged = combined(UNCHANGED, [(0, 0, 0, 0, f"1688:{number}", 0) for number in range(100)])
        assert unchanged is not None
        plans["unchanged"] = [line for (line,) in conn.raw.execute(f"EXPLAIN {unchanged[0]}".encode(), unchanged[1])]
        return {name: "\n".join(lines) for name, lines in plans.items()}

    store = await postgres.open_postgres(folder)
    try:
        return await store.engine.run(work)
    finally:
        await store.close()
