"""An upgrade of the courier rules over a database of before: states are put right, quietly, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.store_harness import NOW, ORDER, ORDERS_CHANNEL, OTHER, PARCEL, baseline, changed, scan

from bot.jobs.reread import reread
from handlers.posts.notices import corrected
from pandapon.courier import RULES, Reason
from pandapon.shipment import Milestone
from storage import traces

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

# YTO's ordinary pick-up scan, which the rules of before told as delivered.
PICKED_UP = scan("yto", "【义乌市公司】 已收件 取件人: 王大山", code="", milestone=Milestone.DELIVERED)
SIGNED = scan("signed", "已签收，签收人：本人", code="", milestone=Milestone.DELIVERED)


def told_as_delivered(key: str, node: Any) -> Any:
    """An order as the rules of before left it."""
    parcel = replace(PARCEL, status_code="", status_milestone=None, milestone=Milestone.DELIVERED)
    state = {"order": None, "milestone": Milestone.DELIVERED, "final_at": NOW}
    return baseline(key, **state, parcels=(parcel,), nodes=(node,), next_poll_at=None)


async def test_what_was_told_wrongly_is_put_right(harness: StoreHarness) -> None:
    """The state, the card and the schedule; one line a channel; what was right is left alone; once."""
    await harness.store.orders.add(NOW, told_as_delivered(ORDER, PICKED_UP))
    await harness.store.orders.add(NOW, told_as_delivered(OTHER, SIGNED))
    await harness.active(ORDER)
    await harness.active(OTHER)
    await reread(harness.store, lambda: NOW)
    stored = await harness.store.orders.load([ORDER, OTHER])
    wrong, right = stored[ORDER], stored[OTHER]
    assert (wrong.milestone, wrong.final_at, wrong.next_poll_at) == ("picked_up", None, NOW)
    assert [node.milestone for node in wrong.shipment.nodes] == ["picked_up"]
    assert [parcel.milestone for parcel in wrong.shipment.parcels] == ["picked_up"]
    assert (right.milestone, right.final_at) == ("delivered", NOW)
    assert sorted(await harness.send_all()) == [
        f"{ORDERS_CHANNEL} notice OrdersCorrected(orders=1)",
        f"{ORDERS_CHANNEL} refresh",
    ]
    await harness.restart()
    await reread(harness.store, lambda: NOW)
    assert await harness.send_all() == []
    assert (await harness.store.rereading.rules()).startswith(RULES)


async def test_a_reading_under_way_does_not_undo_it(harness: StoreHarness) -> None:
    """It began with the entries as they were before, and is recorded whole: it is dropped, and the order read again."""
    await harness.store.orders.add(NOW, told_as_delivered(ORDER, PICKED_UP))
    await harness.active(ORDER)
    await harness.store.orders.mark_due([ORDER], NOW)
    [due] = await harness.store.orders.claim_due(NOW, 1, timedelta(minutes=5))
    await reread(harness.store, lambda: NOW)
    late = changed(ORDER, due.fence, "late", milestone=Milestone.DELIVERED, nodes=(PICKED_UP, SIGNED))
    recorded = await harness.store.orders.record(NOW, [late])
    assert (recorded.applied, recorded.stale) == (0, 1)
    stored = (await harness.store.orders.load([ORDER]))[ORDER]
    assert [node.milestone for node in stored.shipment.nodes] == ["picked_up"]
    assert stored.next_poll_at == NOW


async def test_a_reading_that_comes_between_is_not_undone(
    harness: StoreHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person tracks the order while it is read again: what they were told stands, and the rest is put right."""
    store, read = harness.store, harness.store.rereading.batch
    in_transit = baseline(ORDER, order=None, milestone=Milestone.IN_TRANSIT, nodes=(PICKED_UP,), parcels=(PARCEL,))
    await store.orders.add(NOW, in_transit)
    await harness.active(ORDER)

    async def batch(after: str, limit: int) -> Any:
        page = await read(after, limit)
        if page[1]:
            fence = (await store.orders.load([ORDER]))[ORDER].fence
            parcel = replace(PARCEL, milestone=Milestone.DELIVERED)
            facts: dict[str, Any] = {
                "order": None,
                "milestone": Milestone.DELIVERED,
                "final_at": NOW,
                "parcels": (parcel,),
            }
            await store.orders.record(NOW, [changed(ORDER, fence, "delivered", **facts, nodes=(PICKED_UP, SIGNED))])
        return page

    monkeypatch.setattr(store.rereading, "batch", batch)
    await reread(store, lambda: NOW)
    stored = (await store.orders.load([ORDER]))[ORDER]
    assert (stored.milestone, stored.final_at) == ("delivered", NOW)
    assert {node.identity: node.milestone for node in stored.shipment.nodes} == {
        PICKED_UP.identity: "picked_up",
        SIGNED.identity: "delivered",
    }


async def test_reasons_that_were_not_stored_before_are_read(harness: StoreHarness) -> None:
    """A list loads no entries, so the reason of a problem stands beside the order from now on."""
    damaged = scan("damaged", "快件外包装破损，已登记为问题件", code="", milestone=Milestone.EXCEPTION)
    parcel = replace(PARCEL, status_code="", status_milestone=None, milestone=Milestone.EXCEPTION)
    state = {"order": None, "milestone": Milestone.EXCEPTION}
    await harness.store.orders.add(NOW, baseline(ORDER, **state, parcels=(parcel,), nodes=(damaged,)))
    watch = await harness.active(ORDER)
    assert watch.order_reason is None
    await reread(harness.store, lambda: NOW)
    [again] = await harness.store.watches.of_orders([ORDER])
    assert again.order_reason is Reason.DAMAGED
    assert (await harness.store.orders.load([ORDER]))[ORDER].reason is Reason.DAMAGED
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]


async def test_times_for_a_pick_up_that_were_not_stored_before_are_read(harness: StoreHarness) -> None:
    """A version before this one stored the entry, and no time beside the order."""
    ready = scan("ready", "快件已存放至丰巢柜，请在24小时内取件", code="", milestone=Milestone.READY_FOR_PICKUP)
    parcel = replace(PARCEL, status_code="", status_milestone=None, milestone=Milestone.READY_FOR_PICKUP)
    state = {"order": None, "milestone": Milestone.READY_FOR_PICKUP}
    await harness.store.orders.add(NOW, baseline(ORDER, **state, parcels=(parcel,), nodes=(ready,)))
    watch = await harness.active(ORDER)
    assert watch.pick_up_by is None
    await reread(harness.store, lambda: NOW)
    [again] = await harness.store.watches.of_orders([ORDER])
    assert ready.at is not None
    assert again.pick_up_by == ready.at + timedelta(hours=24)
    assert (await harness.store.orders.load([ORDER]))[ORDER].pick_up_by == again.pick_up_by
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]


async def test_a_new_database_says_nothing(harness: StoreHarness) -> None:
    """There is nothing to read again."""
    await reread(harness.store, lambda: NOW)
    assert await harness.send_all() == []


def test_the_line() -> None:
    """One line, in numbers."""
    single, three = corrected(1), corrected(3)
    assert "1 order reported as delivered wasn't" in single.text
    assert "3 orders reported as delivered weren't" in three.text


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE orders SET order_json = '{}' WHERE key = ?",
        b"\x00",
        b"\x01\xff",
        (traces.AT, 9_000_000_000_000_000_000),
        (traces.BASIS, "of another version"),
    ],
)
async def test_an_order_that_cannot_be_read_keeps_no_other_from_being_put_right(
    harness: StoreHarness, damage: str | bytes | tuple[int, object]
) -> None:
    """The bot starts, and the others are read by the new rules."""
    await harness.store.orders.add(NOW, told_as_delivered(ORDER, PICKED_UP))
    await harness.store.orders.add(NOW, told_as_delivered(OTHER, PICKED_UP))
    if isinstance(damage, tuple):
        await harness.overwrite_entries(OTHER, *damage)
    else:
        sql = damage if isinstance(damage, str) else "UPDATE traces SET nodes = ? WHERE key = ?"
        facts = (OTHER,) if isinstance(damage, str) else (damage, OTHER)
        await harness.store.engine.run(lambda conn: conn.execute(sql, facts))
    await reread(harness.store, lambda: NOW)
    assert set(await harness.store.orders.load_readable([ORDER, OTHER])) == {ORDER}
    assert (await harness.store.orders.load([ORDER]))[ORDER].milestone == "picked_up"
    assert (await harness.store.rereading.rules()).startswith(RULES)
