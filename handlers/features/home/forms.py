"""The buttons of App Home. A home cannot show a private answer, so its buttons open forms, which show the answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Need
from handlers.access.subjects import PERSON, Subject, channel_claim, claimed
from handlers.blocks import action_ids
from handlers.blocks.forms import value_of
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page
from handlers.commands.declarations import Feature, Form, Listener, Opener, asking
from handlers.features.home import form_views
from handlers.parsing.references import read_reference
from handlers.wire import payloads
from handlers.wire.requests import ListOrders, Search, ShowProducts
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.access.permissions import Claim
    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction


@dataclass(frozen=True, slots=True)
class FilledSearch:
    """The filled search form. ``platform`` None: both platforms; ``wrong``: sentences by field."""

    keyword: str
    platform: Platform | None = None
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledChannel:
    """The channel whose settings a person wants to see. ``wrong``: sentences by field."""

    channel: str
    wrong: dict[str, str] = field(default_factory=dict)


async def open_search(_interaction: Interaction, _nothing: Any) -> View:
    """Make the empty search form."""
    return form_views.search()


def read_search(values: dict[str, Any]) -> FilledSearch:
    """Read the search form's ``state.values``."""
    keyword = " ".join(value_of(values, "keyword", "value").split())
    chosen = value_of(values, "platform", "selected_option")
    platform = Platform(chosen) if chosen in set(Platform) else None
    wrong = {} if keyword else {"keyword": _("What should I search for? For example: 连衣裙")}
    return FilledSearch(keyword, platform, wrong)


async def search(interaction: Interaction, _nothing: Any, filled: FilledSearch) -> View:
    """Show the first page of results, or the product that a pasted link names. Buttons turn the pages in the form."""
    product = read_reference(filled.keyword) if "://" in filled.keyword else None
    request = ShowProducts((product,)) if product else Search(filled.keyword, filled.platform)
    return form_views.results(await interaction.ctx.commands.perform(interaction, request))


async def open_orders(subject: Subject, interaction: Interaction) -> None:
    """Open a form at once, since Slack's trigger is valid for three seconds, and list the orders in it."""
    trigger = payloads.text(interaction.body, "trigger_id")
    opened = await interaction.client.views_open(trigger_id=trigger, view=form_views.waiting_for_orders())
    in_form = replace(interaction, body={**interaction.body, "view": payloads.table(opened.data, "view")})
    await in_form.answer(_orders(in_form, subject), asking(), replace=True)


async def _orders(interaction: Interaction, subject: Subject) -> Message:
    await claimed(interaction, subject)
    return await interaction.ctx.commands.perform(interaction, ListOrders())


async def open_settings(_interaction: Interaction, _nothing: Any) -> View:
    """Make the form that asks for the channel."""
    return form_views.whose_settings()


def read_channel(values: dict[str, Any]) -> FilledChannel:
    """Read the ``state.values`` of the form that asks for the channel."""
    channel = value_of(values, "channel", "selected_conversation")
    return FilledChannel(channel, {} if channel else {"channel": _("Choose a channel.")})


async def settings(interaction: Interaction, channel: str, _filled: FilledChannel) -> View:
    """Show the form with the channel's settings, as the button of ``/panda settings`` does."""
    return await interaction.ctx.commands.opener(action_ids.EDIT_SETTINGS).view(interaction, channel)


async def _chosen(_interaction: Interaction, filled: FilledChannel) -> Claim:
    return channel_claim(filled.channel, Need.CHANGE)


CHOSEN = Subject("the channel chosen in the form, to see and change its settings", _chosen)

FEATURE = Feature(
    openers=(
        Opener("action", action_ids.SEARCH_PRODUCTS, PERSON, open_search, answer_page),
        Opener("action", action_ids.CHOOSE_SETTINGS, PERSON, open_settings, answer_page),
    ),
    forms=(
        Form(action_ids.SEARCH_PRODUCTS, PERSON, read_search, search, form_views.searching, form_views.results),
        Form(
            action_ids.CHOOSE_SETTINGS, CHOSEN, read_channel, settings, form_views.opening_settings, form_views.refused
        ),
    ),
    listeners=(Listener("action", action_ids.MY_ORDERS, PERSON, open_orders),),
)
