"""The store: all operations on the database, by aggregate. Each has the docstring of the function that does the work.

Each operation is async and one transaction; it takes values and the present time (aware), and hides the SQL. The engine
is SQLite's or PostgreSQL's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage import (
    absences,
    alarms,
    approvals,
    audit,
    batches,
    channel_filters,
    channels,
    claims,
    corrections,
    delivery_log,
    flows,
    inbox,
    jobs,
    journeys,
    lanes,
    learned,
    marks,
    mutes,
    orders,
    outages,
    outbox,
    paces,
    recording,
    redirects,
    refusals,
    retiming,
    sharing,
    subscriptions,
    traces,
    turns,
    upkeep,
    watch_lists,
    watch_queries,
    watches,
    workers,
    writes,
)
from storage.operation import Aggregate, Operation
from storage.sqlite.database import DatabaseThread

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from storage.engine import Engine
    from storage.upkeep import Health
    from storage.watch import Watch


async def open_store(path: Path) -> Store:
    """Open the SQLite file, which is made or migrated. Raises StorageError; then nothing was changed."""
    thread = DatabaseThread()
    try:
        await thread.open(path)
    except BaseException:
        await thread.close()
        raise
    return Store(thread)


class Orders(Aggregate):
    """Stored orders, and when each is read again."""

    claim_due = Operation(orders.claim_due)
    due_round_robin = Operation(orders.due_round_robin)
    newest = Operation(orders.newest)
    # Reads see one state of the database: the poller writes all entries back later, under the fence loaded with them.
    load = Operation(orders.load, only_reads=True)
    load_readable = Operation(orders.load_readable, only_reads=True)
    record = Operation(recording.record_polls)
    add = Operation(recording.add_order)
    mark_due = Operation(orders.mark_due)
    with_waybill = Operation(orders.find_waybill)
    with_id = Operation(orders.find_order_id)
    at_milestones = Operation(orders.at_milestones)
    refunds_to_act_on = Operation(orders.refunds_to_act_on)
    retire = Operation(alarms.retire)
    scans = Operation(traces.scans)


class Watches(Aggregate):
    """Which channel watches which order, with which filter."""

    open = Operation(watches.open_watches)
    end = Operation(watches.end_watches)
    end_by_id = Operation(watches.end_by_id)
    restore = Operation(watches.restore_watches)
    resume = Operation(watches.resume_watch)
    get = Operation(watch_queries.get)
    of_channel = Operation(watch_queries.of_channel)
    listed = Operation(watch_lists.watched_orders, only_reads=True)
    newest_first = Operation(watch_lists.newest_first, only_reads=True)
    of_orders = Operation(watch_queries.of_orders)
    never_in = Operation(watch_queries.never_in)
    muted_in = Operation(watch_queries.muted_in, only_reads=True)
    pause_channel = Operation(watches.pause_channel)
    resume_some = Operation(watches.resume_some)
    watched_channels = Operation(watch_queries.watched_channels)
    paused_channels = Operation(watch_queries.paused_channels)
    filters = Operation(channel_filters.filters_of)
    set_filters = Operation(channel_filters.set_filters)
    restore_filters = Operation(channel_filters.restore_filters)
    mute = Operation(mutes.mute_watches)
    restore_mutes = Operation(mutes.restore_mutes)

    async def resume_channel(self, now: datetime, channel: str, actor: str, *, reason: str = "") -> list[Watch]:
        """Resume every paused watch of a channel, in several transactions. Returns the resumed watches.

        ``reason``: only watches that were paused for it; empty: for any reason.

        If the process dies meanwhile, the remaining watches stay paused, until the job that checks whether the channel
        is open, or a person, resumes them. A watch that Slack's next refusal pauses meanwhile stays paused.
        """
        resumed: list[Watch] = []
        while batch := await self.resume_some(now, channel, actor, resumed[-1].id if resumed else 0, reason=reason):
            resumed += batch
        return resumed


class Outbox(Aggregate):
    """Posts: claimed by the sender, one of a channel at a time, and settled by it."""

    claim = Operation(claims.claim_posts)
    pause = Operation(lanes.pause)
    mark_sent = Operation(outbox.mark_sent)
    mark_retry = Operation(outbox.mark_retry)
    mark_uncertain = Operation(outbox.mark_uncertain)
    mark_reduced = Operation(outbox.mark_reduced)
    mark_failed = Operation(watches.mark_failed)
    mark_held = Operation(outbox.mark_held)
    mark_skipped = Operation(outbox.mark_skipped)
    mark_card_deleted = Operation(outbox.mark_card_deleted)
    queue_card_before = Operation(outbox.queue_card_before)
    move_to_thread = Operation(redirects.move_to_thread)
    batch = Operation(batches.batch)
    batch_members = Operation(claims.batch_members)
    fail_member = Operation(outbox.fail_member)
    shared = Operation(sharing.shared)
    recover_after_crash = Operation(outbox.recover_after_crash)


class Channels(Aggregate):
    """Channels' settings and mutes, and the lines that tell a channel of a change for everybody in it."""

    get = Operation(channels.channel)
    with_settings = Operation(channels.with_settings)
    save_settings = Operation(channels.save_settings)
    mute = Operation(mutes.mute_channel)
    restore_mute = Operation(mutes.restore_mute)
    put_daily_digest = Operation(channels.put_daily_digest)
    say = Operation(channels.say)
    of_line = Operation(channels.channel_of_line)
    take_line = Operation(channels.take_line)
    release_line = Operation(channels.release_line)


class DeliveryLog(Aggregate):
    """The outcome of each piece of news in each channel."""

    of_order = Operation(delivery_log.of_order)
    since = Operation(delivery_log.since)
    events_since = Operation(delivery_log.events_since)


class Alarms(Aggregate):
    """Alarms of silences, and people's acts on them."""

    due = Operation(alarms.due)
    schedule = Operation(alarms.schedule)
    open = Operation(alarms.raise_alarm)
    get = Operation(alarms.get)
    act = Operation(alarms.act)
    remind = Operation(alarms.remind)
    event_ids = Operation(alarms.event_ids)
    of_orders = Operation(alarms.of_orders)
    live = Operation(alarms.live)
    cleared_at = Operation(alarms.cleared_at)


class Journeys(Aggregate):
    """Journeys of parcels that arrived, from which expected dates are learnt."""

    add = Operation(journeys.add)
    newest = Operation(journeys.newest)
    ungathered = Operation(journeys.ungathered)
    mark_gathered = Operation(journeys.mark_gathered)


class Subscriptions(Aggregate):
    """Channels that watch every order, or every order with one status."""

    subscribe = Operation(subscriptions.subscribe)
    unsubscribe = Operation(subscriptions.unsubscribe)
    unsubscribe_one = Operation(subscriptions.unsubscribe_one)
    resubscribe = Operation(subscriptions.resubscribe)
    active = Operation(subscriptions.active)
    join = Operation(subscriptions.join_orders)
    may_join = Operation(subscriptions.may_join)
    set_mark = Operation(marks.set_mark)
    mark = Operation(marks.mark, only_reads=True)


class Inbox(Aggregate):
    """Messages that PandaPon pushed, until they are handled."""

    put = Operation(inbox.put)
    waiting = Operation(inbox.waiting)
    done = Operation(inbox.done)
    counts = Operation(inbox.counts)
    unknown_kinds = Operation(inbox.unknown_kinds)
    orders_named = Operation(inbox.orders_named)
    prune_unknown = Operation(inbox.prune_unknown)


class People(Aggregate):
    """Facts about people from Slack, and the ids of Slack's deliveries that were handled."""

    all = Operation(audit.people)
    keep = Operation(audit.keep_person)
    first_seen = Operation(audit.first_seen)


class Writes(Aggregate):
    """The records of calls that change the account, and the contents of the forms behind them."""

    begin = Operation(writes.begin)
    settle = Operation(writes.settle)
    abandon = Operation(writes.abandon)
    tell = Operation(writes.tell)
    get = Operation(writes.get)
    of_key = Operation(writes.of_key)
    open_of = Operation(writes.open_of)
    done_of = Operation(writes.done_of)
    of_targets = Operation(writes.of_targets, only_reads=True)
    latest_of = Operation(writes.latest_of)
    since = Operation(writes.since)
    made_by = Operation(writes.made_by, only_reads=True)
    unclear = Operation(writes.unclear, only_reads=True)
    take_turn = Operation(turns.take)
    end_turn = Operation(turns.end)
    newest = Operation(writes.newest, only_reads=True)
    put_flow = Operation(flows.put)
    advance_flow = Operation(flows.advance)
    forget_flows = Operation(flows.forget)
    close_flow = Operation(flows.close)
    flow = Operation(flows.get, only_reads=True)


class Approvals(Aggregate):
    """Requests for an approval of an order or a payment, and who decides while somebody is away."""

    ask = Operation(approvals.ask)
    find_covering = Operation(approvals.find_covering)
    purchase_approved = Operation(approvals.purchase_approved, only_reads=True)
    get = Operation(approvals.get, only_reads=True)
    waiting = Operation(approvals.waiting, only_reads=True)
    of_asker = Operation(approvals.of_asker, only_reads=True)
    uses = Operation(approvals.uses, only_reads=True)
    decide = Operation(approvals.decide)
    question = Operation(approvals.question)
    tend = Operation(approvals.tend)
    away = Operation(absences.current, only_reads=True)
    set_away = Operation(absences.set_away)
    set_back = Operation(absences.set_back)


class Jobs(Aggregate):
    """Jobs that one process at a time runs, where several share the database."""

    take = Operation(jobs.take)
    extend = Operation(jobs.extend)
    finish = Operation(jobs.finish)
    hurry = Operation(jobs.hurry)


class Paces(Aggregate):
    """How often all processes together may call an account."""

    reserve = Operation(paces.OWN.reserve)
    pause = Operation(paces.OWN.pause)


class Outages(Aggregate):
    """The processes' shared knowledge of PandaPon's outages and pauses."""

    get = Operation(outages.OWN.get, only_reads=True)
    put = Operation(outages.OWN.put)


class Learned(Aggregate):
    """Values that one process learnt for all."""

    put = Operation(learned.put)
    versions = Operation(learned.versions, only_reads=True)
    get = Operation(learned.get, only_reads=True)


class Workers(Aggregate):
    """The processes that work on the database."""

    seen = Operation(workers.OWN.seen)
    left = Operation(workers.OWN.left)
    at_work = Operation(workers.OWN.at_work, only_reads=True)


class Refusals(Aggregate):
    """Slack's refusals of each of several processes."""

    record = Operation(refusals.record)
    of_others = Operation(refusals.of_others)


class Rereading(Aggregate):
    """Corrections of stored orders by newer courier rules."""

    rules = Operation(corrections.read_by)
    batch = Operation(corrections.batch, only_reads=True)  # reads one state, since the fence belongs to the entries
    correct = Operation(corrections.correct)
    finish = Operation(corrections.finish)


class Clock(Aggregate):
    """Stored times after a jump of the wall clock."""

    last_seen = Operation(retiming.last_seen, only_reads=True)
    retime = Operation(retiming.retime)


class Upkeep(Aggregate):
    """The file: pruning, its size, and whether it can be written."""

    prune = Operation(upkeep.prune)
    watched = Operation(upkeep.watched)

    async def tidy_log(self) -> bool:
        """Cut off a write-ahead log that has outgrown its limit. False: another program's reading prevents it."""
        return await self.engine.tidy_log()

    async def health(self, now: datetime, *, counts_engine: bool = True) -> Health:
        """Return the figures of the status. If writing had failed, such as on a full disk, this tries it again.

        ``counts_engine``: include the engine's own figures, which take a while and concern the whole database.
        """
        await self.engine.try_again(now)
        figures = await self.engine.read(lambda conn: upkeep.health(conn, now))
        at_work = await self.engine.read(lambda conn: workers.OWN.at_work(conn, now)) if self.engine.is_shared else []
        engine = await self.engine.condition(counts=counts_engine)
        return replace(
            figures,
            workers=workers.by_role(at_work),
            engine_version=engine.version,
            trouble=engine.trouble,
            wal_bytes=engine.wal_bytes,
            disk_free=engine.disk_free,
            gauges=engine.gauges,
        )


class Store:
    """One open database, with its operations by aggregate."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.orders = Orders(engine)
        self.watches = Watches(engine)
        self.outbox = Outbox(engine)
        self.channels = Channels(engine)
        self.delivery_log = DeliveryLog(engine)
        self.alarms = Alarms(engine)
        self.journeys = Journeys(engine)
        self.subscriptions = Subscriptions(engine)
        self.inbox = Inbox(engine)
        self.people = People(engine)
        self.writes = Writes(engine)
        self.approvals = Approvals(engine)
        self.jobs = Jobs(engine)
        self.paces = Paces(engine)
        self.outages = Outages(engine)
        self.learned = Learned(engine)
        self.workers = Workers(engine)
        self.refusals = Refusals(engine)
        self.rereading = Rereading(engine)
        self.clock = Clock(engine)
        self.upkeep = Upkeep(engine)

    async def close(self) -> None:
        """Finish the waiting operations and close the file."""
        await self.engine.close()
