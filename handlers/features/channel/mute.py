"""Mute some orders or a whole channel for a while, and unmute them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from handlers.access.permissions import Need
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.parts import ref_of
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.channel import mute_views
from handlers.interactions.announcing import announce
from handlers.interactions.order_keys import resolve_order_keys
from handlers.parsing.durations import read_times
from handlers.parsing.options import read_options
from handlers.parsing.order_ids import sift_ids
from handlers.parsing.targets import ids_or_none, take_channel
from handlers.parsing.words import Verb
from handlers.wire.requests import MUTE_FOR, Mute, Unmute
from handlers.wire.text import folded
from pandapon.shipment import OrderRef
from tracking.messages import Muted, Unmuted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.tokens import Token
    from handlers.parsing.typed_command import TypedCommand

LONGEST_MUTE = timedelta(days=366)


def read_mute(command: TypedCommand) -> Mute:
    """Read ``mute``. No ids: the whole channel; no duration: 24 hours. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    span, until, words = _take_time(command, words)
    return Mute(ids_or_none(command, words, where), where.channel, span, until)


def read_unmute(command: TypedCommand) -> Unmute:
    """Read ``unmute``. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Unmute(ids_or_none(command, words, where), where.channel)


def _take_time(command: TypedCommand, words: Sequence[Token]) -> tuple[timedelta, str, list[Token]]:
    timed = read_times(words)
    remaining = timed.remaining
    corrected = " ".join(["/panda mute", *(word.text for word in remaining), "24h"])
    if timed.unreadable:
        problem = _("I can't read {word} as a time; write it as `30m`, `2h`, `3d` or `until 18:00`")
        raise command.refuse(problem.format(word=code(timed.unreadable[0], 40)), suggestion=corrected)
    if len(timed.spans) + len(timed.until) > 1:
        raise command.refuse(_("there are two durations; choose one"), suggestion=corrected)
    span = timed.spans[0] if timed.spans else MUTE_FOR
    if not timedelta() < span <= LONGEST_MUTE:
        raise command.refuse(
            _("a mute lasts from a minute to a year, e.g. `30m`, `24h`, `3d`, `2w`"), suggestion=corrected
        )
    if not timed.spans and not timed.until:
        _refuse_lone_number(command, remaining)
    return span, (timed.until[0] if timed.until else ""), remaining


def _refuse_lone_number(command: TypedCommand, words: Sequence[Token]) -> None:
    last = folded(words[-1].text) if words else ""
    if re.fullmatch(r"[0-9]{1,4}", last) and not _is_split(words):
        shown = " ".join(["/panda mute", *(word.text for word in words[:-1]), f"{last}h"])
        raise command.refuse(_("`{n}` what? Write `{n}h` or `{n}d`").format(n=last), suggestion=shown)


def _is_split(words: Sequence[Token]) -> bool:
    """Whether the number at the end belongs to an id that was typed in pieces, so that it is no duration."""
    return bool(sift_ids(words, waybills=True).rejoined)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of muting or unmuting orders, as lists of the typed ids."""

    done: list[str]  # the channel watches them
    missing: list[str]  # the channel does not watch them
    was_muted: list[str]  # the ids of ``done`` that were muted before


async def mute(interaction: Interaction, request: Mute) -> Message:
    """Mute the orders, or without ids the whole channel, for the requested span or until the requested time."""
    now = interaction.ctx.clock()
    channel, until = request.channel or interaction.channel, now + request.span
    if request.until:
        until = _next_time(request.until, now, (await interaction.ctx.store.channels.get(channel)).settings.zone)
    if not request.ids:
        former = await _mute_channel(interaction, channel, until)
        return mute_views.muted(channel, (), until, (), now, was_muted=former is not None)
    outcome = await _mute_orders(interaction, channel, request.ids, until)
    was_muted = bool(outcome.was_muted)
    return mute_views.muted(channel, outcome.done, until, outcome.missing, now, was_muted=was_muted)


def _next_time(clock: str, now: datetime, zone: tzinfo) -> datetime:
    """The next moment, in UTC, at which a clock in the zone shows ``HH:MM``."""
    local = now.astimezone(zone)
    at = datetime.combine(local.date(), time.fromisoformat(clock), zone)
    return (at if at > local else datetime.combine(local.date() + timedelta(days=1), at.time(), zone)).astimezone(UTC)


async def unmute(interaction: Interaction, request: Unmute) -> Message:
    """Unmute the orders, or without ids the whole channel."""
    channel, ctx = request.channel or interaction.channel, interaction.ctx
    if not request.ids:
        former = await _mute_channel(interaction, channel, None)
        still_muted = await ctx.store.watches.muted_in(channel, ctx.clock())
        return mute_views.unmuted_channel(channel, still_muted, ctx.clock(), was_muted=former is not None)
    outcome = await _mute_orders(interaction, channel, request.ids, None)
    where = await ctx.store.channels.get(channel)
    return mute_views.unmuted_orders(where, outcome.done, outcome.was_muted, outcome.missing, ctx.clock())


async def _mute_channel(interaction: Interaction, channel: str, until: datetime | None) -> datetime | None:
    """Mute the whole channel and announce it there. ``until`` None: unmute. Return the end of the former mute."""
    store, user, now = interaction.ctx.store, interaction.user, interaction.ctx.clock()
    former = await store.channels.mute(now, channel, until, user)
    if until:
        await announce(interaction.ctx, channel, Muted(user, until, (), former))
    elif former:  # without a former mute nothing has changed, so nobody is told
        await announce(interaction.ctx, channel, await _unmuted_channel(interaction, channel, former))
    return former


async def _unmuted_channel(interaction: Interaction, channel: str, former: datetime) -> Unmuted:
    still_muted = await interaction.ctx.store.watches.muted_in(channel, interaction.ctx.clock())
    return Unmuted(interaction.user, (), former, tuple(ref_of(watch).order_id for watch in still_muted))


async def _mute_orders(interaction: Interaction, channel: str, ids: Sequence[str], until: datetime | None) -> Outcome:
    """Mute orders, and announce it in the channel. ``until`` None: unmute."""
    store, now = interaction.ctx.store, interaction.ctx.clock()
    keys_by_id = {order_id: await resolve_order_keys(store, order_id) for order_id in ids}
    keys = list(dict.fromkeys(key for same_id in keys_by_id.values() for key in same_id))
    former = await store.watches.mute(now, channel, keys, until=until, actor=interaction.user)
    muted = {key: end for key, end in former.items() if end}
    done = [order_id for order_id in ids if former.keys() & set(keys_by_id[order_id])]
    was_muted = [order_id for order_id in done if muted.keys() & set(keys_by_id[order_id])]
    change = _change(interaction.user, done if until else was_muted, until, former if until else muted)
    if change:
        await announce(interaction.ctx, channel, change)
    return Outcome(done, [order_id for order_id in ids if order_id not in done], was_muted)


def _change(
    user: str, ids: Sequence[str], until: datetime | None, former: Mapping[str, datetime | None]
) -> Muted | Unmuted | None:
    """The announcement that orders were muted or unmuted; None: nothing changed.

    ``former``: by order key, when the former mute would have ended (None: the order was not muted).
    """
    latest = max((end for end in former.values() if end), default=None)
    if not former:
        return None
    if until:
        return Muted(user, until, tuple(ids), latest, former)
    return Unmuted(user, tuple(ids), latest, orders=former)


async def undo_mute(interaction: Interaction, channel: str, change: Muted | Unmuted) -> bool:
    """Restore the mutes that the announced change replaced: the channel's, or each order's own.

    A former mute that has expired meanwhile is not restored, and a mute that somebody has changed since then stays as
    it is. Return whether anything was undone.
    """
    until = change.until if isinstance(change, Muted) else None
    if change.ids:
        return await _undo_orders(interaction, channel, change, until)
    ctx, user, now = interaction.ctx, interaction.user, interaction.ctx.clock()
    former = change.former if change.former and change.former > now else None
    if not await ctx.store.channels.restore_mute(now, channel, until, former=former, actor=user):
        return False
    if former:
        await announce(ctx, channel, Muted(user, former, (), until))
    elif until:
        await announce(ctx, channel, await _unmuted_channel(interaction, channel, until))
    return True


async def _undo_orders(interaction: Interaction, channel: str, change: Muted | Unmuted, until: datetime | None) -> bool:
    """Restore the orders' mutes. Each restored end is announced by itself, so that each can be undone by itself."""
    store, user, now = interaction.ctx.store, interaction.user, interaction.ctx.clock()
    former = change.orders or await _former_of_old_line(interaction, change)
    restored = await store.watches.restore_mutes(now, channel, until, former=former, actor=user)
    for end in dict.fromkeys(restored.values()):
        keys = [key for key, restored_end in restored.items() if restored_end == end]
        ids = dict.fromkeys(OrderRef.from_key(key).order_id for key in keys)
        line = _change(user, list(ids), end, dict.fromkeys(keys, until))
        if line:
            await announce(interaction.ctx, channel, line)
    return bool(restored)


async def _former_of_old_line(interaction: Interaction, change: Muted | Unmuted) -> dict[str, datetime | None]:
    """The former ends by order key, from a line of an earlier version, which stored one end for all its orders."""
    store = interaction.ctx.store
    keys = [key for order_id in change.ids for key in await resolve_order_keys(store, order_id)]
    return dict.fromkeys(keys, change.former)


def _mute_help() -> HelpPage:
    return HelpPage(
        _("Pause updates"),
        _("Pause updates here, for some orders or for all. Cards stay up to date."),
        (
            ("/panda mute", _("the whole channel, for 24 hours")),
            (
                f"/panda mute {ID} 3d",
                _("one order, for three days; `m`, `h`, `d`, `w` are minutes, hours, days, weeks"),
            ),
            ("/panda mute until 18:00", _("until that time, by the channel's clock")),
        ),
    )


def _unmute_help() -> HelpPage:
    return HelpPage(
        _("Resume updates"),
        _("Ends a mute early."),
        (("/panda unmute", _("the channel")), (f"/panda unmute {ID}", _("one order"))),
    )


def _overview() -> list[Example]:
    return [("/panda mute 24h", _("pause updates; quiet hours and the daily digest are in `/panda settings`"))]


FEATURE = Feature(
    commands=(
        Command(Verb("mute", ("silence", "snooze", "静音", "免打扰")), read_mute, _mute_help),
        Command(Verb("unmute", ("unsilence", "取消静音")), read_unmute, _unmute_help),
    ),
    answers=(Answer(Mute, mute, Need.CHANGE), Answer(Unmute, unmute, Need.CHANGE)),
    overview=Overview(HelpGroup.CHANNEL, _overview),
    undo={Muted: undo_mute, Unmuted: undo_mute},
)
