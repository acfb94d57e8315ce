"""Watches open with a card, end, come back and pause; a person can always see which of these it is."""

from __future__ import annotations

import pytest
from support.store_harness import (
    CLAIMS_CHANNEL,
    LEASE,
    MEI,
    MINUTE,
    NOW,
    ORDER,
    ORDERS_CHANNEL,
    OTHER,
    StoreHarness,
    words,
)

from storage.errors import StorageError
from storage.poll import Unchanged
from storage.post import PostKind, PostState
from storage.watch import NewWatch, WatchState
from tracking.channel_settings import ChannelSettings
from tracking.daily_digest import DailyDigest
from tracking.values import Filter


async def _state(harness: StoreHarness, watch_id: int) -> WatchState:
    watch = await harness.store.watches.get(watch_id)
    assert watch is not None
    return watch.state


async def test_a_watch_opens_with_its_card(harness: StoreHarness) -> None:
    """It is OPENING until Slack took the card, and ACTIVE with the card's ts from then on."""
    watch = await harness.opening()
    assert (watch.state, watch.card_ts, watch.created_by, watch.milestone) == ("opening", "", MEI, "in_transit")
    card = await harness.claim_one()
    assert (card.kind, card.watch_id, card.key, card.thread_ts) == (PostKind.CARD, watch.id, ORDER, "")
    await harness.store.outbox.mark_sent(NOW, card, "1772416800.000100")
    active = await harness.store.watches.get(watch.id)
    assert active is not None
    assert (active.state, active.card_ts) == (WatchState.ACTIVE, "1772416800.000100")


async def test_one_live_watch_an_order_and_channel(harness: StoreHarness) -> None:
    """A second wish finds the first watch; in another channel it is a watch of its own."""
    first = await harness.active()
    again, other = await harness.store.watches.open(
        NOW, [NewWatch(ORDER, channel, Filter.ALL, "U0WEI") for channel in (ORDERS_CHANNEL, CLAIMS_CHANNEL)]
    )
    assert (again.watch.id, again.created, again.filter_changed) == (first.id, False, False)
    assert (other.created, other.watch.channel) == (True, CLAIMS_CHANNEL)
    assert [post.channel for post in await harness.claim()] == [CLAIMS_CHANNEL]


async def test_the_same_wish_twice_in_one_command_is_one_watch(harness: StoreHarness) -> None:
    """A person may paste an id twice."""
    await harness.order()
    wish = NewWatch(ORDER, ORDERS_CHANNEL, Filter.ALL, MEI)
    first, second = await harness.store.watches.open(NOW, [wish, wish])
    assert (first.created, second.created) == (True, False)
    assert first.watch.id == second.watch.id


async def test_another_filter_is_taken_over(harness: StoreHarness) -> None:
    """The card is brought up to date, since it names the filter."""
    watch = await harness.active()
    (opened,) = await harness.store.watches.open(NOW, [NewWatch(ORDER, ORDERS_CHANNEL, Filter.PROBLEMS, MEI)])
    assert (opened.watch.id, opened.watch.filter, opened.filter_changed) == (watch.id, "problems", True)
    assert [post.kind for post in await harness.claim()] == [PostKind.REFRESH]


async def test_a_filter_that_nobody_named_changes_no_standing_watch(harness: StoreHarness) -> None:
    """The default is for new watches: asking again in passing must not make a channel louder."""
    watch = await harness.active(filter_=Filter.PROBLEMS)
    channels = (ORDERS_CHANNEL, CLAIMS_CHANNEL)
    wishes = [NewWatch(ORDER, channel, None, "U0WEI", Filter.MILESTONES) for channel in channels]
    standing, new = await harness.store.watches.open(NOW, wishes)
    assert (standing.watch.id, standing.watch.filter, standing.filter_changed) == (watch.id, "problems", False)
    assert (new.created, new.watch.filter) == (True, "milestones")


async def test_a_watch_needs_a_stored_order(harness: StoreHarness) -> None:
    """A wish for an unknown order is refused, and the wishes beside it are undone with it."""
    await harness.order()
    wishes = [NewWatch(ORDER, ORDERS_CHANNEL, Filter.ALL, MEI), NewWatch("1688:1", ORDERS_CHANNEL, Filter.ALL, MEI)]
    with pytest.raises((StorageError, LookupError)):
        await harness.store.watches.open(NOW, wishes)
    assert await harness.store.watches.of_channel(ORDERS_CHANNEL, 0, 10) == ([], 0)
    assert await harness.claim() == []


async def test_a_channels_watches_are_listed_newest_first_page_by_page(harness: StoreHarness) -> None:
    """The total counts them all; ended ones and other channels' are left out."""
    opened = [await harness.opening(f"1688:{10**18 + n}") for n in range(5)]
    await harness.opening(OTHER, CLAIMS_CHANNEL)
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [opened[2].key], MEI)
    page, total = await harness.store.watches.of_channel(ORDERS_CHANNEL, 1, 2)
    assert ([watch.id for watch in page], total) == ([opened[3].id, opened[1].id], 4)


async def test_unwatching_ends_drops_what_was_not_said_and_stops_polling(harness: StoreHarness) -> None:
    """After it the channel hears nothing of the order, and the order falls due no more."""
    watch = await harness.active()
    await harness.tell("moved")
    (ended,) = await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER, OTHER], MEI)
    assert (ended.id, ended.state) == (watch.id, WatchState.ENDED)
    assert await harness.claim() == []
    assert await harness.store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE) == []
    assert await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI) == []


async def test_unwatching_in_one_channel_leaves_the_others(harness: StoreHarness) -> None:
    """The order stays due and the other channel still hears of it."""
    await harness.active()
    await harness.active(ORDER, CLAIMS_CHANNEL)
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    await harness.tell("moved")
    assert await harness.send_all() == [f"{CLAIMS_CHANNEL} news moved"]
    assert [due.key for due in await harness.store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE)] == [ORDER]


async def test_a_reading_on_its_way_does_not_wake_an_unwatched_order(harness: StoreHarness) -> None:
    """The poller leased it, the last watch ended, the result came: the order stays at rest."""
    watch = await harness.active()
    due = await harness.due()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    from_then = await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + MINUTE)])
    assert (from_then.applied, from_then.stale) == (0, 1)
    assert await harness.store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE) == []
    assert await _state(harness, watch.id) is WatchState.ENDED


async def test_undo_brings_the_watch_back_with_its_card(harness: StoreHarness) -> None:
    """It is active again, due at once, and its card is brought up to date."""
    watch = await harness.active()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    (restored,) = await harness.store.watches.restore(NOW + MINUTE, [watch.id], MEI)
    assert (restored.id, restored.state, restored.card_ts) == (watch.id, WatchState.ACTIVE, watch.card_ts)
    post = await harness.claim_one()
    assert (post.kind, post.thread_ts) == (PostKind.REFRESH, watch.card_ts)
    assert (await harness.due(now=NOW + MINUTE)).key == ORDER


async def test_undo_before_the_card_was_posted_asks_for_the_card_again(harness: StoreHarness) -> None:
    """The watch opens as if it had never ended."""
    watch = await harness.opening()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    (restored,) = await harness.store.watches.restore(NOW, [watch.id], MEI)
    assert restored.state is WatchState.OPENING
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} card"]
    assert await _state(harness, watch.id) is WatchState.ACTIVE


async def test_undo_while_the_card_is_on_its_way_posts_no_second_card(harness: StoreHarness) -> None:
    """The card that left before the unwatch becomes the restored watch's card."""
    watch = await harness.opening()
    card = await harness.claim_one()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    await harness.store.watches.restore(NOW, [watch.id], MEI)
    assert await harness.store.outbox.mark_sent(NOW, card, "1772416800.000100")
    assert await harness.claim() == []
    active = await harness.store.watches.get(watch.id)
    assert active is not None
    assert (active.state, active.card_ts) == (WatchState.ACTIVE, "1772416800.000100")


async def test_undo_while_the_card_is_in_doubt_keeps_the_doubt(harness: StoreHarness) -> None:
    """It is looked for before it is posted again."""
    watch = await harness.opening()
    await harness.store.outbox.mark_uncertain(await harness.claim_one(), NOW, "timeout")
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    await harness.store.watches.restore(NOW, [watch.id], MEI)
    assert (await harness.claim_one()).state is PostState.UNCERTAIN


async def test_undo_yields_to_a_newer_watch(harness: StoreHarness) -> None:
    """Somebody watched the order anew meanwhile: the old watch stays ended."""
    old = await harness.active()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    new = await harness.opening()
    assert await harness.store.watches.restore(NOW, [old.id, 999], MEI) == []
    assert [watch.id for watch in await harness.store.watches.of_orders([ORDER])] == [new.id]


async def test_undo_of_a_live_watch_does_nothing(harness: StoreHarness) -> None:
    """A button that is pressed twice is harmless."""
    watch = await harness.active()
    assert await harness.store.watches.restore(NOW, [watch.id], MEI) == []
    assert await harness.claim() == []


async def test_a_refused_card_ends_its_watch_with_the_reason(harness: StoreHarness) -> None:
    """Its other posts are dropped, its order is polled no more, and undo does not bring it back."""
    watch = await harness.opening()
    await harness.tell("moved")
    card = await harness.claim_one()
    assert await harness.store.outbox.mark_failed(NOW, card, "channel_not_found")
    ended = await harness.store.watches.get(watch.id)
    assert ended is not None
    assert (ended.state, ended.reason) == (WatchState.ENDED, "channel_not_found")
    assert await harness.claim() == []
    assert await harness.store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE) == []
    assert await harness.store.watches.restore(NOW, [watch.id], MEI) == []


async def test_a_refused_card_leaves_an_order_due_that_another_channel_watches(harness: StoreHarness) -> None:
    """Only the refused watch ends."""
    await harness.active(ORDER, CLAIMS_CHANNEL)
    await harness.opening()
    await harness.store.outbox.mark_failed(NOW, await harness.claim_one(), "not_in_channel")
    assert [due.key for due in await harness.store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE)] == [ORDER]


async def test_a_channel_that_refuses_for_good_pauses_its_watches(harness: StoreHarness) -> None:
    """They keep their reason and their unsent news; other channels go on."""
    paused = await harness.active()
    await harness.active(ORDER, CLAIMS_CHANNEL)
    await harness.tell("moved")
    ended = await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    assert [watch.id for watch in ended] == [paused.id]
    watch = await harness.store.watches.get(paused.id)
    assert watch is not None
    assert (watch.state, watch.reason) == (WatchState.PAUSED, "is_archived")
    await harness.tell("moved again")
    assert await harness.send_all(quiet=MEI) == [f"{CLAIMS_CHANNEL} news moved", f"{CLAIMS_CHANNEL} news moved again"]
    assert (await harness.store.upkeep.health(NOW)).paused == 1


async def test_the_owner_is_told_of_a_pause_once(harness: StoreHarness) -> None:
    """One notice a person, however many of their watches the channel held."""
    await harness.active()
    await harness.active(OTHER)
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    (notice,) = await harness.claim()
    assert (notice.kind, notice.channel, notice.watch_id) == (PostKind.NOTICE, MEI, None)
    assert (ORDERS_CHANNEL in words(notice), "is_archived" in words(notice)) == (True, True)


async def test_a_channel_that_is_gone_strands_nothing_in_the_outbox(harness: StoreHarness) -> None:
    """The last word of an ended watch, with no watch left to pause, is given up instead of tried for ever."""
    await harness.active()
    due = await harness.due()
    await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, None)])
    last_word = await harness.claim_one()
    assert await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "channel_not_found") == []
    assert not await harness.store.outbox.mark_retry(last_word, NOW, "late")
    assert await harness.claim(NOW + LEASE) == []
    assert (await harness.store.upkeep.health(NOW)).outbox == {PostState.FAILED: 1}


async def test_a_daily_digest_waits_with_the_paused_watches_of_its_channel(harness: StoreHarness) -> None:
    """It belongs to no watch, and goes when the channel can be posted to again."""
    watch = await harness.active()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.store.channels.save_settings(NOW, ORDERS_CHANNEL, ChannelSettings(), MEI)
    assert await harness.store.channels.put_daily_digest(NOW, ORDERS_CHANNEL, "2026-03-02", DailyDigest("today"))
    await harness.claim_one()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    assert await harness.claim(NOW + LEASE, MEI) == []
    await harness.store.watches.resume(NOW, watch.id, MEI)
    assert (await harness.claim_one()).kind is PostKind.DAILY_DIGEST


async def test_resuming_sends_what_was_held_and_refreshes_the_card(harness: StoreHarness) -> None:
    """Nothing that was waiting is lost, nor what became news while nobody could be told."""
    paused = await harness.active()
    await harness.tell("moved")
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.tell("moved meanwhile")
    resumed = await harness.store.watches.resume(NOW, paused.id, MEI)
    assert resumed is not None
    assert (resumed.state, resumed.reason) == (WatchState.ACTIVE, "")
    news = [f"{ORDERS_CHANNEL} news moved", f"{ORDERS_CHANNEL} news moved meanwhile"]
    assert await harness.send_all(quiet=MEI) == [*news, f"{ORDERS_CHANNEL} refresh"]
    assert await harness.store.watches.resume(NOW, paused.id, MEI) is None


async def test_news_that_left_before_the_pause_is_looked_for_after_it(harness: StoreHarness) -> None:
    """It may be in the channel already: sending it unseen could say it twice."""
    paused = await harness.active()
    await harness.tell("moved")
    news = await harness.claim_one()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    assert not await harness.store.outbox.mark_sent(NOW, news, "1772416800.000200")
    await harness.store.watches.resume(NOW, paused.id, MEI)
    again = await harness.claim_one(now=NOW + LEASE)  # until then it may still be on its way
    assert (again.state, again.token, again.claimed_at) == (PostState.UNCERTAIN, news.token, NOW)


async def test_asking_again_for_a_paused_watch_resumes_it(harness: StoreHarness) -> None:
    """The person who types the command again wants it to work."""
    paused = await harness.active()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    (opened,) = await harness.store.watches.open(NOW, [NewWatch(ORDER, ORDERS_CHANNEL, Filter.PROBLEMS, MEI)])
    assert (opened.watch.id, opened.watch.state, opened.watch.filter) == (paused.id, WatchState.ACTIVE, "problems")
    assert await harness.send_all(quiet=MEI) == [f"{ORDERS_CHANNEL} refresh"]


async def test_a_paused_watch_can_be_ended(harness: StoreHarness) -> None:
    """Its held news go with it."""
    await harness.active()
    await harness.tell("moved")
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    assert len(await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)) == 1
    assert (await harness.store.upkeep.health(NOW)).outbox.get(PostState.HELD, 0) == 0


async def test_who_did_what_is_on_record(harness: StoreHarness) -> None:
    """Each change of a watch leaves one audit row, written with the change."""
    watch = await harness.active()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.store.watches.resume(NOW, watch.id, "U0WEI")
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    await harness.store.watches.restore(NOW, [watch.id], MEI)
    rows = harness.rows("SELECT actor, action, channel, key FROM audit ORDER BY id")
    assert [(row["actor"], row["action"]) for row in rows] == [
        (MEI, "watch"),
        ("slack", "pause"),
        ("U0WEI", "resume"),
        (MEI, "unwatch"),
        (MEI, "restore"),
    ]
    assert {(row["channel"], row["key"]) for row in rows} == {(ORDERS_CHANNEL, ORDER)}


@pytest.mark.parametrize("stored", ["{}", "not JSON", '{"platform": "ebay", "order_id": "1"}'])
async def test_a_list_stands_though_one_of_its_orders_cannot_be_read(harness: StoreHarness, stored: str) -> None:
    """An order that another version wrote otherwise is listed by its number alone, beside the others."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    sql = "UPDATE orders SET order_json = ? WHERE key = ?"
    await harness.store.engine.run(lambda conn: conn.execute(sql, (stored, ORDER)))
    watches, total = await harness.store.watches.of_channel(ORDERS_CHANNEL, 0, 10)
    assert total == 2
    assert {watch.key: watch.order is None for watch in watches} == {ORDER: True, OTHER: False}


async def test_a_channel_of_many_watches_is_resumed_some_at_a_time(harness: StoreHarness) -> None:
    """Others write in between; whoever resumes it again, after a kill or at once, finishes the rest."""
    keys = [f"1688:25422856349{number:08}" for number in range(250)]
    for key in keys:
        await harness.order(key)
    await harness.store.watches.open(NOW, [NewWatch(key, ORDERS_CHANNEL, Filter.ALL, MEI) for key in keys])
    await harness.store.outbox.mark_sent(NOW, await harness.claim_one(), "ts")
    assert len(await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")) == 250
    assert len(await harness.store.watches.resume_some(NOW, ORDERS_CHANNEL, MEI, 0)) == 100
    await harness.restart()  # killed between two transactions
    assert await harness.store.watches.paused_channels() == [(ORDERS_CHANNEL, "is_archived")]
    assert len(await harness.store.watches.resume_channel(NOW, ORDERS_CHANNEL, "slack")) == 150
    assert harness.value("SELECT COUNT(*) FROM watches WHERE state = 'active'") == 250
    assert harness.value("SELECT COUNT(*) FROM audit WHERE action = 'resume'") == 250
