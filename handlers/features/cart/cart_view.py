"""The cart as a message: by seller, with totals, and below them the lines that can no longer be bought."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.message import LIST_ROOM, LIST_TEXT, Layout
from handlers.blocks.paging import of_rows, rows_on, within
from handlers.blocks.parts import run_button
from handlers.blocks.text import code, escape, money, truncate
from handlers.blocks.write_words import outcome_words
from handlers.wire.requests import CheckCart, Search, ShowCart
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.blocks.message import Block, Message
    from handlers.blocks.paging import Paging
    from pandapon.carts import CartLine
    from tracking.writes import Write

PAGE_SIZE = 8  # lines; each has up to four buttons
TITLE, VARIANT, SELLER = 80, 60, 40  # characters
REFRESH, SEARCH, CHECK = 3, 4, 5  # numbers of buttons; the paging has 1 and 2
LOW = 10  # pieces: a lower stock is shown


@dataclass(frozen=True, slots=True)
class CartPage:
    """One page of the cart. ``every``: all lines of the cart, for the sums."""

    lines: tuple[CartLine, ...]
    every: Sequence[CartLine]
    paging: Paging

    @classmethod
    def of(cls, every: Sequence[CartLine], page: int) -> CartPage:
        """Return a page, or the last page where the cart has fewer."""
        request = within(ShowCart(page), len(every), PAGE_SIZE)
        return cls(rows_on(request.page, every, PAGE_SIZE), every, of_rows(request, len(every), PAGE_SIZE))

    @property
    def request(self) -> ShowCart:
        """The request for this page."""
        request = self.paging.request
        assert isinstance(request, ShowCart)
        return request


def cart(
    shown: CartPage,
    errors: Mapping[Platform, str],
    *,
    flow_id: str = "",
    may_order: bool = False,
    note: str = "",
    undo: str = "",
    pending: Sequence[Write] = (),
) -> Message:
    """Show a page of the cart.

    ``errors``: why a platform's cart cannot be read, as Slack text. ``flow_id``: the flow that holds the shown lines;
    empty: the lines have no buttons. ``may_order``: show the order buttons. ``note``: the result of a change, as Slack
    text. ``undo``: the id of a removal. ``pending``: changes that were unclear, after another look.
    """
    head = _head(note, undo)
    head += [el.section(outcome_words(write)) for write in pending]
    orders = flow_id if may_order and any(line.is_enabled for line in shown.every) else ""
    buttons = [*_order(orders, shown.every), *shown.paging.buttons(), run_button(_("Refresh"), REFRESH, shown.request)]
    if any(line.platform is Platform.TAOBAO for line in shown.every):
        buttons.append(run_button(_("Still on sale?"), CHECK, CheckCart()))
    layout = Layout([el.header(_heading(shown.every)), *head], tail=el.actions(buttons), room=LIST_ROOM)
    for platform, reason in errors.items():
        words = _("⚠️ Couldn't read the cart of {platform}: {reason}")
        layout.add(el.section(words.format(platform=platform_name(platform), reason=reason)))
    if not shown.every and not errors:
        return _empty(head)
    if shown.paging.count and shown.paging.count > 1:
        layout.add(el.context(shown.paging.words()))
    _add_lines(layout, shown, flow_id, orders)
    layout.add(el.context(_("Nothing is ordered or paid yet.")))
    return el.message(layout.blocks, longest=LIST_TEXT)


def note_alone(note: str, undo: str = "") -> Message:
    """Show the result of a change without the cart, which cannot be read now."""
    return el.message([*_head(note, undo), *el.actions([run_button(_("Refresh"), REFRESH, ShowCart())])])


def _head(note: str, undo: str) -> list[Block]:
    head = [el.section(note)] if note else []
    return head + (el.actions([el.button(_("Undo"), f"{action_ids.CART_UNDO}:1", undo)]) if undo else [])


def _order(flow_id: str, every: Sequence[CartLine]) -> list[Block]:
    """The button that orders everything in the cart."""
    words = _("Order all…") if len(_sellers(every)) > 1 else _("Order…")
    return [el.button(words, f"{action_ids.ORDER_CART}:0", flow_id, "primary")] if flow_id else []


def _sellers(every: Sequence[CartLine]) -> set[tuple[bool, Platform, str]]:
    return {_group(line) for line in every if line.is_enabled}


def _add_lines(layout: Layout, shown: CartPage, flow_id: str, orders: str) -> None:
    rows = enumerate(shown.lines)
    sellers = _sellers(shown.every)
    for (is_enabled, platform, seller), grouped in groupby(rows, key=lambda row: _group(row[1])):
        of_seller = [line for line in shown.every if _group(line) == (is_enabled, platform, seller)]
        group = list(grouped)
        words, first = _seller(of_seller, is_enabled=is_enabled), group[0][0]
        if orders and is_enabled and len(sellers) > 1:
            button = el.button(_("Order…"), f"{action_ids.ORDER_CART}:{first + 1}", f"{orders}.{first}")
            layout.add(el.section(words, button))
        else:
            layout.add(el.context(words))
        for at, line in group:
            buttons = el.actions(_buttons(line, at, flow_id)) if flow_id else []
            layout.add(el.section(line_words(line)), *buttons)


def _group(line: CartLine) -> tuple[bool, Platform, str]:
    return line.is_enabled, line.platform, line.seller


def _heading(every: Sequence[CartLine]) -> str:
    enabled = [line for line in every if line.is_enabled]
    count = ngettext("{n} product", "{n} products", len(enabled)).format(n=number(len(enabled)))
    return " · ".join([_("🛒 Cart"), count, *([money(total(enabled))] if enabled else [])])


def total(lines: Sequence[CartLine]) -> Decimal:
    """The sum of lines, in yuan; a line without a price counts as 0."""
    return sum((line.price * line.quantity for line in lines if line.price is not None), Decimal())


def _seller(lines: Sequence[CartLine], *, is_enabled: bool) -> str:
    seller = escape(truncate(lines[0].seller, SELLER)) or _("(seller not given)")
    parts = [f"*{seller}*", platform_name(lines[0].platform)]
    parts.append(money(total(lines)) if is_enabled else _("⚠️ can't be bought any more"))
    return " · ".join(parts)


def line_words(line: CartLine) -> str:
    """A line of the cart: title, variant, price and quantity, and a warning where the stock is short."""
    title = escape(truncate(line.title, TITLE)) or code(line.product_id, 80)
    price = _("price not given") if line.price is None else money(line.price)
    if line.price is not None and line.quantity:
        amount = money(line.price * line.quantity)
        price = _("{price} × {n} = {amount}").format(price=money(line.price), n=number(line.quantity), amount=amount)
    facts = [escape(truncate(line.variant, VARIANT)), price, _stock(line)]
    return f"*{title}*\n" + " · ".join(fact for fact in facts if fact)


def _stock(line: CartLine) -> str:
    if line.stock is None or line.stock >= max(line.quantity, LOW):
        return ""
    if line.stock <= 0:
        return _("⚠️ sold out")
    return _("⚠️ only {n} left").format(n=number(line.stock))


def _buttons(line: CartLine, at: int, flow_id: str) -> list[Block]:
    value, ending = f"{flow_id}.{at}", f":{at}"
    remove = el.button(_("Remove"), f"{action_ids.CART_REMOVE}{ending}", value)
    if not line.is_enabled:
        return [remove]
    minus = el.button("−", f"{action_ids.CART_LESS}{ending}", value)
    plus = el.button("+", f"{action_ids.CART_MORE}{ending}", value)
    quantity = el.button(_("Quantity…"), f"{action_ids.CART_QUANTITY}{ending}", value)
    return [*([minus] if line.quantity > 1 else []), plus, quantity, remove]


def _empty(head: list[Block]) -> Message:
    words = _(
        "🛒 The cart is empty. Search a product, press Details, then Add to cart. "
        "`/panda product` with a link works too."
    )
    buttons = [
        run_button(_("Search 连衣裙"), SEARCH, Search("连衣裙")),
        run_button(_("Refresh"), REFRESH, ShowCart()),
    ]
    return el.message([*head, el.section(words), *el.actions(buttons)])
