"""The answers to ``mute`` and ``unmute``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import in_channel, ref_of, run_button
from handlers.blocks.people import name
from handlers.blocks.punctuation import listed
from handlers.blocks.text import code, slack_date
from handlers.parsing.order_ids import MAX_IDS
from handlers.wire.requests import Unmute

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from storage.channel import Channel
    from storage.watch import Watch

NAMED = 12  # orders named in an answer


def muted(
    channel: str,
    ids: Sequence[str],
    until: datetime,
    missing: Sequence[str],
    now: datetime,
    *,
    was_muted: bool = False,
) -> Message:
    """Confirm a mute, with Undo, and name the ids that are not watched. No ids and none missing: the whole channel.

    ``was_muted``: the button says Unmute instead of Undo, since unmuting would not restore the former mute.
    """
    blocks: list[Block] = []
    if ids or not missing:
        time = slack_date(until, now)
        head = _("🔕 *Muted {orders} until {time}*").format(orders=_named(ids), time=time)
        if not ids:
            head = _("🔕 *Muted all updates {where} until {time}*").format(where=in_channel(channel), time=time)
        note = _("Cards stay up to date; `/panda why` shows what you missed.")
        blocks.append(el.section(f"{head}\n{note}"))
        label = _("Unmute") if was_muted else _("Undo")
        blocks += el.actions([run_button(label, 1, Unmute(tuple(ids), channel or None))])
    blocks += _not_watched(missing, channel)
    return el.message(blocks)


def unmuted_orders(
    where: Channel, ids: Sequence[str], was_muted: Sequence[str], missing: Sequence[str], now: datetime
) -> Message:
    """Say whether the updates of orders are back on, and name the ids that are not watched.

    ``where``: the channel's row. While the whole channel is muted, updates of these orders stay off. ``was_muted``: the
    ``ids`` whose mute has ended.
    """
    if where.muted_until and where.muted_until > now and ids:
        blocks = [el.section(_in_muted_channel(where, where.muted_until, ids, now))]
        blocks += el.actions([run_button(_("Unmute all updates"), 1, Unmute((), where.channel or None))])
    else:
        back = _("🔔 *Updates of {orders} are back on*").format(orders=_named(was_muted))
        blocks = [el.section(back)] if was_muted else []
        blocks += _were_not_muted([order_id for order_id in ids if order_id not in was_muted])
    return el.message(blocks + _not_watched(missing, where.channel))


def unmuted_channel(channel: str, still_muted: Sequence[Watch], now: datetime, *, was_muted: bool) -> Message:
    """Confirm the end of a channel's mute; ``was_muted`` False: there was none.

    ``still_muted``: the watches that have a mute of their own, which goes on. A button offers to end these mutes too.
    """
    back = _("🔔 *Updates are back on {where}*") if was_muted else _("Updates were not muted {where}.")
    blocks = [el.section(back.format(where=in_channel(channel)))]
    if still_muted:
        ids = tuple(ref_of(watch).order_id for watch in still_muted)
        blocks.append(el.section(_still_muted_line(still_muted, now)))
        if len(ids) <= MAX_IDS:
            blocks += el.actions([run_button(_("Unmute these orders too"), 1, Unmute(ids, channel or None))])
    return el.message(blocks)


def _still_muted_line(still_muted: Sequence[Watch], now: datetime) -> str:
    named = [_ending(watch, now) for watch in still_muted[:NAMED]]
    if (unnamed := len(still_muted) - NAMED) > 0:
        named.append(ngettext("{n} more", "{n} more", unnamed).format(n=unnamed))
    return _("🔕 Still muted: {orders}").format(orders=listed(named))


def _ending(watch: Watch, now: datetime) -> str:
    order_id, until = code(ref_of(watch).order_id), watch.muted_until
    return _("{order} until {time}").format(order=order_id, time=slack_date(until, now)) if until else order_id


def _in_muted_channel(where: Channel, until: datetime, ids: Sequence[str], now: datetime) -> str:
    words = ngettext(
        "🔕 {orders} has no mute of its own now, but all updates {where} are muted until {time} by {user}.",
        "🔕 {orders} have no mute of their own now, but all updates {where} are muted until {time} by {user}.",
        len(ids),
    )
    muter, time = name(where.muted_by), slack_date(until, now)
    return words.format(orders=_named(ids), where=in_channel(where.channel), time=time, user=muter)


def _were_not_muted(ids: Sequence[str]) -> list[Block]:
    words = ngettext("{orders} was not muted.", "{orders} were not muted.", len(ids))
    return [el.section(words.format(orders=_named(ids)))] if ids else []


def _not_watched(missing: Sequence[str], channel: str) -> list[Block]:
    if not missing:
        return []
    words = ngettext("{ids} is not watched {where}.", "{ids} are not watched {where}.", len(missing))
    return [el.section(words.format(ids=_named(missing), where=in_channel(channel)))]


def _named(ids: Sequence[str]) -> str:
    return listed(code(order_id) for order_id in ids[:NAMED])
