"""Many pieces of news in one message: a batch of posts that waited, and the daily digest."""

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

    from storage.watch import Watch
    from tracking.daily_digest import DailyDigest, DigestEntry
    from tracking.values import News

LINES, PARAGRAPH = 12, 2800  # orders and characters in one paragraph; Slack takes 3000
LONGEST = 700  # characters about one order


def batch(waiting: Sequence[tuple[News, Watch]]) -> Message:
    """The news that waited for a channel, each with its watch, oldest first.

    Every order has one line: its newest state, and the problems and milestones before it.
    """
    of_order: dict[str, list[News]] = {}
    for news, watch in waiting:
        of_order.setdefault(watch.key, []).append(news)
    watches = {watch.key: watch for _news, watch in waiting}
    keys = sorted(of_order, key=lambda key: _urgency(of_order[key]), reverse=True)
    heading = ngettext("📬 *News of {n} order*", "📬 *News of {n} orders*", len(keys)).format(n=len(keys))
    tail = [el.context(_("Collected in one message. Each order's thread has the scans."))]
    layout = Layout([el.section(heading)], tail=tail)
    _add(layout, [_line(of_order[key], watches[key]) for key in keys])
    return el.message(layout.blocks)


def daily(digest: DailyDigest) -> Message:
    """The daily digest of a channel, and its preview."""
    heading = _("📰 *The day's digest* · {n} orders watched").format(n=digest.watched)
    layout = Layout([el.section(heading)])
    if digest.troubled:
        layout.add(el.section(_("*Needs a look*")))
        _add(layout, [_entry(entry) for entry in digest.troubled])
    if digest.moved:
        layout.add(el.section(_("*Moved*")))
        _add(layout, [_entry(entry) for entry in digest.moved])
    if not digest.troubled and not digest.moved:
        layout.add(el.section(_("Nothing happened, and nothing needs attention.")))
    return el.message(layout.blocks)


def _add(layout: Layout, lines: Sequence[str]) -> None:
    shown = 0
    for paragraph in _paragraphs(lines):
        if not layout.add(el.section("\n".join(paragraph))):
            n = len(lines) - shown
            layout.note(el.context(ngettext("and {n} more order", "and {n} more orders", n).format(n=n)))
            return
        shown += len(paragraph)


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in lines:
        if paragraph and (len(paragraph) == LINES or sum(map(len, paragraph)) + len(line) > PARAGRAPH):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _line(batched: Sequence[News], watch: Watch) -> str:
    """An order's state, and each problem and milestone before it, since no other message shows those."""
    newest, order = batched[-1], watch.order
    state = _state(newest, order)
    parts = [state, f"`{sanitize_id(newest.ref.order_id)}`", title_of(order, 40) or order_name(newest.ref)]
    before = [sign for news in batched for sign in _signs(news, order)]
    if before and before[-1] == state:
        before.pop()
    nodes = sum(len(news.nodes) for news in batched)
    if nodes and not any(news.steps for news in batched):
        parts.append(ngettext("{n} new scan", "{n} new scans", nodes).format(n=nodes))
    if len(batched) > 1:
        parts.append(_("{n} times").format(n=len(batched)))
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
    """The facts of one piece of news but plain scans, each once; also problems that ended within the same reading."""
    if news.stall is not None:
        return [_state(news, order)]
    problems = [node for node in news.nodes if node.milestone and node.milestone.is_problem]
    signs = [of_step(Step(None, node.milestone), nodes=[node]).headline for node in problems if node.milestone]
    signs += [of_step(step, order, news.nodes).headline for step in news.steps]
    if required_actions(news):
        signs.append(_("✋ *Action needed*"))
    if news.settled:
        signs.append(_("💳 *No longer waiting for payment*"))
    if news.late:
        signs.append(_("⏳ *Later than expected*"))
    if news.price:
        signs.append(_("💴 *Price changed*"))
    if news.refund:
        signs.append(_("💸 *Refund*"))
    return list(dict.fromkeys(signs))


def _entry(entry: DigestEntry) -> str:
    ref = OrderRef.from_key(entry.key)
    order = Order(platform=ref.platform, order_id=ref.order_id, status_code=entry.status)
    reason = Reason(entry.reason) if entry.reason in set(Reason) else None
    state = standing(Milestone.parse(entry.milestone or ""), order, reason=reason)
    parts = [state.why, f"`{sanitize_id(ref.order_id)}`"]
    if entry.title:
        parts.append(escape(truncate(entry.title, 40)))
    if entry.alarm:
        parts.append(_("⏰ not paid") if entry.alarm == Leg.NOT_PAID else _("⏰ silent"))
    return "• " + " · ".join(parts)


def _urgency(batched: Sequence[News]) -> tuple[bool, bool, bool]:
    """The rank of an order in a batch: a problem now, a problem before, a step to another milestone."""
    return _is_trouble(batched[-1]), any(map(_is_trouble, batched)), any(news.steps for news in batched)


def _is_trouble(news: News) -> bool:
    return news.stall is not None or (news.milestone is not None and news.milestone.is_problem)
