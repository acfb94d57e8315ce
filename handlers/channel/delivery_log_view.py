"""The delivery log of one order in one channel: what was news, and what became of it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import filter_words, here, muted_line, order_name
from handlers.blocks.people import name
from handlers.blocks.standing import of_step
from handlers.blocks.text import escape, slack_date, truncate
from handlers.posts.alarms import headline
from storage.post import TOLD_OF_PARCEL, PostState
from storage.watch import WatchState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.channel import DeliveryLogEntry
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot
    from tracking.values import News

WAITING = frozenset({PostState.PENDING, PostState.SENDING, PostState.UNCERTAIN})


def why(
    look: OrderSnapshot, channel: str, watch: Watch | None, log: Sequence[DeliveryLogEntry], now: datetime
) -> Message:
    """Newest first: each piece of news, when it was found, and whether it was posted, or why not."""
    layout = Layout(
        [el.section(f"*{order_name(look.ref)}* {here(channel)}\n{_standing(watch, now)}")],
        tail=[el.context(_read(look, now))],
    )
    if not log:
        layout.add(el.section(_("There was no news of it yet: the first reading is the baseline and is not posted.")))
    for at, told in enumerate(reversed(log)):
        if not layout.add(
            el.section(f"• {slack_date(told.at, now)}  {_what(told.news)}\n→ {_outcome(told, watch, channel, now)}")
        ):
            n = len(log) - at
            layout.note(el.context(ngettext("and {n} older one", "and {n} older ones", n).format(n=n)))
            break
    return el.message(layout.blocks)


def _standing(watch: Watch | None, now: datetime) -> str:
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


def _what(news: News) -> str:
    if news.stall is not None:
        return f"⏰ {headline(news.stall.leg)}"
    if news.steps:
        return of_step(news.steps[-1], nodes=news.nodes).line
    if news.settled:
        return _("💳 No longer waiting for payment")
    n = len(news.nodes)
    return ngettext("🚚 {n} scan", "🚚 {n} scans", n).format(n=n) if n else _("✏️ Details")


def _outcome(told: DeliveryLogEntry, watch: Watch | None, channel: str, now: datetime) -> str:  # noqa: PLR0911  one line an outcome
    match told.state:
        case None:
            return _not_for(told, watch, now)
        case PostState.SENT:
            words = _("posted in a digest {time}") if told.in_batch else _("posted {time}")
            return words.format(time=slack_date(told.sent_at, now) if told.sent_at else "")
        case PostState.SKIPPED:
            return _("not posted: {reason}").format(reason=_skipped(told.error))
        case PostState.HELD if told.error == "quiet hours" and told.not_before:
            return _("held by quiet hours until {time}").format(time=slack_date(told.not_before, now))
        case PostState.HELD:
            return _("held: {reason}").format(reason=channel_error(told.error, channel))
        case PostState.FAILED:
            return _("refused by Slack: {code}").format(code=escape(truncate(told.error, 60)) or "–")
        case PostState.BATCHED:
            return _("on its way in a digest")
        case _:
            return _("waits for Slack to take it")


def _not_for(told: DeliveryLogEntry, watch: Watch | None, now: datetime) -> str:
    if watch is None:
        return _("not posted: it was not watched here")
    if told.at < watch.created_at:
        return _("not posted: the watch began later, {time}").format(time=slack_date(watch.created_at, now))
    if watch.filter not in told.audience:
        return _("not posted: this watch posts {filter}").format(filter=filter_words(watch.filter))
    return _("not posted: this watch had another filter at that time")


def _skipped(error: str) -> str:
    if error == TOLD_OF_PARCEL:
        return _("told with another order of the same parcel")
    by = error.removeprefix("muted by ")
    return _("muted by {user}").format(user=name(by)) if by != error else escape(truncate(error, 60))


def _read(look: OrderSnapshot, now: datetime) -> str:
    if look.read_at is None:
        return _("It was never read from PandaPon.")
    words = _("Last read from PandaPon {time}").format(time=slack_date(look.read_at, now))
    if look.stale_since:
        words += " · " + _("⚠️ not answered since {time}").format(time=slack_date(look.stale_since, now))
    return words
