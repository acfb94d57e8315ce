"""Steps that come back without a scan, such as a second cancellation: told again, but not at each flap of an answer."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.pandapon_api import Api, api_server, client_of, ok
from support.store_harness import NOW, ORDER, baseline, order_of

from pandapon.shipment import Milestone, OrderRef, Parcel, Shipment
from storage import codec
from storage.poll import Changed
from tracking.decide import decide
from tracking.fact_ids import fact_ids, remaining
from tracking.orders import FetchedOrder, StoredOrder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from support.store_harness import StoreHarness

    from tracking.decide import Decision

REF = OrderRef.from_key(ORDER)
PAID, CANCELLED = "waitsellersend", "cancel"
M, HOUR = Milestone, timedelta(hours=1)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


async def watched(harness: StoreHarness) -> None:
    """An order that is paid, as the version before stored it: without the time of its last change."""
    order = order_of(status_code=PAID, milestone=M.PAID)
    await harness.store.orders.add(NOW, baseline(order=order, milestone=M.PAID, nodes=(), parcels=()))
    await harness.active()


async def poll(
    harness: StoreHarness, api: Api, status: str, at: datetime, modified: datetime | None = None
) -> Decision:
    """Read the order over HTTP, decide and record."""
    base: dict[str, Any] = {"idOfStr": REF.order_id, "status": status}
    if modified:
        base["modifyTime"] = int(modified.timestamp() * 1000)
    api.queue(ok({"baseInfo": base}))
    async with client_of(api) as client:
        order = await client.order(REF)
    stored = (await harness.store.orders.load([ORDER]))[ORDER]
    decision = decide(stored, FetchedOrder(REF, order), at)
    await harness.store.orders.record(at, [Changed(decision, stored.fence, b"")])
    return decision


def news_ids(harness: StoreHarness) -> list[str]:
    """The key of each piece of news that was enqueued."""
    rows = harness.rows("SELECT event_id FROM outbox WHERE kind = 'news' ORDER BY position")
    return [row["event_id"] for row in rows]


async def test_a_second_cancellation_is_told(harness: StoreHarness, api: Api) -> None:
    """The platform changed the order each time, and says when."""
    await watched(harness)
    for hour, status in enumerate((CANCELLED, PAID, CANCELLED, PAID)):
        at = NOW + hour * HOUR
        assert (await poll(harness, api, status, at, modified=at)).news
        assert (await poll(harness, api, status, at + HOUR / 2, modified=at)).news is None
    assert len(news_ids(harness)) == 4


async def test_a_cache_that_lags_behind_says_nothing(harness: StoreHarness, api: Api) -> None:
    """Two caches answer in turn; the older answer is recognised by when the platform changed the order."""
    await watched(harness)
    for hour in range(24):
        status, modified = ((CANCELLED, NOW), (PAID, NOW - 5 * HOUR))[hour % 2]
        assert (await poll(harness, api, status, NOW + hour * HOUR, modified)).milestone is M.CANCELLED
    assert len(news_ids(harness)) == 1


async def test_a_time_that_stays_behind_is_believed(harness: StoreHarness, api: Api) -> None:
    """No cache lags for longer than a day: the platform has mended a wrong time, and the order goes on."""
    await watched(harness)
    await poll(harness, api, CANCELLED, NOW, NOW)
    assert (await poll(harness, api, PAID, NOW + 23 * HOUR, NOW - HOUR)).milestone is M.CANCELLED
    assert (await poll(harness, api, PAID, NOW + 25 * HOUR, NOW - HOUR)).milestone is M.PAID
    assert len(news_ids(harness)) == 2


async def test_an_answer_that_flaps_is_told_once_each_way(harness: StoreHarness, api: Api) -> None:
    """Where the answer does not say when the order changed, a state has to stand for a while to be news again."""
    await watched(harness)
    for hour in range(48):
        await poll(harness, api, (CANCELLED, PAID)[hour % 2], NOW + hour * HOUR)
    assert len(news_ids(harness)) == 2
    for day, status in enumerate((CANCELLED, PAID, CANCELLED)):
        await poll(harness, api, status, NOW + timedelta(days=10 + day))
    assert len(news_ids(harness)) == 5


async def test_a_status_of_a_parcel_comes_back(harness: StoreHarness) -> None:
    """A parcel's answer names no time of its change: within half a day it is the same problem, later a new one."""
    await watched(harness)

    async def see(status: Milestone, at: datetime) -> None:
        stored = (await harness.store.orders.load([ORDER]))[ORDER]
        parcel = Parcel("SF1234567", status_code=status.value, status_milestone=status)
        decision = decide(stored, FetchedOrder(REF, None, Shipment(REF, (parcel,))), at)
        await harness.store.orders.record(at, [Changed(decision, stored.fence, b"")])

    for hour in range(10):
        await see((M.EXCEPTION, M.IN_TRANSIT)[hour % 2], NOW + hour * HOUR)
    assert len(news_ids(harness)) == 3, "the first of them also tells of the parcel"
    await see(M.EXCEPTION, NOW + timedelta(days=2))
    assert len(news_ids(harness)) == 4


def key_before(before: str, after: str) -> str:
    """The key of a step of the order as the version before made it."""
    return hashlib.blake2b(f"step\x1f\x1f{before}\x1f{after}".encode(), digest_size=16).hexdigest()


@pytest.mark.parametrize("is_restored", [False, True])
async def test_what_the_version_before_told_is_not_told_again(
    harness: StoreHarness, api: Api, is_restored: bool
) -> None:
    """It is stored as cancelled, or found cancelled again after a restore, with the marks of that version's post."""
    await watched(harness)
    decision = await poll(harness, api, CANCELLED, NOW)
    assert decision.event_id == key_before("paid", "cancelled"), "a first step keeps the key that it had"
    assert "modified_at" not in harness.value("SELECT order_json FROM orders")
    later = await poll(harness, api, CANCELLED, NOW + 20 * HOUR, modified=NOW)
    assert later.news is None
    assert "modified_at" in harness.value("SELECT order_json FROM orders")
    assert len(news_ids(harness)) == 1
    if is_restored:
        assert decision.news
        marks = fact_ids(ORDER, decision.event_id, decision.news)
        again = await found_again(api)
        assert again.event_id != decision.event_id
        assert again.news
        assert remaining(ORDER, again.event_id, again.news, marks) is None


async def found_again(api: Api) -> Decision:
    """The same cancellation, read beside a copy from before it."""
    stored = codec.load_order(codec.dump_order(order_of(status_code=PAID, milestone=M.PAID)))
    before = StoredOrder(stored, Shipment(REF), M.PAID, moved_at=NOW - 20 * HOUR)
    api.queue(ok({"baseInfo": {"idOfStr": REF.order_id, "status": CANCELLED, "modifyTime": "2026-03-02 10:00:00"}}))
    async with client_of(api) as client:
        order = await client.order(REF)
    return decide(before, FetchedOrder(REF, order), NOW + 20 * HOUR)
