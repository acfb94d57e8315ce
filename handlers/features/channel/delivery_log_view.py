"""The delivery log of one order in one channel: each piece of news, and whether it was posted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import filter_words, in_channel, muted_line, order_name
from handlers.blocks.people import name
from handlers.blocks.standing import of_step
from handlers.blocks.text import escape, slack_date, truncate
from handlers.posts.alarms import headline
from storage.post import QUIET_HOURS, TOLD_OF_PARCEL, PostState, who_muted
from storage.watch import WatchState

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.shipment import OrderRef
    from storage.channel import DeliveryLog, DeliveryLogEntry
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot
    from tracking.values import News


def why(
    ref: OrderRef,
    snapshot: OrderSnapshot | None,
    channel: str,
    *,
    watch: Watch | None,
    log: DeliveryLog,
    now: datetime,
) -> Message:
    """List an order's news, newest first: when the bot found it, and whether it was posted.

    ``snapshot`` None: the stored order cannot be read. ``watch`` None: the channel has no watch of the order.
    """
    layout = Layout(
        [el.section(f"*{order_name(ref)}* {in_channel(channel)}\n{_watch_state(watch, now)}")],
        tail=[el.context("\n".join([*_unreadable(log.unreadable), _last_read(snapshot, now)]))],
    )
    if not log.entries and not log.unreadable:
        layout.add(el.section(_("Nothing has changed since you started watching.")))
    for at, entry in enumerate(reversed(log.entries)):
        line = f"• {slack_date(entry.at, now)}  {_headline(entry.news)}"
        if not layout.add(el.section(f"{line}\n→ {_outcome(entry, watch, channel, now)}")):
            n = len(log.entries) - at
            layout.note(el.context(ngettext("and {n} older one", "and {n} older ones", n).format(n=n)))
            break
    return el.message(layout.blocks)


def _unreadable(n: int) -> list[str]:
    words = ngettext("⚠️ {n} entry could not be read.", "⚠️ {n} entries could not be read.", n)
    return [words.format(n=n)] if n else []


def _watch_state(watch: Watch | None, now: datetime) -> str:
    if watch is None:
        return _("It is not watched here.")
    words = _("Watched by {user} since {time}: {filter}").format(
        user=name(watch.created_by), time=slack_date(watch.created_at, now), filter=filter_words(watch.filter)
    )
    if watch.state is WatchState.PAUSED:
        words += "\n" + _("⏸ Paused: {reason}").format(reason=channel_error(watch.reason, watch.channel))
    if watch.muted_until and watch.muted_until > now:
        words += "\n" + muted_line(watch.muted_by, watch.muted_until, now)
    return words


def _headline(news: News) -> str:
    if news.stall is not None:
        return f"⏰ {headline(news.stall.leg)}"
    if news.steps:
        return of_step(news.steps[-1], nodes=news.nodes).line
    if news.settled:
        return _("💳 No longer waiting for payment")
    if news.late:
        return _("⏳ Later than expected")
    n = len(news.nodes)
    return ngettext("🚚 {n} scan", "🚚 {n} scans", n).format(n=n) if n else _("✏️ Details")


def _outcome(entry: DeliveryLogEntry, watch: Watch | None, channel: str, now: datetime) -> str:
    return _not_queued(entry, watch, now) if entry.state is None else _post_outcome(entry, channel, now)


def _post_outcome(entry: DeliveryLogEntry, channel: str, now: datetime) -> str:
    match entry.state:
        case PostState.SENT:
            words = _("posted in a digest {time}") if entry.in_batch else _("posted {time}")
            return words.format(time=slack_date(entry.sent_at, now) if entry.sent_at else "")
        case PostState.SKIPPED:
            return _("not posted: {reason}").format(reason=_skipped(entry.error))
        case PostState.HELD:
            return _held(entry, channel, now)
        case PostState.FAILED:
            return _("refused by Slack: {code}").format(code=escape(truncate(entry.error, 60)) or "–")
        case PostState.BATCHED:
            return _("on its way in a digest")
        case _:
            return _("waits for Slack to take it")


def _held(entry: DeliveryLogEntry, channel: str, now: datetime) -> str:
    if entry.error == QUIET_HOURS and entry.not_before:
        return _("held by quiet hours until {time}").format(time=slack_date(entry.not_before, now))
    return _("held: {reason}").format(reason=channel_error(entry.error, channel))


def _not_queued(entry: DeliveryLogEntry, watch: Watch | None, now: datetime) -> str:
    if watch is None:
        return _("not posted: it was not watched here")
    if entry.at < watch.created_at:
        return _("not posted: the watch began later, {time}").format(time=slack_date(watch.created_at, now))
    if watch.filter not in entry.audience:
        return _("not posted: this order is set to {filter}").format(filter=filter_words(watch.filter))
    return _("not posted: this order had another filter at that time")


def _skipped(error: str) -> str:
    if error == TOLD_OF_PARCEL:
        return _("posted with another order of the same parcel")
    by = who_muted(error)
    return _("muted by {user}").format(user=name(by)) if by is not None else escape(truncate(error, 60))


def _last_read(snapshot: OrderSnapshot | None, now: datetime) -> str:
    if snapshot is None:
        return _("⚠️ What I have stored of this order cannot be read.")
    if snapshot.read_at is None:
        return _("It was never checked.")
    words = _("Last checked {time}").format(time=slack_date(snapshot.read_at, now))
    if snapshot.stale_since:
        words += " · " + _("⚠️ PandaPon hasn't responded since {time}").format(
            time=slack_date(snapshot.stale_since, now)
        )
    return words
