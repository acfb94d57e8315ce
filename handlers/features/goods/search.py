"""``search``: find products on one platform or on both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.text import escape, truncate
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.goods import products
from handlers.features.goods.product_view import MAX_COMPARED
from handlers.interactions.platforms import ask_each
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.references import linked_products
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb
from handlers.wire.requests import Search, ShowProducts
from pandapon.models import ProductQuery
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

MAX_KEYWORD = 200  # characters; a button that carries the search must hold it
PAGE_SIZE = 10  # products on a page; halved when both platforms share it


def read_search(command: TypedCommand) -> Search | ShowProducts:
    """Read ``search``. Words that are all links to products show these products instead. Raises UsageError."""
    options, words = read_options(command)
    if 0 < len(linked := linked_products(words)) <= MAX_COMPARED:
        return ShowProducts(linked)
    keyword = " ".join(" ".join(word.text for word in words).split())
    if not keyword:
        raise command.refuse(
            _("What should I search for? E.g. {example}").format(example="`/panda search 连衣裙`"),
            suggestion="/panda help search",
        )
    request = Search(keyword, options.platform, options.page, options.sort, options.price_min, options.price_max)
    if len(keyword) > MAX_KEYWORD:
        problem = ngettext(
            "a search has at most {most} characters, this one has {n}",
            "a search has at most {most} characters, this one has {n}",
            len(keyword),
        )
        shorter = replace(request, keyword=keyword[:MAX_KEYWORD].rstrip())
        raise command.refuse(problem.format(most=MAX_KEYWORD, n=len(keyword)), suggestion=text_of(shorter))
    if request.price_min is not None and request.price_max is not None and request.price_min > request.price_max:
        swapped = replace(request, price_min=request.price_max, price_max=request.price_min)
        problem = _("the lowest price, {low}, is above the highest, {high}")
        raise command.refuse(problem.format(low=request.price_min, high=request.price_max), suggestion=text_of(swapped))
    return request


async def search(interaction: Interaction, request: Search) -> Message:
    """Show one page of results. If one of two platforms fails, show the other's results and the reason.

    Raises PandaPonError where no platform answers.
    """
    platforms = _platforms(request)
    pages, errors = await ask_each(platforms, lambda platform: interaction.ctx.api.search(platform, _query(request)))
    return products.results(request, pages, errors)


def _platforms(request: Search) -> list[Platform]:
    return [request.platform] if request.platform else list(Platform)


def _query(request: Search) -> ProductQuery:
    """The query for each platform. The platforms that are asked share the page's rows evenly."""
    return ProductQuery(
        keyword=request.keyword,
        page=request.page,
        page_size=PAGE_SIZE // len(_platforms(request)),
        sort=request.sort,
        price_min=request.price_min,
        price_max=request.price_max,
    )


def _searching() -> str:
    return _("Searching…")


def _not_searched(request: Search) -> str:
    return _("Couldn't search {keyword}").format(keyword=escape(truncate(request.keyword, 60)))


def _help() -> HelpPage:
    return HelpPage(
        _("Search products"),
        _(
            "Finds products on both platforms, or on one. Prices are in yuan. "
            "Put words in quotes to search for them as typed."
        ),
        (
            ("/panda search 连衣裙", _("both platforms")),
            (
                "/panda search 连衣裙 --1688 --sort price",
                _("one platform, cheapest first; `-price` and `sales` work too"),
            ),
            ("/panda search 手机壳 --min 5 --max 80 --page 2", _("a range of prices, another page")),
            ("/panda-search 连衣裙", _("the same, shorter")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda search 连衣裙 --max 80", _("products on 1688 and Taobao"))]


VERB = Verb(
    "search",
    ("s", "find", "搜索", "查找", "搜", "找"),
    PLATFORMS | {"sort", "min", "max", "page"},
    takes_words=True,
)

FEATURE = Feature(
    commands=(Command(VERB, read_search, _help, slash="连衣裙 [--1688|--taobao] [--sort price] [--max 80]"),),
    answers=(Answer(Search, search, working=_searching, failed=_not_searched, is_repeatable=True),),
    overview=Overview(HelpGroup.FIND, _overview),
)
