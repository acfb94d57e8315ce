"""Two transactions of PostgreSQL at the same moment, each of which decides by what the other one changes."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support import postgres
from support.store_harness import (
    EVERYONE,
    LEASE,
    MEI,
    NODE,
    NOW,
    ORDER,
    ORDERS_CHANNEL,
    StoreHarness,
    changed,
    order_of,
    scan,
)

from bot.jobs import shared_parcels
from pandapon.shipment import OrderRef
from storage import approvals, batches, channel_filters, mutes, outbox, recording, subscriptions, watches
from storage.post import PostKind, PostState
from storage.subscription import NewOrder, Subscription
from storage.watch import NewWatch
from tracking.approvals import Approval, ApprovalState, Deed
from tracking.values import Filter, News, NewsToPost, Severity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.connection import Connection
    from storage.poll import Changed

ENGINES = ["postgres"]
SAME_PARCEL = "1688:2542285634920880795"


@asynccontextmanager
async def slow(harness: StoreHarness, work: Callable[[Connection], object]) -> AsyncIterator[asyncio.Event]:
    """Another process does this work, and commits when the event is set; at the end of the block at the latest."""
    other = await postgres.open_postgres(harness.path)
    did, may_commit, event = threading.Event(), threading.Event(), asyncio.Event()

    def held(conn: Connection) -> None:
        work(conn)
        did.set()
        may_commit.wait(20)

    async def allowed() -> None:
        await event.wait()
        may_commit.set()

    running = [asyncio.create_task(other.engine.run(held)), asyncio.create_task(allowed())]
    await asyncio.to_thread(did.wait, 20)
    try:
        yield event
    finally:
        event.set()
        await asyncio.gather(*running)
        await other.close()


async def act_meanwhile(commit: asyncio.Event, act: Any) -> None:
    """Begin an act while the other transaction is open; it may end before or after that."""
    task = asyncio.create_task(act)
    await asyncio.wait({task}, timeout=0.5)
    commit.set()
    await task


async def test_two_recorders_tell_of_one_parcel_once(harness: StoreHarness) -> None:
    """The position of a post says nothing of what is committed first: the second recorder waits for the first."""
    await harness.active(ORDER)
    await harness.active(SAME_PARCEL)
    node = scan("n1", "【上海】到达", at=NOW)
    stored = await harness.store.orders.load([ORDER, SAME_PARCEL])

    def result(key: str) -> Changed:
        news = NewsToPost(f"n:{key}", News(OrderRef.from_key(key), None, nodes=(node,)), Severity.NODE, EVERYONE)
        return changed(key, stored[key].fence, "x", to_post=news, nodes=(NODE, node))

    told: list[str] = []

    async def send() -> None:
        while posts := await harness.claim():
            for post in posts:
                if post.kind is PostKind.NEWS and await shared_parcels.remaining(harness.store, post) is not None:
                    told.append(post.key)
                assert await harness.store.outbox.mark_sent(NOW, post, f"ts-{post.id}")

    async def second() -> None:
        await harness.store.orders.record(NOW, [result(SAME_PARCEL)])
        await send()

    async with slow(harness, lambda conn: recording.record_polls(conn, NOW, [result(ORDER)])) as commit:
        await act_meanwhile(commit, second())
    await send()
    assert told == [ORDER]


async def test_unwatch_all_ends_what_joins_meanwhile(harness: StoreHarness) -> None:
    """An order that is found at that moment is watched by nobody afterwards, and not polled."""
    wish, _ = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    new = [NewOrder(order_of(ORDER), NOW)]
    async with slow(harness, lambda conn: subscriptions.join_orders(conn, NOW, wish.id, new)) as commit:
        await act_meanwhile(commit, harness.store.subscriptions.unsubscribe(NOW, ORDERS_CHANNEL, MEI))
    assert [row["state"] for row in harness.rows("SELECT state FROM watches")] == ["ended"]
    assert harness.value("SELECT next_poll_at FROM schedule") is None


async def test_nothing_joins_what_was_ended_meanwhile(harness: StoreHarness) -> None:
    """And the other way round."""
    wish, _ = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    new = [NewOrder(order_of(ORDER), NOW)]
    async with slow(harness, lambda conn: subscriptions.unsubscribe(conn, NOW, ORDERS_CHANNEL, MEI)) as commit:
        await act_meanwhile(commit, harness.store.subscriptions.join(NOW, wish.id, new))
    assert harness.rows("SELECT state FROM watches") == []


async def test_a_request_that_is_decided_while_it_is_posted_is_brought_up_to_date(harness: StoreHarness) -> None:
    """Its buttons go, whichever of the two is recorded first."""
    deed = Deed("order", "f1", 100, ("a",), "", "")
    boss = frozenset({"U0BOSS"})
    until = NOW + timedelta(days=1)
    await harness.store.approvals.ask(NOW, Approval(0, deed, MEI, "f1", ORDERS_CHANNEL, boss, NOW, until))
    [post] = await harness.claim()
    withdrawn = ApprovalState.WITHDRAWN
    async with slow(harness, lambda conn: approvals.decide(conn, NOW, 1, withdrawn, MEI)) as commit:
        await act_meanwhile(commit, harness.store.outbox.mark_sent(NOW, post, "1.1"))
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'approval_edit'") == 1


async def test_a_card_that_is_recorded_while_news_comes_is_posted_once(harness: StoreHarness) -> None:
    """The news of a watch without a card brings one, but not beside the one that was posted just now."""
    wish, _ = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    await harness.store.subscriptions.join(NOW, wish.id, [NewOrder(order_of(ORDER), NOW)])
    await harness.tell("first")
    card = await harness.claim_one()
    assert card.kind is PostKind.CARD
    async with slow(harness, lambda conn: outbox.mark_sent(conn, NOW, card, "1.1")) as commit:
        await act_meanwhile(commit, harness.tell("second"))
    assert await harness.send_all() == ["C0ORDERS news first", "C0ORDERS news second"]


async def test_a_card_that_is_recorded_while_its_watch_comes_back_is_posted_once(harness: StoreHarness) -> None:
    """It was on its way when the watch ended, and stands in the channel when that is taken back."""
    watch = await harness.opening()
    card = await harness.claim_one()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    async with slow(harness, lambda conn: outbox.mark_sent(conn, NOW, card, "1.1")) as commit:
        await act_meanwhile(commit, harness.store.watches.restore(NOW, [watch.id], MEI))
    assert harness.rows("SELECT state, card_ts FROM watches") == [{"state": "active", "card_ts": "1.1"}]
    assert [kind for kind in await harness.send_all() if "card" in kind] == []


async def test_undo_leaves_a_mute_that_comes_meanwhile(harness: StoreHarness) -> None:
    """Of a channel: whoever mutes it for longer at that moment is not overruled."""
    hour = timedelta(hours=1)
    store = harness.store.channels
    await store.mute(NOW, ORDERS_CHANNEL, NOW + hour, MEI)
    async with slow(harness, lambda conn: mutes.mute_channel(conn, NOW, ORDERS_CHANNEL, NOW + 9 * hour, MEI)) as commit:
        await act_meanwhile(commit, store.restore_mute(NOW, ORDERS_CHANNEL, NOW + hour, former=None, actor=MEI))
    assert (await store.get(ORDERS_CHANNEL)).muted_until == NOW + 9 * hour


async def test_undo_leaves_the_mute_of_an_order_that_comes_meanwhile(harness: StoreHarness) -> None:
    """And likewise of an order."""
    watch, hour, watches = await harness.active(), timedelta(hours=1), harness.store.watches
    former = await watches.mute(NOW, ORDERS_CHANNEL, [ORDER], until=NOW + hour, actor=MEI)

    def longer(conn: Connection) -> object:
        return mutes.mute_watches(conn, NOW, ORDERS_CHANNEL, [ORDER], until=NOW + 9 * hour, actor=MEI)

    async with slow(harness, longer) as commit:
        await act_meanwhile(commit, watches.restore_mutes(NOW, ORDERS_CHANNEL, NOW + hour, former=former, actor=MEI))
    [stored] = await watches.of_orders([watch.key])
    assert stored.muted_until == NOW + 9 * hour


async def test_two_mutes_at_once_are_taken_back_one_after_the_other(harness: StoreHarness) -> None:
    """The later one knows of the earlier one, so that its Undo brings that back."""
    hour, store, former = timedelta(hours=1), harness.store.channels, []

    async def second() -> None:
        former.append(await store.mute(NOW, ORDERS_CHANNEL, NOW + 9 * hour, MEI))

    async with slow(harness, lambda conn: mutes.mute_channel(conn, NOW, ORDERS_CHANNEL, NOW + hour, MEI)) as commit:
        await act_meanwhile(commit, second())
    assert former == [NOW + hour]


async def test_undo_leaves_a_filter_that_comes_meanwhile(harness: StoreHarness) -> None:
    """Set for one order, while those of the whole channel are taken back."""
    await harness.active()
    store = harness.store.watches
    former = await store.set_filters(NOW, ORDERS_CHANNEL, "problems", MEI)
    wish = NewWatch(ORDER, ORDERS_CHANNEL, Filter.MILESTONES, MEI)
    async with slow(harness, lambda conn: watches.open_watches(conn, NOW, [wish])) as commit:
        await act_meanwhile(commit, store.restore_filters(NOW, ORDERS_CHANNEL, "problems", former=former, actor=MEI))
    assert harness.value("SELECT filter FROM watches") == "milestones"


async def test_what_comes_between_filters_of_all_is_given_back(harness: StoreHarness) -> None:
    """A filter for all follows another one at once: its Undo brings that back, not what was before."""
    await harness.active()
    store, former = harness.store.watches, []

    async def second() -> None:
        former.append((await store.set_filters(NOW, ORDERS_CHANNEL, "problems", MEI))[0])

    async with slow(
        harness, lambda conn: channel_filters.set_filters(conn, NOW, ORDERS_CHANNEL, "milestones", MEI)
    ) as commit:
        await act_meanwhile(commit, second())
    assert [list(groups) for groups in former] == [["milestones"]]


class _Halting:
    """A connection of a process that stands still behind the statement that makes a batch, for up to 20 seconds."""

    def __init__(self, conn: Connection, made: threading.Event, goes_on: threading.Event) -> None:
        self._conn, self._made, self._goes_on = conn, made, goes_on

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        done = self._conn.execute(sql, parameters)
        if sql == batches.BATCH:
            self._made.set()
            self._goes_on.wait(20)
        return done


async def test_a_batch_takes_no_post_that_another_process_has_sent(harness: StoreHarness) -> None:
    """Its process stands still while it makes the batch, and the lease of the first post is over meanwhile."""
    await harness.active()
    for event in ("a", "b", "c"):
        await harness.tell(event)
    head, later = await harness.claim_one(), NOW + timedelta(minutes=10)
    made, goes_on = threading.Event(), threading.Event()

    def stalled(conn: Connection) -> Any:
        return batches.batch(_Halting(conn, made, goes_on), later, head, 20, LEASE)

    other = await postgres.open_postgres(harness.path)
    batching = asyncio.create_task(harness.store.engine.run(stalled))
    await asyncio.to_thread(made.wait, 20)

    async def send() -> None:
        for _ in range(2):  # looked for and not found; then sent
            for post in await other.outbox.claim(later, 50, LEASE, ()):
                if post.state is PostState.UNCERTAIN:
                    await other.outbox.mark_retry(post, later, "not found")
                else:
                    await other.outbox.mark_sent(later, post, "1.1")

    sending = asyncio.create_task(send())
    await asyncio.wait({sending}, timeout=1)
    goes_on.set()
    batch = await batching
    await sending
    await other.close()
    told = [row["event_id"] for row in harness.rows("SELECT event_id FROM outbox WHERE ts <> '' AND kind = 'news'")]
    members = [] if batch is None else [post.event_id for post in await harness.store.outbox.batch_members(batch.id)]
    assert set(told).isdisjoint(members)
