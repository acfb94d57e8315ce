"""Locks of rows, for an engine on which several transactions run at a time; SQLite runs one after the other.

Every transaction takes its locks in one order: a channel's mute, subscriptions, orders by their keys, the parcels of
their news, lanes (that of the workspace first), posts, and the request for an approval that was posted. Before all of
them a claim frees posts whose hold or lease is over, which no other claim takes. Whoever changes the watches of an
order, or decides by them whether it is polled, holds the lock of the order's row: otherwise one transaction could stop
the polling of an order that another one begins to watch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.connection import Connection

CHUNK = 500  # keys of one statement


def lock_subscriptions(conn: Connection, which: str, fact: object) -> None:
    """Hold subscriptions, before any order: else one that ends would not see the watches that it opens meanwhile."""
    if conn.for_update:
        sql = f"SELECT id FROM subscriptions WHERE {which} ORDER BY id {conn.for_update}"
        conn.execute(sql, (fact,)).fetchall()


def lock_orders(conn: Connection, keys: Iterable[str]) -> None:
    """Wait until no other transaction holds these orders, and hold them until the end of this one."""
    if conn.for_update:
        for among, values in chunks(conn, sorted(set(keys))):
            sql = f"SELECT key FROM orders WHERE key {among} ORDER BY key {conn.for_update}"
            conn.tuples(sql, values).fetchall()


def lock_orders_of_watches(conn: Connection, where: str, facts: Iterable[object]) -> None:
    """Hold the orders of the watches for which a condition holds, such as all of a channel."""
    if conn.for_update:
        lock_orders(conn, [key for (key,) in conn.execute(f"SELECT key FROM watches WHERE {where}", tuple(facts))])


def held_fences(conn: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Return the fences of orders by their keys, and let no other transaction lease or record them until the end."""
    fences: dict[str, int] = {}
    for among, values in chunks(conn, sorted(set(keys))):
        sql = f"SELECT key, fence FROM schedule WHERE key {among} ORDER BY key {conn.for_update}"
        fences.update(conn.execute(sql, values).fetchall())
    return fences


def chunks(conn: Connection, keys: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
    """Yield for each chunk of the keys what :meth:`Connection.among` returns: the condition, and its values."""
    for start in range(0, len(keys), CHUNK):
        yield conn.among(keys[start : start + CHUNK])
