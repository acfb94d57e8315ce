"""Many pieces of news in one message: what a channel missed, and what its day brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from handlers.i18n import _, ngettext
from handlers.milestones import milestone_emoji, milestone_name
from handlers.text import cut, escape, ident
from handlers.views import elements as el
from handlers.views.message import Layout, Message
from handlers.views.parts import order_name, stored_order, title_of
from handlers.views.stalls import headline
from pandapon.shipment import Milestone, OrderRef

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.shipment import News
    from storage.records import Watch

LINES = 12  # orders in one paragraph, well below Slack's 3000 characters


@dataclass(frozen=True, slots=True)
class Entry:
    """One order in a daily digest."""

    key: str
    milestone: str | None
    title: str = ""  # as sent; escaped when it is shown
    news: int = 0  # pieces of it that day
    alarm: str = ""  # the leg of its stall alarm


@dataclass(frozen=True, slots=True)
class Summary:
    """A channel's day."""

    day: str  # local date
    moved: tuple[Entry, ...] = ()
    troubled: tuple[Entry, ...] = field(default=())  # in a problem or silent, whether or not that is new
    watched: int = 0


def folded(told: Sequence[tuple[News, Watch]], now: datetime) -> Message:
    """What waited for a channel, one line an order, newest state of each; nothing is left out."""
    del now
    newest: dict[str, tuple[News, Watch]] = {}
    counts: dict[str, int] = {}
    for news, watch in told:
        newest[watch.key] = (news, watch)
        counts[watch.key] = counts.get(watch.key, 0) + 1
    loud = sorted(newest.values(), key=lambda one: (not _is_trouble(one[0]), not one[0].steps))
    heading = ngettext("📬 *News of {n} order*", "📬 *News of {n} orders*", len(newest)).format(n=len(newest))
    tail = [
        el.context(_("Gathered in one message. {command} tells more of an order.").format(command="`/panda track …`"))
    ]
    layout = Layout([el.section(heading)], tail=tail)
    _add(layout, [_line(news, watch, counts[watch.key]) for news, watch in loud])
    return el.message(layout.blocks)


def summary(summary: Summary, now: datetime) -> Message:
    """The daily digest; also its preview."""
    del now
    heading = _("📰 *The day's digest* · {n} orders watched").format(n=summary.watched)
    layout = Layout([el.section(heading)])
    if summary.troubled:
        layout.add(el.section(_("*Needs a look*")))
        _add(layout, [_entry(one) for one in summary.troubled])
    if summary.moved:
        layout.add(el.section(_("*Moved*")))
        _add(layout, [_entry(one) for one in summary.moved])
    if not summary.troubled and not summary.moved:
        layout.add(el.section(_("Nothing happened, and nothing needs a look.")))
    return el.message(layout.blocks)


def dump_summary(summary: Summary) -> str:
    """Read back by :func:`load_summary`."""
    return _adapter().dump_json(summary).decode()


def load_summary(payload: str) -> Summary:
    """The payload of an outbox row."""
    return _adapter().validate_json(payload)


@cache
def _adapter() -> TypeAdapter[Summary]:
    return TypeAdapter(Summary)


def _add(layout: Layout, lines: Sequence[str]) -> None:
    for at in range(0, len(lines), LINES):
        if not layout.add(el.section("\n".join(lines[at : at + LINES]))):
            n = len(lines) - at
            layout.note(el.context(ngettext("and {n} more order", "and {n} more orders", n).format(n=n)))
            return


def _line(news: News, watch: Watch, count: int) -> str:
    if news.stall is not None:
        state = f"⏰ *{headline(news.stall.leg)}*"
    else:
        state = f"{milestone_emoji(news.milestone)} *{milestone_name(news.milestone)}*"
    parts = [state, f"`{ident(news.ref.order_id)}`", title_of(stored_order(watch), 40) or order_name(news.ref)]
    nodes = len(news.nodes)
    if not news.steps and nodes:
        parts.append(ngettext("{n} new scan", "{n} new scans", nodes).format(n=nodes))
    if count > 1:
        parts.append(_("{n} times").format(n=count))
    return "• " + " · ".join(parts)


def _entry(entry: Entry) -> str:
    milestone = Milestone(entry.milestone) if entry.milestone in set(Milestone) else None
    order_id = OrderRef.from_key(entry.key).order_id
    parts = [f"{milestone_emoji(milestone)} *{milestone_name(milestone)}*", f"`{ident(order_id)}`"]
    if entry.title:
        parts.append(escape(cut(entry.title, 40)))
    if entry.alarm:
        parts.append(_("⏰ silent"))
    return "• " + " · ".join(parts)


def _is_trouble(news: News) -> bool:
    return news.stall is not None or (news.milestone is not None and news.milestone.is_problem)
