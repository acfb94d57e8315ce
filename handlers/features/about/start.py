"""``/panda`` alone: the channel's orders that need attention, and the next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.access.permissions import Need
from handlers.blocks import elements as el
from handlers.blocks.help_page import ID, with_ids
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.order_lines import order_line, title_in
from handlers.blocks.parts import standing_of
from handlers.blocks.refunds import refund_note
from handlers.commands.declarations import Answer, Feature
from handlers.features.about import help as help_
from handlers.features.about.next_steps import NO_STEPS, NextSteps, read_next_steps
from handlers.posts.alarms import headline
from handlers.wire.requests import Start
from storage.watch import WatchState
from tracking.attention import Group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.links import Links
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from storage.alarm import Alarm
    from storage.watch import Watch, WatchedOrders

NAMED = 8  # orders that the answer lists


async def show_start(interaction: Interaction, request: Start) -> Message:
    """Show the channel's orders from the database, and the next steps of buying where PandaPon answers in time."""
    store, channel = interaction.ctx.store, request.channel or interaction.channel
    watched = await store.watches.listed([channel], 0, NAMED, group=Group.ATTENTION)
    newest = await store.orders.newest(1)
    steps = await read_next_steps(interaction.ctx)
    return start(watched, interaction.ctx.links, newest, now=interaction.ctx.clock(), steps=steps)


def start(
    watched: WatchedOrders,
    links: Links,
    order_ids: Sequence[str] = (),
    *,
    now: datetime | None = None,
    steps: NextSteps = NO_STEPS,
) -> Message:
    """Show which of the watched orders need attention, and the next ``steps`` of buying.

    ``watched``: the counts of the channel's orders, and a list of those that need attention. ``order_ids``: the
    account's newest, for the examples. ``now``: see
    :func:`handlers.blocks.standing.standing`.
    """
    n, total = watched.counts.get(Group.ATTENTION, 0), watched.total
    if not total:
        head = _("Nothing is watched in this channel yet. `/panda watch 2542285634920880794` starts with an order.")
    elif n:
        head = ngettext("*{n} order here needs attention*", "*{n} orders here need attention*", n)
    else:
        head = ngettext(
            "✅ {total} order is watched here, and it needs no attention.",
            "✅ {total} orders are watched here, and none needs attention.",
            total,
        )
    lines = [with_ids(head, order_ids).format(n=n, total=total)]
    lines += [_line(order.watch, order.alarm, links, now) for order in watched.orders]
    if (remaining := n - len(watched.orders)) > 0:
        lines.append(_("and {n} more: {command}").format(n=remaining, command="`/panda watches attention`"))
    hint = _("{track} tracks an order, {help} shows everything else.")
    example = with_ids(f"`/panda {ID}`", order_ids)
    blocks = [el.section("\n".join(lines)), *steps.blocks(), *help_.buttons()]
    return el.message([*blocks, el.context(hint.format(track=example, help="`/panda help`"))])


def _line(watch: Watch, alarm: Alarm | None, links: Links, now: datetime | None) -> str:
    notes = [f"⏰ {headline(alarm.stall.leg)}"] if alarm else []
    notes += refund_note(watch.refund.code if watch.refund else "")
    if watch.state is WatchState.PAUSED:
        notes.append(_("⏸ paused"))
    return order_line(standing_of(watch, now), title_in(watch, links), notes)


FEATURE = Feature(answers=(Answer(Start, show_start, Need.READ),))
