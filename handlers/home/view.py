"""App Home, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import ref_of, standing_of, title_of
from handlers.blocks.text import sanitize_id, slack_date
from handlers.posts import unpaid
from handlers.posts.alarms import headline
from pandapon.shipment import OrderRef
from storage.watch import WatchState
from tracking.values import Leg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from handlers.blocks.message import Block
    from storage.alarm import Alarm
    from storage.watch import Watch

View = dict[str, Any]

LINES = 8  # orders that are named of one channel
TROUBLE = 12  # orders that are named of those that need a look
MOST = 95  # blocks before the help; Slack takes 100 in all


def view(channels: Sequence[tuple[str, Sequence[Watch], int]], alarms: Mapping[str, Alarm], now: datetime) -> View:
    """Show the orders that need a look, then those of each channel; without any watch, how to begin.

    ``channels``: each channel's id, its newest watches, and the number of all its watches. ``alarms``: by order key.
    """
    blocks: list[Block] = [el.header(_("Your orders"))]
    if not channels:
        blocks.append(el.section(_nothing()))
    trouble = [line for _c, watches, _t in channels for watch in watches if (line := _trouble(watch, alarms, now))]
    if trouble:
        head = _("*Needs a look*")
        blocks.append(el.section("\n".join([head, *trouble[:TROUBLE]])))
        if len(trouble) > TROUBLE:
            blocks.append(el.context(_("and {n} more").format(n=len(trouble) - TROUBLE)))
        blocks.append(el.divider())
    for channel, watches, total in channels:
        blocks.append(el.section(_channel(channel, watches, total)))
    return {"type": "home", "blocks": [*blocks[:MOST], el.divider(), *_help(now)]}


def _channel(channel: str, watches: Sequence[Watch], total: int) -> str:
    head = ngettext("{channel}: {n} order", "{channel}: {n} orders", total).format(
        channel=el.channel(channel) or _("here"), n=total
    )
    lines = [_line(watch) for watch in watches[:LINES]]
    if total > len(lines):
        lines.append(_("and {n} more: {command} there").format(n=total - len(lines), command="`/panda watches`"))
    return "\n".join([f"*{head}*", *lines])


def _line(watch: Watch) -> str:
    parts = [standing_of(watch).state, f"`{sanitize_id(ref_of(watch).order_id)}`"]
    if title := title_of(watch.order, 40):
        parts.append(title)
    return " · ".join(parts)


def _trouble(watch: Watch, alarms: Mapping[str, Alarm], now: datetime) -> str:
    """The line that says why an order needs a look; empty: it needs none."""
    milestone, alarm = watch.milestone, alarms.get(watch.key)
    reasons = []
    if watch.state is WatchState.PAUSED:
        reasons.append(_("⏸ paused"))
    if alarm:
        reasons.append(_silent(alarm, now))
    if milestone and milestone.is_problem:
        reasons.append(standing_of(watch).why)
    if not reasons:
        return ""
    channel = el.channel(watch.channel)
    return " · ".join([*reasons, f"`{sanitize_id(ref_of(watch).order_id)}`", *([channel] if channel else [])])


def _silent(alarm: Alarm, now: datetime) -> str:
    stall = alarm.stall
    if stall.leg is Leg.NOT_PAID:
        return unpaid.line(stall, OrderRef.from_key(alarm.key), now)
    return _("⏰ {what} since {time}").format(what=headline(stall.leg), time=slack_date(stall.since, now))


def _nothing() -> str:
    return _(
        "Nothing is watched in your channels yet. Type {watch} in a channel and the order's news comes there by "
        "itself; {help} shows what else I can do."
    ).format(watch="`/panda watch 2542285634920880794`", help="`/panda help`")


def _help(now: datetime) -> list[Block]:
    return [
        el.section(
            "\n".join(
                [
                    _("`/panda search 连衣裙`  goods on 1688 and Taobao"),
                    _("`/panda track 2542285634920880794`  where an order's parcels are"),
                    _("`/panda watch 2542285634920880794`  news of an order, in the channel where you type it"),
                    _("`/panda help`  everything else"),
                ]
            )
        ),
        el.context(_("As of {time}").format(time=slack_date(now, now))),
        *el.actions(
            [
                el.button(_("Refresh"), f"{action_ids.REFRESH_HOME}:1", "home"),
                el.button(_("Track or watch orders…"), f"{action_ids.FIND_ORDERS}:1", "home", "primary"),
            ]
        ),
    ]
