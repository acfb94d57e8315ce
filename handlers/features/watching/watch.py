"""``watch``: an order gets a card in the channel, which shows its state; its news is posted in the card's thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.access.permissions import Need
from handlers.access.subjects import button
from handlers.blocks import action_ids, help_page
from handlers.blocks.error_messages import BETWEEN_PEOPLE
from handlers.blocks.help_page import ID, ID2, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import listed
from handlers.commands.declarations import Answer, Button, Command, Feature, HelpGroup, Overview
from handlers.features.watching import watch_views
from handlers.features.watching.watch_all import is_about_all, read_watch_all
from handlers.features.watching.watches import list_watches
from handlers.interactions.ports import WatchResult
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.targets import take_channel, take_filters, take_ids
from handlers.parsing.words import FILTERS, Verb
from handlers.wire.requests import ListWatches, Track, WatchAll, WatchOrders
from handlers.wire.text import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.interactions.ports import WatchOutcome
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.shipment import Platform
    from tracking.values import Filter


def read_watch(command: TypedCommand) -> WatchOrders | WatchAll | ListWatches:
    """Read ``watch``, also ``watch all`` and ``watch list``. ``watch`` alone names no orders. Raises UsageError."""
    if is_about_all(command):
        return read_watch_all(command)
    if not command.tokens:
        return WatchOrders(())
    if len(command.tokens) == 1 and command.vocabulary.meanings.get(folded(command.tokens[0].text)) == "watches":
        return ListWatches()
    options, words = read_options(command)
    where, words = take_channel(command, words)
    filters, words = take_filters(words)
    if len(filters) > 1:
        problem = _("there are two filters, {filters}; choose one").format(filters=listed(f"`{f}`" for f in filters))
        kept = [token for token in command.tokens if FILTERS.get(folded(token.text)) in {None, filters[0]}]
        raise command.refuse(problem, instead=kept)
    extra = [*filters, *([f"--{options.platform.value}"] if options.platform else [])]
    ids = take_ids(command, words, where, extra)
    return WatchOrders(ids, where.channel, filters[0] if filters else None, options.platform, where.shown)


async def watch(interaction: Interaction, request: WatchOrders) -> Message:
    """Watch orders in a channel; without ids, explain how and show what the channel watches."""
    if not request.ids:
        return help_page.show(_help()).followed_by(await list_watches(interaction, ListWatches()))
    channel = request.channel or interaction.channel
    return await watch_in(
        interaction, request.ids, channel, filter_=request.filter, platform=request.platform, typed_in=request.typed_in
    )


async def watch_in(
    interaction: Interaction,
    ids: Sequence[str],
    channel: str,
    *,
    filter_: Filter | None = None,
    platform: Platform | None = None,
    typed_in: str = "",
) -> Message:
    """Watch orders in a channel. The caller has checked that the person may.

    ``filter_`` None: new watches get the channel's filter, and existing watches keep theirs. ``typed_in``: the channel
    as a person types it; empty: the channel of the interaction.
    """
    chosen = (await interaction.ctx.store.channels.get(channel)).settings
    default = chosen.filter or interaction.ctx.default_filter
    outcomes = await interaction.ctx.tracker.watch(
        ids, channel=channel, filter_=filter_, user=interaction.user, platform=platform, default=default
    )
    if interaction.is_between_people and channel == interaction.channel:
        outcomes = [_explain_refusal(outcome) for outcome in outcomes]
    again = WatchOrders(tuple(ids), channel, filter_, platform)
    return watch_views.outcomes(outcomes, channel, typed_in, again=again)


def _explain_refusal(outcome: WatchOutcome) -> WatchOutcome:
    """Explain why Slack refused a watch in a direct message between people: nobody can invite the bot there."""
    is_unseen = outcome.result is WatchResult.REFUSED and outcome.reason in {"channel_not_found", "not_in_channel"}
    return replace(outcome, reason=BETWEEN_PEOPLE) if is_unseen else outcome


async def watch_here(interaction: Interaction, request: Track | WatchOrders) -> Message:
    """Watch the orders that a button's command names. The command is a ``watch`` or a ``track``."""
    if isinstance(request, Track):
        request = WatchOrders((request.text,), platform=request.platform)
    return await interaction.ctx.commands.perform(interaction, request)


def _need(request: WatchOrders) -> Need:
    """The right to the channel. Without ids the answer only explains the command and lists the watches."""
    return Need.CHANGE if request.ids else Need.READ


def _working() -> str:
    return _("Looking up your orders…")


def _help() -> HelpPage:
    return HelpPage(
        _("Watch orders"),
        _(
            "A card here always shows the current state; updates are posted in its thread, milestones, problems and "
            "prices in the channel too (`/panda settings`). Choose `all`, `milestones` or `problems`."
        ),
        (
            (f"/panda watch {ID}", _("here, all updates")),
            (f"/panda watch {ID} {ID2} problems", _("two orders, problems only")),
            (f"/panda watch {ID} in #purchasing", _("in another channel; invite me there first if it is private")),
            ("/panda watch all", _("every order of the account, new ones too")),
            ("/panda watch all shipped problems", _("all that are on their way, problems only")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda watch {ID}", _("post an order's updates in this channel"))]


VERB = Verb("watch", ("w", "follow", "subscribe", "关注", "订阅"), PLATFORMS, takes_filters=True)
WATCHING = button("the channel that the button's watch command names, or in which it is pressed", Track, WatchOrders)

FEATURE = Feature(
    commands=(
        Command(
            VERB,
            read_watch,
            _help,
            slash="order IDs [in #channel] [all|milestones|problems]",
            stands_alone=True,
        ),
    ),
    answers=(Answer(WatchOrders, watch, _need, _working),),
    buttons=(Button(action_ids.WATCH_HERE, WATCHING, watch_here),),
    overview=Overview(HelpGroup.FOLLOW, _overview),
)
