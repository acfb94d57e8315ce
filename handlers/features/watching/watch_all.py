"""``watch all`` and ``unwatch all``: a channel watches every order of the account, future ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject, channel_claim
from handlers.blocks import action_ids, order_states
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import listed
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Button, Feature, HelpGroup, Overview
from handlers.features.watching import watch_all_views
from handlers.interactions.announcing import announce
from handlers.parsing.options import read_options
from handlers.parsing.order_ids import sift_ids
from handlers.parsing.targets import take_channel
from handlers.parsing.words import FILTERS
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
    from storage.subscription import Subscription

_ALL = frozenset({"all", "everything", "全部", "所有"})


def is_about_all(command: TypedCommand) -> bool:
    """Whether ``all`` after ``watch`` or ``unwatch`` means every order. If ids follow, it is their filter."""
    if not command.tokens or folded(command.tokens[0].text) not in _ALL:
        return False
    _where, words = take_channel(command, command.tokens[1:])  # a channel's name may look like a waybill
    return not sift_ids(words, waybills=True).good


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
    """Watch every order of the account in a channel. Present orders join with their present state as the baseline."""
    channel = request.channel or interaction.channel
    chosen = (await interaction.ctx.store.channels.get(channel)).settings
    subscriptions = await interaction.ctx.store.subscriptions.active(channel)
    filters = [subscription.filter for subscription in subscriptions if subscription.status == request.status]
    former = filters[0] if filters else None
    filter_ = request.filter or former or chosen.filter or interaction.ctx.default_filter
    joined = await interaction.ctx.subscribe(channel, request.status, filter_, interaction.user)
    if joined.is_new or filter_ != former:
        replaced = None if joined.is_new else former
        change = WatchingAll(interaction.user, joined.count, filter_, request.status, replaced, joined.subscription)
        await announce(interaction.ctx, channel, change)
    watched = await _filters(interaction, channel)
    other_filters = {Filter(name): ids for name, ids in watched.items() if name != filter_}
    return watch_all_views.watching(channel, request.status, filter_, joined, other_filters)


async def _filters(interaction: Interaction, channel: str) -> dict[str, list[int]]:
    return await interaction.ctx.store.watches.filters(channel)


async def filter_all(interaction: Interaction, chosen: tuple[str, Filter]) -> Message:
    """Give every watch and every ``watch all`` of a channel the same filter, and tell the channel."""
    (channel, filter_), ctx = chosen, interaction.ctx
    settings = (await ctx.store.channels.get(channel)).settings
    former = await ctx.store.watches.set_filters(ctx.clock(), channel, filter_, interaction.user)
    if any(former):
        await announce(ctx, channel, SettingsChanged(interaction.user, settings, settings, filter_, *former))
    return watch_all_views.filtered(filter_)


async def _channel_and_filter(interaction: Interaction, _given: Any) -> Claim:
    channel, _blank, filter_ = payloads.value(interaction.body).partition(" ")
    if filter_ not in set(Filter):
        raise OutdatedError
    [named] = channel_claim(channel, Need.CHANGE).channels
    return Claim((named, Filter(filter_)), (named,), Need.CHANGE)


async def unwatch_all(interaction: Interaction, request: UnwatchAll) -> Message:
    """End every ``watch all`` of a channel, and the watches that it added, and tell the channel."""
    channel, now = request.channel or interaction.channel, interaction.ctx.clock()
    subscriptions, ended = await interaction.ctx.store.subscriptions.unsubscribe(now, channel, interaction.user)
    if subscriptions:
        status = subscriptions[0].status if len(subscriptions) == 1 else ""
        await announce(interaction.ctx, channel, StoppedAll(interaction.user, now, status))
    return watch_all_views.ended(channel, subscriptions, ended)


async def undo_watch_all(interaction: Interaction, channel: str, change: WatchingAll) -> bool:
    """Restore the filter that a ``watch all`` replaced, or end the ``watch all`` if it was new.

    A ``watch all`` that has ended or got another filter since then stays as it is. Return whether anything was undone.
    """
    subscriptions = await interaction.ctx.store.subscriptions.active(channel)
    subscription = next((row for row in subscriptions if _is_of_line(row, change)), None)
    if subscription is None:
        return False
    if change.former is None:
        return await _end_one(interaction, subscription)
    joined = await interaction.ctx.subscribe(channel, change.status, change.former, interaction.user)
    facts = interaction.user, joined.count, change.former, change.status, change.filter, joined.subscription
    await announce(interaction.ctx, channel, WatchingAll(*facts))
    return True


def _is_of_line(subscription: Subscription, change: WatchingAll) -> bool:
    """Whether a subscription is the line's and unchanged. Lines of earlier versions may lack its number and filter."""
    is_same = change.subscription in {0, subscription.id} and subscription.status == change.status
    return is_same and change.filter in {None, subscription.filter}


async def _end_one(interaction: Interaction, subscription: Subscription) -> bool:
    ctx, user, now, channel = interaction.ctx, interaction.user, interaction.ctx.clock(), subscription.channel
    states = {status: order_states.milestones_of(status) for status in order_states.STATES}
    passed_on = await ctx.store.subscriptions.unsubscribe_one(now, subscription.id, user, states)
    if passed_on is None:
        return False
    remaining = tuple(row.status for row in await ctx.store.subscriptions.active(channel))
    await announce(ctx, channel, StoppedAll(user, now, subscription.status, remaining, tuple(passed_on)))
    return True


async def undo_unwatch_all(interaction: Interaction, channel: str, change: StoppedAll) -> bool:
    """Start each ended ``watch all`` again, with its watches, and tell the channel. Return whether any was started."""
    store, now, user = interaction.ctx.store, interaction.ctx.clock(), interaction.user
    resumed = await store.subscriptions.resubscribe(now, channel, change.at, user, passed_on=change.passed_on)
    for subscription, n in resumed:
        line = WatchingAll(user, n, subscription.filter, subscription.status, subscription=subscription.id)
        await announce(interaction.ctx, channel, line)
    return bool(resumed)


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
