"""The forms behind the buttons of App Home, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import field, option
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.pages import answer_page, orders_page
from handlers.commands.declarations import asking
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.blocks.message import Message

View = dict[str, Any]

KEYWORD = 200  # characters; the paging buttons carry the keyword


def search() -> View:
    """Make the form that asks what to search for. The fields are ``keyword`` and ``platform``."""
    platforms = [option("both", _("1688 and Taobao"))]
    platforms += [option(platform.value, platform_name(platform)) for platform in Platform]
    keyword = {"type": "plain_text_input", "action_id": "value", "max_length": KEYWORD}
    platform_menu = {
        "type": "radio_buttons",
        "action_id": "value",
        "options": platforms,
        "initial_option": platforms[0],
    }
    fields = [field(_("Products"), "keyword", keyword), field(_("Where"), "platform", platform_menu)]
    return orders_page(fields, submit=_("Search"), title=_search_title()) | {"callback_id": action_ids.SEARCH_PRODUCTS}


def searching() -> View:
    """The page that is shown while the platforms are asked."""
    return orders_page([el.section("⏳ " + _("Searching…"))], title=_search_title())


def results(message: Message) -> View:
    """The page with the results of a search, or with an error."""
    return answer_page(message, title=_search_title())


def waiting_for_orders() -> View:
    """The page that is shown while PandaPon is asked for the orders."""
    return orders_page([el.section(f"⏳ {asking()}")], title=_("My orders"))


def whose_settings() -> View:
    """Make the form that asks for the channel whose settings to show. The field is ``channel``."""
    channels = {
        "type": "conversations_select",
        "action_id": "value",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    page = orders_page([field(_("Channel"), "channel", channels)], submit=_("Next"), title=_("Channel settings"))
    return page | {"callback_id": action_ids.CHOOSE_SETTINGS}


def opening_settings() -> View:
    """The page that is shown while the settings are read."""
    return orders_page([el.section("⏳ " + _("Reading the settings…"))], title=_("Channel settings"))


def refused(message: Message) -> View:
    """The page that explains why the settings of a channel are not shown."""
    return answer_page(message, title=_("Channel settings"))


def _search_title() -> str:
    return _("Search products")
