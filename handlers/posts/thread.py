"""News in a card's thread: the events, the actions needed, and the trace entries that report them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.expectation import late_headline
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.order_states import refund_words
from handlers.blocks.parts import newest_first, node_line, order_name, paragraphs, title_of
from handlers.blocks.standing import delivered, of_milestone, of_step, platform_word
from handlers.blocks.text import money, sanitize_id
from handlers.posts import alarms
from pandapon.courier import Action
from pandapon.milestones import is_with_finance
from pandapon.shipment import Milestone, OrderRef
from tracking.severity import required_actions
from tracking.values import Filter, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot
    from tracking.values import News

MAX_LINES = 12  # lines of each kind in the headline
MAX_OTHERS = 5  # orders in the same parcel that are named
MAX_SCANS = 40  # entries shown; a message is full before, and a busy parcel takes some ten hours for them


def news(
    news: News,
    snapshot: OrderSnapshot | None,
    watch: Watch,
    now: datetime,
    *,
    cleared: Alarm | None = None,
    others: Sequence[str] = (),
) -> Message:
    """The news of one reading: the events, the new entries, and in small print the entries edited.

    The card above says who watches the order and how to stop, so the news does not.

    ``cleared``: the stall alarm that this movement ends. ``others``: keys of other watched orders whose goods are in
    the same parcel. They are named here, since the channel gets the news of a parcel only once.
    """
    order = (snapshot.order if snapshot else None) or watch.order
    layout = Layout([el.section(_headline(news, order, now))], tail=[el.context(_orders(news, others))])
    if cleared:
        layout.add(el.section(alarms.over(cleared, news.milestone)))
    nodes = _nodes_for(watch, news)
    lines = [_with_waybill(node, news, now) for node in nodes[:MAX_SCANS]]
    shown = 0
    for chunk in paragraphs(lines):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += len(chunk)
    if hidden := len(news.nodes) - shown:
        layout.note(el.context(_and_scans(hidden, any_shown=shown > 0)))
    if news.edited:
        count, example = _edits(news.edited, now)
        if not layout.note(el.context(f"{count}: {example}")):
            layout.note(el.context(count))
    return el.message(layout.blocks)


def _orders(news: News, others: Sequence[str]) -> str:
    """The order that the news is about, and the others in the same parcel."""
    if not others:
        return order_name(news.ref)
    names = ", ".join(order_name(OrderRef.from_key(key)) for key in others[:MAX_OTHERS])
    ellipsis = "…" if others[MAX_OTHERS:] else ""
    return _("{order} · same parcel: {others}").format(order=order_name(news.ref), others=names + ellipsis)


def _headline(news: News, order: Order | None, now: datetime) -> str:
    """The events, one a line, actions first; then the title of the goods, so that a notification names them."""
    overall = [step for step in news.steps if not step.waybill]
    steps = overall or news.steps
    lines = [*_actions(news), *(_step(step, news, order) for step in steps[:MAX_LINES]), *_repeats(news)]
    if news.settled and not steps:
        lines.append(_settled(order))
    lines += _changes(news, order)
    if news.late:
        lines.append(late_headline(news.late, now))
    lines += [_renumbered(old, new) for old, new in news.renumbered[:MAX_LINES]]
    with_step = {step.waybill for step in news.steps}
    lines += [_added(waybill) for waybill in news.added[:MAX_LINES] if waybill not in with_step]
    if overall and (split := _split(news.parcels)):
        lines.append(split)
    elif any(step.after is Milestone.DELIVERED for step in steps) and (part := delivered(news.parcels)):
        lines.append(part)
    if not lines:
        n = len(news.nodes)
        lines = (
            [ngettext("🚚 {n} new scan", "🚚 {n} new scans", n).format(n=n)] if n else [_("✏️ Details were filled in")]
        )
    return "\n".join([*lines, title_of(order) or order_name(news.ref)])


def _settled(order: Order | None) -> str:
    """That an order no longer waits for payment; the platform's word where a finance team has yet to pay it."""
    line = _("💳 *No longer waiting for payment*")
    if order is None or not is_with_finance(order.platform, order.status_code):
        return line
    return f"{line}: {platform_word(order)}"


def _changes(news: News, order: Order | None) -> list[str]:
    """The changes of money: the order's price, the state of its refund, and the amount paid back."""
    lines = []
    if news.price:
        before, after = (money(amount) for amount in news.price)
        lines.append(_("💴 *Price changed*: {before} → {after}").format(before=before, after=after))
    if news.refund:
        before, after = (refund_words(state) for state in news.refund)
        state = after if before == after else f"{before} → {after}"
        parts = [_("💸 *Refund*: {state}").format(state=state)]
        if news.refunded:
            amounts = [money(amount or Decimal(0)) for amount in news.refunded]
            parts.append(_("paid back {before} → {after}").format(before=amounts[0], after=amounts[1]))
        if order and order.total_amount is not None and not news.price:
            parts.append(_("order total {total}").format(total=money(order.total_amount)))
        lines.append(" · ".join(parts))
    return lines


def _actions(news: News) -> list[str]:
    """The actions that people have to take."""
    sentences = {
        Action.PICK_UP: _("it has to be picked up soon, or it goes back"),
        Action.ADDRESS: _("the address is wrong or incomplete"),
        Action.CONTACT: _("the courier cannot reach the receiver"),
        Action.PAPERS: _("papers are missing"),
        Action.PAY: _("duty or charges have to be paid"),
    }
    return [_("✋ *Action needed:* {what}").format(what=sentences[action]) for action in required_actions(news)]


def _added(waybill: str) -> str:
    return _("📦 Another parcel: {waybill}").format(waybill=f"`{sanitize_id(waybill)}`")


def _renumbered(old: str, new: str) -> str:
    return _("🏷️ Parcel {old} continues as {new}").format(old=f"`{sanitize_id(old)}`", new=f"`{sanitize_id(new)}`")


def _step(step: Step, news: News, order: Order | None) -> str:
    name = of_step(step, order, news.nodes).headline
    if step.waybill:
        name = _("{state}: parcel {waybill}").format(state=name, waybill=f"`{sanitize_id(step.waybill)}`")
    if step.before and step.after.is_problem:
        name += _(" (was: {before})").format(before=of_milestone(step.before).words)
    return name


def _repeats(news: News) -> list[str]:
    """The problems that a new entry repeats; the state stays the same, so no step reports them."""
    waybills = set(news.repeats) - {step.waybill for step in news.steps}
    parcels = [parcel for parcel in news.parcels if parcel.waybill in waybills]
    return [_repeated(parcel, news) for parcel in parcels[:MAX_LINES]]


def _repeated(parcel: Parcel, news: News) -> str:
    assert parcel.milestone is not None  # only parcels with a problem repeat it
    state = of_step(Step(None, parcel.milestone, parcel.waybill), nodes=news.nodes)
    words = _("{emoji} *{state}*, again: parcel {waybill}").format(
        emoji=state.sign, state=state.words, waybill=f"`{sanitize_id(parcel.waybill)}`"
    )
    return f"{words} · {state.reason}" if state.reason else words


def _split(parcels: Sequence[Parcel]) -> str:
    """The number of parcels in each state; empty where all are in the same."""
    states: dict[str, int] = {}
    for parcel in parcels:
        name = of_milestone(parcel.milestone).words  # news has no entries that could add a reason
        states[name] = states.get(name, 0) + 1
    if len(states) <= 1:
        return ""
    return _("Parcels: {states}").format(states=", ".join(f"{n} × {name}" for name, n in states.items()))


def _nodes_for(watch: Watch, news: News) -> list[Node]:
    """The entries to show for the watch's filter: those with a milestone, then plain scans if it asks for all news."""
    nodes = newest_first(news.nodes)
    with_milestone = [node for node in nodes if node.milestone]
    if watch.filter == Filter.PROBLEMS:
        return [node for node in with_milestone if node.milestone and node.milestone.is_problem] or with_milestone[:1]
    if watch.filter == Filter.MILESTONES:
        return with_milestone
    return [*with_milestone, *(node for node in nodes if not node.milestone)]


def _with_waybill(node: Node, news: News, now: datetime) -> str:
    line = node_line(node, now)
    return f"`{sanitize_id(node.waybill)}` {line}" if len(news.parcels) > 1 else line


def _and_scans(n: int, *, any_shown: bool) -> str:
    if any_shown:
        return ngettext("and {n} other scan", "and {n} other scans", n).format(n=n)
    return ngettext("{n} new scan", "{n} new scans", n).format(n=n)


def _edits(edited: tuple[Node, ...], now: datetime) -> tuple[str, str]:
    """The number of entries that were edited, in words, and the newest of them."""
    n = len(edited)
    count = ngettext("{n} earlier entry was filled in", "{n} earlier entries were filled in", n).format(n=n)
    return count, node_line(newest_first(edited)[0], now)
