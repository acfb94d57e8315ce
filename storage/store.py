"""The SQLite store: each method hands one function to the database thread and is one transaction."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from storage import (
    alarms,
    audit,
    channels,
    corrections,
    enqueue,
    held,
    inbox,
    orders,
    outbox,
    recording,
    retiming,
    room,
    sharing,
    subscriptions,
    upkeep,
    watches,
)
from storage.database import DatabaseThread
from storage.records import ANY_POSTS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from storage.corrections import Correction
    from storage.records import (
        Alarm,
        AlarmState,
        Announcement,
        Changed,
        Channel,
        DueOrder,
        Filter,
        Folding,
        Happening,
        Health,
        Hint,
        KnownOrder,
        NewOrder,
        NewWatch,
        Opened,
        PollResult,
        Post,
        Recorded,
        Shared,
        Subscription,
        Told,
        Watch,
    )


async def open_store(path: Path) -> SqliteStore:
    """Open the database, creating or migrating it. Raises StorageError with one sentence, changing nothing."""
    thread = DatabaseThread()
    try:
        await thread.open(path)
    except BaseException:
        await thread.close()
        raise
    return SqliteStore(thread)


class SqliteStore:
    """Implements storage.protocol.Store, where every method is explained."""

    def __init__(self, thread: DatabaseThread) -> None:
        self.thread = thread

    async def claim_due(
        self, now: datetime, limit: int, lease: timedelta, keys: Sequence[str] | None = None
    ) -> list[DueOrder]:
        return await self.thread.run(lambda conn: orders.claim_due(conn, now, limit, lease, keys))

    async def due_in_turn(self, now: datetime) -> list[str]:
        return await self.thread.run(lambda conn: orders.due_in_turn(conn, now))

    async def load(self, keys: Sequence[str]) -> dict[str, KnownOrder]:
        return await self.thread.run(lambda conn: orders.load(conn, keys))

    async def record_polls(self, now: datetime, results: Sequence[PollResult]) -> Recorded:
        return await self.thread.run(lambda conn: recording.record_polls(conn, now, results))

    async def add_order(self, now: datetime, baseline: Changed) -> bool:
        return await self.thread.run(lambda conn: recording.add_order(conn, now, baseline))

    async def mark_due(self, keys: Sequence[str], at: datetime, *, whole: bool = False) -> int:
        return await self.thread.run(lambda conn: orders.mark_due(conn, keys, at, whole=whole))

    async def find_waybill(self, waybill: str) -> list[str]:
        return await self.thread.run(lambda conn: orders.find_waybill(conn, waybill))

    async def find_order_id(self, order_id: str) -> list[str]:
        return await self.thread.run(lambda conn: orders.find_order_id(conn, order_id))

    async def open_watches(self, now: datetime, wishes: Sequence[NewWatch]) -> list[Opened]:
        return await self.thread.run(lambda conn: watches.open_watches(conn, now, wishes))

    async def end_watches(self, now: datetime, channel: str, keys: Sequence[str], actor: str) -> list[Watch]:
        return await self.thread.run(lambda conn: watches.end_watches(conn, now, channel, keys, actor))

    async def restore_watches(self, now: datetime, ids: Sequence[int], actor: str) -> list[Watch]:
        return await self.thread.run(lambda conn: watches.restore_watches(conn, now, ids, actor))

    async def resume_watch(self, now: datetime, watch_id: int, actor: str) -> Watch | None:
        return await self.thread.run(lambda conn: watches.resume_watch(conn, now, watch_id, actor))

    async def watch(self, watch_id: int) -> Watch | None:
        return await self.thread.run(lambda conn: watches.one(conn, watch_id))

    async def watches(self, channel: str, offset: int, limit: int) -> tuple[list[Watch], int]:
        return await self.thread.run(lambda conn: watches.of_channel(conn, channel, offset, limit))

    async def watches_of(self, keys: Sequence[str]) -> list[Watch]:
        return await self.thread.run(lambda conn: watches.of_orders(conn, keys))

    async def claim_posts(self, now: datetime, limit: int, lease: timedelta, busy: Collection[str]) -> list[Post]:
        return await self.thread.run(lambda conn: outbox.claim_posts(conn, now, limit, lease, busy))

    async def mark_sent(self, now: datetime, post: Post, ts: str) -> bool:
        return await self.thread.run(lambda conn: outbox.mark_sent(conn, now, post, ts))

    async def mark_retry(self, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
        return await self.thread.run(lambda conn: outbox.mark_retry(conn, now, post, not_before, error))

    async def mark_uncertain(self, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
        return await self.thread.run(lambda conn: outbox.mark_uncertain(conn, now, post, not_before, error))

    async def mark_reduced(self, now: datetime, post: Post, payload: str, level: str) -> bool:
        return await self.thread.run(lambda conn: outbox.mark_reduced(conn, now, post, payload, level))

    async def mark_failed(self, now: datetime, post: Post, error: str) -> bool:
        return await self.thread.run(lambda conn: watches.mark_failed(conn, now, post, error))

    async def pause_channel(self, now: datetime, channel: str, reason: str) -> list[Watch]:
        return await self.thread.run(lambda conn: watches.pause_channel(conn, now, channel, reason))

    async def mark_held(self, post: Post, until: datetime, reason: str) -> bool:
        return await self.thread.run(lambda conn: outbox.mark_held(conn, post, until, reason))

    async def mark_skipped(self, now: datetime, post: Post, reason: str) -> bool:
        return await self.thread.run(lambda conn: outbox.mark_skipped(conn, now, post, reason))

    async def card_lost(self, now: datetime, post: Post) -> bool:
        return await self.thread.run(lambda conn: outbox.card_lost(conn, now, post))

    async def card_first(self, now: datetime, post: Post) -> bool:
        return await self.thread.run(lambda conn: outbox.card_first(conn, now, post))

    async def fold(
        self, now: datetime, head: Post, limit: int, lease: timedelta, rule: Folding = ANY_POSTS
    ) -> Post | None:
        return await self.thread.run(lambda conn: enqueue.fold(conn, now, head, limit, lease, rule))

    async def shared(self, post: Post) -> Shared:
        return await self.thread.run(lambda conn: sharing.shared(conn, post))

    async def folded(self, digest: int) -> list[Post]:
        return await self.thread.run(lambda conn: outbox.folded(conn, digest))

    async def resume_channel(self, now: datetime, channel: str, actor: str) -> list[Watch]:
        return await self.thread.run(lambda conn: watches.resume_channel(conn, now, channel, actor))

    async def watched_channels(self) -> list[str]:
        return await self.thread.run(watches.watched_channels)

    async def paused_channels(self) -> dict[str, str]:
        return await self.thread.run(watches.paused_channels)

    async def channel(self, channel: str) -> Channel:
        return await self.thread.run(lambda conn: channels.channel(conn, channel))

    async def channels_with_settings(self) -> list[Channel]:
        return await self.thread.run(channels.with_settings)

    async def save_settings(self, now: datetime, channel: str, settings: str, actor: str) -> None:
        await self.thread.run(lambda conn: channels.save_settings(conn, now, channel, settings, actor))

    async def say(self, now: datetime, channel: str, payload: str) -> None:
        await self.thread.run(lambda conn: channels.say(conn, now, channel, payload))

    async def channel_of_line(self, line: int) -> str:
        return await self.thread.run(lambda conn: channels.channel_of_line(conn, line))

    async def take_line(self, line: int) -> tuple[str, str] | None:
        return await self.thread.run(lambda conn: channels.take_line(conn, line))

    async def filters_of(self, channel: str) -> dict[str, list[int]]:
        return await self.thread.run(lambda conn: channels.filters_of(conn, channel))

    async def restore_filters(
        self, now: datetime, channel: str, filters: Mapping[str, Sequence[int]], actor: str
    ) -> None:
        await self.thread.run(lambda conn: channels.restore_filters(conn, now, channel, filters, actor))

    async def resubscribe(self, now: datetime, channel: str, ended_at: datetime, actor: str) -> int:
        return await self.thread.run(lambda conn: subscriptions.resubscribe(conn, now, channel, ended_at, actor))

    async def set_filters(self, now: datetime, channel: str, filter_: Filter, actor: str) -> int:
        return await self.thread.run(lambda conn: channels.set_filters(conn, now, channel, filter_, actor))

    async def mute_channel(self, now: datetime, channel: str, until: datetime | None, actor: str) -> None:
        def work(conn: sqlite3.Connection) -> None:
            channels.mute_channel(conn, now, channel, until, actor)
            held.wake_cards(conn, now, channel)

        await self.thread.run(work)

    async def mute_watches(
        self, now: datetime, channel: str, keys: Sequence[str], until: datetime | None, actor: str
    ) -> list[str]:
        def work(conn: sqlite3.Connection) -> list[str]:
            held.wake_cards(conn, now, channel)
            return channels.mute_watches(conn, now, channel, keys, until, actor)

        return await self.thread.run(work)

    async def put_summary(self, now: datetime, channel: str, day: str, payload: str) -> bool:
        return await self.thread.run(lambda conn: channels.put_summary(conn, now, channel, day, payload))

    async def told_of_order(self, key: str, channel: str, limit: int) -> list[Told]:
        return await self.thread.run(lambda conn: channels.told_of_order(conn, key, channel, limit))

    async def happened_since(self, channel: str, since: datetime) -> list[Happening]:
        return await self.thread.run(lambda conn: channels.happened_since(conn, channel, since))

    async def told_since(self, channel: str, since: datetime) -> list[Told]:
        return await self.thread.run(lambda conn: channels.told_since(conn, channel, since))

    async def stalled(self, now: datetime, unread: datetime, limit: int) -> list[str]:
        return await self.thread.run(lambda conn: alarms.stalled(conn, now, unread, limit))

    async def schedule_stall(self, key: str, at: datetime | None) -> None:
        await self.thread.run(lambda conn: alarms.schedule(conn, key, at))

    async def raise_alarm(self, now: datetime, alarm: Alarm, told: Announcement, again_at: datetime | None) -> bool:
        return await self.thread.run(lambda conn: alarms.raise_alarm(conn, now, alarm, told, again_at))

    async def alarm(self, alarm_id: int) -> Alarm | None:
        return await self.thread.run(lambda conn: alarms.one(conn, alarm_id))

    async def act_on_alarm(
        self,
        now: datetime,
        alarm_id: int,
        state: AlarmState,
        actor: str,
        until: datetime | None,
        *,
        channel: str = "",
    ) -> Alarm | None:
        return await self.thread.run(lambda conn: alarms.act(conn, now, alarm_id, state, actor, until, channel))

    async def remind(self, now: datetime, unread: datetime, over_at: datetime) -> int:
        return await self.thread.run(lambda conn: alarms.remind(conn, now, unread, over_at))

    async def say_in_thread(self, post: Post) -> bool:
        return await self.thread.run(lambda conn: alarms.say_in_thread(conn, post))

    async def alarm_names(self, key: str) -> list[str]:
        return await self.thread.run(lambda conn: alarms.names(conn, key))

    async def retire(self, now: datetime, key: str, reason: str) -> None:
        await self.thread.run(lambda conn: alarms.retire(conn, now, key, reason))

    async def alarms(self, keys: Sequence[str]) -> dict[str, Alarm]:
        return await self.thread.run(lambda conn: alarms.live(conn, keys))

    async def alarm_cleared(self, key: str, at: datetime) -> Alarm | None:
        return await self.thread.run(lambda conn: alarms.cleared_at(conn, key, at))

    async def scans(self, since: datetime, limit: int) -> list[tuple[str, str, datetime, str | None]]:
        return await self.thread.run(lambda conn: alarms.scans(conn, since, limit))

    async def subscribe(self, now: datetime, wish: Subscription) -> tuple[Subscription, bool]:
        return await self.thread.run(lambda conn: subscriptions.subscribe(conn, now, wish))

    async def unsubscribe(self, now: datetime, channel: str, actor: str) -> tuple[int, int]:
        return await self.thread.run(lambda conn: subscriptions.unsubscribe(conn, now, channel, actor))

    async def subscriptions(self, channel: str | None = None) -> list[Subscription]:
        return await self.thread.run(lambda conn: subscriptions.active(conn, channel))

    async def join_orders(self, now: datetime, subscription: int, orders: Sequence[NewOrder]) -> int:
        return await self.thread.run(lambda conn: subscriptions.join_orders(conn, now, subscription, orders))

    async def never_watched(self, channel: str, keys: Sequence[str]) -> list[str]:
        return await self.thread.run(lambda conn: subscriptions.unknown_of(conn, channel, keys))

    async def inbox_put(self, hint: Hint) -> bool:
        return await self.thread.run(lambda conn: inbox.put(conn, hint))

    async def inbox_waiting(self, limit: int) -> list[Hint]:
        return await self.thread.run(lambda conn: inbox.waiting(conn, limit))

    async def inbox_done(self, now: datetime, outcomes: Sequence[tuple[str, str]]) -> None:
        await self.thread.run(lambda conn: inbox.done(conn, now, outcomes))

    async def inbox_counts(self, since: datetime) -> tuple[dict[str, int], datetime | None]:
        return await self.thread.run(lambda conn: inbox.counts(conn, since))

    async def concerned(self, ids: Sequence[str]) -> list[str]:
        return await self.thread.run(lambda conn: inbox.concerned(conn, ids))

    async def rescue(self, now: datetime) -> int:
        def work(conn: sqlite3.Connection) -> int:
            orders.release_leases(conn, now)
            return outbox.rescue(conn, now)

        return await self.thread.run(work)

    async def read_by(self) -> str:
        return await self.thread.run(corrections.read_by)

    async def orders_after(self, key: str, limit: int) -> list[KnownOrder]:
        return await self.thread.run(lambda conn: corrections.batch(conn, key, limit))

    async def correct(self, now: datetime, found: Sequence[Correction]) -> list[tuple[str, str]]:
        return await self.thread.run(lambda conn: corrections.correct(conn, now, found))

    async def finish_rereading(self, now: datetime, rules: str, misled: dict[str, int]) -> None:
        await self.thread.run(lambda conn: corrections.finish(conn, now, rules, misled))

    async def last_seen(self) -> datetime | None:
        return await self.thread.read(retiming.last_seen)

    async def retime(self, now: datetime, by: timedelta, longest: timedelta) -> int:
        return await self.thread.run(lambda conn: retiming.retime(conn, now, by, longest))

    async def first_seen(self, event_id: str, now: datetime) -> bool:
        return await self.thread.run(lambda conn: audit.first_seen(conn, event_id, now))

    async def people(self) -> dict[str, str]:
        return await self.thread.run(audit.people)

    async def name_person(self, user: str, name: str) -> None:
        await self.thread.run(lambda conn: audit.name_person(conn, user, name))

    async def prune(self, before: datetime, limit: int) -> int:
        return await self.thread.run(lambda conn: upkeep.prune(conn, before, limit))

    async def prune_unknown(self, before: datetime, limit: int) -> int:
        return await self.thread.run(lambda conn: inbox.prune_unknown(conn, before, limit))

    async def truncate_log(self) -> bool:
        path = self.thread.path
        return path is None or await self.thread.direct(lambda conn: room.truncate(conn, path))

    async def health(self, now: datetime) -> Health:
        if self.thread.trouble:  # is it over?
            with contextlib.suppress(*room.LASTS):
                await self.thread.run(lambda conn: room.try_to_write(conn, now))
                await self.thread.run(room.tidy_up)
                self.thread.trouble = None
        figures = await self.thread.read(lambda conn: upkeep.health(conn, now))
        assert self.thread.path is not None
        return replace(
            figures,
            trouble=self.thread.trouble or room.lack_of_room(self.thread.path),
            wal_bytes=room.wal_size(self.thread.path),
            disk_free=room.free(self.thread.path),
        )

    async def close(self) -> None:
        await self.thread.close()
