"""A new process finds everything where the old one left it, at whatever moment that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.store_harness import CLAIMS_CHANNEL, LEASE, MEI, MINUTE, NOW, ORDER, ORDERS_CHANNEL, OTHER, changed

from storage.poll import Failed
from storage.post import PostKind, PostState
from storage.rows import to_int
from storage.watch import WatchState

if TYPE_CHECKING:
    from support.store_harness import StoreHarness


ENGINES = ["sqlite", "postgres", "pgbouncer"]


async def _news(harness: StoreHarness) -> None:
    await harness.active()
    await harness.tell("first")
    await harness.tell("second")


async def test_waiting_posts_wait_on_in_their_order(harness: StoreHarness) -> None:
    """PENDING: sent by the next process, first things first."""
    await _news(harness)
    store = await harness.restart()
    assert await store.outbox.recover_after_crash(NOW) == 0
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news first", f"{ORDERS_CHANNEL} news second"]


async def test_a_post_on_its_way_is_looked_for_first(harness: StoreHarness) -> None:
    """SENDING: it may be in the channel; it keeps its token and blocks what comes after it."""
    await _news(harness)
    lost = await harness.claim_one()
    store = await harness.restart()
    assert await store.outbox.recover_after_crash(NOW) == 1
    doubt = await harness.claim_one()
    assert (doubt.id, doubt.state, doubt.token, doubt.claimed_at) == (lost.id, PostState.UNCERTAIN, lost.token, NOW)
    assert not await store.outbox.mark_sent(NOW, lost, "word of the old process")
    assert await store.outbox.mark_sent(NOW, doubt, "found")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second"]


async def test_a_card_on_its_way_opens_its_watch_when_it_is_found(harness: StoreHarness) -> None:
    """OPENING: the watch is neither lost nor given a second card."""
    watch = await harness.opening()
    await harness.claim_one()
    store = await harness.restart()
    await store.outbox.recover_after_crash(NOW)
    doubt = await harness.claim_one()
    assert (doubt.kind, doubt.state) == (PostKind.CARD, PostState.UNCERTAIN)
    await store.outbox.mark_sent(NOW, doubt, "card-ts")
    stored = await store.watches.get(watch.id)
    assert stored is not None
    assert (stored.state, stored.card_ts) == (WatchState.ACTIVE, "card-ts")
    assert await harness.claim() == []


async def test_doubt_survives(harness: StoreHarness) -> None:
    """UNCERTAIN: still to be looked for at its time, by a process that knows nothing else of it."""
    await _news(harness)
    await harness.store.outbox.mark_uncertain(await harness.claim_one(), NOW + MINUTE, "timeout")
    store = await harness.restart()
    assert await store.outbox.recover_after_crash(NOW) == 0
    assert await harness.claim() == []
    assert (await harness.claim_one(now=NOW + MINUTE)).state is PostState.UNCERTAIN


async def test_a_search_that_was_cut_off_starts_again_at_once(harness: StoreHarness) -> None:
    """UNCERTAIN and leased: who was looking is gone, and what waits behind must not wait for the lease."""
    await _news(harness)
    await harness.claim_one()
    store = await harness.restart()
    await store.outbox.recover_after_crash(NOW)
    lost = await harness.claim_one()
    store = await harness.restart()
    assert await store.outbox.recover_after_crash(NOW) == 1
    doubt = await harness.claim_one()
    assert (doubt.id, doubt.state, doubt.claimed_at) == (lost.id, PostState.UNCERTAIN, NOW)
    assert not await store.outbox.mark_retry(lost, NOW, "word of the old process")


async def test_a_retry_keeps_its_time(harness: StoreHarness) -> None:
    """Slack's Retry-After holds for the next process too."""
    await _news(harness)
    await harness.store.outbox.mark_retry(await harness.claim_one(), NOW + MINUTE, "ratelimited")
    await harness.restart()
    assert await harness.claim() == []
    assert (await harness.claim_one(now=NOW + MINUTE)).attempts == 1


@pytest.mark.parametrize("days", [1, 36_500, 1_157_407], ids=["a day", "a century", "3,170 years"])
@pytest.mark.parametrize("doubtful", [False, True], ids=["to be sent", "in doubt"])
async def test_a_wait_that_nobody_asked_for_is_healed_at_the_start(
    harness: StoreHarness, days: int, doubtful: bool
) -> None:
    """An older version believed any number; its channel speaks again."""
    await _news(harness)
    post, later = await harness.claim_one(), NOW + MINUTE
    if doubtful:
        await harness.store.outbox.mark_uncertain(post, later, "ratelimited")
    else:
        await harness.store.outbox.mark_retry(post, later, "ratelimited")
    sql, facts = "UPDATE outbox SET not_before = ? WHERE id = ?", (to_int(NOW) + days * 86_400_000_000, post.id)
    await harness.store.engine.run(lambda conn: conn.execute(sql, facts))
    store = await harness.restart()
    assert await harness.claim() == []
    await store.outbox.recover_after_crash(NOW)
    assert (await harness.claim_one()).id == post.id


async def test_what_was_sent_or_refused_stays_so(harness: StoreHarness) -> None:
    """SENT and FAILED: neither comes back, nor is either told again."""
    await _news(harness)
    await harness.store.outbox.mark_sent(NOW, await harness.claim_one(), "ts")
    await harness.store.outbox.mark_failed(NOW, await harness.claim_one(), "invalid_blocks")
    await harness.restart()
    assert await harness.claim() == []
    assert [await harness.tell("first"), await harness.tell("second")] == [0, 0]


async def test_held_news_of_a_paused_watch_is_kept(harness: StoreHarness) -> None:
    """PAUSED and HELD: the reason is still known, the news still there to be sent."""
    await _news(harness)
    (paused,) = await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "is_archived")
    store = await harness.restart()
    watch = await store.watches.get(paused.id)
    assert watch is not None
    assert (watch.state, watch.reason) == (WatchState.PAUSED, "is_archived")
    assert await harness.send_all(quiet=MEI) == []
    await store.watches.resume(NOW, paused.id, MEI)
    assert (await harness.send_all(quiet=MEI))[:2] == [f"{ORDERS_CHANNEL} news first", f"{ORDERS_CHANNEL} news second"]


async def test_news_held_for_quiet_hours_is_kept(harness: StoreHarness) -> None:
    """HELD with a time: it goes when the time has come."""
    await _news(harness)
    await harness.store.outbox.mark_held(await harness.claim_one(), NOW + MINUTE, "quiet hours")
    await harness.restart()
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news second"]
    assert await harness.send_all(NOW + MINUTE) == [f"{ORDERS_CHANNEL} news first"]


async def test_an_unwatched_order_stays_unwatched_and_can_come_back(harness: StoreHarness) -> None:
    """ENDED: undo works across a restart."""
    watch = await harness.active()
    await harness.store.watches.end(NOW, ORDERS_CHANNEL, [ORDER], MEI)
    store = await harness.restart()
    assert await store.orders.claim_due(NOW + 999 * MINUTE, 10, LEASE) == []
    (restored,) = await store.watches.restore(NOW, [watch.id], MEI)
    assert restored.state is WatchState.ACTIVE
    assert (await harness.due()).key == ORDER


async def test_a_lease_of_the_old_process_runs_out(harness: StoreHarness) -> None:
    """Leased: nobody repairs anything, the order is due again a lease later, and no news is lost."""
    await harness.active()
    lost = await harness.due()
    store = await harness.restart()
    assert await store.orders.claim_due(NOW, 10, LEASE) == []
    again = await harness.due(now=NOW + LEASE)
    late, good = changed(ORDER, lost.fence, "moved"), changed(ORDER, again.fence, "moved", changed=False)
    recorded = await store.orders.record(NOW + LEASE, [late, good])
    assert (recorded.applied, recorded.stale, recorded.posts) == (1, 1, 1)


async def test_a_process_takes_back_its_own_leases_alone(harness: StoreHarness) -> None:
    """By the name on them: what another process sends or reads at the moment is left in its hands."""
    await _news(harness)
    await harness.opening(OTHER, CLAIMS_CHANNEL)
    store, names = harness.store, {"a": (ORDERS_CHANNEL, ORDER), "b": (CLAIMS_CHANNEL, OTHER)}
    posts = {}
    for worker, (channel, key) in names.items():
        channels = [each for each, _key in names.values() if each != channel]
        [posts[worker]] = await store.outbox.claim(NOW, 9, LEASE, channels, worker=worker)
        assert len(await store.orders.claim_due(NOW + 999 * MINUTE, 9, LEASE, [key], worker=worker)) == 1
    assert await store.outbox.recover_after_crash(NOW, "c") == 0
    assert await store.outbox.recover_after_crash(NOW, "a") == 1
    assert [due.key for due in await store.orders.claim_due(NOW, 9, LEASE)] == [ORDER]
    assert [(post.channel, post.state) for post in await harness.claim()] == [(ORDERS_CHANNEL, PostState.UNCERTAIN)]
    assert not await store.outbox.mark_sent(NOW, posts["a"], "1.1"), "its fence is stale"
    assert await store.outbox.mark_sent(NOW, posts["b"], "1.2")


async def test_staleness_survives(harness: StoreHarness) -> None:
    """Failed readings are counted on from where they were."""
    await harness.active()
    due = await harness.due()
    await harness.store.orders.record(NOW, [Failed(ORDER, due.fence, NOW + MINUTE, "TransportError")])
    store = await harness.restart()
    assert (await store.orders.load([ORDER]))[ORDER].stale_since == NOW
    assert (await harness.due(now=NOW + MINUTE)).fails == 1


@pytest.mark.parametrize("channel", [ORDERS_CHANNEL, "C0测试"])
async def test_everything_reads_the_same_after_a_restart(harness: StoreHarness, channel: str) -> None:
    """What the store answers does not depend on who wrote it."""
    await harness.active(ORDER, channel)
    await harness.tell("moved", changed=True)

    async def stored_state() -> tuple[object, ...]:
        store = harness.store
        loaded, watched = await store.orders.load([ORDER]), await store.watches.of_channel(channel, 0, 9)
        return loaded, watched, await store.upkeep.health(NOW)

    before = await stored_state()
    await harness.restart()
    assert await stored_state() == before
