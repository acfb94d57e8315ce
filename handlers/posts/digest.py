"""Many pieces of news in one message: what a channel missed, and what its day brought."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import order_name, title_of
from handlers.blocks.standing import of_milestone, of_step, standing
from handlers.blocks.text import escape, sanitize_id, truncate, truncate_mrkdwn
from handlers.posts.alarms import headline
from pandapon.courier import Reason
from pandapon.models import Order
from pandapon.shipment import Milestone, OrderRef
from tracking.severity import required_actions
from tracking.values import Leg, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from storage.watch import Watch
    from tracking.daily_digest import DailyDigest, DigestEntry
    from tracking.values import News

LINES, PARAGRAPH = 12, 2800  # orders and characters in one paragraph; Slack takes 3000
LONGEST = 700  # characters about one order


def folded(told: Sequence[tuple[News, Watch]], now: datetime) -> Message:
    """What waited for a channel, one line an order, newest state of each and what came before; nothing is left out."""
    del now
    of_order: dict[str, list[News]] = {}
    for news, watch in told:
        of_order.setdefault(watch.key, []).append(news)
    watches = {watch.key: watch for _news, watch in told}
    loud = sorted(of_order, key=lambda key: _loudness(of_order[key]), reverse=True)
    heading = ngettext("📬 *News of {n} order*", "📬 *News of {n} orders*", len(loud)).format(n=len(loud))
    tail = [el.context(_("Collected in one message. Each order's thread has the scans."))]
    layout = Layout([el.section(heading)], tail=tail)
    _add(layout, [_line(of_order[key], watches[key]) for key in loud])
    return el.message(layout.blocks)


def summary(summary: DailyDigest, now: datetime) -> Message:
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
        layout.add(el.section(_("Nothing happened, and nothing needs attention.")))
    return el.message(layout.blocks)


def _add(layout: Layout, lines: Sequence[str]) -> None:
    at = 0
    for paragraph in _paragraphs(lines):
        if not layout.add(el.section("\n".join(paragraph))):
            n = len(lines) - at
            layout.note(el.context(ngettext("and {n} more order", "and {n} more orders", n).format(n=n)))
            return
        at += len(paragraph)


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in lines:
        if paragraph and (len(paragraph) == LINES or sum(map(len, paragraph)) + len(line) > PARAGRAPH):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _line(told: Sequence[News], watch: Watch) -> str:
    """Where an order stands, and each problem and milestone that came before: none of them was told elsewhere."""
    newest, order = told[-1], watch.order
    state = _state(newest, order)
    parts = [state, f"`{sanitize_id(newest.ref.order_id)}`", title_of(order, 40) or order_name(newest.ref)]
    before = [sign for news in told for sign in _signs(news, order)]
    if before and before[-1] == state:
        before.pop()
    nodes = sum(len(news.nodes) for news in told)
    if nodes and not any(news.steps for news in told):
        parts.append(ngettext("{n} new scan", "{n} new scans", nodes).format(n=nodes))
    if len(told) > 1:
        parts.append(_("{n} times").format(n=len(told)))
    if before:
        runs = [(sign, len(list(run))) for sign, run in groupby(before)]
        states = ", ".join(sign if n == 1 else f"{sign} ×{n}" for sign, n in runs)
        parts.append(_("before that: {states}").format(states=states))
    return truncate_mrkdwn("• " + " · ".join(parts), LONGEST)


def _state(news: News, order: Order | None) -> str:
    if news.stall is not None:
        return f"⏰ *{headline(news.stall.leg)}*"
    if news.milestone is None:
        return of_milestone(None).bold
    return of_step(Step(None, news.milestone), order, news.nodes).headline


def _signs(news: News, order: Order | None) -> Sequence[str]:
    """What one piece of news told besides scans, each once: a problem may have been over in the same reading."""
    if news.stall is not None:
        return [_state(news, order)]
    problems = [node for node in news.nodes if node.milestone and node.milestone.is_problem]
    signs = [of_step(Step(None, node.milestone), nodes=[node]).headline for node in problems if node.milestone]
    signs += [of_step(step, order, news.nodes).headline for step in news.steps]
    if required_actions(news):
        signs.append(_("✋ *Action needed*"))
    if news.settled:
        signs.append(_("💳 *No longer waiting for payment*"))
    if news.price:
        signs.append(_("💴 *Price changed*"))
    if news.refund:
        signs.append(_("💸 *Refund*"))
    return list(dict.fromkeys(signs))


def _entry(entry: DigestEntry) -> str:
    ref = OrderRef.from_key(entry.key)
    order = Order(platform=ref.platform, order_id=ref.order_id, status_code=entry.status)
    reason = Reason(entry.reason) if entry.reason in set(Reason) else None
    said = standing(Milestone.parse(entry.milestone or ""), order, reason=reason)
    parts = [said.why, f"`{sanitize_id(ref.order_id)}`"]
    if entry.title:
        parts.append(escape(truncate(entry.title, 40)))
    if entry.alarm:
        parts.append(_("⏰ not paid") if entry.alarm == Leg.NOT_PAID else _("⏰ silent"))
    return "• " + " · ".join(parts)


def _loudness(told: Sequence[News]) -> tuple[bool, bool, bool]:
    """Orders in trouble come first, then those that were, then those that did more than move."""
    return _is_trouble(told[-1]), any(map(_is_trouble, told)), any(news.steps for news in told)


def _is_trouble(news: News) -> bool:
    return news.stall is not None or (news.milestone is not None and news.milestone.is_problem)
