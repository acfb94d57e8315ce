"""Where an order's parcels are: the answer to a question, the card of a watch, and the news in its thread."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers import actions
from handlers.errors_in_words import channel_error
from handlers.i18n import _, ngettext
from handlers.milestones import bar, furthest, milestone_emoji, milestone_name
from handlers.order_states import refund_words
from handlers.requests import Track, Unwatch, WatchOrders
from handlers.text import cut, escape, ident, money
from handlers.views import elements as el
from handlers.views import stalls
from handlers.views.message import Layout, Message
from handlers.views.parts import (
    filter_words,
    freshness_of,
    newest_first,
    node_line,
    order_name,
    parcel_name,
    run_button,
    stored_order,
    title_of,
    unwatch_button,
)
from pandapon.needs import Need, need
from pandapon.shipment import FINAL
from storage.records import WatchState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from handlers.outcomes import Look
    from handlers.views.message import Block
    from pandapon.models import Order
    from pandapon.shipment import Milestone, News, Node, Parcel, Step
    from storage.records import Alarm, Watch

FEW, FEWER, MANY_PARCELS = 5, 2, 3  # entries of a parcel before "Show all"; fewer when there are many parcels
NEWS_NODES = 12
PARAGRAPH = 2800  # characters of trace entries in one section


def track(look: Look, now: datetime, *, all_nodes: bool = False, watched_by: Watch | None = None) -> Message:
    """Every parcel with its bar and its entries, newest first, and how fresh all that is."""
    hidden = 0 if all_nodes else sum(max(0, len(p.nodes) - _few(look)) for p in look.shipment.parcels)
    layout = Layout(
        [el.header(order_name(look.ref)), el.section(_state(look.milestone, look.order))],
        tail=[
            el.context(freshness_of(look, now)),
            *el.actions(_buttons(look, hidden, watched_by, all_nodes=all_nodes)),
        ],
    )
    if not look.shipment.parcels:
        layout.add(el.section(_no_parcel(look)))
    for at, parcel in enumerate(look.shipment.parcels):
        limit = len(parcel.nodes) if all_nodes else _few(look)
        if not _add_parcel(layout, parcel, _numbered(look, at), limit, now):
            left = len(look.shipment.parcels) - at
            layout.note(el.context(_more_parcels(left)))
            break
    return el.message(layout.blocks)


def card(look: Look, watch: Watch, now: datetime, *, alarm: Alarm | None = None) -> Message:
    """The parent message of a watch: the present state, the latest entry of each parcel, and how to stop."""
    layout = Layout(
        [el.header(order_name(look.ref)), el.section(_state(look.milestone, look.order or stored_order(watch)))],
        tail=[
            el.context(freshness_of(look, now, relative=False)),
            el.context(_why(watch)),
            *el.actions([unwatch_button(_("Stop watching"), watch)] if watch.state is not WatchState.ENDED else []),
        ],
    )
    if alarm:
        layout.add(el.section(stalls.line(alarm, now)))
    if not look.shipment.parcels:
        layout.add(el.section(_no_parcel(look)))
    for at, parcel in enumerate(look.shipment.parcels):
        if not _add_parcel(layout, parcel, _numbered(look, at), 1, now, counting=False):
            layout.note(el.context(_more_parcels(len(look.shipment.parcels) - at)))
            break
    return el.message(layout.blocks)


def news(news: News, look: Look | None, watch: Watch, now: datetime, *, cleared: Alarm | None = None) -> Message:
    """What one reading found: what happened, the new entries, and why this is here. Edits are told quietly.

    ``cleared``: the stall alarm that this movement ends.
    """
    order = (look.order if look else None) or stored_order(watch)
    layout = Layout([el.section(_headline(news, order))], tail=[el.context(_why_news(news, watch))])
    if cleared:
        layout.add(el.section(stalls.over(cleared)))
    told = _told(news, watch)
    lines = [_with_waybill(node, news, now) for node in told[:NEWS_NODES]]
    shown = 0
    for chunk in _chunks(lines):
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


def _few(look: Look) -> int:
    return FEW if len(look.shipment.parcels) <= MANY_PARCELS else FEWER


def _state(milestone: Milestone | None, order: Order | None) -> str:
    title = title_of(order)
    seller = escape(cut(order.seller, 60)) if order else ""
    about = " · ".join(part for part in (title, seller) if part)
    return f"{milestone_emoji(milestone)} *{milestone_name(milestone)}*" + (f"\n{about}" if about else "")


def _buttons(look: Look, hidden: int, watched_by: Watch | None, *, all_nodes: bool) -> list[Block]:
    ref = look.ref
    buttons = [run_button(_("Refresh"), 1, Track(ref.order_id, ref.platform, all_nodes))]
    if watched_by:
        buttons.append(unwatch_button(_("Stop watching"), watched_by))
    else:
        value = WatchOrders((ref.order_id,), platform=ref.platform).command()
        buttons.append(el.button(_("Watch here"), f"{actions.WATCH_HERE}:1", value, "primary"))
    if hidden:
        total = len(look.shipment.nodes)
        label = _("Show all {n} nodes").format(n=total)
        buttons.append(run_button(label, 2, Track(ref.order_id, ref.platform, all_nodes=True)))
    elif all_nodes:
        buttons.append(run_button(_("Show fewer nodes"), 2, Track(ref.order_id, ref.platform)))
    return buttons


def _no_parcel(look: Look) -> str:
    waybills = look.order.waybills if look.order else ()
    if waybills:
        listed = ", ".join(f"`{ident(waybill)}`" for waybill in waybills[:10])
        return _("Shipped as {waybills}; the courier has not reported anything yet.").format(waybills=listed)
    return _("No parcel yet: the seller has not handed anything to a courier, or PandaPon has not heard of it.")


def _numbered(look: Look, at: int) -> str:
    total = len(look.shipment.parcels)
    return _("Parcel {n} of {total}").format(n=at + 1, total=total) if total > 1 else _("Parcel")


def _add_parcel(layout: Layout, parcel: Parcel, name: str, limit: int, now: datetime, *, counting: bool = True) -> bool:
    """A parcel's paragraphs; False when not even its first one fits."""
    reached = furthest([parcel.status_milestone, *(node.milestone for node in parcel.nodes)])
    head = f"*{name}* {parcel_name(parcel)}\n{bar(parcel.milestone, reached)}"
    if not layout.add(el.section(head)):
        return False
    nodes = newest_first(parcel.nodes)
    shown = 0
    for chunk in _chunks([node_line(node, now) for node in nodes[:limit]]):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += len(chunk)
    if counting and len(nodes) > shown:
        left = len(nodes) - shown
        layout.note(el.context(ngettext("and {n} older node", "and {n} older nodes", left).format(n=left)))
    elif not nodes:
        layout.note(el.context(_("The courier has not reported anything yet.")))
    return True


def _chunks(lines: Iterable[str]) -> list[list[str]]:
    """Lines gathered into paragraphs that Slack takes."""
    chunks: list[list[str]] = []
    room = 0
    for line in lines:
        if len(line) + 1 > room:
            chunks.append([])
            room = PARAGRAPH
        chunks[-1].append(line)
        room -= len(line) + 1
    return chunks


def _more_parcels(n: int) -> str:
    return ngettext("and {n} more parcel", "and {n} more parcels", n).format(n=n)


def _why(watch: Watch) -> str:
    """Why a card stands in the channel, and how to stop it; or that it has been stopped."""
    by = el.user(watch.created_by)
    if watch.state is WatchState.ENDED:
        return _ended(watch)
    told = filter_words(watch.filter)
    if watch.state is WatchState.PAUSED:
        return _("Watched by {user} ({filter}), paused: {reason}").format(
            user=by, filter=told, reason=channel_error(watch.reason, watch.channel)
        )
    return _("Watched by {user} ({filter}). News comes in this thread. To stop: the button, or {command}").format(
        user=by, filter=told, command=f"`/panda {_stop(watch)}`"
    )


def _ended(watch: Watch) -> str:
    if watch.reason == "archived":
        return _("The order is over; it is no longer followed.")
    if watch.reason == "silent":
        return _("Silent for too long; it is no longer followed. {command} starts again.").format(
            command=f"`/panda watch {ident(watch.key.partition(':')[2])}`"
        )
    return _("No longer watched.")


def _why_news(news: News, watch: Watch) -> str:
    return _("{order} · {user} watches it here ({filter}). To stop: {command} in the channel").format(
        order=order_name(news.ref),
        user=el.user(watch.created_by),
        filter=filter_words(watch.filter),
        command=f"`/panda {_stop(watch)}`",
    )


def _stop(watch: Watch) -> str:
    return Unwatch((ident(watch.key.partition(":")[2]),)).command()


def _headline(news: News, order: Order | None) -> str:
    """What happened, one line for each step; the title last, so that a notification says what it is about."""
    overall = [step for step in news.steps if not step.waybill]
    steps = overall or news.steps
    lines = [*_needs(news), *(_step(step) for step in steps[:NEWS_NODES])]
    lines += _changes(news, order)
    lines += [_renumbered(old, new) for old, new in news.renumbered[:NEWS_NODES]]
    told = {step.waybill for step in news.steps}
    lines += [_added(waybill) for waybill in news.added[:NEWS_NODES] if waybill not in told]
    if overall and (split := _split(news.parcels)):
        lines.append(split)
    if not lines:
        n = len(news.nodes)
        lines = (
            [ngettext("🚚 {n} new scan", "🚚 {n} new scans", n).format(n=n)] if n else [_("✏️ Details were filled in")]
        )
    return "\n".join([*lines, title_of(order) or order_name(news.ref)])


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
        Need.PICK_UP: _("it has to be picked up soon, or it goes back"),
        Need.ADDRESS: _("the address is wrong or incomplete"),
        Need.CONTACT: _("the courier cannot reach the receiver"),
        Need.PAPERS: _("papers are missing"),
        Need.PAY: _("duty or charges have to be paid"),
    }
    over = {parcel.waybill for parcel in news.parcels if parcel.milestone in FINAL}
    asked = dict.fromkeys(need(node.text) for node in news.nodes if node.waybill not in over)
    return [_("✋ *Action needed:* {what}").format(what=sentences[one]) for one in asked if one]


def _added(waybill: str) -> str:
    return _("📦 Another parcel: {waybill}").format(waybill=f"`{ident(waybill)}`")


def _renumbered(old: str, new: str) -> str:
    return _("🏷️ Parcel {old} continues as {new}").format(old=f"`{ident(old)}`", new=f"`{ident(new)}`")


def _step(step: Step) -> str:
    name = f"{milestone_emoji(step.after)} *{milestone_name(step.after)}*"
    if step.waybill:
        name = _("{state}: parcel {waybill}").format(state=name, waybill=f"`{ident(step.waybill)}`")
    if step.before and step.after.is_problem:
        name += _(" (was: {before})").format(before=milestone_name(step.before))
    return name


def _split(parcels: Sequence[Parcel]) -> str:
    """Where the parcels of one order stand when they do not stand together."""
    states: dict[str, int] = {}
    for parcel in parcels:
        name = milestone_name(parcel.milestone)
        states[name] = states.get(name, 0) + 1
    if len(states) < 2:  # noqa: PLR2004  together
        return ""
    return _("Parcels: {states}").format(states=", ".join(f"{n} × {name}" for name, n in states.items()))


def _told(news: News, watch: Watch) -> list[Node]:
    """The entries to show: those that say a state first; plain scans only to those who asked for all news."""
    nodes = newest_first(news.nodes)
    speaking = [node for node in nodes if node.milestone]
    if watch.filter == "problems":
        return [node for node in speaking if node.milestone and node.milestone.is_problem] or speaking[:1]
    if watch.filter == "milestones":
        return speaking
    return [*speaking, *(node for node in nodes if not node.milestone)]


def _with_waybill(node: Node, news: News, now: datetime) -> str:
    line = node_line(node, now)
    return f"`{ident(node.waybill)}` {line}" if len(news.parcels) > 1 else line


def _and_scans(n: int, *, any_shown: bool) -> str:
    if any_shown:
        return ngettext("and {n} other scan", "and {n} other scans", n).format(n=n)
    return ngettext("{n} new scan", "{n} new scans", n).format(n=n)


def _edits(edited: tuple[Node, ...], now: datetime) -> tuple[str, str]:
    """How many entries were filled in, and the newest of them."""
    n = len(edited)
    count = ngettext("{n} earlier entry was filled in", "{n} earlier entries were filled in", n).format(n=n)
    return count, node_line(newest_first(edited)[0], now)
