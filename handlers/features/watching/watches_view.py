"""The list of the orders that a channel watches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout, Message
from handlers.blocks.order_lines import group_name, order_line, title_in
from handlers.blocks.paging import of_rows
from handlers.blocks.parts import filter_words, in_channel, muted_line, run_button, standing_of, unwatch_button
from handlers.blocks.people import name
from handlers.blocks.refunds import refund_note
from handlers.blocks.standing import delivered_of
from handlers.blocks.text import slack_date
from handlers.parsing.targets import EXAMPLE
from handlers.posts.alarms import headline
from tracking.attention import GROUPS, Group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.links import Links
    from handlers.blocks.message import Block
    from handlers.wire.requests import ListWatches
    from storage.channel import Channel
    from storage.subscription import Subscription
    from storage.watch import Watch, WatchedOrder, WatchedOrders

TABS = 11  # the number of the first button that chooses a group; Previous and Next have lower numbers


def listing(
    request: ListWatches,
    page: WatchedOrders,
    stored: Channel,
    now: datetime,
    links: Links,
    *,
    page_size: int,
    subscriptions: Sequence[Subscription] = (),
    is_elsewhere: bool = False,
) -> Message:
    """Show one page of a channel's watches: state, filter, who and when, each with a button that stops it.

    ``request`` names the channel and the group. ``stored``: the channel's row, which says whether the whole channel is
    muted; a watch says whether its own order is muted. ``subscriptions``: the ``watch all`` of the channel.
    ``is_elsewhere``: the person reads the list in another channel, where a typed command would act.
    """
    total = page.counts.get(request.group, 0) if request.group else page.total
    paging = of_rows(request, total, page_size)
    head = [el.section("\n".join(_head(request, page.total, stored, subscriptions, now))), *_tabs(request, page)]
    layout = Layout(head, tail=el.actions(paging.buttons()))
    if not page.orders:
        layout.add(el.section(_nothing(page, request, is_elsewhere=is_elsewhere)))
    for at, order in enumerate(page.orders):
        if not layout.add(_row(order, at + 1, now, links)):
            layout.note(el.context(_("and {n} more").format(n=len(page.orders) - at)))
            break
    if total > page_size:
        layout.note(el.context(paging.words()))
    return el.message(layout.blocks)


def _head(
    request: ListWatches, total: int, stored: Channel, subscriptions: Sequence[Subscription], now: datetime
) -> list[str]:
    heading = ngettext("*{n} order is watched {where}*", "*{n} orders are watched {where}*", total)
    lines = [heading.format(n=total, where=in_channel(request.channel or ""))]
    lines += [_subscribed(subscription) for subscription in subscriptions]
    if stored.muted_until and stored.muted_until > now:
        lines.append(muted_line(stored.muted_by, stored.muted_until, now))
    return lines


def _subscribed(subscription: Subscription) -> str:
    if subscription.status:
        words = _("`watch all` is on for orders in the state `{state}`: new ones are added automatically · {filter}")
        return words.format(state=subscription.status, filter=filter_words(subscription.filter))
    words = _("`watch all` is on: new orders are added automatically · {filter}")
    return words.format(filter=filter_words(subscription.filter))


def _tabs(request: ListWatches, page: WatchedOrders) -> list[Block]:
    """A button for each group with orders, and for all; the present one is marked. A single group needs no buttons."""
    groups = [group for group in GROUPS if page.counts.get(group) or group is request.group]
    if len(groups) <= 1 and request.group is None:
        return []
    tabs = [(None, page.total), *((group, page.counts.get(group, 0)) for group in groups)]
    return el.actions([_tab(request, group, n, TABS + at) for at, (group, n) in enumerate(tabs)])


def _tab(request: ListWatches, group: Group | None, n: int, number: int) -> Block:
    button = run_button(
        f"{group_name(group) if group else _('All')} · {n}", number, replace(request, group=group, page=1)
    )
    return button | ({"style": "primary"} if group is request.group else {})


def _row(order: WatchedOrder, number: int, now: datetime, links: Links) -> Block:
    watch = order.watch
    standing = replace(standing_of(watch, now), part=delivered_of(order.delivered, order.parcels))
    notes = [f"⏰ {headline(order.alarm.stall.leg)}"] if order.alarm else []
    notes += refund_note(watch.refund.code if watch.refund else "")
    lines = [order_line(standing, title_in(watch, links), notes), *_about(watch, now)]
    return el.section("\n".join(lines), _row_button(watch, number))


def _about(watch: Watch, now: datetime) -> list[str]:
    since = _("{filter} · by {user} since {time}").format(
        filter=filter_words(watch.filter),
        user=name(watch.created_by),
        time=slack_date(watch.created_at, watch.created_at),
    )
    lines = [since]
    if watch.is_paused:
        lines.append(_("⏸ Paused: {reason}").format(reason=channel_error(watch.reason, watch.channel)))
    if watch.muted_until and watch.muted_until > now:
        lines.append(muted_line(watch.muted_by, watch.muted_until, now))
    if watch.stale_since:
        lines.append(
            _("⚠️ PandaPon hasn't responded since {time}").format(time=slack_date(watch.stale_since, watch.stale_since))
        )
    return lines


def _row_button(watch: Watch, number: int) -> Block:
    if watch.is_paused:
        return el.button(_("Resume"), f"{action_ids.RESUME_WATCH}:{number}", str(watch.id))
    return unwatch_button(_("Stop"), watch, number)


def _nothing(page: WatchedOrders, request: ListWatches, *, is_elsewhere: bool) -> str:
    """Why no order is shown."""
    group = request.group
    if not page.total:
        words = _("{command} starts: the order's updates are then posted here automatically.")
        if is_elsewhere and request.channel:
            words = _("Type {command} in {channel}: the order's updates are then posted there automatically.")
        return words.format(command=f"`/panda watch {EXAMPLE}`", channel=el.channel(request.channel or ""))
    if group is None or page.counts.get(group):
        return _("There is nothing on this page.")
    return {
        Group.ATTENTION: _("No order needs attention."),
        Group.WAITING: _("No order is waiting to be shipped."),
        Group.ON_THE_WAY: _("No order is on the way."),
        Group.DELIVERED: _("No order has been delivered yet."),
    }[group]
