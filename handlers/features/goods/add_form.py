"""The form that adds a product to the cart, as blocks: variant, quantity, their price, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import field
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.pages import answer_page, orders_page
from handlers.blocks.people import name
from handlers.blocks.text import money, yuan
from handlers.blocks.write_words import outcome_words
from handlers.features.goods.facts import price, seller_and_place
from handlers.features.goods.facts import title as product_title
from handlers.writing.additions import MOST, piece_fen, variant_menu, variants, wrong_quantity
from tracking.writes import WriteState

if TYPE_CHECKING:
    from handlers.blocks.message import Block, Message
    from handlers.features.goods.add_to_cart import FilledAddition
    from pandapon.errors import PandaPonError
    from pandapon.products import ProductDetail, Sku
    from tracking.writes import Write

View = dict[str, Any]

ALT, TIERS = 40, 6  # characters of a picture's description; prices by quantity that are shown


def title() -> str:
    """The title of the form and of every page behind it."""
    return _("Add to cart")


def waiting() -> View:
    """The page that is shown while PandaPon is asked for the product."""
    return orders_page([el.section("⏳ " + _("Checking with PandaPon…"))], title=title())


def working() -> View:
    """The page that is shown while the product is added."""
    return orders_page([el.section("⏳ " + _("Adding it to the cart…"))], title=title())


def refused(message: Message) -> View:
    """The page that explains why there is no form."""
    return answer_page(message, title=title())


def form(
    product: ProductDetail,
    flow_id: str,
    filled: FilledAddition,
    *,
    former_fen: int | None = None,
    has_moved: bool = False,
) -> View:
    """The form, with the price of the chosen variant and quantity. The fields are ``variant`` and ``quantity``.

    ``has_moved``: the price of a piece is no longer ``former_fen``, which the person was shown (None: no price).
    """
    choices = variants(product)
    sku = choices[filled.variant] if 0 <= filled.variant < len(choices) else choices[0]
    words = "\n".join([f"*{product_title(product)}*", price(product), " · ".join(seller_and_place(product))])
    picture = el.image(product.pictures[0], product.title[:ALT]) if product.pictures else None
    blocks = [
        *([_price_change(product, sku, filled, former_fen)] if has_moved else []),
        el.section(words, picture),
        *([_variant_field(product, filled)] if product.skus else []),
        _quantity_field(product, filled),
        el.section(_total(product, sku, filled.quantity)) | {"block_id": "total"},
        el.context(*_small_print(product)),
    ]
    view = orders_page(blocks, submit=_("Add to cart"), title=title())
    return view | {"callback_id": action_ids.ADD_TO_CART, "private_metadata": flow_id}


def result(write: Write, error: PandaPonError | None = None) -> View:
    """The page after the addition: its outcome, who made it, and what comes next."""
    notes = [_("By {user}").format(user=name(write.actor))]
    if write.state in {WriteState.DONE, WriteState.FOUND_DONE}:
        notes.append(_("Nothing is ordered or paid yet. `/panda cart` shows the cart."))
    elif write.state in {WriteState.UNCLEAR, WriteState.BEGUN}:
        notes.append(_("`/panda cart` shows what became of it."))
    return orders_page([el.section(outcome_words(write, error)), el.context(" · ".join(notes))], title=title())


def _variant_field(product: ProductDetail, filled: FilledAddition) -> Block:
    return _dispatching(field(_("Variant"), "variant", variant_menu(product, filled.variant)), "variant")


def _quantity_field(product: ProductDetail, filled: FilledAddition) -> Block:
    least = product.min_quantity or 1
    element: Block = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": str(least),
        "max_value": str(MOST),
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    element |= {"initial_value": str(filled.quantity)} if filled.quantity is not None else {}
    hint = _("The minimum order is {n}.").format(n=number(least)) if least > 1 else ""
    return _dispatching(field(_("Quantity"), "quantity", element, hint=hint), "quantity")


def _dispatching(block: Block, name_: str) -> Block:
    """Make Slack send each change of a field to the bot."""
    element = block["element"] | {"action_id": f"{action_ids.ADD_CHOICE}:{name_}"}
    return block | {"dispatch_action": True, "element": element}


def _total(product: ProductDetail, sku: Sku, quantity: int | None) -> str:
    if wrong := wrong_quantity(product, sku, quantity):
        return f"⚠️ {wrong}"
    assert quantity is not None
    piece = piece_fen(product, sku, quantity)
    if piece is None:
        return _("price not given")
    amount = yuan(piece * quantity)
    return _("{price} × {n} = *{amount}*").format(price=yuan(piece), n=number(quantity), amount=amount)


def _small_print(product: ProductDetail) -> list[str]:
    tiers = product.tiers[:TIERS] if len(product.tiers) > 1 else ()
    by_quantity = [_("from {n}: {price}").format(n=number(tier.quantity), price=money(tier.price)) for tier in tiers]
    note = _("The shipping is not included. Nothing is ordered or paid yet.")
    return [" · ".join(by_quantity), note] if by_quantity else [note]


def _price_change(product: ProductDetail, sku: Sku, filled: FilledAddition, former_fen: int | None) -> Block:
    now = piece_fen(product, sku, filled.quantity or 1)
    unknown = _("not given")
    words = _("⚠️ *The price has changed: {former} → {now} a piece.* Nothing was added. Press Add to cart to accept it.")
    former = yuan(former_fen) if former_fen is not None else unknown
    return el.section(words.format(former=former, now=yuan(now) if now is not None else unknown))
