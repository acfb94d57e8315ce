"""The answer to ``track``: an order's parcels and their trace."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.expectation import forecast
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import city, clock, weekday
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import (
    facts_of,
    freshness_of,
    heading,
    newest_first,
    node_line,
    node_words,
    order_name,
    paragraphs,
    parcel_name,
    run_button,
    unwatch_button,
)
from handlers.blocks.refunds import refund_lines, refunds_of
from handlers.blocks.standing import standing
from handlers.posts.parcels import bar_of, more_parcels, no_parcel
from handlers.wire.requests import ShowOrder, Track, WatchOrders
from pandapon.times import CHINA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from handlers.blocks.message import Block
    from handlers.wire.requests import ListOrders
    from pandapon.shipment import Node, Parcel
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot

FEW, FEWER = 5, 2  # updates shown of each parcel; the latter for orders with more than FEW_PARCELS parcels
FEW_PARCELS = 3


def track(
    snapshot: OrderSnapshot,
    now: datetime,
    *,
    all_nodes: bool = False,
    watched_by: Watch | None = None,
    zone: tzinfo = CHINA,
    is_own_zone: bool = False,
    back: ListOrders | None = None,
) -> Message:
    """State and title, every parcel with its bar and its updates, newest first, and the age of the data.

    ``all_nodes``: all updates, grouped by the days of ``zone``, instead of the latest few. ``watched_by``: the watch in
    this channel, if there is one. ``is_own_zone``: the reader lives in ``zone``, so the message does not name it.
    ``back``: the list of orders that led here.
    """
    order, parcels = snapshot.order, snapshot.shipment.parcels
    hidden = 0 if all_nodes else sum(max(0, len(parcel.nodes) - _few(snapshot)) for parcel in parcels)
    state = standing(snapshot.milestone, order, parcels, now=now)
    facts = [order_name(snapshot.ref), *facts_of(order, snapshot.ref)[1:]]
    layout = Layout(
        [el.header(heading(state, order, snapshot.ref)), el.context(" · ".join(facts))],
        tail=[
            el.context(_age(snapshot, now, None if is_own_zone or not all_nodes else zone)),
            *el.actions(_buttons(snapshot, hidden, watched_by, all_nodes=all_nodes, back=back)),
        ],
    )
    times = forecast(snapshot, now, zone)
    notes = [" · ".join(note for note in (*state.notes, times) if note)]
    notes += refund_lines(refunds_of(snapshot, order, now), order, now)
    if any(notes):
        layout.add(el.section("\n".join(note for note in notes if note)))
    if not parcels and (why := no_parcel(snapshot, order)):
        layout.add(el.section(why))
    for at in range(len(parcels)):
        if not _add_parcel(layout, snapshot, at, now, zone if all_nodes else None):
            layout.note(el.context(more_parcels(len(parcels) - at)))
            break
    return el.message(layout.blocks)


def _few(snapshot: OrderSnapshot) -> int:
    return FEW if len(snapshot.shipment.parcels) <= FEW_PARCELS else FEWER


def _age(snapshot: OrderSnapshot, now: datetime, zone: tzinfo | None) -> str:
    """How old the data is, and whose days and times it shows. ``zone`` None: the reader's own, which is not named."""
    age = freshness_of(snapshot, now)
    if zone is None:
        return age
    place = city(zone.key) if isinstance(zone, ZoneInfo) else _("China")
    whose = _("days and times of {place}").format(place=place)
    return f"{age} · {whose}"


def _buttons(
    snapshot: OrderSnapshot, hidden: int, watched_by: Watch | None, *, all_nodes: bool, back: ListOrders | None
) -> list[Block]:
    ref, buttons = snapshot.ref, []
    if back:
        buttons.append(run_button(_("◀ Back to orders (page {page})").format(page=back.page), 4, back))
    buttons.append(run_button(_("Refresh"), 1, Track(ref.order_id, ref.platform, all_nodes, back)))
    if watched_by:
        buttons.append(unwatch_button(_("Stop watching"), watched_by))
    else:
        value = WatchOrders((ref.order_id,), platform=ref.platform).command()
        buttons.append(el.button(_("Watch here"), f"{action_ids.WATCH_HERE}:1", value, "primary"))
    if hidden:
        total = len(snapshot.shipment.nodes)
        label = _("Show all {n} updates").format(n=total)
        buttons.append(run_button(label, 2, Track(ref.order_id, ref.platform, all_nodes=True, back=back)))
    elif all_nodes:
        buttons.append(run_button(_("Show fewer"), 2, Track(ref.order_id, ref.platform, back=back)))
    buttons.append(run_button(_("Order details"), 3, ShowOrder(ref.order_id, ref.platform, back)))
    return buttons


def _add_parcel(layout: Layout, snapshot: OrderSnapshot, at: int, now: datetime, zone: tzinfo | None) -> bool:
    """Add a parcel's paragraphs; False if not even the first fits. ``zone`` None: only the newest few updates."""
    parcel = snapshot.shipment.parcels[at]
    if not layout.add(el.section(_head(snapshot, at, now))):
        return False
    nodes = newest_first(parcel.nodes)
    lines = [node_line(node, now) for node in nodes[: _few(snapshot)]] if zone is None else _by_day(nodes, now, zone)
    shown = 0
    for chunk in paragraphs(lines):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += sum(not line.startswith(_DAY) for line in chunk)
    if hidden := len(nodes) - shown:
        words = ngettext("{n} earlier update", "{n} earlier updates", hidden)
        layout.note(el.context(words.format(n=hidden)))
    elif not nodes and parcel.milestone is not None:
        layout.note(el.context(_("No scan yet.")))
    return True


_DAY = "*"  # begins the line of a day, and never the line of an update, since remote text is escaped


def _by_day(nodes: Sequence[Node], now: datetime, zone: tzinfo) -> list[str]:
    """The updates by day: a line with the day, then each update with its time of day.

    Days and times are written out in ``zone``: a date that Slack formats is in each reader's own zone, where an update
    may fall on another day. An update without a time has no day, and keeps the time's words as the courier sent them.
    """
    lines, year = [], now.astimezone(zone).year
    for day, updates in groupby(nodes, lambda node: _day(node, zone)):
        if day is None:
            lines += [node_line(node, now) for node in updates]
            continue
        lines.append(f"{_DAY}{weekday(day, with_year=day.year != year)}*")
        lines += [f"{clock(node.at.astimezone(zone))} · {node_words(node)}" for node in updates if node.at]
    return lines


def _day(node: Node, zone: tzinfo) -> datetime | None:
    """The noon of a node's day; None for a node without a time."""
    if node.at is None or not node.is_timed:
        return None
    return node.at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)


def _head(snapshot: OrderSnapshot, at: int, now: datetime) -> str:
    """A parcel's number, name, progress bar and state."""
    parcel: Parcel = snapshot.shipment.parcels[at]
    total = len(snapshot.shipment.parcels)
    number = _("Parcel {n} of {total}").format(n=at + 1, total=total) if total > 1 else _("Parcel")
    return f"*{number}* {parcel_name(parcel)}\n{bar_of(parcel, snapshot, snapshot.order, now)}"
