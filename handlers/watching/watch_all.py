"""``watch all`` and ``unwatch all``: a channel watches every order of the account, future ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject, one_channel
from handlers.blocks import action_ids, order_states
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import listed
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Button, Feature, HelpGroup, Overview
from handlers.interactions.announcing import announce
from handlers.parsing.options import read_options
from handlers.parsing.order_ids import sift
from handlers.parsing.targets import take_channel
from handlers.parsing.words import FILTERS
from handlers.watching import watch_all_views
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError
from handlers.wire.requests import UnwatchAll, WatchAll
from handlers.wire.text import folded
from tracking.messages import SettingsChanged, StoppedAll, WatchingAll
from tracking.values import Filter

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

_ALL = frozenset({"all", "everything", "全部", "所有"})


def is_about_all(command: TypedCommand) -> bool:
    """Whether ``all`` after ``watch`` or ``unwatch`` means every order, and not the filter for ids that follow."""
    if not command.tokens or folded(command.tokens[0].text) not in _ALL:
        return False
    _where, words = take_channel(command, command.tokens[1:])  # a channel's name may look like a waybill
    return not sift(words, waybills=True).good


def read_watch_all(command: TypedCommand) -> WatchAll:
    """Read ``watch all [state] [filter]``. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words[1:])
    states = {**{state: state for state in order_states.STATES}, **order_states.SYNONYMS}
    status, filter_ = "", None
    for word in words:
        text = folded(word.text)
        if text in FILTERS and not filter_:
            filter_ = FILTERS[text]
        elif text in states and not status:
            status = states[text]
        else:
            problem = _("{word} is neither a state ({states}) nor a filter ({filters})").format(
                word=code(word.text, 40),
                states=listed(f"`{state}`" for state in order_states.STATES),
                filters=listed(f"`{name}`" for name in Filter),
            )
            raise command.refuse(problem, suggestion=" ".join(["/panda watch all", *where.typed()]))
    return WatchAll(where.channel, status, filter_)


def read_unwatch_all(command: TypedCommand) -> UnwatchAll:
    """Read ``unwatch all``. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words[1:])
    if words:
        problem = _("{word} is not expected here: this ends `watch all`; to stop single orders, give their IDs")
        raise command.refuse(problem.format(word=code(words[0].text, 40)), suggestion="/panda unwatch all")
    return UnwatchAll(where.channel)


async def watch_all(interaction: Interaction, request: WatchAll) -> Message:
    """Watch every order of the account in a channel. Present orders join with their state as the baseline."""
    channel = request.channel or interaction.channel
    chosen = (await interaction.ctx.store.channels.get(channel)).settings
    subscriptions = await interaction.ctx.store.subscriptions.active(channel)
    filters = [subscription.filter for subscription in subscriptions if subscription.status == request.status]
    former = filters[0] if filters else None
    filter_ = request.filter or former or chosen.filter or interaction.ctx.default_filter
    joined = await interaction.ctx.subscribe(channel, request.status, filter_, interaction.user)
    if joined.is_new or filter_ != former:
        replaced = None if joined.is_new else former
        change = WatchingAll(interaction.user, joined.count, filter_, request.status, replaced)
        await announce(interaction.ctx, channel, change)
    others = {Filter(each): ids for each, ids in (await _filters(interaction, channel)).items() if each != filter_}
    return watch_all_views.watching(channel, request.status, filter_, joined, others)


async def _filters(interaction: Interaction, channel: str) -> dict[str, list[int]]:
    return await interaction.ctx.store.watches.filters(channel)


async def filter_all(interaction: Interaction, chosen: tuple[str, Filter]) -> Message:
    """Let all that a channel watches post by one filter, also what was watched before, and tell the channel."""
    (channel, filter_), ctx = chosen, interaction.ctx
    former, settings = await _filters(interaction, channel), (await ctx.store.channels.get(channel)).settings
    if await ctx.store.watches.set_filters(ctx.clock(), channel, filter_, interaction.user):
        change = SettingsChanged(interaction.user, settings, settings, filter_, former)
        await announce(ctx, channel, change)
    return watch_all_views.filtered(filter_)


async def _channel_and_filter(interaction: Interaction, _given: Any) -> Claim:
    channel, _blank, filter_ = payloads.value(interaction.body).partition(" ")
    if filter_ not in set(Filter):
        raise OutdatedError
    [named] = one_channel(channel, Need.CHANGE).channels
    return Claim((named, Filter(filter_)), (named,), Need.CHANGE)


async def unwatch_all(interaction: Interaction, request: UnwatchAll) -> Message:
    """End every ``watch all`` of a channel, and the watches that it added."""
    channel = request.channel or interaction.channel
    subscriptions, ended = await _end(interaction, channel)
    return watch_all_views.ended(channel, subscriptions, ended)


async def _end(interaction: Interaction, channel: str) -> tuple[int, int]:
    """End every ``watch all`` of a channel, and tell the channel. Return how many ended, and how many watches."""
    now = interaction.ctx.clock()
    subscriptions, ended = await interaction.ctx.store.subscriptions.unsubscribe(now, channel, interaction.user)
    if subscriptions:
        await announce(interaction.ctx, channel, StoppedAll(interaction.user, now))
    return subscriptions, ended


async def undo_watch_all(interaction: Interaction, channel: str, change: WatchingAll) -> None:
    """Restore the filter that the ``watch all`` replaced; end a ``watch all`` that was new."""
    ctx, user = interaction.ctx, interaction.user
    if change.former:
        joined = await ctx.subscribe(channel, change.status, change.former, user)
        await announce(ctx, channel, WatchingAll(user, joined.count, change.former, change.status))
    else:
        await _end(interaction, channel)


async def undo_unwatch_all(interaction: Interaction, channel: str, change: StoppedAll) -> None:
    """Start every ``watch all`` again that ``unwatch all`` ended, with its watches."""
    store, now, user = interaction.ctx.store, interaction.ctx.clock(), interaction.user
    n = await store.subscriptions.resubscribe(now, channel, change.at, user)
    subscriptions = await store.subscriptions.active(channel)
    filter_ = subscriptions[-1].filter if subscriptions else None
    await announce(interaction.ctx, channel, WatchingAll(user, n, filter_))


def _working() -> str:
    return _("Looking up your orders…")


def _overview() -> list[Example]:
    return [("/panda watch all", _("post the updates of every order in this channel"))]


CHANNEL_AND_FILTER = Subject("the channel that the button carries", _channel_and_filter)

FEATURE = Feature(
    answers=(
        Answer(WatchAll, watch_all, Need.CHANGE, _working),
        Answer(UnwatchAll, unwatch_all, Need.CHANGE),
    ),
    buttons=(Button(action_ids.FILTER_ALL, CHANNEL_AND_FILTER, filter_all),),
    overview=Overview(HelpGroup.FOLLOW, _overview),
    undo={WatchingAll: undo_watch_all, StoppedAll: undo_unwatch_all},
)
