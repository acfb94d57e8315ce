"""News in a card's thread: what happened, what somebody has to do about it, and the entries that say so."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
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

NEWS_NODES = 12
ORDERS = 5  # named beside the one whose news it is
SCANS = 40  # entries shown; a message is full before that, or after some ten hours of a busy parcel


def news(
    news: News,
    look: OrderSnapshot | None,
    watch: Watch,
    now: datetime,
    *,
    cleared: Alarm | None = None,
    others: Sequence[str] = (),
) -> Message:
    """What one reading found: what happened, and the new entries. Edits are told quietly.

    Why it is here, and how to stop it, says the card.

    ``cleared``: the stall alarm that this movement ends. ``others``: keys of orders that the channel watches and whose
    goods are in the same parcel; they are named here, since it is told once.
    """
    order = (look.order if look else None) or watch.order
    layout = Layout([el.section(_headline(news, order))], tail=[el.context(_orders(news, others))])
    if cleared:
        layout.add(el.section(alarms.over(cleared, news.milestone)))
    told = _told(news, watch)
    lines = [_with_waybill(node, news, now) for node in told[:SCANS]]
    shown = 0
    for chunk in paragraphs(lines):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += len(chunk)
    if rest := len(news.nodes) - shown:
        layout.note(el.context(_and_scans(rest, any_shown=shown > 0)))
    if news.edited:
        count, example = _edits(news.edited, now)
        if not layout.note(el.context(f"{count}: {example}")):
            layout.note(el.context(count))
    return el.message(layout.blocks)


def _orders(news: News, others: Sequence[str]) -> str:
    """Whose news it is."""
    if not others:
        return order_name(news.ref)
    names = ", ".join(order_name(OrderRef.from_key(key)) for key in others[:ORDERS])
    more = "…" if others[ORDERS:] else ""
    return _("{order} · same parcel: {others}").format(order=order_name(news.ref), others=names + more)


def _headline(news: News, order: Order | None) -> str:
    """What happened, one line for each step; the title last, so that a notification says what it is about."""
    overall = [step for step in news.steps if not step.waybill]
    steps = overall or news.steps
    lines = [*_needs(news), *(_step(step, news, order) for step in steps[:NEWS_NODES]), *_again(news)]
    if news.settled and not steps:
        lines.append(_settled(order))
    lines += _changes(news, order)
    lines += [_renumbered(old, new) for old, new in news.renumbered[:NEWS_NODES]]
    told = {step.waybill for step in news.steps}
    lines += [_added(waybill) for waybill in news.added[:NEWS_NODES] if waybill not in told]
    if overall and (split := _split(news.parcels)):
        lines.append(split)
    elif any(step.after is Milestone.DELIVERED for step in steps) and (some := delivered(news.parcels)):
        lines.append(some)
    if not lines:
        n = len(news.nodes)
        lines = (
            [ngettext("🚚 {n} new scan", "🚚 {n} new scans", n).format(n=n)] if n else [_("✏️ Details were filled in")]
        )
    return "\n".join([*lines, title_of(order) or order_name(news.ref)])


def _settled(order: Order | None) -> str:
    """The platform's own word of who has it now: an order with a finance team is neither unpaid nor paid."""
    said = _("💳 *No longer waiting for payment*")
    if order is None or not is_with_finance(order.platform, order.status_code):
        return said
    return f"{said}: {platform_word(order)}"


def _changes(news: News, order: Order | None) -> list[str]:
    """Money: what an order costs now, where its refund stands, and how much of how much was paid back."""
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


def _needs(news: News) -> list[str]:
    """What somebody has to do, before all else."""
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


def _again(news: News) -> list[str]:
    """Problems that a new entry repeats, which no step says."""
    unsaid = set(news.repeats) - {step.waybill for step in news.steps}
    parcels = [parcel for parcel in news.parcels if parcel.waybill in unsaid]
    return [_repeated(parcel, news) for parcel in parcels[:NEWS_NODES]]


def _repeated(parcel: Parcel, news: News) -> str:
    assert parcel.milestone is not None  # it is a problem's
    said = of_step(Step(None, parcel.milestone, parcel.waybill), nodes=news.nodes)
    words = _("{emoji} *{state}*, again: parcel {waybill}").format(
        emoji=said.sign, state=said.words, waybill=f"`{sanitize_id(parcel.waybill)}`"
    )
    return f"{words} · {said.reason}" if said.reason else words


def _split(parcels: Sequence[Parcel]) -> str:
    """Where the parcels of one order stand when they do not stand together."""
    states: dict[str, int] = {}
    for parcel in parcels:
        name = of_milestone(parcel.milestone).words  # news brings no entries that could tell more
        states[name] = states.get(name, 0) + 1
    if len(states) < 2:  # noqa: PLR2004  together
        return ""
    return _("Parcels: {states}").format(states=", ".join(f"{n} × {name}" for name, n in states.items()))


def _told(news: News, watch: Watch) -> list[Node]:
    """The entries to show: those that say a state first; plain scans only to those who asked for all news."""
    nodes = newest_first(news.nodes)
    speaking = [node for node in nodes if node.milestone]
    if watch.filter == Filter.PROBLEMS:
        return [node for node in speaking if node.milestone and node.milestone.is_problem] or speaking[:1]
    if watch.filter == Filter.MILESTONES:
        return speaking
    return [*speaking, *(node for node in nodes if not node.milestone)]


def _with_waybill(node: Node, news: News, now: datetime) -> str:
    line = node_line(node, now)
    return f"`{sanitize_id(node.waybill)}` {line}" if len(news.parcels) > 1 else line


def _and_scans(n: int, *, any_shown: bool) -> str:
    if any_shown:
        return ngettext("and {n} other scan", "and {n} other scans", n).format(n=n)
    return ngettext("{n} new scan", "{n} new scans", n).format(n=n)


def _edits(edited: tuple[Node, ...], now: datetime) -> tuple[str, str]:
    """How many entries were filled in, and the newest of them."""
    n = len(edited)
    count = ngettext("{n} earlier entry was filled in", "{n} earlier entries were filled in", n).format(n=n)
    return count, node_line(newest_first(edited)[0], now)
