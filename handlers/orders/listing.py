"""``orders``: the list of the account's orders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.blocks import order_states
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature
from handlers.interactions.platforms import ask_each
from handlers.orders import views
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.order_ids import sift
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb, nearest
from handlers.requests import ListOrders
from handlers.wire.text import folded
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

PAGE_SIZE = 10  # orders on a page; halved when both platforms share it


def read_orders(command: TypedCommand) -> ListOrders:
    """Read ``orders``. Raises UsageError."""
    options, words = read_options(command)
    if not words:
        return ListOrders("", options.platform, options.page)
    states = {**{state: state for state in order_states.STATES}, **order_states.SYNONYMS}
    status = states.get(folded(words[0].text))
    if len(words) == 1 and status is not None:
        return ListOrders(status, options.platform, options.page)
    typed = " ".join(word.text for word in words)
    ids = sift(words, waybills=True)
    if (ids.good and not ids.bad) or re.fullmatch(r"[0-9]{5,}", folded(typed)):
        order_id = ids.good[0] if ids.good else typed
        problem = _("this lists many orders; `/panda order` shows one")
        raise command.refuse(problem, suggestion=f"/panda {'order' if order_id.isdigit() else 'track'} {order_id}")
    if len(words) == 1 and folded(typed) in {"1688", "taobao"}:
        problem = _("the platform is given with two hyphens")
        raise command.refuse(problem, suggestion=f"/panda orders --{folded(typed)}")
    guess = status if status is not None else nearest(folded(words[0].text), states)
    problem = _("{word} is not an order state. States: {states}").format(
        word=code(typed, 40), states=", ".join(f"`{state}`" for state in order_states.STATES)
    )
    raise command.refuse(problem, suggestion=text_of(ListOrders(guess or "", options.platform, options.page)))


async def list_orders(interaction: Interaction, request: ListOrders) -> Message:
    """Show one page of the account's orders, in the API's order: newest first."""
    platforms = [request.platform] if request.platform else list(Platform)
    pages, errors = await ask_each(
        platforms,
        lambda platform: interaction.ctx.api.orders(
            platform,
            status=order_states.code(request.status, platform),
            page=request.page,
            page_size=PAGE_SIZE // len(platforms),
        ),
    )
    known = await interaction.ctx.tracker.listed([order for page in pages.values() for order in page.items])
    return views.listing(request, pages, errors, known)


def _help() -> HelpPage:
    return HelpPage(
        _("List orders"),
        _("The account's orders: `unpaid`, `paid`, `shipped`, `done`, `cancelled`, or all."),
        (
            ("/panda orders", _("all")),
            ("/panda orders shipped --taobao --page 2", _("in one state, on one platform")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda orders shipped", _("the account's orders"))]


VERB = Verb("orders", ("订单列表", "所有订单", "全部订单"), PLATFORMS | {"page"})

FEATURE = Feature(
    commands=(Command(VERB, read_orders, _help, stands_alone=True),),
    answers=(Answer(ListOrders, list_orders),),
    overview=_overview,
)
