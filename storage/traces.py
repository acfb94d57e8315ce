"""The entries (nodes) of each parcel's trace, packed into one row, which is read and written as a whole."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from storage import codec, rows
from storage.locks import chunks
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from pandapon.shipment import Milestone, Node, Parcel
    from storage.connection import Connection

    Scan = tuple[str, str, datetime, Milestone | None]  # order key, waybill, aware time, and the claimed milestone

LOAD = "SELECT key, waybill, nodes FROM traces WHERE key {among} ORDER BY key, waybill"
STORE = """
INSERT INTO traces (key, waybill, last_at, nodes) VALUES (?, ?, ?, ?)
ON CONFLICT (key, waybill) DO UPDATE SET last_at = excluded.last_at, nodes = excluded.nodes
"""
PAGE = """
SELECT key, waybill, nodes FROM traces WHERE (key, waybill) > (?, ?) AND last_at >= ? ORDER BY key, waybill LIMIT ?
"""
AT_ONCE = 1000  # traces of a page

Entry = list[Any]  # see storage.rows.entry_of
IDENTITY, AT, BASIS, TEXT, MILESTONE, SEQUENCE = 0, 1, 3, 4, 7, 8  # places in an entry
NEVER = -(2**63)  # before every time; it stands for the time of an entry without one


def load(conn: Connection, keys: Sequence[str]) -> dict[str, dict[str, list[Node]]]:
    """Return the entries of these orders by key and waybill, oldest first.

    Raises one of :data:`storage.orders.UNREADABLE` for a trace that cannot be decoded.
    """
    traces: dict[str, dict[str, list[Node]]] = defaultdict(dict)
    for (key, waybill), entries in _load(conn, keys).items():
        traces[key][waybill] = [rows.node(waybill, entry) for entry in entries]
    return traces


def store(conn: Connection, parcels: Sequence[tuple[str, Parcel]]) -> None:
    """Replace the stored entries of parcels, given as pairs of order key and parcel.

    The parcels must hold all stored entries: the caller loaded them with the order's fence, which is unchanged.
    """
    _write(conn, [((key, parcel.waybill), [rows.entry_of(node) for node in parcel.nodes]) for key, parcel in parcels])


def reclaim(conn: Connection, key: str, claims: Mapping[str, Milestone | None]) -> None:
    """Change the milestones that entries of an order claim. ``claims``: the milestones by the entries' identities."""
    traces = _load(conn, [key]) if claims else {}
    for entry in (entry for entries in traces.values() for entry in entries):
        if entry[IDENTITY] in claims:
            entry[MILESTONE] = claims[entry[IDENTITY]]
    _write(conn, list(traces.items()))


def scans(conn: Connection, since: datetime, limit: int) -> list[Scan]:
    """Return up to ``limit`` entries with a time since then, parcel by parcel, each parcel's oldest entry first.

    They are for :func:`tracking.stalls.usual_times`. A trace that cannot be decoded is left out.
    """
    return list(islice(_scans(conn, to_int(since)), limit))


def texts(conn: Connection) -> Iterator[str]:
    """Yield the words of every stored entry as the courier sent them; a trace that cannot be decoded is left out."""
    for _key, _waybill, entries in _all(conn, NEVER):
        yield from (str(entry[TEXT]) for entry in entries)


def _load(conn: Connection, keys: Sequence[str]) -> dict[tuple[str, str], list[Entry]]:
    return {
        (key, waybill): codec.unpack_entries(packed)
        for among, values in chunks(conn, keys)
        for key, waybill, packed in conn.tuples(LOAD.format(among=among), values)
    }


def _write(conn: Connection, traces: Sequence[tuple[tuple[str, str], Collection[Entry]]]) -> None:
    if traces:
        conn.executemany(STORE, [_row(*parcel, sorted(entries, key=_place)) for parcel, entries in traces])


def _row(key: str, waybill: str, entries: Sequence[Entry]) -> tuple[object, ...]:
    return key, waybill, _place(entries[-1])[0], codec.pack_entries(entries)


def _place(entry: Entry) -> tuple[int, int]:
    return NEVER if entry[AT] is None else entry[AT], entry[SEQUENCE]


def _scans(conn: Connection, since: int) -> Iterator[Scan]:
    for key, waybill, entries in _all(conn, since):
        for entry in entries:
            if entry[AT] is not None and entry[AT] >= since:
                yield key, waybill, to_time(entry[AT]), rows.milestone(entry[MILESTONE])


def _all(conn: Connection, since: int) -> Iterator[tuple[str, str, list[Entry]]]:
    """Yield the traces with an entry since then (µs since 1970), page by page: there may be a hundred thousand."""
    after = ("", "")
    while page := conn.tuples(PAGE, (*after, since, AT_ONCE)).fetchall():
        for key, waybill, packed in page:
            after = (key, waybill)
            with contextlib.suppress(ValueError):
                yield key, waybill, codec.unpack_entries(packed)
