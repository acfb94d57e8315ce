"""Keep quiet about some orders, or a whole channel, for a while; and hear of them again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Need
from handlers.blocks import elements as el
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import here, run_button
from handlers.blocks.text import code, slack_date
from handlers.commands.declarations import Answer, Command, Feature
from handlers.interactions.announcing import announce
from handlers.interactions.order_keys import resolve_order_keys
from handlers.parsing.options import read_options
from handlers.parsing.order_ids import sift
from handlers.parsing.targets import ids_or_none, take_channel
from handlers.parsing.words import Verb
from handlers.requests import MUTE_FOR, Mute, Unmute
from handlers.wire.text import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Block, Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.tokens import Token
    from handlers.parsing.typed_command import TypedCommand

_FOR = frozenset({"for", "期间"})
_SPAN = re.compile(r"([0-9]{1,4})(h|hours?|小时|d|days?|天|w|weeks?|周)")
_UNITS = {"h": timedelta(hours=1), "小": timedelta(hours=1), "d": timedelta(days=1), "天": timedelta(days=1)}
_UNITS |= {"w": timedelta(weeks=1), "周": timedelta(weeks=1)}
LONGEST_MUTE = timedelta(days=366)
NAMED = 12  # orders named in an answer


def read_mute(command: TypedCommand) -> Mute:
    """Read ``mute``: without ids the whole channel; 24 hours unless said otherwise. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    span, words = _take_span(command, words)
    return Mute(ids_or_none(command, words, where), where.channel, span)


def read_unmute(command: TypedCommand) -> Unmute:
    """Read ``unmute``. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Unmute(ids_or_none(command, words, where), where.channel)


def _take_span(command: TypedCommand, words: list[Token]) -> tuple[timedelta, list[Token]]:
    spans: list[timedelta] = []
    rest: list[Token] = []
    for word in words:
        text = folded(word.text)
        if text in _FOR:
            continue
        if match := _SPAN.fullmatch(text):
            spans.append(int(match[1]) * _UNITS[match[2][0]])
        else:
            rest.append(word)
    again = " ".join(["/panda mute", *(word.text for word in rest), "24h"])
    if len(spans) > 1:
        raise command.refuse(_("there are two durations; choose one"), suggestion=again)
    if spans and not timedelta() < spans[0] <= LONGEST_MUTE:
        raise command.refuse(_("a mute lasts from one hour to a year, e.g. `24h`, `3d`, `2w`"), suggestion=again)
    if not spans and rest and re.fullmatch(r"[0-9]{1,4}", folded(rest[-1].text)) and not _is_split(rest):
        problem = _("{n} of what? Say `{n}h` or `{n}d`").format(n=folded(rest[-1].text))
        shown = " ".join(["/panda mute", *(word.text for word in rest[:-1]), f"{folded(rest[-1].text)}h"])
        raise command.refuse(problem, suggestion=shown)
    return (spans[0] if spans else MUTE_FOR), rest


def _is_split(words: list[Token]) -> bool:
    """Whether the number at the end is the rest of an id rather than a duration."""
    return bool(sift(words, waybills=True).rejoined)


async def mute(interaction: Interaction, request: Mute) -> Message:
    """Keep quiet about some orders, or all, for a while."""
    now = interaction.ctx.clock()
    channel, until = request.channel or interaction.channel, now + request.span
    missing = await set_mute(interaction, channel, request.ids, until)
    found = [one for one in request.ids if one not in missing]
    return muted(channel, found, until, missing, now)


async def unmute(interaction: Interaction, request: Unmute) -> Message:
    """Let news come again."""
    channel = request.channel or interaction.channel
    missing = await set_mute(interaction, channel, request.ids, None)
    return unmuted(channel, [one for one in request.ids if one not in missing], missing)


async def set_mute(interaction: Interaction, channel: str, ids: Sequence[str], until: datetime | None) -> list[str]:
    """Mute or unmute orders or all, and say so. Returns the ids that are not watched there."""
    store, now = interaction.ctx.store, interaction.ctx.clock()
    keys = {one: await resolve_order_keys(store, one) for one in ids}
    each = list(dict.fromkeys(key for found in keys.values() for key in found))
    before = await _muted_until(interaction, channel, each if ids else None)
    if ids:
        done = await store.watches.mute(now, channel, each, until=until, actor=interaction.user)
    else:
        await store.channels.mute(now, channel, until, interaction.user)
    missing = [one for one in ids if not set(keys[one]) & set(done)]
    found = [one for one in ids if one not in missing]
    if found or not ids:
        undo = {"until": before.isoformat() if before else ""}
        if until:
            await announce(
                interaction.ctx, channel, interaction.user, "mute", ids=found, until=until.isoformat(), undo=undo
            )
        elif before:  # that what was not muted is not muted is no news
            await announce(interaction.ctx, channel, interaction.user, "unmute", ids=found, undo=undo)
    return missing


async def _muted_until(interaction: Interaction, channel: str, keys: Sequence[str] | None) -> datetime | None:
    """Until when all of a channel, or the longest of these orders, is muted now."""
    store, now = interaction.ctx.store, interaction.ctx.clock()
    if keys is None:
        times = [(await store.channels.get(channel)).muted_until]
    else:
        times = [watch.muted_until for watch in await store.watches.of_orders(keys) if watch.channel == channel]
    return max((time for time in times if time and time > now), default=None)


async def undo_mute(interaction: Interaction, channel: str, facts: dict[str, Any]) -> None:
    """Mute or unmute as it was before."""
    former = (facts.get("undo") or {}).get("until")
    until, now = datetime.fromisoformat(former) if former else None, interaction.ctx.clock()
    await set_mute(interaction, channel, facts.get("ids") or [], until if until and until > now else None)


def muted(channel: str, ids: Sequence[str], until: datetime, missing: Sequence[str], now: datetime) -> Message:
    """What is quiet now, and how to undo it."""
    blocks: list[Block] = []
    if ids or not missing:
        what = ", ".join(code(one) for one in ids[:12]) if ids else _("everything {where}").format(where=here(channel))
        words = _("🔕 *Muted {what} until {time}*\nCards keep showing the current state, and the log keeps all news.")
        blocks.append(el.section(words.format(what=what, time=slack_date(until, now))))
        blocks += el.actions([run_button(_("Undo"), 1, Unmute(tuple(ids), channel or None))])
    blocks += _not_watched(missing, channel)
    return el.message(blocks)


def unmuted(channel: str, ids: Sequence[str], missing: Sequence[str]) -> Message:
    """News comes again."""
    blocks: list[Block] = []
    if ids or not missing:
        what = ", ".join(code(one) for one in ids[:12]) if ids else _("everything {where}").format(where=here(channel))
        blocks.append(el.section(_("🔔 *News is posted again: {what}*").format(what=what)))
    return el.message(blocks + _not_watched(missing, channel))


def _not_watched(missing: Sequence[str], channel: str) -> list[Block]:
    if not missing:
        return []
    words = ngettext("{ids} is not watched {where}.", "{ids} are not watched {where}.", len(missing))
    return [el.section(words.format(ids=", ".join(code(one) for one in missing[:12]), where=here(channel)))]


def _mute_help() -> HelpPage:
    return HelpPage(
        _("Keep quiet for a while"),
        _("No news of these orders, or of any, is posted here. Cards and the log are kept up to date."),
        (
            ("/panda mute", _("the whole channel, for 24 hours")),
            (f"/panda mute {ID} 3d", _("one order, for three days; `h`, `d` and `w` are hours, days, weeks")),
        ),
    )


def _unmute_help() -> HelpPage:
    return HelpPage(
        _("News again"),
        _("Ends a mute early."),
        (("/panda unmute", _("the channel")), (f"/panda unmute {ID}", _("one order"))),
    )


def _overview() -> list[Example]:
    return [("/panda mute 24h", _("quiet for a while; `/panda settings` has quiet hours and a daily digest"))]


FEATURE = Feature(
    commands=(
        Command(Verb("mute", ("silence", "snooze", "静音", "免打扰")), read_mute, _mute_help),
        Command(Verb("unmute", ("unsilence", "取消静音")), read_unmute, _unmute_help),
    ),
    answers=(Answer(Mute, mute, Need.CHANGE), Answer(Unmute, unmute, Need.CHANGE)),
    overview=_overview,
    undo={"mute": undo_mute, "unmute": undo_mute},
)
