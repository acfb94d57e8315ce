"""``cart check``: whether Taobao still sells the lines of its cart, in that quantity and at that price."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.message import Layout
from handlers.blocks.parts import run_button
from handlers.blocks.text import code, escape, money, truncate
from handlers.commands.declarations import Answer, Feature
from handlers.wire.requests import CheckCart, ShowCart
from pandapon import carts
from pandapon.errors import PandaPonError
from pandapon.operations import goods
from pandapon.operations.goods import CheckedProduct, CheckProducts
from pandapon.operations.requests import make_request
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.blocks.message import Block, Message
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from pandapon.carts import CartLine
    from pandapon.operations.goods import TaobaoProduct

AT_ONCE = 100  # products of one call [stated]
TITLE, REASON = 80, 120  # characters


async def check_cart(interaction: Interaction, _request: CheckCart) -> Message:
    """Ask PandaPon how each product in Taobao's cart is sold now, and show the lines with a problem."""
    ctx = interaction.ctx
    lines, unchecked = await asyncio.gather(ctx.api.cart(Platform.TAOBAO), _unchecked(ctx))
    product_lines = [line for line in lines if line.product_id]
    if not product_lines:
        return el.message([el.section(_("📭 Taobao's cart is empty.")), *unchecked, *_back()])
    sold, reasons = await _availability(ctx, product_lines)
    return _shown([(line, _problem(line, sold.get(line.product_id), reasons)) for line in product_lines], unchecked)


async def _unchecked(ctx: Context) -> list[Block]:
    """A line for the products of 1688, which PandaPon cannot check; none where 1688's cart is empty."""
    try:
        n = len(await ctx.api.cart(Platform.ALIBABA))
    except PandaPonError:
        return [el.section(_("⚠️ 1688's cart could not be read, so it was not checked."))]
    words = ngettext(
        "⚠️ {n} product on 1688 was not checked: PandaPon can only check Taobao's.",
        "⚠️ {n} products on 1688 were not checked: PandaPon can only check Taobao's.",
        n,
    )
    return [el.section(words.format(n=number(n)))] if n else []


def _shown(checked: Sequence[tuple[CartLine, str]], unchecked: Sequence[Block]) -> Message:
    """Show the lines with a problem, or that there are none, and what was not checked."""
    wrong = [(line, problem) for line, problem in checked if problem]
    layout = Layout([el.header(_heading(len(checked), len(wrong))), *unchecked], tail=_back())
    for line, problem in wrong:
        words = " / ".join(part for part in (line.title, line.variant) if part) or line.product_id
        if not layout.add(el.section(f"{problem}\n*{escape(truncate(words, TITLE))}*")):
            break
    return el.message(layout.blocks)


def _back() -> list[Block]:
    return el.actions([run_button(_("◀ Back to the cart"), 1, ShowCart())])


async def _availability(ctx: Context, lines: Sequence[CartLine]) -> tuple[dict[str, TaobaoProduct], dict[str, str]]:
    """The products that are on sale, and why the others are not, both by product id. Raises PandaPonError."""
    skus: dict[str, list[str]] = {}
    for line in lines:
        skus.setdefault(line.product_id, []).extend([line.sku_id] if line.sku_id else [])
    sold: dict[str, TaobaoProduct] = {}
    reasons: dict[str, str] = {}
    every = tuple(
        make_request(lambda item, ids: CheckedProduct(item_id=item, sku_ids=ids), *each) for each in skus.items()
    )
    for begin in range(0, len(every), AT_ONCE):
        products = every[begin : begin + AT_ONCE]
        answer = await ctx.api.run(goods.TAOBAO_CHECK, CheckProducts(params=products))
        sold |= {product.item_id: product for product in answer.mp_products}
        why = dict(zip(answer.no_mp_product_item_ids, answer.no_mp_reason_list, strict=False))
        reasons |= {item: why.get(item, "") for item in answer.no_mp_product_item_ids}
    return sold, reasons


def _problem(line: CartLine, product: TaobaoProduct | None, reasons: Mapping[str, str]) -> str:
    """The fault of a line, as Slack text; empty: it can be bought as it stands in the cart."""
    if product is None:
        if line.product_id not in reasons:
            return _("❓ PandaPon said nothing of this product.")
        reason = escape(truncate(reasons[line.product_id], REASON))
        return _("⛔ No longer on sale: {reason}").format(reason=reason) if reason else _("⛔ No longer on sale.")
    sku = next((each for each in product.sku_list if each.sku_id == line.sku_id), None)
    if line.sku_id and product.sku_list and sku is None:
        return _("⛔ This variant is no longer sold.")
    left = sku.quantity if sku else product.quantity
    if left is not None and left < line.quantity:
        words = ngettext("⚠️ Only {n} piece is left.", "⚠️ Only {n} pieces are left.", left)
        return words.format(n=number(left)) if left > 0 else _("⛔ Sold out.")
    offered = sku or product
    price = offered.promotion_price if offered.promotion_price is not None else offered.price
    if price is not None and line.price is not None and carts.fen(price) != carts.fen(line.price):
        return _("⚠️ The price is now {now}, and {then} in the cart.").format(now=money(price), then=money(line.price))
    return ""


def _heading(n: int, wrong: int) -> str:
    if not wrong:
        return ngettext("✅ {n} product is on sale", "✅ All {n} products are on sale", n).format(n=number(n))
    words = ngettext("{n} of {all} lines needs a look", "{n} of {all} lines need a look", wrong)
    return words.format(n=number(wrong), all=number(n))


def _not_checked(_request: CheckCart) -> str:
    return _("Couldn't check {command}").format(command=code("/panda cart"))


FEATURE = Feature(answers=(Answer(CheckCart, check_cart, failed=_not_checked, is_repeatable=True),))
