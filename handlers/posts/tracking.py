"""Where an order's parcels are: the answer to a question, and the card of a watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import (
    filter_words,
    freshness_of,
    muted_line,
    newest_first,
    node_line,
    order_name,
    paragraphs,
    parcel_name,
    run_button,
    stop_command,
    title_of,
    unwatch_button,
)
from handlers.blocks.people import name
from handlers.blocks.standing import of_parcel, progress, standing
from handlers.blocks.text import escape, sanitize_id, slack_date, truncate
from handlers.posts import alarms
from handlers.requests import Track, WatchOrders
from pandapon.shipment import Milestone
from storage.watch import WatchState

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.blocks.message import Block
    from pandapon.models import Order
    from pandapon.shipment import Parcel
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot

FEW, FEWER, MANY_PARCELS = 5, 2, 3  # entries of a parcel before "Show all"; fewer when there are many parcels


def track(look: OrderSnapshot, now: datetime, *, all_nodes: bool = False, watched_by: Watch | None = None) -> Message:
    """Every parcel with its bar and its entries, newest first, and how fresh all that is."""
    hidden = 0 if all_nodes else sum(max(0, len(p.nodes) - _few(look)) for p in look.shipment.parcels)
    layout = Layout(
        [el.header(order_name(look.ref)), el.section(_state(look, look.order))],
        tail=[
            el.context(freshness_of(look, now)),
            *el.actions(_buttons(look, hidden, watched_by, all_nodes=all_nodes)),
        ],
    )
    if not look.shipment.parcels:
        layout.add(el.section(_no_parcel(look)))
    for at, parcel in enumerate(look.shipment.parcels):
        limit = len(parcel.nodes) if all_nodes else _few(look)
        if not _add_parcel(layout, parcel, _head(look, at, look.order), limit, now):
            left = len(look.shipment.parcels) - at
            layout.note(el.context(_more_parcels(left)))
            break
    return el.message(layout.blocks)


def card(
    look: OrderSnapshot,
    watch: Watch,
    now: datetime,
    *,
    alarm: Alarm | None = None,
    muted: tuple[str, datetime] | None = None,
) -> Message:
    """The parent message of a watch: the present state, the latest entry of each parcel, and how to stop.

    ``muted``: by whom and until when its news is not posted.
    """
    order = look.order or watch.order
    layout = Layout(
        [el.header(order_name(look.ref)), el.section(_state(look, order))],
        tail=[
            el.context(_unchanged(look, watch, now)),
            el.context(_why(watch)),
            *el.actions([unwatch_button(_("Stop watching"), watch)] if watch.state is not WatchState.ENDED else []),
        ],
    )
    if muted:
        layout.add(el.section(muted_line(*muted, now)))
    if alarm:
        layout.add(el.section(alarms.line(alarm, now)))
    if not look.shipment.parcels:
        layout.add(el.section(_no_parcel(look)))
    for at, parcel in enumerate(look.shipment.parcels):
        if not _add_parcel(layout, parcel, _head(look, at, order), 1, now, counting=False):
            layout.note(el.context(_more_parcels(len(look.shipment.parcels) - at)))
            break
    return el.message(layout.blocks)


def _unchanged(look: OrderSnapshot, watch: Watch, now: datetime) -> str:
    """How old what the card shows is. It stays as it is until something changes: when it was last read says nothing."""
    if look.stale_since is not None:
        return freshness_of(look, now, relative=False)
    return _("No change since {time}").format(time=slack_date(look.moved_at or watch.created_at, now))


def _few(look: OrderSnapshot) -> int:
    return FEW if len(look.shipment.parcels) <= MANY_PARCELS else FEWER


def _state(look: OrderSnapshot, order: Order | None) -> str:
    title = title_of(order)
    seller = escape(truncate(order.seller, 60)) if order else ""
    about = " · ".join(part for part in (title, seller) if part)
    return standing(look.milestone, order, look.shipment.parcels).headline + (f"\n{about}" if about else "")


def _buttons(look: OrderSnapshot, hidden: int, watched_by: Watch | None, *, all_nodes: bool) -> list[Block]:
    ref = look.ref
    buttons = [run_button(_("Refresh"), 1, Track(ref.order_id, ref.platform, all_nodes))]
    if watched_by:
        buttons.append(unwatch_button(_("Stop watching"), watched_by))
    else:
        value = WatchOrders((ref.order_id,), platform=ref.platform).command()
        buttons.append(el.button(_("Watch here"), f"{action_ids.WATCH_HERE}:1", value, "primary"))
    if hidden:
        total = len(look.shipment.nodes)
        label = _("Show all {n} nodes").format(n=total)
        buttons.append(run_button(label, 2, Track(ref.order_id, ref.platform, all_nodes=True)))
    elif all_nodes:
        buttons.append(run_button(_("Show fewer nodes"), 2, Track(ref.order_id, ref.platform)))
    return buttons


def _no_parcel(look: OrderSnapshot) -> str:
    waybills = look.order.waybills if look.order else ()
    if waybills:
        listed = ", ".join(f"`{sanitize_id(waybill)}`" for waybill in sorted(waybills)[:10])
        return _("Shipped as {waybills}; the courier has not reported anything yet.").format(waybills=listed)
    if look.milestone is Milestone.ORDERED and look.order and look.order.is_unpaid:
        return _("No parcel yet: the order is not paid.")
    if look.milestone in {None, Milestone.ORDERED, Milestone.PAID}:
        return _("No parcel yet: the seller has not handed anything to a courier, or PandaPon has not heard of it.")
    return _("No parcel: PandaPon has not named any.")


def _head(look: OrderSnapshot, at: int, order: Order | None) -> str:
    """Which parcel it is, and where it stands."""
    parcel, total = look.shipment.parcels[at], len(look.shipment.parcels)
    number = _("Parcel {n} of {total}").format(n=at + 1, total=total) if total > 1 else _("Parcel")
    reached = [parcel.status_milestone, *(node.milestone for node in parcel.nodes)]
    stands = progress(parcel.milestone, of_parcel(parcel, look.milestone, order), reached)
    return f"*{number}* {parcel_name(parcel)}\n{stands}"


def _add_parcel(layout: Layout, parcel: Parcel, head: str, limit: int, now: datetime, *, counting: bool = True) -> bool:
    """A parcel's paragraphs; False when not even its first one fits."""
    if not layout.add(el.section(head)):
        return False
    nodes = newest_first(parcel.nodes)
    shown = 0
    for chunk in paragraphs([node_line(node, now) for node in nodes[:limit]]):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += len(chunk)
    if counting and len(nodes) > shown:
        left = len(nodes) - shown
        layout.note(el.context(ngettext("and {n} older node", "and {n} older nodes", left).format(n=left)))
    elif not nodes and parcel.milestone is not None:
        layout.note(el.context(_("The courier has not reported anything yet.")))
    return True


def _more_parcels(n: int) -> str:
    return ngettext("and {n} more parcel", "and {n} more parcels", n).format(n=n)


def _why(watch: Watch) -> str:
    """Why a card stands in the channel, and how to stop it; or that it has been stopped."""
    by = name(watch.created_by)
    if watch.state is WatchState.ENDED:
        return _ended(watch)
    told = filter_words(watch.filter)
    if watch.state is WatchState.PAUSED:
        return _("Watched by {user} ({filter}), paused: {reason}").format(
            user=by, filter=told, reason=channel_error(watch.reason, watch.channel)
        )
    return _("Watched by {user} ({filter}). News comes in this thread. To stop: the button, or {command}").format(
        user=by, filter=told, command=f"`/panda {stop_command(watch)}`"
    )


def _ended(watch: Watch) -> str:
    if watch.reason == "archived":
        return _("The order is over; it is no longer followed.")
    if watch.reason == "silent":
        return _("Silent for too long; it is no longer followed. {command} starts again.").format(
            command=f"`/panda watch {sanitize_id(watch.key.partition(':')[2])}`"
        )
    return _("No longer watched.")
