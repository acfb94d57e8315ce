"""Packs the entries of each parcel into one row.

The entries made up most of the file: each had a row with its order's key, its parcel's number and two hashes.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from storage import codec
from storage.migrations.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Connection

AT_ONCE = 500  # orders
KEYS = "SELECT key FROM orders WHERE key > ? ORDER BY key LIMIT ?"
NODES = """
SELECT key, waybill, identity, at, raw_time, time_basis, text, code, place, milestone, sequence FROM nodes
WHERE key > ? AND key <= ? ORDER BY key, waybill
"""
ADD = "INSERT INTO traces (key, waybill, last_at, nodes) VALUES (?, ?, ?, ?)"
UNTIMED = -(2**63)  # stands for the time of an entry without one


def _pack(conn: Connection) -> None:
    after = ""
    while keys := [key for (key,) in conn.tuples(KEYS, (after, AT_ONCE))]:
        rows = conn.tuples(NODES, (after, keys[-1])).fetchall()
        conn.executemany(ADD, list(_traces(rows)))
        after = keys[-1]


def _traces(rows: list[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    for (key, waybill), nodes in groupby(rows, key=lambda row: row[:2]):
        entries = sorted((list(node[2:]) for node in nodes), key=_place)
        yield key, waybill, _place(entries[-1])[0], codec.pack_entries(entries)


def _place(entry: list[object]) -> tuple[object, object]:
    return UNTIMED if entry[1] is None else entry[1], entry[-1]


STEP = Step(
    "0021_traces",
    sqlite="""
CREATE TABLE traces (
  key TEXT NOT NULL REFERENCES orders (key) ON DELETE CASCADE, waybill TEXT NOT NULL, last_at INTEGER NOT NULL,
  nodes BLOB NOT NULL, PRIMARY KEY (key, waybill)
) STRICT
""",
    postgres="""
CREATE TABLE traces (
  key TEXT COLLATE "C" NOT NULL REFERENCES orders (key) ON DELETE CASCADE, waybill TEXT COLLATE "C" NOT NULL,
  last_at BIGINT NOT NULL, nodes BYTEA NOT NULL, PRIMARY KEY (key, waybill)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)
""",
    convert=_pack,
)
