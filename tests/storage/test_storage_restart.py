"""A new process finds everything where the old one left it, at whatever moment that was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.shelf import LEASE, MEI, MINUTE, NOW, ORDER, ORDERS_CHANNEL, changed

from storage.poll import Failed
from storage.post import PostKind, PostState
from storage.rows import to_int
from storage.watch import WatchState

if TYPE_CHECKING:
    from support.shelf import Shelf


async def _news(shelf: Shelf) -> None:
    await shelf.active()
    await shelf.tell("first")
    await shelf.tell("second")


async def test_waiting_posts_wait_on_in_their_order(shelf: Shelf) -> None:
    """PENDING: sent by the next process, first things first."""
    await _news(shelf)
    store = await shelf.restart()
    assert await store.outbox.recover_after_crash(NOW) == 0
    assert await shelf.said() == [f"{ORDERS_CHANNEL} news first", f"{ORDERS_CHANNEL} news second"]


async def test_a_post_on_its_way_is_looked_for_first(shelf: Shelf) -> None:
    """SENDING: it may be in the channel; it keeps its token and blocks what comes after it."""
    await _news(shelf)
    lost = await shelf.claim_one()
    store = await shelf.restart()
    assert await store.outbox.recover_after_crash(NOW) == 1
    doubt = await shelf.claim_one()
    assert (doubt.id, doubt.state, doubt.token, doubt.claimed_at) == (lost.id, PostState.UNCERTAIN, lost.token, NOW)
    assert not await store.outbox.mark_sent(NOW, lost, "word of the old process")
    assert await store.outbox.mark_sent(NOW, doubt, "found")
    assert await shelf.said() == [f"{ORDERS_CHANNEL} news second"]


async def test_a_card_on_its_way_opens_its_watch_when_it_is_found(shelf: Shelf) -> None:
    """OPENING: the watch is neither lost nor given a second card."""
    watch = await shelf.opening()
    await shelf.claim_one()
    store = await shelf.restart()
    await store.outbox.recover_after_crash(NOW)
    doubt = await shelf.claim_one()
    assert (doubt.kind, doubt.state) == (PostKind.CARD, PostState.UNCERTAIN)
    await store.outbox.mark_sent(NOW, doubt, "card-ts")
    found = await store.watches.get(watch.id)
    assert found is not None
    assert (found.state, found.card_ts) == (WatchState.ACTIVE, "card-ts")
    assert await shelf.claim() == []


async def test_doubt_survives(shelf: Shelf) -> None:
    """UNCERTAIN: still to be looked for at its time, by a process that knows nothing else of it."""
    await _news(shelf)
    await shelf.store.outbox.mark_uncertain(NOW, await shelf.claim_one(), NOW + MINUTE, "timeout")
    store = await shelf.restart()
    assert await store.outbox.recover_after_crash(NOW) == 0
    assert await shelf.claim() == []
    assert (await shelf.claim_one(now=NOW + MINUTE)).state is PostState.UNCERTAIN


async def test_a_search_that_was_cut_off_starts_again_at_once(shelf: Shelf) -> None:
    """UNCERTAIN and leased: who was looking is gone, and what waits behind must not wait for the lease."""
    await _news(shelf)
    await shelf.claim_one()
    store = await shelf.restart()
    await store.outbox.recover_after_crash(NOW)
    lost = await shelf.claim_one()
    store = await shelf.restart()
    assert await store.outbox.recover_after_crash(NOW) == 1
    doubt = await shelf.claim_one()
    assert (doubt.id, doubt.state, doubt.claimed_at) == (lost.id, PostState.UNCERTAIN, NOW)
    assert not await store.outbox.mark_retry(NOW, lost, NOW, "word of the old process")


async def test_a_retry_keeps_its_time(shelf: Shelf) -> None:
    """Slack's Retry-After holds for the next process too."""
    await _news(shelf)
    await shelf.store.outbox.mark_retry(NOW, await shelf.claim_one(), NOW + MINUTE, "ratelimited")
    await shelf.restart()
    assert await shelf.claim() == []
    assert (await shelf.claim_one(now=NOW + MINUTE)).attempts == 1


@pytest.mark.parametrize("days", [1, 36_500, 1_157_407], ids=["a day", "a century", "3,170 years"])
@pytest.mark.parametrize("doubtful", [False, True], ids=["to be sent", "in doubt"])
async def test_a_wait_that_nobody_asked_for_is_healed_at_the_start(shelf: Shelf, days: int, doubtful: bool) -> None:
    """An older version believed any number; its channel speaks again."""
    await _news(shelf)
    post, later = await shelf.claim_one(), NOW + MINUTE
    if doubtful:
        await shelf.store.outbox.mark_uncertain(NOW, post, later, "ratelimited")
    else:
        await shelf.store.outbox.mark_retry(NOW, post, later, "ratelimited")
    with closing(sqlite3.connect(shelf.path)) as conn, conn:
        conn.execute("UPDATE outbox SET not_before = ? WHERE id = ?", (to_int(NOW) + days * 86_400_000_000, post.id))
    store = await shelf.restart()
    assert await shelf.claim() == []
    await store.outbox.recover_after_crash(NOW)
    assert (await shelf.claim_one()).id == post.id


async def test_what_was_sent_or_refused_stays_so(shelf: Shelf) -> None:
    """SENT and FAILED: neither comes back, nor is either told again."""
    await _news(shelf)
    await shelf.store.outbox.mark_sent(NOW, await shelf.claim_one(), "ts")
    await shelf.store.outbox.mark_failed(NOW, await shelf.claim_one(), "invalid_blocks")
    await shelf.restart()
    assert await shelf.claim() == []
    assert [await shelf.tell("first"), await shelf.tell("second")] == [0, 0]


async def test_held_news_of_a_paused_watch_is_kept(shelf: Shelf) -> None:
    """PAUSED and HELD: the reason is still known, the news still there to be sent."""
    await _news(shelf)
    (paused,) = await shelf.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    store = await shelf.restart()
    watch = await store.watches.get(paused.id)
    assert watch is not None
    assert (watch.state, watch.reason) == (WatchState.PAUSED, "is_archived")
    assert await shelf.said(quiet=MEI) == []
    await store.watches.resume(NOW, paused.id, MEI)
    assert (await shelf.said(quiet=MEI))[:2] == [f"{ORDERS_CHANNEL} news first", f"{ORDERS_CHANNEL} news second"]


async def test_news_held_for_quiet_hours_is_kept(shelf: Shelf) -> None:
    """HELD with a time: it goes when the time has come."""
    await _news(shelf)
    await shelf.store.outbox.mark_held(await shelf.claim_one(), NOW + MINUTE, "quiet hours")
    await shelf.restart()
    assert await shelf.said() == [f"{ORDERS_CHANNEL} news second"]
    assert await shelf.said(NOW + MINUTE) == [f"{ORDERS_CHANNEL} news first"]


async def test_an_unwatched_order_stays_unwatched_and_can_come_back(shelf: Shelf) -> None:
    """ENDED: undo works across a restart."""
    watch = await shelf.active()
    await shelf.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    store = await shelf.restart()
    assert await store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE) == []
    (restored,) = await store.watches.restore(NOW, [watch.id], MEI)
    assert restored.state is WatchState.ACTIVE
    assert (await shelf.due()).key == ORDER


async def test_a_lease_of_the_old_process_runs_out(shelf: Shelf) -> None:
    """Leased: nobody repairs anything, the order is due again a lease later, and no news is lost."""
    await shelf.active()
    lost = await shelf.due()
    store = await shelf.restart()
    assert await store.orders.claim_due(NOW, 10, LEASE) == []
    again = await shelf.due(now=NOW + LEASE)
    late, good = changed(ORDER, lost.fence, "moved"), changed(ORDER, again.fence, "moved", changed=False)
    recorded = await store.orders.record(NOW + LEASE, [late, good])
    assert (recorded.applied, recorded.stale, recorded.posts) == (1, 1, 1)


async def test_staleness_survives(shelf: Shelf) -> None:
    """Failed readings are counted on from where they were."""
    await shelf.active()
    due = await shelf.due()
    await shelf.store.orders.record(NOW, [Failed(ORDER, due.fence, NOW + MINUTE, "TransportError")])
    store = await shelf.restart()
    assert (await store.orders.load([ORDER]))[ORDER].stale_since == NOW
    assert (await shelf.due(now=NOW + MINUTE)).fails == 1


@pytest.mark.parametrize("channel", [ORDERS_CHANNEL, "C0测试"])
async def test_everything_reads_the_same_after_a_restart(shelf: Shelf, channel: str) -> None:
    """What the store answers does not depend on who wrote it."""
    await shelf.active(ORDER, channel)
    await shelf.tell("moved", changed=True)

    async def seen() -> tuple[object, ...]:
        store = shelf.store
        loaded, watched = await store.orders.load([ORDER]), await store.watches.of_channel(channel, 0, 9)
        return loaded, watched, await store.upkeep.health(NOW)

    before = await seen()
    await shelf.restart()
    assert await seen() == before
