"""``discover``: the products of a seller, products similar to another, and 1688's own selections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.text import code, truncate
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.goods import discover_view
from handlers.parsing.options import read_options
from handlers.parsing.references import read_reference
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb, nearest
from handlers.wire.requests import Discover, ShowCategories
from handlers.wire.text import folded, is_number
from pandapon.operations import goods

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.operations.operation import Operation
    from pandapon.operations.requests import Request

PAGE_SIZE = 10  # products on a page
MAX_KEYWORD = 100  # characters; a button that carries the request must hold them


def _selection(asked: Discover) -> Request:
    return goods.Selection(keyword=asked.about or None, begin_page=asked.page, page_size=PAGE_SIZE)


# By kind of list: the operation, and the function that makes its request.
KINDS: dict[str, tuple[Operation[Any, Any], Callable[[Discover], Request]]] = {
    "store": (
        goods.STORE,
        lambda asked: goods.SearchStore(seller_open_id=asked.about, begin_page=asked.page, page_size=PAGE_SIZE),
    ),
    "similar": (
        goods.RELATED,
        lambda asked: goods.Related(offer_id=asked.about, page_no=asked.page, page_size=PAGE_SIZE),
    ),
    "hot": (goods.HOT, _selection),
    "selection": (goods.SELECTION, _selection),
    "global": (goods.GLOBAL_SELECTION, _selection),
    "recommended": (goods.RECOMMENDED, _selection),
}
CATEGORY_WORDS = frozenset({"category", "categories", "类目", "分类"})
CATEGORY_DIGITS = 18  # of a category's id, at most
NEED_AN_ID = frozenset({"store", "similar"})
SYNONYMS = {
    "热销": "hot",
    "热榜": "hot",
    "榜单": "hot",
    "精选": "selection",
    "严选": "selection",
    "推荐": "recommended",
}


def read_discover(command: TypedCommand) -> Discover | ShowCategories:
    """Read ``discover KIND [ID|WORDS]``. Raises UsageError."""
    options, words = read_options(command)
    if words and folded(words[0].text) in CATEGORY_WORDS:
        return _read_category(command, [word.text for word in words[1:]])
    known = {**{kind: kind for kind in KINDS}, **SYNONYMS}
    first = folded(words[0].text) if words else "hot"
    kind = known.get(first)
    if kind is None:
        guess = nearest(first, known) or "hot"
        problem = _("{word} is none of {kinds}").format(
            word=code(words[0].text, 40), kinds=", ".join(f"`{name}`" for name in KINDS)
        )
        raise command.refuse(problem, suggestion=text_of(Discover(guess)) if guess not in NEED_AN_ID else "")
    about = " ".join(word.text for word in words[1:])[:MAX_KEYWORD]
    if kind in NEED_AN_ID:
        product = read_reference(words[1].target or words[1].text) if len(words) == 2 else None  # noqa: PLR2004  kind and id
        if product is None:
            problem = _("open a product and press “More from this seller” or “Similar products”")
            raise command.refuse(problem, suggestion="/panda help product")
        about = product.product_id
    return Discover(kind, about, options.page)


def _read_category(command: TypedCommand, words: list[str]) -> ShowCategories:
    wanted = folded(words[0]) if words else "0"
    if len(words) > 1 or not is_number(wanted, CATEGORY_DIGITS):
        problem = _("a category has a number, which {command} shows").format(command="`/panda discover category`")
        raise command.refuse(problem, suggestion="/panda discover category")
    return ShowCategories(wanted)


async def discover(interaction: Interaction, request: Discover) -> Message:
    """Show one page of a list of products. Raises PandaPonError."""
    operation, make = KINDS[request.kind]
    page = await interaction.ctx.api.run(operation, make(request))
    return discover_view.listing(request, page)


def _not_listed(request: Discover) -> str:
    return _("Couldn't list {what}").format(
        what=discover_view.heading(replace(request, about=truncate(request.about, 40)))
    )


def _help() -> HelpPage:
    return HelpPage(
        _("Discover products"),
        _(
            "1688's hot list, selections and recommendations, with or without a word. "
            "A seller's other products and similar ones are a button on each product."
        ),
        (
            ("/panda discover hot", _("the hot list")),
            ("/panda discover category", _("1688's categories; each leads to its parts or to a search")),
            ("/panda discover selection 连衣裙", _("1688's selection for a word; also `global` and `recommended`")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda discover hot", _("1688's hot list and selections"))]


VERB = Verb("discover", ("发现", "热榜", "热销"), frozenset({"page"}), takes_words=True)

FEATURE = Feature(
    commands=(Command(VERB, read_discover, _help),),
    answers=(Answer(Discover, discover, failed=_not_listed, is_repeatable=True),),
    overview=Overview(HelpGroup.FIND, _overview),
)
