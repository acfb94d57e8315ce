"""Several watches that are opened at once share one message; their cards come with their first news."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.store_harness import CLAIMS_CHANNEL, MEI, NOW, ORDERS_CHANNEL, StoreHarness

from storage.post import Post, PostKind
from storage.watch import NewWatch, Watch, WatchState
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = [f"1688:25422856349208{n:05}" for n in range(6)]
FOUR = KEYS[:4]


async def opened(harness: StoreHarness, keys: Sequence[str], channel: str = ORDERS_CHANNEL) -> list[Watch]:
    for key in keys:
        await harness.order(key)
    results = await harness.store.watches.open(NOW, [NewWatch(key, channel, Filter.ALL, MEI) for key in keys])
    return [result.watch for result in results]


async def states(harness: StoreHarness, watches: Sequence[Watch]) -> set[WatchState]:
    stored = [await harness.store.watches.get(watch.id) for watch in watches]
    return {watch.state for watch in stored if watch}


async def the_list(harness: StoreHarness) -> Post:
    """Claim the one post there is."""
    post = await harness.claim_one()
    assert post.kind is PostKind.LIST
    return post


@pytest.mark.parametrize(("count", "kinds"), [(3, {"card": 3}), (4, {"list": 1})])
async def test_how_many_get_cards_at_once(harness: StoreHarness, count: int, kinds: dict[str, int]) -> None:
    """Up to three; the others are told of in one message."""
    await opened(harness, KEYS[:count])
    rows = harness.rows("SELECT kind, COUNT(*) AS n FROM outbox GROUP BY kind")
    assert {row["kind"]: row["n"] for row in rows} == kinds


async def test_each_channel_counts_for_itself(harness: StoreHarness) -> None:
    """Two in each of two channels are four cards."""
    for key in FOUR:
        await harness.order(key)
    channels = [ORDERS_CHANNEL, ORDERS_CHANNEL, CLAIMS_CHANNEL, CLAIMS_CHANNEL]
    wishes = [NewWatch(key, channel, Filter.ALL, MEI) for key, channel in zip(FOUR, channels, strict=True)]
    await harness.store.watches.open(NOW, wishes)
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'card'") == 4


async def test_those_that_stand_already_do_not_count(harness: StoreHarness) -> None:
    """Only what is new is told."""
    await opened(harness, KEYS[:3])
    for key in KEYS[3:]:
        await harness.order(key)
    await harness.store.watches.open(NOW, [NewWatch(key, ORDERS_CHANNEL, Filter.ALL, MEI) for key in KEYS])
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'card'") == 6
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'list'") == 0


async def test_the_list_makes_its_watches_active(harness: StoreHarness) -> None:
    """Without a card: the first news brings it, in front of itself."""
    watches = await opened(harness, FOUR)
    assert await states(harness, watches) == {WatchState.OPENING}
    post = await the_list(harness)
    assert (post.opens, post.watch_list.by) == ([watch.id for watch in watches], MEI)
    await harness.store.outbox.mark_sent(NOW, post, "1772416800.000100")
    assert await states(harness, watches) == {WatchState.ACTIVE}
    await harness.tell("arrived", FOUR[0])
    card = await harness.claim_one()
    assert (card.kind, card.key) == (PostKind.CARD, FOUR[0])
    await harness.store.outbox.mark_sent(NOW, card, "1772416800.000200")
    news = await harness.claim_one()
    assert (news.kind, news.thread_ts, news.told_by_card) == (PostKind.NEWS, "1772416800.000200", True)
    await harness.store.outbox.mark_sent(NOW, news, "1772416800.000300")
    await harness.tell("delivered", FOUR[0])
    assert not (await harness.claim_one()).told_by_card


async def test_news_before_the_list_waits_behind_it(harness: StoreHarness) -> None:
    """Slack has not taken the list yet: list, card and news go out in this order."""
    await opened(harness, FOUR)
    await harness.tell("arrived", FOUR[0])
    kinds = []
    for n in range(3):
        post = await harness.claim_one()
        kinds.append(post.kind)
        await harness.store.outbox.mark_sent(NOW, post, f"1772416800.00010{n}")
    assert kinds == [PostKind.LIST, PostKind.CARD, PostKind.NEWS]


async def test_a_refused_list_ends_its_watches(harness: StoreHarness) -> None:
    """With Slack's reason, and with the news that waited behind it."""
    watches = await opened(harness, FOUR)
    await harness.tell("arrived", FOUR[0])
    await harness.store.outbox.mark_failed(NOW, await the_list(harness), "not_in_channel")
    assert await states(harness, watches) == {WatchState.ENDED}
    stored = await harness.store.watches.get(watches[0].id)
    assert stored is not None
    assert stored.reason == "not_in_channel"
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE state = 'pending'") == 0


async def test_a_watch_that_ended_before_stays_as_it_is(harness: StoreHarness) -> None:
    """Somebody stopped one of them while the list was on its way."""
    watches = await opened(harness, FOUR)
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, FOUR[:1], MEI)
    post = await the_list(harness)
    await harness.store.outbox.mark_sent(NOW, post, "1772416800.000100")
    assert await states(harness, watches[:1]) == {WatchState.ENDED}
    assert await states(harness, watches[1:]) == {WatchState.ACTIVE}


async def test_a_list_that_was_perhaps_sent_is_looked_up_after_a_crash(harness: StoreHarness) -> None:
    """Its watches wait for the answer of the look-up."""
    watches = await opened(harness, FOUR)
    await the_list(harness)
    await harness.restart()
    await harness.store.outbox.recover_after_crash(NOW)
    post = await the_list(harness)
    assert post.state == "uncertain"
    assert await states(harness, watches) == {WatchState.OPENING}
    await harness.store.outbox.mark_sent(NOW, post, "1772416800.000100")
    assert await states(harness, watches) == {WatchState.ACTIVE}


async def test_no_card_is_brought_up_to_date_that_is_not_there(harness: StoreHarness) -> None:
    """Another filter for a watch without a card changes nothing in Slack."""
    await opened(harness, FOUR)
    await harness.store.outbox.mark_sent(NOW, await the_list(harness), "1772416800.000100")
    await harness.store.watches.open(NOW, [NewWatch(FOUR[0], ORDERS_CHANNEL, Filter.PROBLEMS, MEI)])
    assert await harness.claim() == []
