"""Orders, watches and posts for the store's tests, and a harness with a real database file that can be reopened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from support import pgbouncer, postgres
from support.transitions import guard

from pandapon.models import Order
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Shipment, TimeBasis
from storage import codec
from storage.poll import Changed, DueOrder
from storage.post import Post, PostKind
from storage.watch import NewWatch, Watch
from tracking.decide import Decision
from tracking.policy import FollowUp
from tracking.values import Filter, News, NewsToPost, Severity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from storage.store import Store

    Opener = Callable[[Path], Awaitable[Store]]

NOW = datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)  # with microseconds, which the database must keep
LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
ORDER, OTHER = "1688:2542285634920880794", "taobao:4300000000000000019"
ORDERS_CHANNEL, CLAIMS_CHANNEL = "C0ORDERS", "C0CLAIMS"
MEI = "U0MEI"
EVERYONE = frozenset(Filter)

PARCEL = Parcel("YT8801234567890", "圆通速递", "TRANSIT", Milestone.IN_TRANSIT, milestone=Milestone.IN_TRANSIT)


def scan(identity: str, text: str = "【杭州市】快件已被揽收", **fields: Any) -> Node:
    """A node of PARCEL that is stored under this identity."""
    given: dict[str, Any] = {
        "waybill": PARCEL.waybill,
        "at": NOW - timedelta(hours=5),
        "raw_time": "2026-03-02 05:00:00",
        "time_basis": TimeBasis.CHINA,
        "code": "GOT",
        "place": "杭州",
        "milestone": Milestone.PICKED_UP,
    }
    node = Node(text=text, **(given | fields))
    node.__dict__["identity"] = identity
    return node


NODE = scan("first-scan")


class StoreHarness:
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
        """Store an order, unless it is there, and request a watch of it. Its card is not posted yet."""
        await self.store.orders.add(NOW, baseline(key))
        (opened,) = await self.store.watches.open(NOW, [NewWatch(key, channel, filter_, MEI)])
        return opened.watch

    async def active(self, key: str = ORDER, channel: str = ORDERS_CHANNEL, filter_: Filter = Filter.ALL) -> Watch:
        """A watch whose card has been posted."""
        watch = await self.opening(key, channel, filter_)
        post = await self.claim_one(channel)
        assert post.kind is PostKind.CARD
        assert await self.store.outbox.mark_sent(NOW, post, f"ts-{watch.id}")
        stored = await self.store.watches.get(watch.id)
        assert stored is not None
        return stored

    async def due(self, key: str = ORDER, now: datetime = NOW) -> DueOrder:
        """Lease this order, which must be due; others that are due are leased with it."""
        return next(order for order in await self.store.orders.claim_due(now, 100, LEASE) if order.key == key)

    async def tell(self, event_id: str, key: str = ORDER, **fields: Any) -> int:
        """Record news of an order for its watches. Returns how many outbox rows that made or revived."""
        fence = (await self.store.orders.load([key]))[key].fence
        fields = {"changed": False} | fields
        recorded = await self.store.orders.record(NOW, [changed(key, fence, event_id, **fields)])
        assert recorded.applied == 1
        return recorded.posts

    async def claim(self, now: datetime = NOW, *busy: str) -> list[Post]:
        return await self.store.outbox.claim(now, 50, LEASE, busy)

    async def claim_one(self, channel: str = ORDERS_CHANNEL, now: datetime = NOW) -> Post:
        """Claim the channel's next post, and none of other channels."""
        channels = {row["channel"] for row in self.rows("SELECT DISTINCT channel FROM outbox")} - {channel}
        (post,) = await self.claim(now, *channels)
        return post

    async def send_all(self, now: datetime = NOW, quiet: str = "") -> list[str]:
        """Send all posts that may go, one after the other. Returns each as ``channel kind words``.

        ``quiet``: a channel that is left out.
        """
        out = []
        while posts := await self.claim(now, quiet):
            for post in posts:
                out.append(f"{post.channel} {post.kind.value} {words(post)}".strip())
                assert await self.store.outbox.mark_sent(now, post, f"sent-{post.id}")
        return out

    async def overwrite_entries(self, key: str, place: int, value: object) -> None:
        """Overwrite a field of each entry of an order. ``place``: its position in ``storage.rows.entry_of``."""

        def spoil(conn: Any) -> None:
            for waybill, packed in conn.execute("SELECT waybill, nodes FROM traces WHERE key = ?", (key,)).fetchall():
                entries = codec.unpack_entries(packed)
                for entry in entries:
                    entry[place] = value
                sql = "UPDATE traces SET nodes = ? WHERE key = ? AND waybill = ?"
                conn.execute(sql, (codec.pack_entries(entries), key, waybill))

        await self.store.engine.run(spoil)

    # --- looking at the file from outside ------------------------------------------------------------------------

    def rows(self, sql: str, *facts: object) -> list[dict[str, Any]]:
        """Read the database through a connection of the test's own."""
        if self._opener in {postgres.open_postgres, pgbouncer.open_pooled}:
            return postgres.rows(self.path, sql, facts)
        with closing(sqlite3.connect(self.path)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, facts)]

    def value(self, sql: str, *facts: object) -> Any:
        """The first column of the only row."""
        (row,) = self.rows(sql, *facts)
        return next(iter(row.values()))


def baseline(key: str = ORDER, **fields: Any) -> Changed:
    """An order's first reading."""
    given: dict[str, Any] = {"to_post": None, "changed": False} | fields
    return changed(key, 0, "", **given)


def changed(key: str, fence: int, event_id: str, *, fingerprint: bytes | None = None, **fields: Any) -> Changed:
    """A poll result with news under this event id."""
    return Changed(decided(key, event_id, **fields), fence, event_id.encode() if fingerprint is None else fingerprint)


def _with_nodes(parcels: Sequence[Parcel], nodes: Sequence[Node]) -> tuple[Parcel, ...]:
    """The parcels with their nodes, and those that only nodes name."""
    all_parcels = {node.waybill: Parcel(node.waybill) for node in nodes} | {each.waybill: each for each in parcels}
    return tuple(
        replace(parcel, nodes=tuple(node for node in nodes if node.waybill == waybill))
        for waybill, parcel in all_parcels.items()
    )


def decided(key: str, event_id: str, **fields: Any) -> Decision:
    """A decision with news under this event id. ``to_post``: other news, or None. ``nodes``: all, and all are new."""
    ref, to_post = OrderRef.from_key(key), fields.pop("to_post", news_to_post(event_id))
    nodes, parcels = fields.pop("nodes", (NODE,)), fields.pop("parcels", (PARCEL,))
    follow_up: dict[str, Any] = {"next_poll_at": NOW + MINUTE, "silent": (), "stall_at": None, "is_pressing": False}
    follow_up |= {name: fields.pop(name) for name in list(fields) if name in follow_up}
    given: dict[str, Any] = {
        "order": order_of(key),
        "milestone": Milestone.IN_TRANSIT,
        "reason": None,
        "pick_up_by": None,
        "moved_at": NOW,
        "final_at": None,
        "changed": True,
        "moved": False,
        "expected": None,
        "was_late": False,
        "refunds": (),
        "journeys": (),
    }
    return Decision(
        shipment=Shipment(ref, _with_nodes(parcels, nodes)),
        new_nodes=nodes,
        edited_nodes=(),
        parcels=parcels,
        news=to_post.news if to_post else None,
        severity=to_post.severity if to_post else None,
        audience=to_post.audience if to_post else frozenset(),
        event_id=to_post.event_id if to_post else "",
        learned=True,
        is_first=False,
        follow_up=FollowUp(**follow_up),
        at=NOW,
        **(given | fields),
    )


def mark_as_newer_version(path: Path) -> None:
    """Note a migration in a database file that this version does not know."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('pandabot', '9999', '')")
        conn.commit()


def order_of(key: str = ORDER, **fields: Any) -> Order:
    """An order as the platform tells it."""
    ref = OrderRef.from_key(key)
    facts = {"seller": "易碎", "sub_order_ids": ("254228563492088079",)} | fields
    return Order.model_validate({"platform": ref.platform, "order_id": ref.order_id} | facts)


def news_to_post(
    event_id: str, audience: frozenset[Filter] = EVERYONE, severity: Severity = Severity.NODE
) -> NewsToPost:
    """News for these filters, whose words are its event id."""
    return NewsToPost(event_id, news_with_text(event_id), severity, audience)


def news_with_text(text: str) -> News:
    """News whose :func:`words` are this text."""
    return News(OrderRef.from_key(ORDER), None, added=(text,))


def words(post: Post) -> str:
    """The text of a post."""
    match post.kind:
        case PostKind.NEWS:
            return post.news.added[0]
        case PostKind.NOTICE | PostKind.LINE:
            return repr(post.content)
        case PostKind.DAILY_DIGEST:
            return post.daily_digest.day
        case _:
            return ""
