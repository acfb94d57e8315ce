"""Statements for many rows become one statement on PostgreSQL, with the same effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import postgres

from storage.postgres.bulk import FEWEST, combined
from storage.postgres.connection import PostgresConnection

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """
CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, at BIGINT, flag BOOLEAN, raw BYTEA, count BIGINT DEFAULT 0)
"""
ADD = """
INSERT INTO things (id, name, at, flag, raw) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name
"""
SET = """
UPDATE things SET name = CASE WHEN ? THEN ? ELSE name END, at = COALESCE(?, at) WHERE id = ? AND EXISTS (SELECT 1)
"""
COPY = """
INSERT INTO things (id, name) SELECT t.id + ?, 'of (' || t.name || ')' FROM things t WHERE t.id = ?
ON CONFLICT (id) DO NOTHING
"""
DROP = "DELETE FROM things WHERE id = ?"
ROWS = [(n, f"name '{n}' ?", None if n % 2 else n * 10**15, bool(n % 3), bytes([n])) for n in range(9)]
STEPS: list[tuple[str, list[tuple[Any, ...]]]] = [
    (ADD, ROWS),
    (ADD, [(n, "again", None, None, None) for n in range(2, 7)]),
    (SET, [(n % 2 == 0, None, None, n) for n in range(5)]),
    (SET, [(True, f"n{n}", n, n) for n in range(4, 9)]),
    (COPY, [(100, n) for n in range(9)]),
    (DROP, [(n,) for n in range(3, 8)]),
]


@pytest.mark.parametrize("upto", range(1, len(STEPS) + 1))
def test_at_once_or_one_by_one_is_the_same(tmp_path: Path, upto: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows afterwards, and how many each statement wrote."""
    outcomes = []
    for fewest in (FEWEST, 1000):
        monkeypatch.setattr("storage.postgres.bulk.FEWEST", fewest)
        with postgres.session(tmp_path) as raw:
            conn = PostgresConnection(raw)
            conn.execute("CREATE TEMPORARY" + TABLE.strip().removeprefix("CREATE"))
            written = [conn.executemany(sql, rows).rowcount for sql, rows in STEPS[:upto]]
            outcomes.append((written, [tuple(row) for row in conn.execute("SELECT * FROM things ORDER BY id")]))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1]


def test_what_cannot_be_combined_is_left_alone() -> None:
    """Few rows, named places, other statements."""
    assert combined(DROP, [(1,), (2,)]) is None
    assert combined("SELECT set_config(?, ?, true)", [("a", "b")] * 9) is None
    assert combined("DELETE FROM things WHERE id = :id", [{"id": 1}] * 9) is None
    at_once = combined(DROP, [(n,) for n in range(9)])
    assert at_once is not None
    assert at_once[0].split("(", 1)[0].split() == ["DELETE", "FROM", "things", "USING", "unnest"]
