"""What the hot paths really do to the database: which statements run, which tables they touch, which index they use."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from support.store_harness import LEASE, MEI, MINUTE, NOW, ORDER, ORDERS_CHANNEL, OTHER, StoreHarness, changed, order_of

from storage import alarms, batches, claims, delivery_log, orders, recording, subscriptions, upkeep, watches
from storage.poll import Failed, Unchanged
from storage.sqlite.database import thread_of
from storage.subscription import NewOrder, Subscription
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.sqlite.connection import SqliteConnection


class StatementLog:
    """The tables that a connection read and wrote, and the statements that it ran."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.statements: list[str] = []
        self.rows = 0

    def authorize(self, action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            self.read.add(str(table))
        elif action in {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}:
            self.written.add(str(table))
        return sqlite3.SQLITE_OK


ENGINES = ["sqlite"]  # what is measured here is its own


def _thread(harness: StoreHarness) -> Any:
    return thread_of(harness.store.engine)


@contextmanager
def _watching(conn: SqliteConnection) -> Iterator[StatementLog]:
    """Look at everything that the connection does, in its own thread."""
    seen = StatementLog()
    before = conn.total_changes
    conn.set_authorizer(seen.authorize)
    conn.set_trace_callback(seen.statements.append)
    try:
        yield seen
    finally:
        conn.set_trace_callback(None)
        conn.set_authorizer(None)
        seen.rows = conn.total_changes - before


async def _watch(harness: StoreHarness, work: Callable[[SqliteConnection], object]) -> StatementLog:
    def looked_at(conn: SqliteConnection) -> StatementLog:
        with _watching(conn) as seen:
            work(conn)
        return seen

    seen = await _thread(harness).run(looked_at)
    assert isinstance(seen, StatementLog)
    return seen


async def test_an_unchanged_reading_writes_its_schedule_and_nothing_else(harness: StoreHarness) -> None:
    """One short row of one table; the order, its parcels, watches and the outbox are not even read."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    due = await harness.due()
    result = Unchanged(ORDER, due.fence, NOW + MINUTE)
    seen = await _watch(harness, lambda conn: recording.record_polls(conn, NOW, [result]))
    assert (seen.read, seen.written, seen.rows) == ({"schedule"}, {"schedule"}, 1)
    assert len(seen.statements) == 1


async def test_a_failed_reading_writes_its_schedule_and_nothing_else(harness: StoreHarness) -> None:
    """An outage costs as little as a quiet day."""
    await harness.active()
    due = await harness.due()
    result = Failed(ORDER, due.fence, NOW + MINUTE, "TransportError")
    seen = await _watch(harness, lambda conn: recording.record_polls(conn, NOW, [result]))
    assert (seen.read, seen.written, seen.rows) == ({"schedule"}, {"schedule"}, 1)


async def test_a_batch_of_unchanged_readings_is_one_transaction(harness: StoreHarness) -> None:
    """A hundred orders are one commit, which is one wait for the disk."""
    keys = [f"1688:{10**18 + n}" for n in range(100)]
    for key in keys:
        await harness.opening(key)
    claimed = await harness.store.orders.claim_due(NOW, 100, LEASE)
    results = [Unchanged(due.key, due.fence, NOW + MINUTE) for due in claimed]
    seen: list[str] = []
    await _thread(harness).run(lambda conn: conn.set_trace_callback(seen.append))
    recorded = await harness.store.orders.record(NOW, results)
    await _thread(harness).run(lambda conn: conn.set_trace_callback(None))
    assert recorded.applied == 100
    # the first COMMIT and the last BEGIN belong to the transactions that turned the tracing on and off
    assert [statement.split()[0] for statement in seen] == ["COMMIT", "BEGIN", *["UPDATE"] * 100, "COMMIT", "BEGIN"]


async def test_a_stale_reading_writes_nothing(harness: StoreHarness) -> None:
    """Its fence is looked at first."""
    await harness.active()
    due = await harness.due()
    result = changed(ORDER, due.fence - 1, "stale")
    seen = await _watch(harness, lambda conn: recording.record_polls(conn, NOW, [result]))
    assert seen.rows == 0
    assert "traces" not in seen.written


async def test_claiming_due_orders_reads_no_node(harness: StoreHarness) -> None:
    """What is needed to poll an order is in its own row and that of its schedule, which alone is written."""
    await harness.active()
    seen = await _watch(harness, lambda conn: orders.claim_due(conn, NOW, 10, LEASE))
    assert (seen.read, seen.written, seen.rows) == ({"orders", "schedule"}, {"schedule"}, 1)


async def test_an_idle_look_at_the_outbox_writes_nothing(harness: StoreHarness) -> None:
    """It is made several times a second."""
    await harness.active()
    seen = await _watch(harness, lambda conn: claims.claim_posts(conn, NOW, 50, LEASE, []))
    assert seen.rows == 0


async def _plans(harness: StoreHarness, work: Callable[[SqliteConnection], object]) -> list[str]:
    """How SQLite goes about every statement of this work."""

    def explained(conn: SqliteConnection) -> list[str]:
        with _watching(conn) as seen:
            work(conn)
        return [
            row["detail"] for statement in seen.statements for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]

    plans = await _thread(harness).run(explained)
    assert isinstance(plans, list)
    return plans


def _scans(plans: list[str]) -> list[str]:
    """Steps that go through a whole table; waiting channels and posts on their way are few however large it is.

    So are the watches that are counted up to a limit, a subquery whose own search is a step of its own.
    """
    few = {"SCAN waiting", "SCAN outbox USING INDEX outbox_leased", "SCAN few"}
    return [step for step in plans if step.startswith("SCAN") and step not in few]


async def test_claiming_due_orders_uses_the_index(harness: StoreHarness) -> None:
    """However many orders rest, only those that are due are looked at."""
    await harness.active()
    plans = await _plans(harness, lambda conn: orders.claim_due(conn, NOW, 10, LEASE))
    assert any("INDEX schedule_due (next_poll_at>? AND next_poll_at<?)" in step for step in plans)
    assert _scans(plans) == []


async def test_claiming_posts_uses_the_index_of_live_rows(harness: StoreHarness) -> None:
    """However much was sent before, only what waits is looked at; nothing is sorted."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.tell("one")
    await harness.tell("two")
    plans = await _plans(harness, lambda conn: claims.claim_posts(conn, NOW, 50, LEASE, []))
    assert any("SEARCH outbox USING INDEX outbox_live (channel=?" in step for step in plans)
    assert _scans(plans) == []
    assert not any("TEMP B-TREE" in step for step in plans)


async def test_recording_news_searches_and_never_scans(harness: StoreHarness) -> None:
    """The cost of one order's news does not grow with the number of orders, watches or posts."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    fence = (await harness.store.orders.load([ORDER]))[ORDER].fence
    result = changed(ORDER, fence, "moved")
    plans = await _plans(harness, lambda conn: recording.record_polls(conn, NOW, [result]))
    assert _scans(plans) == []


async def test_the_file_is_durable_and_its_keys_hold(harness: StoreHarness) -> None:
    """A commit waits for the disk; a watch of no order cannot be written."""

    def settings(conn: SqliteConnection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "mmap_size")
        return {name: row[0] for name in names if (row := conn.execute(f"PRAGMA {name}").fetchone())}

    pragmas = await _thread(harness).run(settings)
    assert pragmas["journal_mode"] == "wal"
    assert (pragmas["synchronous"], pragmas["foreign_keys"], pragmas["busy_timeout"]) == (2, 1, 5000)
    assert pragmas.get("mmap_size", 0) == 0


async def test_folding_looks_at_its_channel_alone(harness: StoreHarness) -> None:
    """Only what waits there is gone through."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.tell("one")
    await harness.tell("two", OTHER)
    head = await harness.claim_one()
    plans = await _plans(harness, lambda conn: batches.batch(conn, NOW, head, 10, LEASE))
    assert any("INDEX outbox_live (channel=?" in step for step in plans)
    assert _scans(plans) == []


async def test_the_history_of_an_order_is_searched(harness: StoreHarness) -> None:
    """The question why something was posted is answered from the order's own rows."""
    await harness.active()
    await harness.tell("one")
    plans = await _plans(harness, lambda conn: delivery_log.of_order(conn, ORDER, ORDERS_CHANNEL, 20))
    plans += await _plans(harness, lambda conn: delivery_log.since(conn, ORDERS_CHANNEL, NOW))
    assert _scans(plans) == []


async def test_joining_and_leaving_all_orders_searches(harness: StoreHarness) -> None:
    """Ten thousand orders join without each of them looking at all the others."""
    wish, _ = await harness.store.subscriptions.subscribe(NOW, Subscription(ORDERS_CHANNEL, "", Filter.ALL, MEI))
    new = NewOrder(order_of(), NOW)
    plans = await _plans(harness, lambda conn: subscriptions.join_orders(conn, NOW, wish.id, [new]))
    plans += await _plans(harness, lambda conn: subscriptions.may_join(conn, wish.id, [ORDER]))
    assert _scans(plans) == []


# Indices of what waits, stands or is in doubt.
FEW = ("outbox_live", "alarms_live", "writes_open", "approvals_waiting")


async def test_the_figures_are_counted_in_indices(harness: StoreHarness) -> None:
    """They are asked for every few seconds, and there may be millions of messages."""
    plans = await _plans(harness, lambda conn: upkeep.health(conn, NOW))
    few = {f"SCAN {index.partition('_')[0]} USING INDEX {index}" for index in FEW}
    assert [step for step in _scans(plans) if "COVERING INDEX" not in step and step not in few] == []


async def test_looking_for_silent_orders_searches(harness: StoreHarness) -> None:
    """Only orders whose time has come are looked at."""
    await harness.active()
    await harness.store.alarms.schedule(ORDER, NOW)
    plans = await _plans(harness, lambda conn: alarms.due(conn, NOW, NOW, 10))
    assert _scans(plans) == []


async def test_pruning_goes_through_each_table_once(harness: StoreHarness) -> None:
    """Old news is looked up in the outbox by its name, not by going through the outbox for each."""
    await harness.active()
    await harness.tell("one")
    plans = await _plans(harness, lambda conn: upkeep.prune(conn, NOW, 10))
    assert any("INDEX outbox_news (key=? AND event_id=?)" in step for step in plans)


async def test_pausing_and_resuming_a_channel_reads_nothing_that_was_sent(harness: StoreHarness) -> None:
    """However many digests and notices were ever sent: they are looked for once, by their state, and not by watch."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    await harness.tell("one")
    plans = await _plans(harness, lambda conn: watches.pause_channel(conn, NOW, ORDERS_CHANNEL, "not_in_channel"))
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "not_in_channel")
    plans += await _plans(harness, lambda conn: watches.resume_some(conn, NOW, ORDERS_CHANNEL, "slack", 0))
    posts = [step for step in plans if "outbox" in step]
    assert _scans(posts) == []
    few = ("(channel=?", "(state=?", "(watch_id=? AND event_id=?)", "(watch_id=?)", "(position>?", "(held_until")
    assert [step for step in posts if not any(each in step for each in few)] == []
    of_channel = [step for step in posts if "outbox_stuck (state=?)" in step]
    assert len(of_channel) == 2, "once for a pause and once for a resume, whatever the number of posts"
