"""The one seam to the database: batch-shaped, async, no SQL leaks, time passed in. PostgreSQL can follow behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from storage.records import ANY_POSTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

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


class Store(Protocol):
    """What callers may rely on. Each method is one transaction."""

    # --- orders -------------------------------------------------------------------------------------------------
    async def claim_due(
        self, now: datetime, limit: int, lease: timedelta, keys: Sequence[str] | None = None
    ) -> list[DueOrder]:
        """Lease up to ``limit`` due orders, the longest overdue first; a crash costs one lease and no repair.

        ``keys``: only of these, a few hundred at most.
        """
        ...

    async def due_in_turn(self, now: datetime) -> list[str]:
        """Every due order in a fair order: the first of each channel, the second of each, and so on."""
        ...

    async def load(self, keys: Sequence[str]) -> dict[str, KnownOrder]:
        """Everything stored about these orders; unknown keys are absent."""
        ...

    async def record_polls(self, now: datetime, results: Sequence[PollResult]) -> Recorded:
        """Write nodes, states, schedules and outbox rows of a whole batch. A result with a stale fence is dropped.

        An announcement becomes one NEWS row for each ACTIVE watch of the order whose filter is in its audience,
        in the same transaction; a (watch, what) pair that exists already is left alone.
        """
        ...

    async def add_order(self, now: datetime, baseline: Changed) -> bool:
        """Store an order's first reading unless it is there already (then False, and nothing is written)."""
        ...

    async def mark_due(self, keys: Sequence[str], at: datetime, *, whole: bool = False) -> int:
        """Make these orders due no later than ``at``; archived ones come back. Returns how many are known.

        ``whole``: the last fingerprint is forgotten, so that everything about them is read and compared.
        """
        ...

    async def find_waybill(self, waybill: str) -> list[str]:
        """Keys of the orders that hold a parcel with this number."""
        ...

    async def find_order_id(self, order_id: str) -> list[str]:
        """Keys of the stored orders with this id, on whatever platform."""
        ...

    # --- watches ------------------------------------------------------------------------------------------------
    async def open_watches(self, now: datetime, wishes: Sequence[NewWatch]) -> list[Opened]:
        """Store watches as OPENING with their CARD rows; the orders must be stored.

        A standing watch takes over a filter that was named, never a default, and is no longer its subscription's.
        """
        ...

    async def end_watches(self, now: datetime, channel: str, keys: Sequence[str], actor: str) -> list[Watch]:
        """End the live watches of these orders in this channel, drop their unsent posts, return those ended."""
        ...

    async def restore_watches(self, now: datetime, ids: Sequence[int], actor: str) -> list[Watch]:
        """Undo :meth:`end_watches`; a watch whose order was watched anew meanwhile stays ended."""
        ...

    async def resume_watch(self, now: datetime, watch_id: int, actor: str) -> Watch | None:
        """Make a paused watch active again and refresh its card."""
        ...

    async def watch(self, watch_id: int) -> Watch | None:
        """One watch by id."""
        ...

    async def watches(self, channel: str, offset: int, limit: int) -> tuple[list[Watch], int]:
        """The channel's live watches, newest first, and how many there are in all."""
        ...

    async def watches_of(self, keys: Sequence[str]) -> list[Watch]:
        """The live watches of these orders, in every channel."""
        ...

    # --- outbox -------------------------------------------------------------------------------------------------
    async def claim_posts(self, now: datetime, limit: int, lease: timedelta, busy: Collection[str]) -> list[Post]:
        """Mark as SENDING and return the oldest live row of each channel not in ``busy``, if its time has come.

        A row that is UNCERTAIN is returned with that state (and stays in it): look before sending. Rows of watches
        that have ended are dropped instead of returned.
        """
        ...

    async def mark_sent(self, now: datetime, post: Post, ts: str) -> bool:
        """Sent. A CARD's ts becomes the watch's ``card_ts`` and makes it ACTIVE. False: the fence was stale."""
        ...

    async def mark_retry(self, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
        """Definitely not sent; try again then."""
        ...

    async def mark_uncertain(self, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
        """Perhaps sent: look it up from ``not_before`` on."""
        ...

    async def mark_reduced(self, now: datetime, post: Post, payload: str, level: str) -> bool:
        """Part of a NEWS was told before: the rest goes at once, under this payload and level."""
        ...

    async def mark_failed(self, now: datetime, post: Post, error: str) -> bool:
        """Permanently refused. A CARD's watch ends with the reason; another row's watch is left to the caller."""
        ...

    async def pause_channel(self, now: datetime, channel: str, reason: str) -> list[Watch]:
        """Pause every active watch of a channel with a reason and hold their posts; returns those it paused.

        Posts of watches that have ended are given up; digests wait with the paused watches, if there are any. Each
        owner gets one notice a reason until the channel takes a post, or a person has resumed it.
        """
        ...

    async def resume_channel(self, now: datetime, channel: str, actor: str) -> list[Watch]:
        """Resume every paused watch of a channel. Returns them."""
        ...

    async def watched_channels(self) -> list[str]:
        """Channels with live watches, the one with the newest watch first."""
        ...

    async def paused_channels(self) -> dict[str, str]:
        """Channels with paused watches, and Slack's reason."""
        ...

    async def mark_held(self, post: Post, until: datetime, reason: str) -> bool:
        """Not before then: quiet hours. Others of the channel may overtake it."""
        ...

    async def mark_skipped(self, now: datetime, post: Post, reason: str) -> bool:
        """Not to be said at all, for this reason."""
        ...

    async def card_lost(self, now: datetime, post: Post) -> bool:
        """The watch's card was deleted in Slack: news gets a new one first, a refresh is dropped."""
        ...

    async def card_first(self, now: datetime, post: Post) -> bool:
        """This news may go, but its watch's card is held: the card goes before it, as something of the same level."""
        ...

    async def fold(
        self, now: datetime, head: Post, limit: int, lease: timedelta, rule: Folding = ANY_POSTS
    ) -> Post | None:
        """Put a claimed NEWS post and up to ``limit - 1`` that wait behind it into one DIGEST, claimed in its place.

        After quiet hours only what they held is taken; news whose card is still to come waits for it. A DIGEST of many
        orders names those with something that is ``rule.shown``; what it tells of each is put, as a DIGEST of that
        order's thread, behind all that waits. One of a single order is that alone. None: there was nothing to fold
        with, or the fence was stale.
        """
        ...

    async def shared(self, post: Post) -> Shared:
        """Other orders with a parcel of the order of this NEWS, and what its channel was told of them before it."""
        ...

    async def folded(self, digest: int) -> list[Post]:
        """The posts inside a digest, oldest first."""
        ...

    async def read_by(self) -> str:
        """By which courier rules the stored entries were read; empty: by older ones."""
        ...

    async def orders_after(self, key: str, limit: int) -> list[KnownOrder]:
        """The next stored orders, by key."""
        ...

    async def correct(self, now: datetime, found: Sequence[Correction]) -> list[tuple[str, str]]:
        """Put stored orders right and refresh their cards. Returns channel and order where a false end was told."""
        ...

    async def finish_rereading(self, now: datetime, rules: str, misled: dict[str, int]) -> None:
        """Tell each channel how many orders were told wrongly, and note by which rules all is read now."""
        ...

    async def rescue(self, now: datetime) -> int:
        """At the start of the only process: leased orders and posts are due at once, and a SENDING row is UNCERTAIN.

        Returns how many posts those were.
        """
        ...

    # --- channels -----------------------------------------------------------------------------------------------
    async def channel(self, channel: str) -> Channel:
        """What a channel chose; the defaults when it never did."""
        ...

    async def channels_with_settings(self) -> list[Channel]:
        """Every channel that chose something."""
        ...

    async def save_settings(self, now: datetime, channel: str, settings: str, actor: str) -> None:
        """Replace a channel's settings; what quiet hours hold there is looked at again."""
        ...

    async def say(self, now: datetime, channel: str, payload: str) -> None:
        """Enqueue a LINE: what somebody changed for all in a channel."""
        ...

    async def channel_of_line(self, line: int) -> str:
        """The channel of a LINE; empty where there is none."""
        ...

    async def take_line(self, line: int) -> tuple[str, str] | None:
        """Channel and payload of a LINE that is to be undone, once; None: it was, or is not there any more."""
        ...

    async def filters_of(self, channel: str) -> dict[str, list[int]]:
        """The channel's live watches by what they tell."""
        ...

    async def restore_filters(
        self, now: datetime, channel: str, filters: Mapping[str, Sequence[int]], actor: str
    ) -> None:
        """Give watches of the channel the filters of :meth:`filters_of` back."""
        ...

    async def resubscribe(self, now: datetime, channel: str, ended_at: datetime, actor: str) -> int:
        """Undo :meth:`unsubscribe` of that moment, with the watches that it ended. Returns how many came back."""
        ...

    async def set_filters(self, now: datetime, channel: str, filter_: Filter, actor: str) -> int:
        """Give every watch of a channel this filter. Returns how many had another."""
        ...

    async def mute_channel(self, now: datetime, channel: str, until: datetime | None, actor: str) -> None:
        """Post no news there until then; None ends it."""
        ...

    async def mute_watches(
        self, now: datetime, channel: str, keys: Sequence[str], until: datetime | None, actor: str
    ) -> list[str]:
        """The same for single orders. Returns the keys that are watched there."""
        ...

    async def put_summary(self, now: datetime, channel: str, day: str, payload: str) -> bool:
        """Mark the channel's digest of a local day as done and enqueue it, unless empty. False: it was done already."""
        ...

    async def told_of_order(self, key: str, channel: str, limit: int) -> list[Told]:
        """The newest ``limit`` pieces of an order's news, oldest first, and what became of each in the channel."""
        ...

    async def happened_since(self, channel: str, since: datetime) -> list[Happening]:
        """The same without what it said: when, how loud and for whom, oldest first."""
        ...

    async def told_since(self, channel: str, since: datetime) -> list[Told]:
        """All news since then of the orders that the channel watches, oldest first."""
        ...

    # --- stall alarms -------------------------------------------------------------------------------------------
    async def stalled(self, now: datetime, unread: datetime, limit: int) -> list[str]:
        """Watched orders whose silence may be worth an alarm by now, read since it became too long.

        With them those that PandaPon does not know any more, or that could not be read since ``unread``.
        """
        ...

    async def schedule_stall(self, key: str, at: datetime | None) -> None:
        """Look at the order's silence then; None: never."""
        ...

    async def raise_alarm(self, now: datetime, alarm: Alarm, told: Announcement, again_at: datetime | None) -> bool:
        """Store an alarm and enqueue what it says, once. False: it was raised before."""
        ...

    async def alarm(self, alarm_id: int) -> Alarm | None:
        """One alarm by id, a cleared one too."""
        ...

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
        """What a person did with an alarm. A cleared one is returned unchanged, an unknown one is None.

        Whoever snoozes it is reminded ``until`` then; ``channel``: where they did so.
        """
        ...

    async def remind(self, now: datetime, unread: datetime, over_at: datetime) -> int:
        """Enqueue a direct message for each due reminder whose alarm is not cleared. Returns how many were due.

        One waits for its order to be read, but not if it was due by ``unread``. ``over_at``: when a question that
        stays open ends the watch.
        """
        ...

    async def say_in_thread(self, post: Post) -> bool:
        """A reminder whose person takes no direct message goes under the order's card. False: it cannot."""
        ...

    async def alarm_names(self, key: str) -> list[str]:
        """The ``what`` of every alarm that an order ever had."""
        ...

    async def retire(self, now: datetime, key: str, reason: str) -> None:
        """End every watch of an order, for this reason; their cards say so. It is polled no more."""
        ...

    async def alarms(self, keys: Sequence[str]) -> dict[str, Alarm]:
        """The live alarms of these orders."""
        ...

    async def alarm_cleared(self, key: str, at: datetime) -> Alarm | None:
        """The alarm that the news of this very moment cleared."""
        ...

    async def scans(self, since: datetime, limit: int) -> list[tuple[str, str, datetime, str | None]]:
        """(order key, waybill, time, milestone) of stored nodes, parcel by parcel, oldest first: for usual times."""
        ...

    # --- every order of the account -----------------------------------------------------------------------------
    async def subscribe(self, now: datetime, wish: Subscription) -> tuple[Subscription, bool]:
        """Watch all orders in a channel; a standing wish for the same state takes over the filter (then False)."""
        ...

    async def unsubscribe(self, now: datetime, channel: str, actor: str) -> tuple[int, int]:
        """End the channel's subscriptions with the watches they brought. Returns how many of each."""
        ...

    async def subscriptions(self, channel: str | None = None) -> list[Subscription]:
        """The active ones, of one channel or of all."""
        ...

    async def join_orders(self, now: datetime, subscription: int, orders: Sequence[NewOrder]) -> int:
        """Watch these orders for a subscription, silently, unless the channel has or had a watch of them.

        In a channel that is paused they wait with the others. Returns how many joined.
        """
        ...

    async def never_watched(self, channel: str, keys: Sequence[str]) -> list[str]:
        """Those of these orders that the channel does not watch and never did."""
        ...

    # --- pushed messages ----------------------------------------------------------------------------------------
    async def inbox_put(self, hint: Hint) -> bool:
        """Keep a pushed message; False when it is there already."""
        ...

    async def inbox_waiting(self, limit: int) -> list[Hint]:
        """Messages that nobody has looked at, oldest first."""
        ...

    async def inbox_done(self, now: datetime, outcomes: Sequence[tuple[str, str]]) -> None:
        """What became of messages, by their dedup; their contents are forgotten."""
        ...

    async def inbox_counts(self, since: datetime) -> tuple[dict[str, int], datetime | None]:
        """How many messages came since then, by outcome, and when the last one did."""
        ...

    async def concerned(self, ids: Sequence[str]) -> list[str]:
        """Stored orders with one of these numbers: their own, a sub-order's or a parcel's."""
        ...

    # --- the rest -----------------------------------------------------------------------------------------------
    async def last_seen(self) -> datetime | None:
        """The latest moment at which anything was recorded; None for a new database."""
        ...

    async def retime(self, now: datetime, by: timedelta, longest: timedelta) -> int:
        """The clock was set back (``by`` is negative, or zero when not known): what lies ahead keeps its distance.

        What is then still further off than it is ever put off is due now; ``longest`` is that for orders. What has
        happened, happened not later than now. Returns how many rows changed.
        """
        ...

    async def first_seen(self, event_id: str, now: datetime) -> bool:
        """True the first time this delivery id is seen; Slack delivers some twice."""
        ...

    async def people(self) -> dict[str, str]:
        """What those who did something are called, by Slack user id."""
        ...

    async def name_person(self, user: str, name: str) -> None:
        """What a person is called from now on."""
        ...

    async def prune(self, before: datetime, limit: int) -> int:
        """Delete sent posts, their news, seen events and audit entries older than this, so many of each at most.

        Returns rows deleted: 0 when nothing is left to do.
        """
        ...

    async def prune_unknown(self, before: datetime, limit: int) -> int:
        """Forget pushed messages about unknown orders that came before this, so many at most. Returns how many."""
        ...

    async def truncate_log(self) -> bool:
        """Cut off a write-ahead log that has outgrown its limit; False while another program's reading keeps it."""
        ...

    async def health(self, now: datetime) -> Health:
        """Figures."""
        ...

    async def close(self) -> None:
        """Finish what is in hand and close the file."""
        ...
