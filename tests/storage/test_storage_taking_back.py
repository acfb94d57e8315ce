"""What changed a channel for all is taken back, and only that: subscriptions, mutes and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.store_harness import CLAIMS_CHANNEL, MEI, MINUTE, NOW, ORDER, ORDERS_CHANNEL, OTHER, order_of

from pandapon.shipment import Milestone
from storage.subscription import NewOrder, Subscription
from tracking.values import Filter

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

HOUR = 60 * MINUTE
STATES = {"shipped": frozenset({Milestone.IN_TRANSIT}), "paid": frozenset({Milestone.PAID})}


async def subscribe(harness: StoreHarness, status: str, filter_: Filter) -> int:
    """Watch all orders, or those in one state; the subscription's id."""
    wish = Subscription(ORDERS_CHANNEL, status, filter_, MEI)
    subscription, _is_new = await harness.store.subscriptions.subscribe(NOW, wish)
    return subscription.id


async def watched(harness: StoreHarness) -> dict[str, str]:
    """The filter of each watched order."""
    return {watch.key: watch.filter.value for watch in await harness.store.watches.of_orders([ORDER, OTHER])}


async def test_another_subscription_keeps_its_orders(harness: StoreHarness) -> None:
    """Those that stand in its state go over to it with its filter; the others end. Taken back, all is as it was."""
    subscriptions = harness.store.subscriptions
    for_all = await subscribe(harness, "", Filter.PROBLEMS)
    shipped, paid = order_of(ORDER, milestone=Milestone.IN_TRANSIT), order_of(OTHER, milestone=Milestone.DELIVERED)
    await subscriptions.join(NOW, for_all, [NewOrder(shipped, NOW), NewOrder(paid, NOW)])
    await subscribe(harness, "shipped", Filter.ALL)
    before = await watched(harness)
    passed_on = await subscriptions.unsubscribe_one(NOW, for_all, MEI, STATES)
    assert passed_on is not None
    assert await watched(harness) == {ORDER: "all"}
    assert await subscriptions.unsubscribe_one(NOW, for_all, MEI, STATES) is None
    again = await subscriptions.resubscribe(NOW + MINUTE, ORDERS_CHANNEL, NOW, MEI, passed_on=passed_on)
    assert [(each.id, each.status, n) for each, n in again] == [(for_all, "", 2)]
    assert await watched(harness) == before
    stopped, ended = await subscriptions.unsubscribe(NOW + HOUR, ORDERS_CHANNEL, MEI)
    assert (len(stopped), ended) == (2, 2)


async def test_each_mute_gets_its_own_end_back(harness: StoreHarness) -> None:
    """Where it is still the one to be taken back; an end that is past by then is none."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    watches = harness.store.watches
    assert await watches.mute(NOW, ORDERS_CHANNEL, [ORDER], until=NOW + 2 * HOUR, actor=MEI) == {ORDER: None}
    former = await watches.mute(NOW, ORDERS_CHANNEL, [ORDER, OTHER], until=NOW + 9 * HOUR, actor=MEI)
    assert former == {ORDER: NOW + 2 * HOUR, OTHER: None}
    wrong = await watches.restore_mutes(NOW, ORDERS_CHANNEL, NOW + HOUR, former=former, actor=MEI)
    assert wrong == {}
    assert await watches.restore_mutes(NOW, CLAIMS_CHANNEL, NOW + 9 * HOUR, former=former, actor=MEI) == {}
    restored = await watches.restore_mutes(NOW, ORDERS_CHANNEL, NOW + 9 * HOUR, former=former, actor=MEI)
    assert restored == former
    [muted] = await watches.muted_in(ORDERS_CHANNEL, NOW)
    assert (muted.key, muted.muted_until) == (ORDER, NOW + 2 * HOUR)
    await watches.mute(NOW, ORDERS_CHANNEL, [ORDER], until=NOW + 9 * HOUR, actor=MEI)
    late = NOW + 3 * HOUR
    once = {ORDER: NOW + 2 * HOUR}
    assert await watches.restore_mutes(late, ORDERS_CHANNEL, NOW + 9 * HOUR, former=once, actor=MEI) == {ORDER: None}


async def test_the_mute_of_a_channel_is_taken_back_once(harness: StoreHarness) -> None:
    """Nothing changes where somebody muted it anew, or where it is over."""
    channels, until = harness.store.channels, NOW + HOUR
    assert await channels.mute(NOW, ORDERS_CHANNEL, until, MEI) is None
    assert not await channels.restore_mute(NOW, ORDERS_CHANNEL, until + HOUR, former=None, actor=MEI)
    assert not await channels.restore_mute(until, ORDERS_CHANNEL, until, former=None, actor=MEI)
    assert await channels.restore_mute(NOW, ORDERS_CHANNEL, until, former=None, actor=MEI)
    assert not await channels.restore_mute(NOW, ORDERS_CHANNEL, until, former=None, actor=MEI)
    assert (await channels.get(ORDERS_CHANNEL)).muted_until is None
    assert await channels.restore_mute(NOW, ORDERS_CHANNEL, None, former=until, actor=MEI)
    assert (await channels.get(ORDERS_CHANNEL)).muted_until == until


async def test_filters_come_back_where_they_are_as_they_were_set(harness: StoreHarness) -> None:
    """Of watches and subscriptions; what had that filter before is not among them."""
    first = await harness.active(ORDER, filter_=Filter.ALL)
    second = await harness.active(OTHER, filter_=Filter.MILESTONES)
    subscription = await subscribe(harness, "", Filter.PROBLEMS)
    watches = harness.store.watches
    former = await watches.set_filters(NOW, ORDERS_CHANNEL, "problems", MEI)
    assert former == ({"all": [first.id], "milestones": [second.id]}, {})
    wider = await watches.set_filters(NOW, ORDERS_CHANNEL, "all", MEI)
    assert wider == ({"problems": [first.id, second.id]}, {"problems": [subscription]})
    unchanged = await watches.restore_filters(NOW, ORDERS_CHANNEL, "problems", former=former, actor=MEI)
    assert unchanged == ({}, {})
    assert await watches.restore_filters(NOW, ORDERS_CHANNEL, "all", former=wider, actor=MEI) == wider
    assert await watches.restore_filters(NOW, ORDERS_CHANNEL, "problems", former=former, actor=MEI) == former
    assert await watched(harness) == {ORDER: "all", OTHER: "milestones"}
    assert [each.filter for each in await harness.store.subscriptions.active(ORDERS_CHANNEL)] == ["problems"]
