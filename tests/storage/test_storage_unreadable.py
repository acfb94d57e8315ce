"""One row that another version wrote, or that was damaged: it alone comes to nothing, and every other goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.store_harness import LEASE, MEI, MINUTE, NOW, ORDER, ORDERS_CHANNEL, OTHER

from storage import codec
from storage.post import PostKind, PostState
from storage.watch import NewWatch
from tracking.values import Filter

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

    from storage.connection import Connection

BEYOND = 9 * 10**18  # microseconds: a time that a database keeps and Python cannot hold


async def spoil(harness: StoreHarness, sql: str, *facts: object) -> None:
    def spoiled(conn: Connection) -> None:
        assert conn.execute(sql, facts).rowcount == 1

    await harness.store.engine.run(spoiled)


@pytest.mark.parametrize("change", ["kind = 'poll_reminder'", "severity = 'urgent'"])
async def test_a_post_with_an_unknown_word_stops_no_channel(harness: StoreHarness, change: str) -> None:
    """A newer version gets the time to send it; then it is failed, and its channel gets the post behind it."""
    await harness.active()
    await harness.active(OTHER, "C2")
    await harness.tell("one")
    await harness.tell("two")
    await harness.tell("three", OTHER)
    await spoil(harness, f"UPDATE outbox SET {change} WHERE event_id = 'one'")  # noqa: S608  of this test
    assert [post.channel for post in await harness.claim()] == ["C2"]
    assert harness.value("SELECT state FROM outbox WHERE event_id = 'one'") == "pending"
    later = NOW + 11 * MINUTE
    assert [post.channel for post in await harness.claim(later)] == ["C2"]
    assert harness.value("SELECT state FROM outbox WHERE event_id = 'one'") == "failed"
    assert (await harness.claim_one(ORDERS_CHANNEL, later)).event_id == "two"


async def test_what_a_newer_version_wrote_waits_for_it(harness: StoreHarness) -> None:
    """The version before has met it meanwhile, and changed nothing of it."""
    await harness.active()
    await harness.tell("one")
    await spoil(harness, "UPDATE outbox SET severity = 'urgent' WHERE event_id = 'one'")
    assert await harness.claim() == []
    await spoil(harness, "UPDATE outbox SET severity = 'node' WHERE event_id = 'one'")
    [post] = await harness.claim(NOW + MINUTE)
    assert (post.event_id, post.state, post.claimed_at) == ("one", PostState.SENDING, NOW + MINUTE)


async def test_news_of_an_unknown_severity_is_in_no_batch(harness: StoreHarness) -> None:
    """The others are joined, and it is met alone."""
    await harness.active()
    for name in ("one", "two", "three"):
        await harness.tell(name)
    await spoil(harness, "UPDATE outbox SET severity = 'urgent' WHERE event_id = 'two'")
    head = await harness.claim_one()
    batch = await harness.store.outbox.batch(NOW, head, 10, LEASE)
    assert batch is not None
    assert [post.event_id for post in await harness.store.outbox.batch_members(batch.id)] == ["one", "three"]


async def test_a_member_that_fails_alone_stays_failed(harness: StoreHarness) -> None:
    """The message of its batch settles the others."""
    await harness.active()
    for name in ("one", "two"):
        await harness.tell(name)
    batch = await harness.store.outbox.batch(NOW, await harness.claim_one(), 10, LEASE)
    assert batch is not None
    assert batch.kind is PostKind.BATCH
    _, bad = await harness.store.outbox.batch_members(batch.id)
    for _time in range(2):
        await harness.store.outbox.fail_member(NOW, bad, "cannot be composed")
    assert await harness.store.outbox.mark_sent(NOW, batch, "ts")
    states = harness.rows("SELECT state FROM outbox WHERE kind = 'news' ORDER BY id")
    assert [row["state"] for row in states] == ["sent", "failed"]


@pytest.mark.parametrize("change", ["sub_orders = '['", f"moved_at = {BEYOND}"])
async def test_a_damaged_order_keeps_no_other_from_being_read(harness: StoreHarness, change: str) -> None:
    """Where it can be leased its reading decides; else it has failed, and is tried again later."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await spoil(harness, f"UPDATE orders SET {change} WHERE key = ?", OTHER)  # noqa: S608  of this test
    claimed = {due.key: due for due in await harness.store.orders.claim_due(NOW, 50, LEASE)}
    assert ORDER in claimed
    assert claimed[ORDER].sub_orders == ("254228563492088079",)
    if OTHER in claimed:
        with pytest.raises(ValueError, match="Expecting"):
            _ = claimed[OTHER].sub_orders
    else:
        [row] = harness.rows("SELECT fails, leased, error, stale_since FROM schedule WHERE key = ?", OTHER)
        assert (row["fails"], row["leased"], row["error"]) == (1, 0, "OverflowError")
        assert row["stale_since"] is not None
        assert await harness.store.orders.claim_due(NOW + timedelta(minutes=30), 50, LEASE, [OTHER]) == []


async def test_sub_orders_are_stored_as_they_are_leased(harness: StoreHarness) -> None:
    """They are decoded only by whoever needs them."""
    await harness.active()
    due = await harness.due()
    assert codec.load_ids(due.sub_orders_json) == due.sub_orders


@pytest.mark.parametrize("change", ["severity = 'urgent'", "audience = '[\"loud\"]'", f"at = {BEYOND}"])
async def test_an_unreadable_entry_of_the_log_hides_no_other(harness: StoreHarness, change: str) -> None:
    """The log counts it; a digest and a dry run of settings do without it."""
    await harness.active()
    await harness.tell("one")
    await harness.tell("two")
    await spoil(harness, f"UPDATE news SET {change} WHERE event_id = 'one'")  # noqa: S608  of this test
    log = await harness.store.delivery_log.of_order(ORDER, ORDERS_CHANNEL, 10)
    assert ([entry.event_id for entry in log.entries], log.unreadable) == (["two"], 1)
    since = NOW - MINUTE
    assert [entry.event_id for entry in await harness.store.delivery_log.since(ORDERS_CHANNEL, since)] == ["two"]
    assert len(await harness.store.delivery_log.events_since(ORDERS_CHANNEL, since)) == 1


@pytest.mark.parametrize("change", ["kind = 'poll_reminder'", "severity = 'urgent'", f"created_at = {BEYOND}"])
async def test_a_card_that_cannot_be_read_is_made_anew(harness: StoreHarness, change: str) -> None:
    """All that it tells stands with its watch, and a watch without it would stay silent for ever."""
    watch = await harness.opening()
    await spoil(harness, f"UPDATE outbox SET {change} WHERE event_id = 'card'")  # noqa: S608  of this test
    assert await harness.claim() == []
    [card] = [post for minutes in (11, 12) for post in await harness.claim(NOW + minutes * MINUTE)]
    assert (card.kind, card.watch_id, card.severity) == (PostKind.CARD, watch.id, None)
    assert await harness.store.outbox.mark_sent(NOW, card, "ts")
    assert harness.value("SELECT state FROM watches") == "active"


async def test_a_watch_whose_card_is_never_read_ends(harness: StoreHarness) -> None:
    """Where another row is to blame, which cannot be replaced, it ends as one whose card Slack refused."""
    await harness.opening()
    await spoil(harness, "UPDATE watches SET muted_by = 'U1', muted_until = ?", BEYOND)
    assert await harness.claim() == []
    assert await harness.claim(NOW + 11 * MINUTE) == []
    assert harness.value("SELECT state FROM outbox WHERE event_id = 'card'") == "failed"
    assert harness.value("SELECT state FROM watches") == "ended"
    assert harness.value("SELECT reason FROM watches") == "OverflowError in a claim"


@pytest.mark.parametrize("change", ["payload = '['", "kind = 'poll_reminder'"])
async def test_a_list_that_cannot_be_read_is_made_anew(harness: StoreHarness, change: str) -> None:
    """The watches that it opens are known by the moment at which they were opened."""
    keys = [f"1688:25422856349208807{n:02}" for n in range(4)]
    for key in keys:
        await harness.order(key)
    wishes = [NewWatch(key, ORDERS_CHANNEL, Filter.ALL, MEI) for key in keys]
    opened = [each.watch.id for each in await harness.store.watches.open(NOW, wishes)]
    await spoil(harness, f"UPDATE outbox SET {change} WHERE kind = 'list'")  # noqa: S608  of this test
    for minutes in (0, 11, 12):
        claimed = await harness.claim(NOW + minutes * MINUTE)
        if claimed and claimed[0].opens:
            break
        for post in claimed:
            assert await harness.store.outbox.mark_failed(NOW, post, "cannot be composed")
    [made] = claimed
    assert (made.kind, made.opens) == (PostKind.LIST, opened)
    assert await harness.store.outbox.mark_sent(NOW, made, "ts")
    assert {row["state"] for row in harness.rows("SELECT state FROM watches")} == {"active"}
