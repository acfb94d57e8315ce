"""The pages of an order: what is bought and where it goes, the review with every seller's costs, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks.forms import VALUE, Choice, field, select
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.parts import paragraphs, show_button
from handlers.blocks.people import name
from handlers.blocks.punctuation import labelled, listed
from handlers.blocks.text import code, escape, money, truncate, yuan
from handlers.blocks.write_words import outcome_words
from handlers.features.buying.quote import total_of
from handlers.wire.requests import ShowOrder
from handlers.writing.additions import MOST, variant_menu
from handlers.writing.receivers import no_address_blocks
from handlers.writing.steps import Page
from pandapon.purchases import by_seller
from pandapon.shipment import OrderRef, Platform
from tracking.flows import Ordering

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.blocks.message import Block
    from handlers.features.buying.new_order_watches import NewOrderWatches
    from handlers.writing.plans import Outcome
    from pandapon.carts import CartLine
    from pandapon.products import ProductDetail
    from tracking.flows import Flow, MovedPrice, SellerCost

TITLE, VARIANT, SELLER, NOTE, SHOWN_NOTE = 80, 60, 40, 500, 120  # characters
NOTED = 8  # sellers with a note of their own; more share one
REVIEWED, LISTED = 90, 40  # blocks for the lines: of the review, of the first page
MOVED = 10  # changed prices that are named
TIERS = 5  # of a product
DETAILS = 8  # orders with a button on the last page


def title() -> str:
    """The title of all pages."""
    return _("Place an order")


def nowhere(_flow: Flow) -> Page:
    """The page for an account without an address."""
    return Page(no_address_blocks())


def fill(flow: Flow) -> Page:
    """Ask for variants, quantities, the address, and notes to the sellers."""
    content = _content(flow)
    blocks = _products(content) if content.products else _lines(content.lines)
    choices = [Choice(id_, masked) for id_, masked in content.addresses]
    blocks.append(field(_("Deliver to"), "address", select(choices, content.address)))
    blocks += _notes(content)
    blocks.append(el.context(_("Next: the review with the shipping and the total. Nothing is ordered yet.")))
    return Page(blocks, _("Review"))


def review(flow: Flow) -> Page:
    """Show every seller's goods, shipping and total, the grand total, and the facts of the order."""
    content = _content(flow)
    blocks = [_moved(content.moved)] if content.moved else []
    costs = {(cost.platform, cost.seller): cost for cost in content.costs}
    for part in by_seller(content.lines):
        blocks += _part(part, costs.get((part[0].platform, part[0].seller)))
    blocks = blocks[:REVIEWED]
    blocks.append(el.section(f"*{grand_total(content)}*"))
    blocks.append(el.section("\n".join(_facts(content))))
    return Page(blocks, _("Place order"))


def grand_total(content: Ordering) -> str:
    """The sum of all sellers in words, and whether shipping still comes on top."""
    amount = yuan(total_of(content.costs))
    if all(cost.total is not None for cost in content.costs):
        return labelled(_("Total"), amount)
    return _("Total: {amount} + shipping, which is known after the order is placed").format(amount=amount)


def result(
    outcomes: Sequence[Outcome], refused: Sequence[str], watches: NewOrderWatches, by: str, pay: Block | None = None
) -> list[Block]:
    """The result of the order, where it is watched, who made it, and what is next.

    ``refused``: why calls were never sent. ``by``: the id of the person.
    """
    blocks = [el.section(outcome_words(outcome.write, outcome.error)) for outcome in outcomes]
    blocks += [el.section(f"❌ {words}") for words in refused]
    refs = refs_of(outcomes)
    if words := watches.words():
        blocks.append(el.section(words))
    notes = [_("By {user}").format(user=name(by))]
    if refs:
        notes.append(_("Next: pay. `/panda pay` does it, too."))
    buttons = [pay] if pay else []
    buttons += [
        show_button(_("Order {n}").format(n=at), at, ShowOrder(ref.order_id, ref.platform))
        for at, ref in enumerate(refs[:DETAILS], 1)
    ]
    return [*blocks, *el.actions(buttons), el.context(" · ".join(notes))]


def left_out(sellers: Sequence[str]) -> list[str]:
    """A sentence about the sellers from whom nothing was ordered, as Slack text; an empty list without such sellers."""
    if not sellers:
        return []
    names = listed([seller_name(seller) for seller in sellers[:DETAILS]])
    remaining = len(sellers) - DETAILS
    names += " " + _("and {n} more").format(n=number(remaining)) if remaining > 0 else ""
    return [_("❌ Nothing was ordered from {sellers}. Order from them in a new form.").format(sellers=names)]


def refs_of(outcomes: Iterable[Outcome]) -> list[OrderRef]:
    """The orders that were made."""
    return [
        OrderRef(outcome.write.change.platform, id_)
        for outcome in outcomes
        if outcome.write.change and outcome.write.change.platform
        for id_ in outcome.write.made
    ]


def line_words(line: CartLine) -> str:
    """A line in words: title, variant, price, quantity, amount, and a warning where the stock is short."""
    title = escape(truncate(line.title, TITLE)) or code(line.product_id, 80)
    parts = [f"*{title}*", escape(truncate(line.variant, VARIANT)), _price(line), _warning(line)]
    return " · ".join(part for part in parts if part)


def seller_name(seller: str) -> str:
    """A seller's name as Slack text."""
    return escape(truncate(seller, SELLER)) or _("(seller not given)")


def noted_sellers(content: Ordering) -> list[str]:
    """The sellers that can get a note: those of 1688; an empty name stands for all of them together."""
    sellers = list(dict.fromkeys(line.seller for line in content.lines if line.platform is Platform.ALIBABA))
    return sellers if len(sellers) <= NOTED else [""]


def _content(flow: Flow) -> Ordering:
    assert isinstance(flow.content, Ordering)
    return flow.content


def _lines(lines: Sequence[CartLine]) -> list[Block]:
    blocks: list[Block] = []
    for part in by_seller(lines):
        head = f"*{seller_name(part[0].seller)}* · {platform_name(part[0].platform)}"
        blocks += [
            el.section("\n".join(chunk)) for chunk in paragraphs([head, *(f"• {line_words(line)}" for line in part)])
        ]
    return blocks[:LISTED]


def _products(content: Ordering) -> list[Block]:
    blocks: list[Block] = []
    for at, (product, line) in enumerate(zip(content.products, content.lines, strict=True)):
        picture = el.image(product.pictures[0], product.title[:40]) if product.pictures else None
        facts = [f"*{escape(truncate(product.title, TITLE)) or _('(no title)')}*", _tiers(product)]
        facts.append(f"{seller_name(product.seller)} · {platform_name(product.platform)}")
        blocks.append(el.section("\n".join(fact for fact in facts if fact), picture))
        if product.skus:
            blocks.append(field(_("Variant"), f"variant{at}", variant_menu(product, _position(product, line))))
        least = product.min_quantity or 1
        hint = _("The minimum order is {n}.").format(n=number(least)) if least > 1 else ""
        blocks.append(field(_("Quantity"), f"quantity{at}", _number(least, line.quantity), hint=hint))
    return blocks


def _position(product: ProductDetail, line: CartLine) -> int:
    same = [at for at, sku in enumerate(product.skus) if (sku.sku_id, sku.spec_id) == (line.sku_id, line.spec_id)]
    return same[0] if same else 0


def _tiers(product: ProductDetail) -> str:
    if len(product.tiers) > 1:
        return " · ".join(
            _("from {n}: {price}").format(n=number(tier.quantity), price=money(tier.price))
            for tier in product.tiers[:TIERS]
        )
    return money(product.price) if product.price is not None else _("price not given")


def _number(least: int, value: int) -> Block:
    element: Block = {"type": "number_input", "action_id": VALUE, "is_decimal_allowed": False}
    return element | {"min_value": str(least), "max_value": str(MOST), "initial_value": str(value)}


def _notes(content: Ordering) -> list[Block]:
    notes = dict(content.notes)
    blocks = []
    for at, seller in enumerate(noted_sellers(content)):
        label = _("Note to {seller}").format(seller=truncate(seller, SELLER)) if seller else _("Note to the sellers")
        blocks.append(field(label, f"note{at}", _text(notes.get(seller, "")), optional=True))
    if any(line.platform is Platform.TAOBAO for line in content.lines):
        blocks.append(el.context(_("Taobao takes no note with an order.")))
    return blocks


def _text(value: str) -> Block:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": NOTE}
    return element | ({"initial_value": value} if value else {})


def _part(lines: Sequence[CartLine], cost: SellerCost | None) -> list[Block]:
    head = f"*{seller_name(lines[0].seller)}* · {platform_name(lines[0].platform)}"
    words = [head, *(f"• {line_words(line)}" for line in lines), _sum(cost)]
    return [el.section("\n".join(chunk)) for chunk in paragraphs([line for line in words if line])]


def _sum(cost: SellerCost | None) -> str:
    if cost is None:
        return ""
    goods = yuan(cost.goods) if cost.goods is not None else _("not given")
    freight = yuan(cost.freight) if cost.freight is not None else _("known after the order is placed")
    parts = [labelled(_("Products"), goods), labelled(_("Shipping"), freight)]
    if cost.total is not None:
        parts.append(labelled(_("Total"), f"*{yuan(cost.total)}*"))
    return " · ".join(parts)


def _price(line: CartLine) -> str:
    if line.price is None:
        return _("{price} × {n}").format(price=_("price not given"), n=number(line.quantity))
    amount = money(line.price * line.quantity)
    return _("{price} × {n} = {amount}").format(price=money(line.price), n=number(line.quantity), amount=amount)


def _warning(line: CartLine) -> str:
    if line.stock is None or line.stock >= line.quantity:
        return ""
    return _("⚠️ only {n} left").format(n=number(line.stock)) if line.stock > 0 else _("⚠️ sold out")


def _facts(content: Ordering) -> list[str]:
    to = next((masked for id_, masked in content.addresses if id_ == content.address), "")
    facts = [f"📍 {escape(to)}"] if to else []
    for seller, words in content.notes:
        prefix = f"{seller_name(seller)}: " if seller else ""
        facts += [f"✏️ {prefix}{escape(truncate(words, SHOWN_NOTE))}"] if words else []
    orders = len(by_seller(content.lines))
    placed = ngettext("{n} order is placed.", "{n} orders are placed, one for each seller.", orders)
    facts.append(placed.format(n=orders))
    facts.append(_("Nothing is paid yet: that comes after the order."))
    return facts


def _moved(prices: Sequence[MovedPrice]) -> Block:
    lines = [
        _("• {name}: {former} → {now}").format(
            name=escape(truncate(price.name, TITLE)), former=_amount(price.before), now=_amount(price.now)
        )
        for price in prices[:MOVED]
    ]
    head = _("⚠️ *Prices have changed since you saw them.* Nothing was ordered. Press Place order to accept them.")
    return el.section("\n".join([head, *lines]))


def _amount(fen: int | None) -> str:
    return yuan(fen) if fen is not None else _("not given")
