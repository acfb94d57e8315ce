"""Digests, mutes, alarms and whole-account watches: what delivery asks of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.store_harness import (
    CLAIMS_CHANNEL,
    LEASE,
    MEI,
    MINUTE,
    NOW,
    ORDER,
    ORDERS_CHANNEL,
    OTHER,
    news_to_post,
    news_with_text,
    order_of,
    words,
)

from storage.alarm import Alarm, AlarmState
from storage.post import DETAIL_OF, BatchRule, Post, PostKind, PostState
from storage.subscription import NewOrder, Subscription
from storage.watch import WatchState
from tracking.values import Filter, Leg, Severity, Stall

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

SILENCE = Stall(Leg.DOMESTIC, NOW - 60 * MINUTE, 30 * MINUTE)


async def _digest(harness: StoreHarness) -> Post:
    """Three pieces of news folded into one message that is on its way."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    for event, key in (("one", ORDER), ("two", OTHER), ("three", ORDER)):
        await harness.tell(event, key)
    digest = await harness.store.outbox.batch(NOW, await harness.claim_one(), 10, LEASE)
    assert digest is not None
    return digest


async def test_news_that_piles_up_is_batch_id_one_message(harness: StoreHarness) -> None:
    """The digest takes the head's place; its parts are sent with it and not again."""
    digest = await _digest(harness)
    assert (digest.kind, digest.channel, digest.state) == (PostKind.BATCH, ORDERS_CHANNEL, PostState.SENDING)
    assert [words(post) for post in await harness.store.outbox.batch_members(digest.id)] == ["one", "two", "three"]
    assert await harness.claim() == []
    assert await harness.store.outbox.mark_sent(NOW, digest, "ts")
    for key, parts in ((ORDER, ["one", "three"]), (OTHER, ["two"])):  # the words of it, each order's in its thread
        detail = await harness.claim_one()
        assert (detail.kind, detail.key, detail.event_id.startswith(DETAIL_OF)) == (PostKind.BATCH, key, True)
        assert detail.thread_ts
        assert [words(post) for post in await harness.store.outbox.batch_members(detail.id)] == parts
        assert await harness.store.outbox.mark_sent(NOW, detail, "ts")
    assert await harness.claim() == []
    assert [row["state"] for row in harness.rows("SELECT DISTINCT state FROM outbox")] == ["sent"]


async def test_a_digest_says_how_much_waits_behind_a_post(harness: StoreHarness) -> None:
    """The sender folds when enough has piled up, and takes no more than it asks for."""
    await harness.active()
    for event in ("one", "two", "three"):
        await harness.tell(event)
    head = await harness.claim_one()
    assert head.behind == 2
    digest = await harness.store.outbox.batch(NOW, head, 2, LEASE)
    assert digest is not None
    assert [words(post) for post in await harness.store.outbox.batch_members(digest.id)] == ["one", "two"]
    assert await harness.store.outbox.mark_sent(NOW, digest, "ts")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news three"]


async def test_a_single_post_is_not_folded(harness: StoreHarness) -> None:
    """There is nothing to fold it with, and the claim stays good."""
    await harness.active()
    await harness.tell("one")
    head = await harness.claim_one()
    assert await harness.store.outbox.batch(NOW, head, 10, LEASE) is None
    assert await harness.store.outbox.mark_sent(NOW, head, "ts")


async def test_a_stale_claim_folds_nothing(harness: StoreHarness) -> None:
    """Its lease ran out: the post is in doubt and must be looked up on its own."""
    await harness.active()
    await harness.tell("one")
    await harness.tell("two")
    slow = await harness.claim_one()
    await harness.claim(NOW + LEASE)
    assert await harness.store.outbox.batch(NOW + LEASE, slow, 10, LEASE) is None
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'batch'") == 0


async def _loud_and_quiet(harness: StoreHarness) -> Post:
    """Two orders in turn, a problem of the first in between; returns the first post, claimed."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    for event, key, level in (
        ("one", ORDER, Severity.NODE),
        ("two", OTHER, Severity.NODE),
        ("three", ORDER, Severity.PROBLEM),
        ("four", OTHER, Severity.NODE),
    ):
        await harness.tell(event, key, to_post=news_to_post(event, severity=level))
    return await harness.claim_one()


async def test_only_what_may_go_now_is_folded(harness: StoreHarness) -> None:
    """Quiet hours let problems pass: what they hold is not taken along, and does not count as a queue."""
    head = await _loud_and_quiet(harness)
    problems = frozenset({Severity.PROBLEM})
    assert await harness.store.outbox.batch(NOW, head, 10, LEASE, rule=BatchRule(3, problems)) is None
    digest = await harness.store.outbox.batch(NOW, head, 10, LEASE, rule=BatchRule(2, problems))
    assert digest is not None
    assert [words(post) for post in await harness.store.outbox.batch_members(digest.id)] == ["one", "three"]


async def test_orders_with_nothing_to_show_stay_in_their_threads(harness: StoreHarness) -> None:
    """One with a problem is told with all its news, as loud as that, the other's scans go into its own thread."""
    head = await _loud_and_quiet(harness)
    rule = BatchRule(2, shown=frozenset({Severity.PROBLEM}))
    loud = await harness.store.outbox.batch(NOW, head, 10, LEASE, rule=rule)
    assert loud is not None
    (watch,) = await harness.store.watches.of_orders([ORDER])
    assert (loud.key, loud.thread_ts, loud.severity) == (ORDER, watch.card_ts, "problem")
    assert [words(post) for post in await harness.store.outbox.batch_members(loud.id)] == ["one", "three"]
    assert await harness.store.outbox.mark_sent(NOW, loud, "ts")
    quiet = await harness.store.outbox.batch(NOW, await harness.claim_one(), 10, LEASE, rule=rule)
    assert quiet is not None
    (watch,) = await harness.store.watches.of_orders([OTHER])
    assert (quiet.key, quiet.watch_id, quiet.thread_ts) == (OTHER, watch.id, watch.card_ts)
    assert [words(post) for post in await harness.store.outbox.batch_members(quiet.id)] == ["two", "four"]


async def test_a_digest_of_one_order_finds_its_thread_again(harness: StoreHarness) -> None:
    """After a failed try it goes to the card that the order has then, and a lost card comes before it."""
    await harness.active()
    for event in ("one", "two"):
        await harness.tell(event)
    digest = await harness.store.outbox.batch(
        NOW, await harness.claim_one(), 10, LEASE, rule=BatchRule(shown=frozenset())
    )
    assert digest is not None
    assert await harness.store.outbox.mark_card_deleted(NOW, digest)
    card = await harness.claim_one()
    assert card.kind is PostKind.CARD
    await harness.store.outbox.mark_sent(NOW, card, "new-card")
    again = await harness.claim_one()
    assert (again.id, again.kind, again.thread_ts) == (digest.id, PostKind.BATCH, "new-card")


async def test_news_whose_card_is_to_come_is_not_folded(harness: StoreHarness) -> None:
    """It has no thread yet, and a digest would tell it before its card."""
    await harness.active(OTHER)
    await harness.tell("first", OTHER)
    await _joined(harness)
    await harness.tell("second")
    assert await harness.store.outbox.batch(NOW, await harness.claim_one(), 10, LEASE) is None


async def test_a_digest_in_doubt_is_looked_for_after_a_restart(harness: StoreHarness) -> None:
    """With its own token; its parts come with it."""
    lost = await _digest(harness)
    store = await harness.restart()
    assert await store.outbox.recover_after_crash(NOW) == 1
    doubt = await harness.claim_one()
    assert (doubt.id, doubt.state, doubt.token) == (lost.id, PostState.UNCERTAIN, lost.token)
    assert await store.outbox.mark_retry(doubt, NOW, "not found")
    again = await harness.claim_one()
    assert (again.kind, again.token) == (PostKind.BATCH, lost.token)
    assert len(await store.outbox.batch_members(again.id)) == 3


async def test_a_refused_digest_refuses_its_parts_and_is_forgotten_in_time(harness: StoreHarness) -> None:
    """Nothing of it waits for ever; what it told of each order still goes into that order's thread."""
    digest = await _digest(harness)
    await harness.store.outbox.mark_failed(NOW, digest, "invalid_blocks")
    for _order in range(2):
        assert await harness.store.outbox.mark_failed(NOW, await harness.claim_one(), "invalid_blocks")
    assert (await harness.store.upkeep.health(NOW)).outbox == {PostState.FAILED: 6}
    await harness.store.upkeep.prune(NOW + MINUTE, 100)
    assert (await harness.store.upkeep.health(NOW)).outbox == {}


async def test_a_mute_is_known_to_the_sender_while_it_lasts(harness: StoreHarness) -> None:
    """Of the watch or of the whole channel; the store only says who muted it."""
    await harness.active(ORDER)
    await harness.active(OTHER, CLAIMS_CHANNEL)
    await harness.store.watches.mute(NOW, ORDERS_CHANNEL, [ORDER, OTHER], until=NOW + MINUTE, actor=MEI)
    await harness.store.channels.mute(NOW, CLAIMS_CHANNEL, NOW + MINUTE, "U0WEI")
    await harness.tell("one", ORDER)
    await harness.tell("one", OTHER)
    assert {post.channel: post.muted_by for post in await harness.claim()} == {
        ORDERS_CHANNEL: MEI,
        CLAIMS_CHANNEL: "U0WEI",
    }
    await harness.store.outbox.recover_after_crash(NOW)
    assert {post.muted_by for post in await harness.claim(NOW + MINUTE)} == {""}


async def test_what_was_skipped_stays_unsaid_and_explained(harness: StoreHarness) -> None:
    """The history of the order says why nothing was posted."""
    await harness.active()
    await harness.tell("one")
    assert await harness.store.outbox.mark_skipped(NOW, await harness.claim_one(), "muted")
    assert await harness.claim() == []
    (told,) = (await harness.store.delivery_log.of_order(ORDER, ORDERS_CHANNEL, 10)).entries
    assert (told.event_id, told.news, told.state, told.error) == (
        "one",
        news_with_text("one"),
        PostState.SKIPPED,
        "muted",
    )
    (elsewhere,) = (await harness.store.delivery_log.of_order(ORDER, CLAIMS_CHANNEL, 10)).entries
    assert elsewhere.state is None


async def test_a_lost_card_is_posted_anew_before_the_news(harness: StoreHarness) -> None:
    """Somebody deleted the card in Slack: its thread is gone, the next news begins another."""
    await harness.active()
    await harness.tell("one")
    assert await harness.store.outbox.mark_card_deleted(NOW, await harness.claim_one())
    card = await harness.claim_one()
    assert card.kind is PostKind.CARD
    await harness.store.outbox.mark_sent(NOW, card, "new-card")
    news = await harness.claim_one()
    assert (words(news), news.thread_ts) == ("one", "new-card")


async def test_an_alarm_is_raised_once_and_cleared_by_movement(harness: StoreHarness) -> None:
    """People can act on it until then; after that it is history."""
    await harness.active()
    alarm = Alarm(ORDER, "silent:1", SILENCE)
    assert await harness.store.alarms.open(NOW, alarm, news_to_post("silent:1"), None)
    assert not await harness.store.alarms.open(NOW, alarm, news_to_post("silent:1"), None)
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news silent:1", f"{ORDERS_CHANNEL} refresh"]
    raised = (await harness.store.alarms.of_orders([ORDER]))[ORDER]
    assert await harness.store.alarms.live(10) == [ORDER]
    assert await harness.store.alarms.live(0) == []
    acted = await harness.store.alarms.act(NOW, raised.id, AlarmState.ASSIGNED, MEI)
    assert acted is not None
    assert (acted.state, acted.assignee) == (AlarmState.ASSIGNED, MEI)
    await harness.tell("moved", moved=True)
    assert await harness.store.alarms.of_orders([ORDER]) == {}
    assert await harness.store.alarms.live(10) == []
    late = await harness.store.alarms.act(NOW, raised.id, AlarmState.SNOOZED, MEI, until=NOW)
    assert late is not None
    assert late.state is AlarmState.CLEARED


async def test_an_alarm_stands_while_its_silence_does(harness: StoreHarness) -> None:
    """What else moves does not clear it; one that was taken for over and is found again is reopened without a word."""
    await harness.active()
    alarm = Alarm(ORDER, "stall:domestic:YT1:2026-03-01T00:00:00+00:00", SILENCE)
    assert await harness.store.alarms.open(NOW, alarm, news_to_post(alarm.event_id), None)
    await harness.tell("another moved", moved=True, silent=("YT1:2026-03-01T00:00:00+00:00",))
    assert list(await harness.store.alarms.of_orders([ORDER])) == [ORDER]
    await harness.tell("this one moved", moved=True, silent=("YT2:2026-03-01T00:00:00+00:00",))
    assert await harness.store.alarms.of_orders([ORDER]) == {}
    assert len(await harness.send_all()) == 4
    assert not await harness.store.alarms.open(NOW, alarm, news_to_post(alarm.event_id), None)
    assert (await harness.store.alarms.of_orders([ORDER]))[ORDER].state is AlarmState.OPEN
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]


async def test_orders_join_a_channel_that_watches_all(harness: StoreHarness) -> None:
    """Silently, once, and never an order that somebody there stopped watching."""
    watch = await harness.active(OTHER)
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [watch.key], MEI)
    wish, new = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    assert new
    orders = [NewOrder(order_of(key), NOW) for key in (ORDER, OTHER)]
    assert await harness.store.subscriptions.join(NOW, wish.id, orders) == 1
    assert await harness.store.subscriptions.join(NOW, wish.id, orders) == 0
    assert [watched.key for watched in await harness.store.watches.of_orders([ORDER, OTHER])] == [ORDER]
    assert await harness.claim() == []
    assert [due.polls for due in await harness.store.orders.claim_due(NOW, 10, LEASE)] == [0]
    [_subscription], ended = await harness.store.subscriptions.unsubscribe(NOW, ORDERS_CHANNEL, MEI)
    assert ended == 1
    assert await harness.store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE) == []


async def _joined(harness: StoreHarness) -> int:
    """A watch without a card, as `watch all` makes them. Returns its id."""
    wish, _ = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    await harness.store.subscriptions.join(NOW, wish.id, [NewOrder(order_of(), NOW)])
    (watch,) = await harness.store.watches.of_orders([ORDER])
    return watch.id


async def test_a_watch_that_joined_gets_its_card_with_its_first_news(harness: StoreHarness) -> None:
    """There is a thread to tell it in, and no message before there is something to say."""
    await _joined(harness)
    await harness.tell("one")
    await harness.tell("two")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} {post}" for post in ("card", "news one", "news two")]


async def test_news_under_a_refused_card_fails_with_it(harness: StoreHarness) -> None:
    """Whether it waits alone or in a digest, and the figures count it; another order's news is left alone."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    for event in ("one", "two"):
        await harness.tell(event)
    await harness.tell("other", OTHER)
    digest = await harness.store.outbox.batch(
        NOW, await harness.claim_one(), 10, LEASE, rule=BatchRule(shown=frozenset())
    )
    assert digest is not None
    await harness.tell("three")
    assert await harness.store.outbox.mark_card_deleted(NOW, digest)
    assert await harness.store.outbox.mark_failed(NOW, await harness.claim_one(), "msg_too_long")
    told = (await harness.store.delivery_log.of_order(ORDER, ORDERS_CHANNEL, 10)).entries
    assert [(entry.event_id, entry.state, entry.error) for entry in told] == [
        (event, PostState.FAILED, "msg_too_long") for event in ("one", "two", "three")
    ]
    assert (await harness.store.upkeep.health(NOW)).lost == 4  # the digest is counted as well
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news other"]


async def test_a_held_card_comes_before_the_news_that_may_go(harness: StoreHarness) -> None:
    """As loud as that news, so that what lets one pass lets the other; what stays held follows in its thread."""
    await _joined(harness)
    await harness.tell("quiet")
    for _held in ("card", "news"):
        assert await harness.store.outbox.mark_held(await harness.claim_one(), NOW + MINUTE, "quiet hours")
    await harness.tell("loud", to_post=news_to_post("loud", severity=Severity.PROBLEM))
    loud = await harness.claim_one()
    assert loud.card_held
    assert await harness.store.outbox.queue_card_before(NOW, loud)
    assert not await harness.store.outbox.queue_card_before(NOW, loud)
    card = await harness.claim_one()
    assert (card.kind, card.severity) == (PostKind.CARD, "problem")
    assert await harness.store.outbox.mark_sent(NOW, card, "card-ts")
    again = await harness.claim_one()
    assert (words(again), again.thread_ts, again.card_held) == ("loud", "card-ts", False)
    assert await harness.store.outbox.mark_card_deleted(NOW, again)
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} card", f"{ORDERS_CHANNEL} news loud"]
    assert await harness.send_all(NOW + MINUTE) == [f"{ORDERS_CHANNEL} news quiet"]


async def test_orders_join_a_paused_channel_paused(harness: StoreHarness) -> None:
    """Their news waits with the others', and nobody is told of the pause again for each of them."""
    wish, _ = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    paused = await harness.active(OTHER)
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.store.subscriptions.join(NOW, wish.id, [NewOrder(order_of(), NOW)])
    await harness.tell("moved")
    assert [post.kind for post in await harness.claim()] == [PostKind.NOTICE]
    assert await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived") == []
    resumed = await harness.store.watches.resume_channel(NOW, ORDERS_CHANNEL, MEI)
    assert {watch.id for watch in resumed} > {paused.id}
    news = [f"{ORDERS_CHANNEL} card", f"{ORDERS_CHANNEL} news moved"]
    assert await harness.send_all(quiet=MEI) == [*news, f"{ORDERS_CHANNEL} refresh"]


async def test_a_post_that_a_pause_overtook_may_still_arrive(harness: StoreHarness) -> None:
    """Resumed meanwhile, nobody looks for it before its sender's lease is over: not found, it would be sent again."""
    await harness.active()
    await harness.tell("moved")
    sending = await harness.claim_one()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.store.watches.resume_channel(NOW + MINUTE, ORDERS_CHANNEL, MEI)
    await harness.tell("arrived")
    [refresh] = await harness.claim(NOW + MINUTE, MEI)
    assert refresh.kind is PostKind.REFRESH
    await harness.store.outbox.mark_sent(NOW, refresh, "ts")
    looked_for = await harness.claim_one(now=NOW + LEASE)
    assert (looked_for.id, looked_for.state) == (sending.id, PostState.UNCERTAIN)


async def test_a_post_that_a_pause_overtook_is_looked_for_at_once_after_a_crash(harness: StoreHarness) -> None:
    """Its sender is gone, so nothing of it is on its way any more."""
    await harness.active()
    await harness.tell("moved")
    await harness.claim_one()
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    await harness.store.watches.resume_channel(NOW, ORDERS_CHANNEL, MEI)
    await harness.store.outbox.recover_after_crash(NOW)
    assert (await harness.claim_one()).state is PostState.UNCERTAIN


async def test_a_watch_that_joined_survives_a_pause_before_its_card(harness: StoreHarness) -> None:
    """Paused and resumed it is active as before, and its first news still brings the card."""
    watch_id = await _joined(harness)
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    resumed = await harness.store.watches.resume(NOW, watch_id, MEI)
    assert resumed is not None
    assert resumed.state is WatchState.ACTIVE
    await harness.tell("one")
    assert await harness.send_all(quiet=MEI) == [f"{ORDERS_CHANNEL} card", f"{ORDERS_CHANNEL} news one"]
