"""Search results: picture, title, price, seller, and the way to the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.message import Layout, Message
from handlers.blocks.paging import of_answers
from handlers.blocks.parts import failed
from handlers.blocks.text import escape, money, truncate
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.blocks.message import Block
    from handlers.requests import Search
    from pandapon.models import Page, Product

TITLE = 120  # characters of a title or keyword that are shown
COUNT_DIGITS = 14  # a longer number is no count of sales


def results(request: Search, pages: dict[Platform, Page[Product]], errors: dict[Platform, str]) -> Message:
    """Show one page of each platform that answered, and why the others did not.

    ``errors``: by platform, the reason as Slack text.
    """
    keyword = truncate(request.keyword, TITLE)
    layout = Layout(
        [el.header(_("Search: {keyword}").format(keyword=keyword)), el.context(_summary(request, pages))],
        tail=el.actions(of_answers(request, pages.values()).buttons()),
    )
    for platform in Platform:
        if platform in errors:
            layout.add(failed(platform, errors[platform]))
        elif platform in pages:
            _add_platform(layout, platform, pages[platform], alone=len(pages) + len(errors) == 1)
    if not any(page.items for page in pages.values()) and pages:
        layout.add(el.section(_advice(request)))
    return el.message(layout.blocks)


def _add_platform(layout: Layout, platform: Platform, page: Page[Product], *, alone: bool) -> None:
    if not alone:
        heading = f"*{platform_name(platform)}*" + ("" if page.items else _(": nothing found"))
        layout.add(el.divider(), el.section(heading))
    for at, product in enumerate(page.items):
        if not layout.add(_product(product)):
            layout.note(el.context(_more(len(page.items) - at)))
            return


def _product(product: Product) -> Block:
    title = truncate(product.title, TITLE) or _("(no title)")
    facts = [
        f"*{money(product.price)}*" if product.price is not None else _("price not given"),
        escape(truncate(product.seller, 60)),
        _sold(product.sold),
    ]
    text = f"{el.link(product.url, title)}\n" + " · ".join(fact for fact in facts if fact)
    return el.section(text, el.image(product.image_url, title))


def _sold(sold: str) -> str:
    if not sold:
        return ""
    is_count = sold.isascii() and sold.isdigit() and len(sold) <= COUNT_DIGITS
    number = f"{int(sold):,}" if is_count else escape(truncate(sold, 30))
    return _("sold {number}").format(number=number)


def _summary(request: Search, pages: dict[Platform, Page[Product]]) -> str:
    facts = [of_answers(request, pages.values()).words()]
    for platform, page in pages.items():
        if page.total is not None:
            count = ngettext("{n} result", "{n} results", page.total).format(n=f"{page.total:,}")
            facts.append(f"{platform_name(platform)}: {count}")
    if request.price_min is not None:
        facts.append(_("from {price}").format(price=money(request.price_min)))
    if request.price_max is not None:
        facts.append(_("up to {price}").format(price=money(request.price_max)))
    sorts = {"price": _("cheapest first"), "-price": _("most expensive first"), "sales": _("best-selling first")}
    facts += [sorts[request.sort]] if request.sort in sorts else []
    return " · ".join(facts)


def _advice(request: Search) -> str:
    if request.page > 1:
        return _("There is nothing on page {page}.").format(page=request.page)
    if request.price_min is not None or request.price_max is not None:
        return _("Nothing found. Try it without the price limits, or with fewer words.")
    return _("Nothing found. Try fewer words, or the Chinese word: both platforms search Chinese titles.")


def _more(n: int) -> str:
    return ngettext("and {n} more that does not fit here", "and {n} more that do not fit here", n).format(n=n)
