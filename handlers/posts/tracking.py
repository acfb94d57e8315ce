"""An order's parcels and their trace: the answer to ``track``, and the card of a watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.expectation import expected_words, forecast
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
from pandapon.times import CHINA
from storage.watch import WatchState

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from handlers.blocks.message import Block
    from pandapon.models import Order
    from pandapon.shipment import Parcel
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot

FEW, FEWER = 5, 2  # entries shown of each parcel; the latter for orders with more than FEW_PARCELS parcels
FEW_PARCELS = 3


def track(
    snapshot: OrderSnapshot,
    now: datetime,
    *,
    all_nodes: bool = False,
    watched_by: Watch | None = None,
    zone: tzinfo = CHINA,
) -> Message:
    """Every parcel with its progress bar and its entries, newest first, and the age of the data.

    ``all_nodes``: all entries instead of the latest few. ``watched_by``: the watch in this channel, if there is one.
    ``zone``: of the dates when it is expected.
    """
    hidden = 0 if all_nodes else sum(max(0, len(parcel.nodes) - _few(snapshot)) for parcel in snapshot.shipment.parcels)
    layout = Layout(
        [el.header(order_name(snapshot.ref)), el.section(_state(snapshot, snapshot.order))],
        tail=[
            *([el.context(words)] if (words := forecast(snapshot, now, zone)) else []),
            el.context(freshness_of(snapshot, now)),
            *el.actions(_buttons(snapshot, hidden, watched_by, all_nodes=all_nodes)),
        ],
    )
    if not snapshot.shipment.parcels:
        layout.add(el.section(_no_parcel(snapshot)))
    for at, parcel in enumerate(snapshot.shipment.parcels):
        limit = len(parcel.nodes) if all_nodes else _few(snapshot)
        if not _add_parcel(layout, parcel, _head(snapshot, at, snapshot.order), limit, now):
            left = len(snapshot.shipment.parcels) - at
            layout.note(el.context(_more_parcels(left)))
            break
    return el.message(layout.blocks)


def card(
    snapshot: OrderSnapshot,
    watch: Watch,
    now: datetime,
    *,
    alarm: Alarm | None = None,
    muted: tuple[str, datetime] | None = None,
    zone: tzinfo = CHINA,
) -> Message:
    """The parent message of a watch's thread: the present state, the latest entry of each parcel, and how to stop.

    ``alarm``: the order's open alarm. ``muted``: who muted the order's news, and until when. ``zone``: the channel's.
    """
    order = snapshot.order or watch.order
    layout = Layout(
        [el.header(order_name(snapshot.ref)), el.section(_state(snapshot, order))],
        tail=[
            el.context(_dates(snapshot, watch, now, zone)),
            el.context(_why(watch)),
            *el.actions([unwatch_button(_("Stop watching"), watch)] if watch.state is not WatchState.ENDED else []),
        ],
    )
    if muted:
        layout.add(el.section(muted_line(*muted, now)))
    if alarm:
        layout.add(el.section(alarms.line(alarm, now)))
    if not snapshot.shipment.parcels:
        layout.add(el.section(_no_parcel(snapshot)))
    for at, parcel in enumerate(snapshot.shipment.parcels):
        if not _add_parcel(layout, parcel, _head(snapshot, at, order), 1, now, counting=False):
            layout.note(el.context(_more_parcels(len(snapshot.shipment.parcels) - at)))
            break
    return el.message(layout.blocks)


def _dates(snapshot: OrderSnapshot, watch: Watch, now: datetime, zone: tzinfo) -> str:
    """When the order is expected, and the time of the last change."""
    parts = (expected_words(snapshot, now, zone), _unchanged(snapshot, watch, now))
    return " · ".join(part for part in parts if part)


def _unchanged(snapshot: OrderSnapshot, watch: Watch, now: datetime) -> str:
    """The time of the last change. The card is edited only at changes, so the time of a reading would soon be wrong."""
    if snapshot.stale_since is not None:
        return freshness_of(snapshot, now, relative=False)
    return _("No change since {time}").format(time=slack_date(snapshot.moved_at or watch.created_at, now))


def _few(snapshot: OrderSnapshot) -> int:
    return FEW if len(snapshot.shipment.parcels) <= FEW_PARCELS else FEWER


def _state(snapshot: OrderSnapshot, order: Order | None) -> str:
    title = title_of(order)
    seller = escape(truncate(order.seller, 60)) if order else ""
    details = " · ".join(part for part in (title, seller) if part)
    return standing(snapshot.milestone, order, snapshot.shipment.parcels).headline + (f"\n{details}" if details else "")


def _buttons(snapshot: OrderSnapshot, hidden: int, watched_by: Watch | None, *, all_nodes: bool) -> list[Block]:
    ref = snapshot.ref
    buttons = [run_button(_("Refresh"), 1, Track(ref.order_id, ref.platform, all_nodes))]
    if watched_by:
        buttons.append(unwatch_button(_("Stop watching"), watched_by))
    else:
        value = WatchOrders((ref.order_id,), platform=ref.platform).command()
        buttons.append(el.button(_("Watch here"), f"{action_ids.WATCH_HERE}:1", value, "primary"))
    if hidden:
        total = len(snapshot.shipment.nodes)
        label = _("Show all {n} nodes").format(n=total)
        buttons.append(run_button(label, 2, Track(ref.order_id, ref.platform, all_nodes=True)))
    elif all_nodes:
        buttons.append(run_button(_("Show fewer nodes"), 2, Track(ref.order_id, ref.platform)))
    return buttons


def _no_parcel(snapshot: OrderSnapshot) -> str:
    waybills = snapshot.order.waybills if snapshot.order else ()
    if waybills:
        names = ", ".join(f"`{sanitize_id(waybill)}`" for waybill in sorted(waybills)[:10])
        return _("Shipped as {waybills}; the courier has not reported anything yet.").format(waybills=names)
    if snapshot.milestone is Milestone.ORDERED and snapshot.order and snapshot.order.is_unpaid:
        return _("No parcel yet: the order is not paid.")
    if snapshot.milestone in {None, Milestone.ORDERED, Milestone.PAID}:
        return _("No parcel yet: the seller has not handed anything to a courier, or PandaPon has not heard of it.")
    return _("No parcel: PandaPon has not named any.")


def _head(snapshot: OrderSnapshot, at: int, order: Order | None) -> str:
    """A parcel's number and name, its progress bar and its standing."""
    parcel, total = snapshot.shipment.parcels[at], len(snapshot.shipment.parcels)
    number = _("Parcel {n} of {total}").format(n=at + 1, total=total) if total > 1 else _("Parcel")
    reached = [parcel.status_milestone, *(node.milestone for node in parcel.nodes)]
    state = progress(parcel.milestone, of_parcel(parcel, snapshot.milestone, order), reached)
    return f"*{number}* {parcel_name(parcel)}\n{state}"


def _add_parcel(layout: Layout, parcel: Parcel, head: str, limit: int, now: datetime, *, counting: bool = True) -> bool:
    """Add a parcel's paragraphs; False where not even the first fits. ``counting``: say how many entries are hidden."""
    if not layout.add(el.section(head)):
        return False
    nodes = newest_first(parcel.nodes)
    shown = 0
    for chunk in paragraphs([node_line(node, now) for node in nodes[:limit]]):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += len(chunk)
    if counting and len(nodes) > shown:
        hidden = len(nodes) - shown
        layout.note(el.context(ngettext("and {n} older node", "and {n} older nodes", hidden).format(n=hidden)))
    elif not nodes and parcel.milestone is not None:
        layout.note(el.context(_("The courier has not reported anything yet.")))
    return True


def _more_parcels(n: int) -> str:
    return ngettext("and {n} more parcel", "and {n} more parcels", n).format(n=n)


def _why(watch: Watch) -> str:
    """Who watches the order and with which filter, and how to stop; or why nobody watches it any more."""
    by = name(watch.created_by)
    if watch.state is WatchState.ENDED:
        return _ended(watch)
    news = filter_words(watch.filter)
    if watch.state is WatchState.PAUSED:
        return _("Watched by {user} ({filter}), paused: {reason}").format(
            user=by, filter=news, reason=channel_error(watch.reason, watch.channel)
        )
    return _("Watched by {user} ({filter}). News comes in this thread. To stop: the button, or {command}").format(
        user=by, filter=news, command=f"`/panda {stop_command(watch)}`"
    )


def _ended(watch: Watch) -> str:
    if watch.reason == "archived":
        return _("The order is over; it is no longer followed.")
    if watch.reason == "silent":
        return _("Silent for too long; it is no longer followed. {command} starts again.").format(
            command=f"`/panda watch {sanitize_id(watch.key.partition(':')[2])}`"
        )
    return _("No longer watched.")
