"""Orders, watches and posts for the store's tests, and a shelf to put them on: a real file that can be reopened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from support.transitions import guard

from storage.records import (
    Announcement,
    Changed,
    DueOrder,
    NewWatch,
    NodeRecord,
    OrderState,
    ParcelRecord,
    Post,
    PostKind,
    Watch,
)
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from storage.store import Store

    Opener = Callable[[Path], Awaitable[Store]]

NOW = datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)  # microseconds must survive
LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
ORDER, OTHER = "1688:2542285634920880794", "taobao:4300000000000000019"
ORDERS_CHANNEL, CLAIMS_CHANNEL = "C0ORDERS", "C0CLAIMS"
MEI = "U0MEI"
EVERYONE = frozenset(Filter)

PARCEL = ParcelRecord("YT8801234567890", "圆通速递", "TRANSIT", "in_transit", "in_transit")
NODE = NodeRecord(
    waybill=PARCEL.waybill,
    identity="first-scan",
    content="c1",
    at=NOW - timedelta(hours=5),
    raw_time="2026-03-02 05:00:00",
    time_basis="china",
    text="【杭州市】快件已被揽收",
    code="GOT",
    place="杭州",
    milestone="picked_up",
    sequence=0,
)


class Shelf:
    """One database file and the store that has it open."""

    def __init__(self, path: Path, opener: Opener) -> None:
        self.path, self._opener = path, opener
        self._open: Store | None = None

    @property
    def store(self) -> Store:
        assert self._open is not None
        return self._open

    async def open(self) -> Store:
        self._open = await self._opener(self.path)
        await guard(self._open)
        return self._open

    async def close(self) -> None:
        if self._open is not None:
            store, self._open = self._open, None
            await store.close()

    async def restart(self) -> Store:
        """Close the file and open it again, as a new process would."""
        await self.close()
        return await self.open()

    # --- steps that many tests begin with ------------------------------------------------------------------------

    async def order(self, key: str = ORDER) -> None:
        """Store an order with one parcel and one node."""
        assert await self.store.orders.add(NOW, baseline(key))

    async def opening(self, key: str = ORDER, channel: str = ORDERS_CHANNEL, filter_: Filter = Filter.ALL) -> Watch:
        """Store an order, unless it is there, and ask for a watch of it."""
        await self.store.orders.add(NOW, baseline(key))
        (opened,) = await self.store.watches.open(NOW, [NewWatch(key, channel, filter_, MEI)])
        return opened.watch

    async def active(self, key: str = ORDER, channel: str = ORDERS_CHANNEL, filter_: Filter = Filter.ALL) -> Watch:
        """A watch whose card has been posted."""
        watch = await self.opening(key, channel, filter_)
        post = await self.claim_one(channel)
        assert post.kind is PostKind.CARD
        assert await self.store.outbox.mark_sent(NOW, post, f"ts-{watch.id}")
        found = await self.store.watches.get(watch.id)
        assert found is not None
        return found

    async def due(self, key: str = ORDER, now: datetime = NOW) -> DueOrder:
        """Lease this order, which must be due; others that are due are leased with it."""
        return next(one for one in await self.store.orders.claim_due(now, 100, LEASE) if one.key == key)

    async def tell(self, what: str, key: str = ORDER, **fields: Any) -> int:
        """Record news of an order for its watches. Returns how many outbox rows it made or revived."""
        fence = (await self.store.orders.load([key]))[key].fence
        fields = {"refresh_cards": False} | fields
        recorded = await self.store.orders.record(NOW, [changed(key, fence, what, **fields)])
        assert recorded.applied == 1
        return recorded.posts

    async def claim(self, now: datetime = NOW, *busy: str) -> list[Post]:
        return await self.store.outbox.claim(now, 50, LEASE, busy)

    async def claim_one(self, channel: str = ORDERS_CHANNEL, now: datetime = NOW) -> Post:
        """The channel's next post; other channels are left alone."""
        others = {row["channel"] for row in self.rows("SELECT DISTINCT channel FROM outbox")} - {channel}
        (post,) = await self.claim(now, *others)
        return post

    async def said(self, now: datetime = NOW, quiet: str = "") -> list[str]:
        """Send everything that may go, one after the other; returns what it was, as ``channel kind payload``.

        The channel named as quiet is not served.
        """
        out = []
        while posts := await self.claim(now, quiet):
            for post in posts:
                out.append(f"{post.channel} {post.kind.value} {post.payload}".strip())
                assert await self.store.outbox.mark_sent(now, post, f"sent-{post.id}")
        return out

    # --- looking at the file from outside ------------------------------------------------------------------------

    def rows(self, sql: str, *facts: object) -> list[dict[str, Any]]:
        """Read the file through a connection of the test's own."""
        with closing(sqlite3.connect(self.path)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, facts)]

    def value(self, sql: str, *facts: object) -> Any:
        """The first column of the only row."""
        (row,) = self.rows(sql, *facts)
        return next(iter(row.values()))


def baseline(key: str = ORDER, **fields: Any) -> Changed:
    """An order's first reading."""
    given: dict[str, Any] = {"announcement": None, "refresh_cards": False} | fields
    return changed(key, 0, "", **given)


def changed(key: str, fence: int, what: str, **fields: Any) -> Changed:
    """A reading that says something new, which is called ``what``."""
    given: dict[str, Any] = {
        "next_poll_at": NOW + MINUTE,
        "fingerprint": what.encode(),
        "state": OrderState("in_transit", '{"备注": "易碎"}', ("254228563492088079",), NOW, None),
        "parcels": (PARCEL,),
        "nodes": (NODE,),
        "announcement": announcement(what),
    }
    return Changed(key, fence, **(given | fields))


def announcement(what: str, audience: frozenset[Filter] = EVERYONE) -> Announcement:
    """News for these filters whose payload is its own name."""
    return Announcement(what, audience, what)


def by_a_newer_version(path: Path) -> None:
    """Another step was applied to a database, which this version does not know."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('pandabot', '9999', '')")
        conn.commit()
