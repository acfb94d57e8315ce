"""A list of products that is no search result: a seller's products, similar ones, or a selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.message import LIST_ROOM, Layout
from handlers.blocks.paging import of_answers
from handlers.blocks.text import truncate
from handlers.features.goods.facts import price, seller_and_place, title
from handlers.parsing.references import is_named, reference
from handlers.wire.requests import ShowProducts

if TYPE_CHECKING:
    from handlers.blocks.message import Block, Message
    from handlers.wire.requests import Discover
    from pandapon.models import Page, Product

ALT = 40  # characters of a picture's description
DETAILS = 10  # the numbers in the ids of these buttons count from 11; the paging has the first ones


def listing(request: Discover, page: Page[Product]) -> Message:
    """Show one page: title, price and seller of each product, its picture, and buttons for details."""
    paging = of_answers(request, [page])
    buttons = [_details(product, at) for at, product in enumerate(page.items, 1) if is_named(product)]
    small_print = [paging.words()]
    if page.total is not None:
        small_print.append(_("{n} products").format(n=number(page.total)))
    layout = Layout(
        [el.header(heading(request)), el.context(" · ".join(word for word in small_print if word))],
        tail=[*el.actions(buttons), *el.actions(paging.buttons())],
        room=LIST_ROOM,
    )
    for at, product in enumerate(page.items, 1):
        words = " · ".join([price(product), *seller_and_place(product)])
        picture = el.image(product.image_url, product.title[:ALT]) if product.image_url else None
        if not layout.add(el.section(f"*{at}. {title(product)}*\n{words}", picture)):
            break
    if not page.items:
        layout.add(el.section(_("There are no products here.")))
    return el.message(layout.blocks)


def heading(request: Discover) -> str:
    """The name of the list, as plain text."""
    names = {
        "store": _("More from this seller"),
        "similar": _("Similar products"),
        "hot": _("Hot on 1688"),
        "selection": _("Selected by 1688"),
        "global": _("Selected for export"),
        "recommended": _("Recommended by 1688"),
    }
    name = names[request.kind]
    if request.kind in {"store", "similar"} or not request.about:
        return name
    return _("{list}: {words}").format(list=name, words=truncate(request.about, 60))


def _details(product: Product, at: int) -> Block:
    label = _("Details {n}").format(n=at)
    return el.button(label, f"{action_ids.SHOW}{DETAILS + at}", ShowProducts((reference(product),)).command())
