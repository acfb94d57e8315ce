"""Locks of rows, for an engine that runs several transactions at a time. On SQLite, which runs one, they do nothing.

Every transaction takes its locks in the same order: a channel's mute, subscriptions, orders by their keys, the parcels
of their news, lanes (the workspace's first), posts, and the request for an approval that was posted. A claim, before
all of these, frees the posts whose hold or lease has ended; no other claim locks those. A transaction that
changes the watches of an order, or decides by them whether the order is polled, locks the order's row: otherwise it
could stop the polling of an order that another transaction begins to watch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.connection import Connection

CHUNK = 500  # keys of one statement


def lock_subscriptions(conn: Connection, which: str, fact: object) -> None:
    """Lock subscriptions, before any order: so a subscription that ends sees every watch that it opened.

    ``which``: an SQL condition with one place; ``fact``: its value.
    """
    if conn.for_update:
        sql = f"SELECT id FROM subscriptions WHERE {which} ORDER BY id {conn.for_update}"
        conn.execute(sql, (fact,)).fetchall()


def lock_orders(conn: Connection, keys: Iterable[str]) -> None:
    """Lock these orders until the end of the transaction, waiting for transactions that have locked them."""
    if conn.for_update:
        for among, values in chunks(conn, sorted(set(keys))):
            sql = f"SELECT key FROM orders WHERE key {among} ORDER BY key {conn.for_update}"
            conn.tuples(sql, values).fetchall()


def lock_orders_of_watches(conn: Connection, where: str, facts: Iterable[object]) -> None:
    """Lock the orders of the watches that match an SQL condition, such as all watches of a channel."""
    if conn.for_update:
        lock_orders(conn, [key for (key,) in conn.execute(f"SELECT key FROM watches WHERE {where}", tuple(facts))])


def held_fences(conn: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Return the fences of orders by key, and lock their schedules: no other transaction leases or records them."""
    fences: dict[str, int] = {}
    for among, values in chunks(conn, sorted(set(keys))):
        sql = f"SELECT key, fence FROM schedule WHERE key {among} ORDER BY key {conn.for_update}"
        fences.update(conn.execute(sql, values).fetchall())
    return fences


def chunks(conn: Connection, keys: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the condition and its values, as of :meth:`Connection.among`, for each chunk of :data:`CHUNK` keys."""
    for start in range(0, len(keys), CHUNK):
        yield conn.among(keys[start : start + CHUNK])
