"""Search results: products, and buttons for platform, sorting and details."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.message import LIST_ROOM, LIST_TEXT, Layout, first_fitting
from handlers.blocks.paging import of_answers
from handlers.blocks.parts import run_button
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import code, money, truncate
from handlers.features.goods.facts import TITLE, price, seller_and_place, title
from handlers.features.goods.product_view import MAX_COMPARED
from handlers.parsing.references import is_named, reference
from handlers.wire.requests import Search, SearchPicture, ShowProducts
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block, Message
    from pandapon.models import Page, Product

AnySearch = Search | SearchPicture

ALT = 40  # characters of a picture's description
# The numbers in the ids of the buttons; the paging has 1 and 2.
ANY_PRICE, AGAIN, COMPARE, PLATFORM, SORT, DETAILS = 3, 4, 5, 11, 21, 31


def results(request: AnySearch, pages: dict[Platform, Page[Product]], errors: dict[Platform, str]) -> Message:
    """Show one page of each platform that answered, and why the others did not.

    ``errors``: by platform, the reason as Slack text. Where the message would be too long, the Details buttons are
    left out first, and then the pictures.
    """
    products = _in_order(request, pages)
    if not products and not errors:
        return _nothing(request, pages)
    variants = [(False, True), (False, False)]
    if any(el.image(product.image_url, "") for product in products):
        variants = [(True, True), (True, False), (False, False)]
    layout, left_out = first_fitting(
        _layout(request, pages, errors, products, with_pictures=pictures, with_details=details)
        for pictures, details in variants
    )
    if left_out:
        layout.note(el.context(_more(left_out)))
    return el.message(layout.blocks, longest=LIST_TEXT)


def _layout(
    request: AnySearch,
    pages: dict[Platform, Page[Product]],
    errors: dict[Platform, str],
    products: Sequence[Product],
    *,
    with_pictures: bool,
    with_details: bool,
) -> tuple[Layout, int]:
    """The message, and the number of products that did not fit into it.

    A section of Slack has room for one thing beside its text. Where that is the picture, the Details buttons are below
    the list, with the products' numbers.
    """
    is_numbered = with_pictures and with_details
    details = [_details(product, at, is_numbered=is_numbered) for at, product in enumerate(products, 1)]
    compare = _compare(products) if with_details else []
    again = [run_button(_("Try again"), AGAIN, request)] if errors else []
    layout = Layout(
        [
            el.header(_heading(request)),
            *el.actions(_choices(request)),
            el.context(_summary(request, pages)),
        ],
        tail=[
            *(el.actions(button for button in details if button) if is_numbered else ()),
            *el.actions([*of_answers(request, pages.values()).buttons(), *compare, *again]),
        ],
        room=LIST_ROOM,
    )
    for platform, reason in errors.items():
        layout.add(_not_searched(platform, reason))
    if not products and pages:
        layout.add(el.section(_advice(request)))
    for at, product in enumerate(products):
        beside = el.image(product.image_url, product.title[:ALT]) if with_pictures else None
        if with_details and not with_pictures:
            beside = details[at]
        position = f"{at + 1}. " if is_numbered else ""
        if not layout.add(el.section(f"*{position}{title(product)}*\n{_lines(product, len(pages) > 1)}", beside)):
            return layout, len(products) - at
    return layout, 0


def _heading(request: AnySearch) -> str:
    if isinstance(request, SearchPicture):
        return _("Products like this picture")
    return _("Search: {keyword}").format(keyword=truncate(request.keyword, TITLE))


def _compare(products: Sequence[Product]) -> list[Block]:
    """The button that shows the first products side by side, where there are several."""
    first = [reference(product) for product in products if is_named(product)][:MAX_COMPARED]
    if len(first) < 2:  # noqa: PLR2004  a comparison needs a second product
        return []
    label = _("Compare the first {n}").format(n=len(first))
    return [el.button(label, f"{action_ids.SHOW}{COMPARE}", ShowProducts(tuple(first)).command())]


def _in_order(request: AnySearch, pages: dict[Platform, Page[Product]]) -> list[Product]:
    """The products of all pages: by price if the request sorts by price, else one of each platform in turn."""
    in_turn = zip_longest(*(page.items for page in pages.values()))
    products = [product for product in chain.from_iterable(in_turn) if product is not None]
    if request.sort not in {"price", "-price"}:
        return products
    with_price = [product for product in products if product.price is not None]
    with_price.sort(key=lambda product: product.price or 0, reverse=request.sort == "-price")
    return [*with_price, *(product for product in products if product.price is None)]


def _choices(request: AnySearch) -> list[Block]:
    """Buttons for the platform and the sorting; the present choices are marked."""
    first: AnySearch = replace(request, page=1)
    platforms = [(platform_name(platform), replace(first, platform=platform)) for platform in Platform]
    sorts = {"": _("Best match"), "price": _("Cheapest"), "sales": _("Best-selling")}
    if isinstance(request, SearchPicture):  # only 1688 sorts the results of a picture
        sorts = sorts if request.platform is Platform.ALIBABA else {}
        platforms = [(label, SearchPicture(request.picture, choice.platform)) for label, choice in platforms]
        first = replace(first, platform=request.platform)
    return [
        _choice(label, f"{PLATFORM + at}", choice, is_chosen=choice.platform is request.platform)
        for at, (label, choice) in enumerate([(_("Both platforms"), replace(first, platform=None)), *platforms])
    ] + [
        _choice(label, f"{SORT + at}", replace(first, sort=sort), is_chosen=sort == request.sort)
        for at, (sort, label) in enumerate(sorts.items())
    ]


def _choice(label: str, number_: str, request: AnySearch, *, is_chosen: bool) -> Block:
    return el.button(label, f"{action_ids.RUN}{number_}", request.command(), "primary" if is_chosen else "")


def _details(product: Product, at: int, *, is_numbered: bool) -> Block | None:
    """The button that shows a product in detail; None where a button cannot carry its id."""
    if not is_named(product):
        return None
    label = _("Details {n}").format(n=at) if is_numbered else _("Details")
    return el.button(label, f"{action_ids.SHOW}{DETAILS + at}", ShowProducts((reference(product),)).command())


def _lines(product: Product, names_platform: bool) -> str:
    """The lines below a product's title. ``names_platform``: the page has products of both platforms."""
    platform = platform_name(product.platform) if names_platform else ""
    second = " · ".join(part for part in (platform, *seller_and_place(product)) if part)
    return "\n".join(line for line in (price(product), second) if line)


def _summary(request: AnySearch, pages: dict[Platform, Page[Product]]) -> str:
    """The number of results on each platform, the price limits, and the page."""
    facts = []
    for platform, page in pages.items():
        if page.total is not None:
            words = ngettext("{n} on {platform}", "{n} on {platform}", page.total)
            facts.append(words.format(n=number(page.total), platform=platform_name(platform)))
    if request.price_min is not None:
        facts.append(_("from {price}").format(price=money(request.price_min)))
    if request.price_max is not None:
        facts.append(_("up to {price}").format(price=money(request.price_max)))
    facts += [_("most expensive first")] if request.sort == "-price" else []
    return " · ".join([*facts, of_answers(request, pages.values()).words()])


def _nothing(request: AnySearch, pages: dict[Platform, Page[Product]]) -> Message:
    """The answer where no platform has a result, with buttons that search more widely."""
    buttons = of_answers(request, pages.values()).buttons()
    if request.platform and request.page == 1:
        widest = replace(request, platform=None)
        buttons.append(run_button(_("Search both platforms"), PLATFORM, widest))
    if (request.price_min is not None or request.price_max is not None) and request.page == 1:
        buttons.append(run_button(_("Any price"), ANY_PRICE, replace(request, price_min=None, price_max=None)))
    if isinstance(request, SearchPicture):
        sentence = _("🔍 Nothing found that looks like this picture.")
    else:
        sentence = _("🔍 Nothing found for {words}.").format(words=code(request.keyword, TITLE))
    advice = _advice(request)
    return el.message([el.section(advice if request.page > 1 else sentences([sentence, advice])), *el.actions(buttons)])


def _advice(request: AnySearch) -> str:
    if request.page > 1:
        return _("There is nothing on page {page}.").format(page=request.page)
    if request.price_min is not None or request.price_max is not None:
        if isinstance(request, SearchPicture):
            return _("Try it without the price limits.")
        return _("Try it without the price limits, or with fewer words.")
    if isinstance(request, SearchPicture):
        return _("Try a picture that shows one product, whole, on a plain background.")
    return _("Try fewer words, or the Chinese word: both platforms search Chinese titles.")


def _not_searched(platform: Platform, reason: str) -> Block:
    words = _("⚠️ Couldn't search *{platform}*: {reason}")
    return el.section(words.format(platform=platform_name(platform), reason=reason))


def _more(n: int) -> str:
    return ngettext("and {n} more that does not fit here", "and {n} more that do not fit here", n).format(n=n)
