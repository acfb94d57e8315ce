"""Many pieces of news in one message: a batch of posts that waited, and the daily digest.

Both have the same parts: the orders that need attention, the updates of the others, and one line with the delivered
orders.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.order_lines import Title, collapsed_line, group_name, order_line, sections, title_in
from handlers.blocks.punctuation import listed
from handlers.blocks.refunds import refund_note
from handlers.blocks.standing import Standing, delivered, delivered_of, of_milestone, of_step, standing
from handlers.blocks.text import truncate_mrkdwn
from handlers.posts.alarms import headline
from pandapon.models import Order
from pandapon.progress import closing_reason
from pandapon.shipment import Milestone, OrderRef
from tracking.attention import Group, group_of
from tracking.severity import is_refund, required_actions
from tracking.values import Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.links import Links
    from handlers.blocks.message import Block
    from storage.watch import Watch
    from tracking.daily_digest import DailyDigest, DigestEntry
    from tracking.values import News

LONGEST = 700  # characters about one order


def batch(waiting: Sequence[tuple[News, Watch]], links: Links) -> Message:
    """The news that waited for a channel, each with its watch, oldest first.

    Every order has one line with its newest state and the problems and milestones before it. A delivered order without
    any of these is only named in the line of the delivered orders.
    """
    of_order: dict[str, list[News]] = {}
    for news, watch in waiting:
        of_order.setdefault(watch.key, []).append(news)
    watches = {watch.key: watch for _news, watch in waiting}
    keys = sorted(of_order, key=lambda key: _urgency(of_order[key]), reverse=True)
    groups: dict[Group, list[str]] = {group: [] for group in Group}
    for key in keys:
        group = _group(of_order[key], watches[key])
        title = title_in(watches[key], links)
        groups[group].append(title.linked if group is Group.DELIVERED else _line(of_order[key], watches[key], title))
    heading = ngettext("📬 *Updates on {n} order*", "📬 *Updates on {n} orders*", len(keys)).format(n=len(keys))
    tail = [el.context(_("Collected in one message. Each order's thread has every update."))]
    layout = Layout([el.section(heading)], tail=[*_arrived(groups[Group.DELIVERED]), *tail])
    _add(layout, group_name(Group.ATTENTION), groups[Group.ATTENTION])
    _add(layout, _("Updates"), groups[Group.ON_THE_WAY])
    return el.message(layout.blocks)


def daily(digest: DailyDigest, channel: str, links: Links, now: datetime | None = None) -> Message:
    """The daily digest of a channel, and its preview. ``now``: see :func:`standing`."""
    n = digest.watched
    heading = ngettext("📰 *Today's summary · {n} order*", "📰 *Today's summary · {n} orders*", n).format(n=n)
    titles = {
        entry: Title(OrderRef.from_key(entry.key), entry.title, entry.items, links.to(channel, entry.card_ts))
        for entry in (*digest.troubled, *digest.moved)
    }
    arrived = [titles[entry].linked for entry in digest.moved if entry.milestone is Milestone.DELIVERED]
    moving = [_entry(entry, titles[entry], now) for entry in digest.moved if entry.milestone is not Milestone.DELIVERED]
    layout = Layout([el.section(heading)], tail=_arrived(arrived))
    _add(layout, group_name(Group.ATTENTION), [_entry(entry, titles[entry], now) for entry in digest.troubled])
    _add(layout, _("Updates"), moving)
    if not digest.troubled and not digest.moved:
        layout.add(el.section(_("Nothing happened, and nothing needs attention.")))
    return el.message(layout.blocks)


def _arrived(titles: Sequence[str]) -> list[Block]:
    n = len(titles)
    heading = ngettext("✅ *{n} delivered*", "✅ *{n} delivered*", n).format(n=n)
    return [el.section(collapsed_line(heading, titles, n))] if titles else []


def _add(layout: Layout, heading: str, lines: Sequence[str]) -> None:
    """Add a heading and a line for each order; nothing where there is no order."""
    shown = -1  # the heading is no order
    for paragraph in sections([f"*{heading}*", *lines] if lines else []):
        if not layout.add(paragraph):
            n = len(lines) - max(0, shown)
            layout.note(el.context(ngettext("and {n} more order", "and {n} more orders", n).format(n=n)))
            return
        shown += paragraph["text"]["text"].count("\n") + 1


def _group(batched: Sequence[News], watch: Watch) -> Group:
    """The group of an order by its news. A delivered order with other noteworthy news stays among the updates."""
    newest = batched[-1]
    reason = closing_reason(newest.milestone, watch.order)
    group = group_of(newest.milestone, reason, is_pressing=newest.stall is not None or newest.needs_buyer)
    is_update = group is Group.WAITING or (group is Group.DELIVERED and any(map(_is_remarkable, batched)))
    return Group.ON_THE_WAY if is_update else group


def _is_remarkable(news: News) -> bool:
    """Whether a piece of news reports more than the order's progress."""
    has_problem = news.has_problem or any(node.milestone and node.milestone.is_problem for node in news.nodes)
    return bool(has_problem or news.stall or news.price or is_refund(news) or news.settled or required_actions(news))


def _line(batched: Sequence[News], watch: Watch, title: Title) -> str:
    """An order's state, and each problem and milestone before it, which no other message in the channel shows."""
    newest, order, notes = batched[-1], watch.order, []
    nodes = sum(len(news.nodes) for news in batched)
    if nodes and not any(news.steps for news in batched):
        notes.append(ngettext("{n} new update", "{n} new updates", nodes).format(n=nodes))
    if before := _before(batched, order):
        runs = [(sign, len(list(run))) for sign, run in groupby(before)]
        states = listed(sign if n == 1 else f"{sign} ×{n}" for sign, n in runs)
        notes.append(_("before that: {states}").format(states=states))
    return truncate_mrkdwn(order_line(_state(newest, order), title, notes), LONGEST)


def _before(batched: Sequence[News], order: Order | None) -> list[str]:
    """The problems and milestones before an order's newest state, oldest first."""
    before = [sign for news in batched for sign in _signs(news, order)]
    if before and before[-1] == _state(batched[-1], order).headline:
        before.pop()
    return before


def _state(news: News, order: Order | None) -> Standing:
    if news.stall is not None:
        return Standing("⏰", headline(news.stall.leg))
    if news.milestone is None:
        return of_milestone(None)
    return replace(of_step(Step(None, news.milestone), order, news.nodes), part=delivered(news.parcels))


def _signs(news: News, order: Order | None) -> Sequence[str]:
    """The facts of one piece of news except plain scans, each once. Problems that ended within the reading count."""
    if news.stall is not None:
        return [_state(news, order).headline]
    problems = [node for node in news.nodes if node.milestone and node.milestone.is_problem]
    signs = [of_step(Step(None, node.milestone), nodes=[node]).headline for node in problems if node.milestone]
    signs += [of_step(step, order, news.nodes).headline for step in news.steps]
    if required_actions(news) or news.needs_buyer:
        signs.append(_("✋ *Action needed*"))
    if news.settled:
        signs.append(_("💳 *No longer waiting for payment*"))
    if news.late:
        signs.append(_("⏳ *Later than expected*"))
    if news.price:
        signs.append(_("💴 *Price changed*"))
    if is_refund(news):
        signs.append(_("💸 *Refund*"))
    return list(dict.fromkeys(signs))


def _entry(entry: DigestEntry, title: Title, now: datetime | None) -> str:
    order = Order(platform=title.ref.platform, order_id=title.ref.order_id, status_code=entry.status)
    state = standing(entry.milestone, order, reason=entry.reason, pick_up_by=entry.pick_up_by, now=now)
    state = replace(state, part=delivered_of(entry.delivered, entry.parcels))
    return order_line(
        state, title, [*([f"⏰ {headline(entry.alarm)}"] if entry.alarm else []), *refund_note(entry.refund)]
    )


def _urgency(batched: Sequence[News]) -> tuple[bool, bool, bool]:
    """The sort key of an order in a batch: whether it has a problem now, had one before, and made a step."""
    return _is_trouble(batched[-1]), any(map(_is_trouble, batched)), any(news.steps for news in batched)


def _is_trouble(news: News) -> bool:
    return news.stall is not None or news.needs_buyer or (news.milestone is not None and news.milestone.is_problem)
