"""The present cost of a purchase: the lines are read again, and PandaPon previews each seller's order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.wire.errors import RequestError
from handlers.writing.additions import same_variant, variants, wrong_quantity
from handlers.writing.receivers import read_receivers
from pandapon import purchases
from pandapon.carts import CartLine, fen
from pandapon.errors import UnknownPathError
from pandapon.products import piece_price
from tracking.flows import MovedPrice, SellerCost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from handlers.interactions.context import Context
    from pandapon.products import ProductDetail
    from pandapon.purchases import Receivers, Share
    from tracking.flows import Ordering


async def quote(ctx: Context, wanted: Ordering) -> tuple[Ordering, Receivers]:
    """Return the purchase with its present prices and costs, and its address as each platform's calls spell it.

    Raises RequestError where the cart has changed, a variant has gone or cannot be bought in this quantity, an id is
    missing, or the address has gone or was changed; and PandaPonError.
    """
    receiver = read_receivers(ctx, wanted.address, wanted.salt, dict(wanted.marks))
    (lines, products), receivers = await asyncio.gather(_lines_now(ctx, wanted), receiver)
    platforms = list(dict.fromkeys(line.platform for line in lines))
    costs = await asyncio.gather(
        *(_costs(ctx, [line for line in lines if line.platform is platform], receivers) for platform in platforms)
    )
    now = replace(wanted, lines=lines, products=products, costs=tuple(cost for each in costs for cost in each))
    return replace(now, moved=moved(wanted, now)), receivers


def moved(shown: Ordering, now: Ordering) -> tuple[MovedPrice, ...]:
    """Return the amounts that differ from those that the person was shown; none before the first review."""
    if not shown.costs:
        return ()
    pieces = [
        MovedPrice(" / ".join(part for part in (new.title, new.variant) if part), _fen(old.price), _fen(new.price))
        for old, new in zip(shown.lines, now.lines, strict=True)
    ]
    before = {(cost.platform, cost.seller): cost for cost in shown.costs}
    sellers = [
        MovedPrice(cost.seller, former.total if former else None, cost.total)
        for cost in now.costs
        if (former := before.get((cost.platform, cost.seller))) != cost
    ]
    return tuple(price for price in [*pieces, *sellers] if price.before != price.now)


def total_of(costs: Sequence[SellerCost]) -> int:
    """Return the sum that is known, in fen: totals, or the goods alone where the freight is not known."""
    return sum(cost.total if cost.total is not None else cost.goods or 0 for cost in costs)


def known_total(costs: Sequence[SellerCost]) -> int | None:
    """Return the sum for the approvers, in fen; None where the price of some goods is not known."""
    return total_of(costs) if all(cost.total is not None or cost.goods is not None for cost in costs) else None


def chosen_line(product: ProductDetail, at: int, quantity: int) -> CartLine:
    """Return a variant of a product as a line of a purchase. ``at``: its position among the variants."""
    sku = variants(product)[at]
    return CartLine(
        platform=product.platform,
        entry_id="",
        product_id=product.product_id,
        sku_id=sku.sku_id,
        spec_id=sku.spec_id,
        title=product.title,
        variant=sku.variant,
        price=piece_price(product, sku, quantity),
        quantity=quantity,
        stock=sku.stock,
        seller=product.seller,
    )


async def _lines_now(ctx: Context, wanted: Ordering) -> tuple[tuple[CartLine, ...], tuple[ProductDetail, ...]]:
    if wanted.products:
        products = await asyncio.gather(
            *(ctx.api.product(product.platform, product.product_id) for product in wanted.products)
        )
        lines = tuple(_line_of(product, line) for product, line in zip(products, wanted.lines, strict=True))
        return lines, tuple(products)
    platforms = list(dict.fromkeys(line.platform for line in wanted.lines))
    carts = await asyncio.gather(*(ctx.api.cart(platform) for platform in platforms))
    entries = {(line.platform, line.entry_id): line for cart in carts for line in cart}
    return tuple(_entry_now(entries.get((line.platform, line.entry_id)), line) for line in wanted.lines), ()


def _line_of(product: ProductDetail, line: CartLine) -> CartLine:
    sku = same_variant(product, line.sku_id, line.spec_id)
    if sku is None:
        raise RequestError(_("This variant is no longer sold."))
    if wrong := wrong_quantity(product, sku, line.quantity):
        raise RequestError(wrong)
    return line.model_copy(update={"price": piece_price(product, sku, line.quantity), "stock": sku.stock})


def _entry_now(now: CartLine | None, line: CartLine) -> CartLine:
    if now is None or now.quantity != line.quantity or not now.is_enabled:
        raise changed_cart()
    return now


def changed_cart() -> RequestError:
    """The error for a cart that differs from the cart that the person was shown."""
    return RequestError(_("The cart has changed since you saw it, so nothing was ordered. Open `/panda cart` again."))


async def require_as_reviewed(ctx: Context, share: Share) -> None:
    """Check that the cart still holds what was confirmed: the call names the cart's entries, not their quantities.

    A share without the cart needs no check: its call names the quantities. Raises RequestError, and PandaPonError
    where the cart cannot be read.
    """
    if not share.is_from_cart:
        return
    entries = {line.entry_id: line for line in await ctx.api.cart(share.platform)}
    for line in share.lines:
        now = _entry_now(entries.get(line.entry_id), line)
        if (_fen(now.price), now.product_id, now.sku_id) != (_fen(line.price), line.product_id, line.sku_id):
            raise changed_cart()


async def _costs(ctx: Context, lines: Sequence[CartLine], receivers: Receivers) -> list[SellerCost]:
    try:
        calls = purchases.previews(lines, receivers, lambda name: _has_path(ctx, name))
    except ValueError:  # from pydantic: an id is missing
        raise missing_ids() from None
    answers: list[Any] = await asyncio.gather(*(ctx.api.run(operation, request) for operation, request in calls))
    costs = purchases.costs(lines, [answer for each in answers for answer in each])
    platform = lines[0].platform
    return [
        SellerCost(platform, seller, _fen(cost.goods), _fen(cost.freight), _fen(cost.total))
        for seller, cost in costs.items()
    ]


def missing_ids() -> RequestError:
    """The error for lines that lack what PandaPon's interface needs."""
    return RequestError(_("PandaPon's description of these products lacks what an order needs, so nothing was done."))


def _has_path(ctx: Context, name: str) -> bool:
    try:
        return bool(ctx.api.catalogue.path(name))
    except UnknownPathError:
        return False


def _fen(amount: Decimal | None) -> int | None:
    return fen(amount) if amount is not None else None
