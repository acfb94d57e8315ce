"""App Home, as blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.order_lines import collapsed_line, group_name, order_line, sections, title_in
from handlers.blocks.parts import standing_of
from handlers.blocks.refunds import refund_note
from handlers.blocks.standing import delivered_of
from handlers.blocks.text import slack_date
from handlers.posts import refund_alarm, unpaid
from handlers.posts.alarms import headline
from pandapon.shipment import OrderRef
from tracking.attention import Group
from tracking.values import Leg

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.blocks.links import Links
    from handlers.blocks.message import Block
    from handlers.blocks.order_lines import Title
    from storage.alarm import Alarm
    from storage.watch import WatchedOrder, WatchedOrders

View = dict[str, Any]

CHANNELS = 3  # channels named beside an order
# Orders that are read of each group, at most. As many lines stay far below Slack's limit of 100 blocks in a home.
MAX_ORDERS: Mapping[Group, int] = {Group.ATTENTION: 25, Group.WAITING: 20, Group.ON_THE_WAY: 40, Group.DELIVERED: 10}


@dataclass(frozen=True, slots=True)
class HomeOrders:
    """The orders that a person's channels watch. The lists leave out orders that have been over for some days."""

    lists: Mapping[Group, WatchedOrders]  # up to ``MAX_ORDERS`` orders each
    unread: int = 0  # channels that were not checked, since there are too many

    @property
    def is_empty(self) -> bool:
        """Whether all lists are empty."""
        return not any(listed.orders for listed in self.lists.values())


def home(orders: HomeOrders, now: datetime, links: Links) -> View:
    """Show the buttons, then the orders by group; without orders, how to begin."""
    blocks: list[Block] = [el.header(_("Your orders")), *_buttons()]
    if orders.is_empty:
        blocks.append(el.section(_nothing()))
    for group in (Group.ATTENTION, Group.WAITING, Group.ON_THE_WAY):
        blocks += _group(group, orders.lists[group], now, links)
    blocks += _delivered(orders.lists[Group.DELIVERED], links)
    small = [_("As of {time}").format(time=slack_date(now, now))]
    if orders.unread:
        words = ngettext(
            "{n} more channel with older watches is not shown.",
            "{n} more channels with older watches are not shown.",
            orders.unread,
        )
        small.append(words.format(n=orders.unread))
    refresh = el.button(_("Refresh"), f"{action_ids.REFRESH_HOME}:1", "home")
    return {"type": "home", "blocks": [*blocks, el.context(*small), *el.actions([refresh])]}


def _buttons() -> list[Block]:
    return el.actions(
        [
            el.button(_("Track or watch orders…"), f"{action_ids.FIND_ORDERS}:1", "home", "primary"),
            el.button(_("My orders"), f"{action_ids.MY_ORDERS}:1", "home"),
            el.button(_("Search…"), f"{action_ids.SEARCH_PRODUCTS}:1", "home"),
            el.button(_("Settings…"), f"{action_ids.CHOOSE_SETTINGS}:1", "home"),
        ]
    )


def _group(group: Group, listed: WatchedOrders, now: datetime, links: Links) -> list[Block]:
    """A heading, and a line for each order; no block for an empty group."""
    if not listed.orders:
        return []
    n = listed.counts[group]
    lines = [_line(order, now, links) for order in listed.orders]
    blocks = list(sections([f"*{group_name(group)}* · {n}", *lines]))
    if n > len(lines):
        note = _("and {n} more: {command} in a channel").format(n=n - len(lines), command="`/panda watches`")
        blocks.append(el.context(note))
    return blocks


def _delivered(listed: WatchedOrders, links: Links) -> list[Block]:
    if not listed.orders:
        return []
    n = listed.counts[Group.DELIVERED]
    heading = ngettext("✅ *{n} delivered in the last days*", "✅ *{n} delivered in the last days*", n).format(n=n)
    return [el.section(collapsed_line(heading, [_title(order, links).linked for order in listed.orders], n))]


def _line(order: WatchedOrder, now: datetime, links: Links) -> str:
    standing = replace(standing_of(order.watch, now), part=delivered_of(order.delivered, order.parcels))
    notes = [_silent(order.alarm, now)] if order.alarm else []
    notes += refund_note(order.watch.refund.code if order.watch.refund else "")
    if any(watch.is_paused for watch in order.watches):
        notes.append(_("⏸ paused"))
    return order_line(standing, _title(order, links), [*notes, _channels(order)])


def _title(order: WatchedOrder, links: Links) -> Title:
    """The title with a link to the newest card."""
    titles = [title_in(watch, links) for watch in order.watches]
    return next((title for title in titles if title.link), titles[0])


def _channels(order: WatchedOrder) -> str:
    named = [el.channel(watch.channel) for watch in order.watches]
    suffix = f" +{len(named) - CHANNELS}" if len(named) > CHANNELS else ""
    return " ".join(named[:CHANNELS]) + suffix


def _silent(alarm: Alarm, now: datetime) -> str:
    stall = alarm.stall
    if stall.leg is Leg.NOT_PAID:
        return unpaid.line(stall, OrderRef.from_key(alarm.key), now)
    if stall.leg is Leg.REFUND:
        return refund_alarm.line(stall, OrderRef.from_key(alarm.key), now)
    return _("⏰ {what} since {time}").format(what=headline(stall.leg), time=slack_date(stall.since, now))


def _nothing() -> str:
    return _(
        "Nothing is watched in your channels yet. Press “Track or watch orders…”, or type {watch} in a channel: "
        "the order's updates are then posted there automatically. {help} shows what else I can do."
    ).format(watch="`/panda watch 2542285634920880794`", help="`/panda help`")
