"""The outbox: in order in each channel, each thing once, and nothing forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

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
    changed,
    news_to_post,
    words,
)

from storage.errors import UnreadableError
from storage.packing import pack
from storage.poll import Unchanged
from storage.post import QUIET_HOURS, TOLD_OF_PARCEL, PostKind, PostState, muted_by, who_muted
from tracking.values import Filter

if TYPE_CHECKING:
    from support.store_harness import StoreHarness


async def test_news_goes_to_the_watches_in_its_audience(harness: StoreHarness) -> None:
    """Whichever filters are in it: no filter includes another."""
    await harness.active(ORDER, "C1", Filter.ALL)
    await harness.active(ORDER, "C2", Filter.PROBLEMS)
    await harness.active(ORDER, "C3", Filter.MILESTONES)
    told = news_to_post("moved", frozenset({Filter.ALL, Filter.MILESTONES}))
    assert await harness.tell("moved", to_post=told) == 2
    assert await harness.send_all() == ["C1 news moved", "C3 news moved"]


async def test_news_for_nobody_is_nothing_to_send(harness: StoreHarness) -> None:
    """An empty audience writes no outbox row."""
    await harness.active()
    assert await harness.tell("moved", to_post=news_to_post("moved", frozenset())) == 0
    assert await harness.claim() == []


async def test_the_same_news_is_told_once(harness: StoreHarness) -> None:
    """The second announcement of one happening adds nothing, not even after it was sent."""
    await harness.active()
    assert [await harness.tell("moved"), await harness.tell("moved")] == [1, 0]
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news moved"]
    assert await harness.tell("moved") == 0
    assert await harness.claim() == []


async def test_a_post_carries_what_sending_needs(harness: StoreHarness) -> None:
    """Its thread, its payload, an opaque token, and when it was first tried."""
    watch = await harness.active()
    await harness.tell("delivered 已签收")
    post = await harness.claim_one(now=NOW + MINUTE)
    assert (post.kind, post.state, post.channel, post.key) == (PostKind.NEWS, PostState.SENDING, ORDERS_CHANNEL, ORDER)
    assert (words(post), post.thread_ts, post.watch_id) == ("delivered 已签收", watch.card_ts, watch.id)
    assert (post.created_at, post.claimed_at, post.attempts) == (NOW, NOW + MINUTE, 0)
    assert len(post.token) == 32
    assert int(post.token, 16)
    assert ORDER.partition(":")[2] not in post.token


async def test_tokens_differ_from_post_to_post(harness: StoreHarness) -> None:
    """A lookup finds the one message and no other."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.active(ORDER, CLAIMS_CHANNEL)
    for event in ("one", "two"):
        for key in (ORDER, OTHER):
            await harness.tell(event, key, changed=True)
    tokens = [row["token"] for row in harness.rows("SELECT token FROM outbox")]
    assert len(tokens) == len(set(tokens)) == 3 + 6 + 3


async def test_a_channel_hears_things_in_the_order_they_happened(harness: StoreHarness) -> None:
    """One post at a time; the next is given out when the one before is settled."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.tell("first", ORDER)
    await harness.tell("second", OTHER)
    await harness.tell("third", ORDER)
    first = await harness.claim_one()
    assert await harness.claim() == []
    await harness.store.outbox.mark_sent(NOW, first, "ts")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second", f"{ORDERS_CHANNEL} news third"]


async def test_news_waits_behind_its_card(harness: StoreHarness) -> None:
    """An order that moves while its card is on the way is told in the card's thread."""
    await harness.opening()
    await harness.tell("moved")
    card = await harness.claim_one()
    assert await harness.claim() == []
    await harness.store.outbox.mark_sent(NOW, card, "card-ts")
    news = await harness.claim_one()
    assert (news.kind, news.thread_ts) == (PostKind.NEWS, "card-ts")


async def test_channels_do_not_wait_for_each_other(harness: StoreHarness) -> None:
    """One that is stuck holds up nobody else."""
    await harness.active(ORDER, ORDERS_CHANNEL)
    await harness.active(ORDER, CLAIMS_CHANNEL)
    await harness.tell("one")
    await harness.tell("two")
    stuck, going = sorted(await harness.claim(), key=lambda post: post.channel, reverse=True)
    assert {stuck.channel, going.channel} == {ORDERS_CHANNEL, CLAIMS_CHANNEL}
    await harness.store.outbox.mark_uncertain(stuck, NOW + 60 * MINUTE, "timeout")
    await harness.store.outbox.mark_sent(NOW, going, "ts")
    assert await harness.send_all() == [f"{going.channel} news two"]


async def test_busy_channels_and_the_limit_are_kept(harness: StoreHarness) -> None:
    """The sender says which channels it is occupied with and how many posts it can take."""
    for n in range(4):
        await harness.active(ORDER, f"C{n}")
    await harness.tell("moved")
    assert [post.channel for post in await harness.store.outbox.claim(NOW, 2, LEASE, ["C0"])] == ["C1", "C2"]
    assert [post.channel for post in await harness.store.outbox.claim(NOW, 9, LEASE, [])] == ["C0", "C3"]


async def test_a_post_that_must_wait_holds_its_channel(harness: StoreHarness) -> None:
    """Order matters more than speed: what comes after a retry waits with it."""
    await harness.active()
    await harness.tell("first")
    await harness.tell("second")
    post = await harness.claim_one()
    assert await harness.store.outbox.mark_retry(post, NOW + MINUTE, "ratelimited")
    assert await harness.claim(NOW + MINUTE - timedelta(seconds=1)) == []
    again = await harness.claim_one(now=NOW + MINUTE)
    assert (words(again), again.attempts, again.claimed_at) == ("first", 1, NOW + MINUTE)


async def test_a_refresh_that_must_wait_lets_others_pass(harness: StoreHarness) -> None:
    """A card that cannot be edited just now does not silence the channel."""
    await harness.active()
    await harness.tell("first", changed=True)
    await harness.store.outbox.mark_sent(NOW, await harness.claim_one(), "ts")
    refresh = await harness.claim_one()
    assert refresh.kind is PostKind.REFRESH
    await harness.store.outbox.mark_retry(refresh, NOW + MINUTE, "ratelimited")
    await harness.tell("second")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second"]
    assert await harness.send_all(NOW + MINUTE) == [f"{ORDERS_CHANNEL} refresh"]


async def test_a_card_is_not_brought_up_to_date_before_it_is_posted(harness: StoreHarness) -> None:
    """The card that Slack asked to wait with has no ts yet that a refresh could name."""
    await harness.opening()
    await harness.tell("first", to_post=None, changed=True)
    await harness.store.outbox.mark_retry(await harness.claim_one(), NOW + MINUTE, "ratelimited")
    assert await harness.claim() == []
    assert (await harness.claim_one(now=NOW + MINUTE)).kind is PostKind.CARD


async def test_many_wishes_for_a_refresh_are_one_row_at_the_end(harness: StoreHarness) -> None:
    """A card shows the latest state: refreshing it once, after all the news, is enough."""
    await harness.active()
    for event in ("one", "two", "three"):
        await harness.tell(event, changed=True)
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'refresh'") == 1
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news {event}" for event in ("one", "two", "three")] + [
        f"{ORDERS_CHANNEL} refresh"
    ]
    await harness.tell("four", changed=True)
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news four", f"{ORDERS_CHANNEL} refresh"]


@pytest.mark.parametrize("outcome", ["sent", "retry", "failed"])
async def test_a_wish_made_while_a_refresh_is_on_its_way_is_not_swallowed(harness: StoreHarness, outcome: str) -> None:
    """The edit that left may lack the newest state: whatever becomes of it, another follows."""
    await harness.active()
    await harness.tell("one", to_post=None, changed=True)
    on_its_way = await harness.claim_one()
    await harness.tell("two", to_post=None, changed=True)
    if outcome == "sent":
        assert not await harness.store.outbox.mark_sent(NOW, on_its_way, "ts")
    elif outcome == "retry":
        assert not await harness.store.outbox.mark_retry(on_its_way, NOW + 60 * MINUTE, "ratelimited")
    else:
        assert not await harness.store.outbox.mark_failed(NOW, on_its_way, "message_not_found")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]


async def test_an_unsent_refresh_failing_for_good_comes_back_with_the_next_wish(harness: StoreHarness) -> None:
    """A card that could not be edited once is tried again when there is something new to show."""
    await harness.active()
    await harness.tell("one", to_post=None, changed=True)
    await harness.store.outbox.mark_failed(NOW, await harness.claim_one(), "cant_update_message")
    assert await harness.claim() == []
    await harness.tell("two", to_post=None, changed=True)
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]


async def test_an_unchanged_reading_asks_for_no_refresh(harness: StoreHarness) -> None:
    """Nothing to show, nothing to send."""
    await harness.active()
    due = await harness.due()
    await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + MINUTE)])
    assert await harness.claim() == []


async def test_a_post_in_doubt_is_looked_for_with_what_is_known_of_it(harness: StoreHarness) -> None:
    """It keeps its token and the time of its first try, blocks its channel, and waits for its time."""
    await harness.active()
    await harness.tell("first")
    await harness.tell("second")
    sent = await harness.claim_one()
    assert await harness.store.outbox.mark_uncertain(sent, NOW + MINUTE, "timeout")
    assert await harness.claim() == []
    doubt = await harness.claim_one(now=NOW + MINUTE)
    assert (doubt.id, doubt.state, doubt.token, doubt.claimed_at) == (sent.id, PostState.UNCERTAIN, sent.token, NOW)
    assert doubt.fence > sent.fence
    assert await harness.claim(NOW + MINUTE) == []


async def test_a_post_found_in_the_channel_is_not_sent_again(harness: StoreHarness) -> None:
    """The lookup settles it and the next one goes."""
    await harness.active()
    await harness.tell("first")
    await harness.tell("second")
    await harness.store.outbox.mark_uncertain(await harness.claim_one(), NOW, "timeout")
    assert await harness.store.outbox.mark_sent(NOW, await harness.claim_one(), "found")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second"]


async def test_a_post_not_found_is_sent_again(harness: StoreHarness) -> None:
    """It keeps its place and its token, so that a third look could still find it."""
    await harness.active()
    await harness.tell("first")
    await harness.tell("second")
    first = await harness.claim_one()
    await harness.store.outbox.mark_uncertain(first, NOW, "timeout")
    assert await harness.store.outbox.mark_retry(await harness.claim_one(), NOW, "not found")
    again = await harness.claim_one()
    assert (again.id, again.state, again.token) == (first.id, PostState.SENDING, first.token)


async def test_a_lookup_whose_worker_died_is_made_again(harness: StoreHarness) -> None:
    """Its lease is its next time."""
    await harness.active()
    await harness.tell("first")
    await harness.store.outbox.mark_uncertain(await harness.claim_one(), NOW, "timeout")
    dead = await harness.claim_one()
    assert await harness.claim(NOW + LEASE - MINUTE) == []
    assert (await harness.claim_one(now=NOW + LEASE)).fence > dead.fence


async def test_a_post_whose_lease_ran_out_is_in_doubt(harness: StoreHarness) -> None:
    """The worker that took it may have sent it; its late word counts no more."""
    await harness.active()
    await harness.tell("first")
    slow = await harness.claim_one()
    doubt = await harness.claim_one(now=NOW + LEASE)
    assert (doubt.id, doubt.state, doubt.claimed_at) == (slow.id, PostState.UNCERTAIN, NOW)
    assert not await harness.store.outbox.mark_sent(NOW + LEASE, slow, "late")
    assert await harness.store.outbox.mark_sent(NOW + LEASE, doubt, "found")


async def test_a_lease_stands_while_its_sender_is_at_work(harness: StoreHarness) -> None:
    """The machine slept, or its clock was set forward: the post that is on its way is neither doubted nor repeated."""
    await harness.active()
    await harness.tell("first")
    await harness.tell("second")
    post = await harness.claim_one()
    assert await harness.store.outbox.claim(NOW + LEASE * 100, 10, LEASE, {post.channel}) == []
    assert await harness.store.outbox.mark_sent(NOW + LEASE * 100, post, "ts-1")
    assert (await harness.claim_one(now=NOW + LEASE * 100)).event_id == "second"


async def test_a_post_is_settled_once(harness: StoreHarness) -> None:
    """Every second word about one claim is refused, whatever it says."""
    await harness.active()
    await harness.tell("first")
    post = await harness.claim_one()
    assert await harness.store.outbox.mark_sent(NOW, post, "ts-1")
    assert not await harness.store.outbox.mark_sent(NOW, post, "ts-2")
    assert not await harness.store.outbox.mark_retry(post, NOW, "late")
    assert not await harness.store.outbox.mark_uncertain(post, NOW, "late")
    assert not await harness.store.outbox.mark_failed(NOW, post, "late")
    assert harness.value("SELECT ts FROM outbox WHERE id = ?", post.id) == "ts-1"
    assert await harness.claim() == []


async def test_refused_news_lets_the_next_go_and_stays_refused(harness: StoreHarness) -> None:
    """A message that Slack will never take does not silence the watch, and is not made again."""
    watch = await harness.active()
    await harness.tell("first")
    await harness.tell("second")
    assert await harness.store.outbox.mark_failed(NOW, await harness.claim_one(), "invalid_blocks")
    assert await harness.tell("first") == 0
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second"]
    assert [watched.id for watched in await harness.store.watches.of_orders([ORDER])] == [watch.id]


async def test_what_left_before_an_unwatch_is_not_tried_again(harness: StoreHarness) -> None:
    """Slack asked to wait, and meanwhile the person had enough: the post is dropped, the channel goes on."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.tell("first", ORDER)
    await harness.tell("second", OTHER)
    on_its_way = await harness.claim_one()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    assert await harness.store.outbox.mark_retry(on_its_way, NOW, "ratelimited")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second"]


async def test_what_is_in_doubt_at_an_unwatch_is_still_looked_for(harness: StoreHarness) -> None:
    """A card that was posted after all is known if the watch is brought back."""
    watch = await harness.opening()
    await harness.store.outbox.mark_uncertain(await harness.claim_one(), NOW, "timeout")
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    doubt = await harness.claim_one()
    assert doubt.state is PostState.UNCERTAIN
    assert await harness.store.outbox.mark_sent(NOW, doubt, "card-ts")
    (restored,) = await harness.store.watches.restore(NOW, [watch.id], MEI)
    assert (restored.state, restored.card_ts) == ("active", "card-ts")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]


async def test_a_held_post_waits_for_its_time_and_lets_others_pass(harness: StoreHarness) -> None:
    """Quiet hours hold one message; another kind may be said meanwhile."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.tell("quiet", ORDER)
    await harness.tell("loud", OTHER)
    assert await harness.store.outbox.mark_held(await harness.claim_one(), NOW + 60 * MINUTE, "quiet hours")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news loud"]
    assert await harness.send_all(NOW + 60 * MINUTE) == [f"{ORDERS_CHANNEL} news quiet"]


async def test_a_stale_reading_tells_nobody(harness: StoreHarness) -> None:
    """What is dropped is dropped with its news and its refresh."""
    await harness.active()
    due = await harness.due()
    result = changed(ORDER, due.fence - 1, "stale", changed=True)
    assert (await harness.store.orders.record(NOW, [result])).posts == 0
    assert await harness.claim() == []


async def test_the_figures_count_what_is_there(harness: StoreHarness) -> None:
    """They agree with what was done."""
    await harness.active(ORDER)
    await harness.opening(OTHER, CLAIMS_CHANNEL)
    await harness.tell("moved")
    await harness.store.outbox.mark_failed(NOW, await harness.claim_one(CLAIMS_CHANNEL), "channel_not_found")
    health = await harness.store.upkeep.health(NOW + MINUTE)
    assert (health.orders, health.watches, health.paused, health.due) == (2, 1, 0, 1)
    assert (health.oldest_due, health.oldest_post, health.last_sent_at) == (NOW + MINUTE, NOW, NOW)
    assert health.outbox == {PostState.PENDING: 1, PostState.FAILED: 1}
    assert health.stale_orders == 0


async def test_a_channel_is_behind_when_a_post_of_its_waits_for_over_a_minute(harness: StoreHarness) -> None:
    """However many of its posts do; what is held, failed or sent does not wait."""
    for channel in ("C1", "C2", "C3"):
        await harness.active(ORDER, channel)
    await harness.tell("moved")
    await harness.tell("moved on")

    async def behind(minutes: float) -> int:
        return (await harness.store.upkeep.health(NOW + minutes * MINUTE)).lanes_behind

    assert [await behind(0), await behind(1), await behind(1.1)] == [0, 0, 3]
    for channel in ("C1", "C2"):
        for _ in range(2):
            post = await harness.claim_one(channel)
            if channel == "C1":
                await harness.store.outbox.mark_failed(NOW, post, "channel_not_found")
            else:
                await harness.store.outbox.mark_held(post, NOW + 60 * MINUTE, "quiet hours")
    assert await behind(2) == 1


async def test_pruning_forgets_the_past_and_nothing_else(harness: StoreHarness) -> None:
    """Old sent posts, seen events and audit rows go; what waits, however old, and the watches stay."""
    watch = await harness.active()
    await harness.store.people.first_seen("Ev1", NOW)
    await harness.tell("sent")
    await harness.send_all()
    await harness.tell("waiting")
    assert await harness.store.upkeep.prune(NOW, 100) == 0
    assert await harness.store.upkeep.prune(NOW + MINUTE, 100) >= 3
    assert await harness.store.people.first_seen("Ev1", NOW + MINUTE)
    assert harness.value("SELECT COUNT(*) FROM audit") == 0
    assert [watched.card_ts for watched in await harness.store.watches.of_orders([ORDER])] == [watch.card_ts]
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news waiting"]


async def test_news_may_be_kept_for_a_shorter_time(harness: StoreHarness) -> None:
    """What was told goes first; the audit trail and what waits stay."""
    await harness.active()
    await harness.tell("sent")
    await harness.send_all()
    await harness.tell("waiting")
    assert await harness.store.upkeep.prune(NOW, 100, told_before=NOW + MINUTE) == 2
    assert harness.value("SELECT COUNT(*) FROM news") == 1
    assert harness.value("SELECT COUNT(*) FROM audit") > 0
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news waiting"]


async def test_a_delivery_is_new_once(harness: StoreHarness) -> None:
    """Slack sends some events twice."""
    assert [await harness.store.people.first_seen(delivery, NOW) for delivery in ("Ev1", "Ev1", "Ev2")] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("stored", ["{", "[]", "3", '{"from": "another version"}'])
async def test_a_post_that_cannot_be_read_keeps_no_other_from_being_claimed(harness: StoreHarness, stored: str) -> None:
    """It is claimed with the rest, and says so to whoever asks what it tells."""
    await harness.active(ORDER)
    await harness.active(OTHER, CLAIMS_CHANNEL)
    await harness.tell("bad", ORDER)
    await harness.tell("good", OTHER)
    await harness.store.engine.run(
        lambda conn: conn.execute("UPDATE news SET payload = ? WHERE key = ?", (pack(stored), ORDER))
    )
    bad, good = sorted(await harness.claim(), key=lambda post: post.key)
    assert words(good) == "good"
    with pytest.raises(UnreadableError, match="in a news"):
        _ = bad.news


def test_the_reasons_of_held_and_skipped_posts_are_stored_as_ever() -> None:
    """Rows of an earlier version are read with the same words, and only the error of a mute names a person."""
    assert (QUIET_HOURS, muted_by(MEI)) == ("quiet hours", f"muted by {MEI}")
    assert who_muted(f"muted by {MEI}") == MEI
    assert [who_muted(error) for error in (QUIET_HOURS, TOLD_OF_PARCEL, "not_in_channel", "")] == [None] * 4
