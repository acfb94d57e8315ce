"""Makes the message of an outbox row, from the state at the moment of sending."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from bot.jobs import shared_parcels
from bot.jobs.links import permalink
from handlers.blocks.i18n import use_language
from handlers.blocks.message import Message
from handlers.posts import alarms, approvals, card, change_lines, digest, notices, thread
from storage.alarm import AlarmState
from storage.post import DETAIL_OF, BatchRule, Post, PostKind
from storage.watch import WatchState
from tracking.messages import ApprovalMessage, ApprovalPart, OrdersCorrected, Reminder, WatchesPaused, WriteSettled
from tracking.quiet_hours import hold_until, quiet_until
from tracking.severity import SEVERITIES
from tracking.values import News

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blocks.links import Links
    from handlers.blocks.people import People
    from handlers.interactions.languages import Languages
    from storage.store import Store
    from storage.watch import Watch
    from tracking.messages import Notice

log = logging.getLogger(__name__)

S = TypeVar("S")
T = TypeVar("T")


class Composer:
    """Renders posts. A post that no longer matters is rendered as None."""

    def __init__(
        self,
        store: Store,
        slack: AsyncWebClient,
        languages: Languages,
        people: People,
        links: Links,
        *,
        may_act: bool = False,
    ) -> None:
        """``may_act``: orders may be paid and received, so that cards offer it."""
        self._store, self._slack, self._languages, self._people = store, slack, languages, people
        self._links, self._may_act = links, may_act

    async def compose(self, post: Post, now: datetime) -> Message | None:
        """Return the message of a post; None when its order, watch or alarm is gone.

        The message is in the channel's language. A direct message is in its reader's; the post's ``channel`` is then
        the reader's id.
        """
        reader = post.content.reader if isinstance(post.content, ApprovalMessage) else ""
        language = self._languages.of_reader(self._people.of(reader or post.channel), post.channel)
        with use_language(language), self._people.known():
            return await self._compose(post, now)

    async def _compose(self, post: Post, now: datetime) -> Message | None:
        match post.kind:
            case PostKind.NOTICE | PostKind.APPROVAL | PostKind.APPROVAL_EDIT:
                return await self._notice(post, post.notice, now)
            case PostKind.LINE:
                return change_lines.line(post.change, post.id, now)
            case PostKind.LIST:
                return await self._list(post, now)
            case PostKind.DAILY_DIGEST:
                return digest.daily(post.daily_digest, post.channel, self._links, now)
            case PostKind.BATCH:
                return await self._batch(post, now)
            case _:
                return await self._of_watch(post, now)

    async def _list(self, post: Post, now: datetime) -> Message | None:
        """Return the list of the orders that are still watched; None when none is."""
        stored = [await self._store.watches.get(watch_id) for watch_id in post.opens]
        watches = [watch for watch in stored if watch and watch.state is not WatchState.ENDED]
        return card.watch_list(watches, post.watch_list.by, now) if watches else None

    async def _of_watch(self, post: Post, now: datetime) -> Message | None:
        watch = await self._store.watches.get(post.watch_id) if post.watch_id is not None else None
        stored = (await self._store.orders.load([post.key])).get(post.key) if post.key else None
        if watch is None or stored is None:
            return None
        snapshot = stored.snapshot()
        if post.kind is not PostKind.NEWS:
            alarm = (await self._store.alarms.of_orders([post.key])).get(post.key)
            muted = (post.muted_by, post.muted_until) if post.muted_until else None
            return card.card(
                snapshot, watch, now, alarm=alarm, muted=muted, zone=post.settings.zone, may_act=self._may_act
            )
        news = post.news
        if news.stall:
            alarm = (await self._store.alarms.of_orders([post.key])).get(post.key)
            return alarms.alarm(news, snapshot, watch, alarm, now)
        cleared = await self._store.alarms.cleared_at(post.key, post.created_at)
        sharing = shared_parcels.sharing_orders(news, await self._store.outbox.shared(post))
        return thread.news(
            news, snapshot, watch, now, cleared=cleared, same_parcel=sharing, in_thread=is_in_thread_alone(post)
        )

    async def _notice(self, post: Post, notice: Notice, now: datetime) -> Message | None:
        match notice:
            case WatchesPaused(channel, reason, orders):
                return notices.paused(channel, reason, orders)
            case OrdersCorrected(orders):
                return notices.corrected(orders)
            case WriteSettled(write_id, is_reversed):
                write = await self._store.writes.get(write_id)
                return notices.settled(write, is_reversed=is_reversed) if write else None
            case Reminder():
                return await self._reminder(post, notice, now)
            case ApprovalMessage():
                return await self._approval(post, notice, now)
            case _:
                return None

    async def _approval(self, post: Post, message: ApprovalMessage, now: datetime) -> Message | None:
        """Return a message about a request for an approval; None for a reminder that nobody needs any more."""
        asked = await self._store.approvals.get(message.approval)
        if asked is None:
            return None
        absences = await self._store.approvals.away(now)
        match message.part:
            case ApprovalPart.REQUEST:
                return approvals.request(asked, absences, now, is_direct=bool(message.reader))
            case ApprovalPart.REMINDER:
                return approvals.reminder(asked, absences, now, is_direct=bool(message.reader))
            case ApprovalPart.QUESTION:
                return approvals.question(asked, message.by, message.text, is_direct=post.kind is PostKind.NOTICE)
            case ApprovalPart.UNPOSTED:
                return approvals.unposted(asked, message.by, message.text)
            case _:
                return approvals.outcome(asked, now, is_direct=post.kind is PostKind.NOTICE)

    async def _reminder(self, post: Post, reminder: Reminder, now: datetime) -> Message | None:
        """Return the reminder; None when the alarm is over or the order is no longer watched there."""
        alarm = await self._store.alarms.get(reminder.alarm)
        if alarm is None or alarm.state is AlarmState.CLEARED:
            return None
        watches = await self._store.watches.of_orders([alarm.key])
        watch = next((watch for watch in watches if watch.channel == reminder.channel), None)
        if watch is None:
            return None
        stored = (await self._store.orders.load([alarm.key])).get(alarm.key)
        snapshot = stored.snapshot() if stored else None
        if post.channel == watch.channel:  # under the card itself
            return alarms.reminder(alarm, watch, "", now, person=reminder.person, snapshot=snapshot)
        link = await permalink(self._slack, watch.channel, watch.card_ts)
        return alarms.reminder(alarm, watch, link, now, snapshot=snapshot)

    async def _batch(self, post: Post, now: datetime) -> Message | None:
        """Join the batched news, without unreadable news and the news of orders that are no longer watched."""
        entries: list[tuple[Post, News, Watch]] = []
        for batched in await self._store.outbox.batch_members(post.id):
            if not isinstance(batched.content, News):
                log.error("news of a batch cannot be read, it is given up", extra={"post": batched.id})
                await self._store.outbox.fail_member(now, batched, "cannot be composed")
                continue
            member = await shared_parcels.remaining(self._store, batched)
            if member is None:
                continue
            watch = await self._store.watches.get(member.watch_id) if member.watch_id is not None else None
            if watch is not None and watch.state is not WatchState.ENDED:
                entries.append((member, member.news, watch))
        if not entries:
            return None
        if post.key:
            return await self._of_order(entries, now, in_thread=is_in_thread_alone(post))
        return digest.batch([(news, watch) for _member, news, watch in entries], self._links)

    async def _of_order(
        self, entries: Sequence[tuple[Post, News, Watch]], now: datetime, *, in_thread: bool
    ) -> Message:
        """Join the news for one order's thread as if one reading had found it, or else list it piece by piece."""
        whole = merged([news for _member, news, _watch in entries])
        if whole is not None:
            members = [member for member, _news, _watch in entries]
            return await self._piece(whole, members, entries[-1][2], now, in_thread=in_thread)
        pieces = [await self._piece(news, [member], watch, now, in_thread=in_thread) for member, news, watch in entries]
        return reduce(Message.followed_by, pieces)

    async def _piece(
        self, news: News, members: Sequence[Post], watch: Watch, now: datetime, *, in_thread: bool
    ) -> Message:
        stored = (await self._store.orders.load([watch.key])).get(watch.key)
        snapshot = stored.snapshot() if stored else None
        if news.stall is not None and snapshot is not None:
            alarm = (await self._store.alarms.of_orders([watch.key])).get(watch.key)
            return alarms.alarm(news, snapshot, watch, alarm, now)
        cleared = [await self._store.alarms.cleared_at(watch.key, member.created_at) for member in members]
        ended = next((at for at in cleared if at), None)
        return thread.news(news, snapshot, watch, now, cleared=ended, in_thread=in_thread)


def merged(pieces: Sequence[News]) -> News | None:
    """Join the news of several readings of one order; None when one message could not show all of it."""
    steps = tuple(step for news in pieces for step in news.steps)
    if any(news.stall for news in pieces) or len({bool(step.waybill) for step in steps}) > 1:
        return None
    return replace(
        pieces[-1],
        nodes=tuple(node for news in pieces for node in news.nodes),
        edited=tuple(node for news in pieces for node in news.edited),
        steps=steps,
        added=tuple(waybill for news in pieces for waybill in news.added),
        renumbered=tuple(pair for news in pieces for pair in news.renumbered),
        settled=any(news.settled for news in pieces),
        late=next((news.late for news in pieces if news.late), None),
        price=_whole([news.price for news in pieces]),
        refunds=tuple(step for news in pieces for step in news.refunds),
        refunded=_whole([news.refunded for news in pieces]),
    )


def _whole(changes: Sequence[tuple[S, T] | None]) -> tuple[S, T] | None:
    """Return the change from the first to the last value."""
    known = [change for change in changes if change]
    return (known[0][0], known[-1][1]) if known else None


def batch_rule(post: Post, now: datetime, fewest: int) -> BatchRule:
    """Return which posts may join this one in a batch of ``fewest`` or more: none that quiet hours hold.

    Posts that the channel is not shown stay in their order's thread, as do the details of news of several orders.
    """
    settings, severities = post.settings, None
    if quiet_until(settings, now) is not None:
        severities = frozenset(each for each in SEVERITIES if hold_until(settings, each, now) is None)
    shown = frozenset(each for each in SEVERITIES if settings.shows(each, post.watched))
    return BatchRule(fewest, severities, shown)


def goes_to_thread(post: Post) -> bool:
    """Return whether the post is a reply under its card. So is a notice if Slack took no direct message."""
    replies = post.kind in {PostKind.NEWS, PostKind.BATCH, PostKind.NOTICE, PostKind.APPROVAL}
    in_thread = _is_detail(post) or _is_shown_by_card(post) or post.settings.threads != "channel"
    return replies and bool(post.thread_ts) and in_thread


def is_broadcast(post: Post) -> bool:
    """Return whether a reply is shown in the channel as well."""
    if _is_detail(post) or _is_shown_by_card(post):
        return False
    return post.settings.shows(post.severity, post.watched)


def is_in_thread_alone(post: Post) -> bool:
    """Return whether only the order's thread shows the post, under the card with the order's title and ids."""
    return goes_to_thread(post) and not is_broadcast(post)


def _is_shown_by_card(post: Post) -> bool:
    """Return whether the order's first card just showed this news in the channel. No card shows an alarm's buttons."""
    return post.told_by_card and isinstance(post.content, News) and post.content.stall is None


def _is_detail(post: Post) -> bool:
    """Return whether the post is for the thread alone: a notice, or details of a line that the channel was shown."""
    return post.kind in {PostKind.NOTICE, PostKind.APPROVAL} or post.event_id.startswith(DETAIL_OF)
