"""New orders: their lines, checked against variants, quantities and stock; their preview; and their creation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import replies
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading import carts, products
from sandbox.pandapon.trading.paying import CLOSED, WAITING
from sandbox.pandapon.world import Line, SandboxOrder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields
    from sandbox.pandapon.trading.products import Sku

Json = dict[str, Any]
PAY_WITHIN = timedelta(days=3)
FREIGHT_OF_SELLER = Decimal(6)
FLOWS = frozenset({"general", "fenxiao", "saleproxy", "fenxiaonew", "ttpft"})


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One line of a purchase."""

    sku: Sku
    quantity: int

    @property
    def price(self) -> Decimal:
        """The price of a piece at this quantity, in yuan."""
        return products.price(self.sku.goods, self.quantity)


def read_cargo(account: Account, fields: Fields) -> list[PurchaseLine]:
    """Return the lines of a new 1688 order.

    Raises RefusedError for an incomplete address, an unknown flow or product, too few pieces or too little stock.
    """
    check_receiver_1688(fields)
    if fields.words("flow") not in FLOWS:
        raise RefusedError(400, "参数错误: flow")
    lines = []
    for row in fields.rows("cargoParamList"):
        product = row.id("offerMapId" if "offerMapId" in row else "offerId")
        goods = products.by_id(account, Platform.ALIBABA, product)
        spec = row.id("specId") if "specId" in row else products.skus(goods)[0].spec_id
        line = PurchaseLine(products.variant_of(account, Platform.ALIBABA, product, spec), row.quantity())
        if line.quantity < (least := products.minimum(goods)):
            raise RefusedError("BELOW_MINIMUM", f"低于起订量 {least} 件")
        account.require_stock(line.sku, line.quantity)
        lines.append(line)
    return lines


def lines_from_cart(account: Account, platform: Platform, ids: Sequence[str]) -> list[PurchaseLine]:
    """Return entries of a cart as lines. Raises RefusedError like :func:`carts.chosen`."""
    return [PurchaseLine(entry.sku, entry.quantity) for entry in carts.chosen(account, platform, ids)]


def check_receiver_1688(fields: Fields) -> None:
    """Raise RefusedError if the ``addressParam`` lacks a required field."""
    address = fields.part("addressParam")
    for name in ("fullName", "mobile", "provinceText", "cityText", "address"):
        address.words(name)


def check_receiver_taobao(address: Fields) -> None:
    """Raise RefusedError if the address lacks a required field."""
    for name in ("name", "state", "city", "address"):
        address.words(name)


def by_seller(wanted: Iterable[PurchaseLine]) -> list[list[PurchaseLine]]:
    """Group the lines by seller: each group becomes one order."""
    ordered = sorted(wanted, key=lambda line: line.sku.goods.seller)
    return [list(part) for _seller, part in groupby(ordered, key=lambda line: line.sku.goods.seller)]


def create_orders_1688(account: Account, fields: Fields, wanted: Sequence[PurchaseLine]) -> list[Json]:
    """Create an order for each seller, and return the orders in 1688's shape."""
    check_receiver_1688(fields)
    orders = [open_order(account, Platform.ALIBABA, part) for part in by_seller(wanted)]
    now = account.clock()
    return [replies.order_1688(order, now, detail=True, pictures=account.pictures) for order in orders]


def open_order(account: Account, platform: Platform, wanted: Sequence[PurchaseLine]) -> SandboxOrder:
    """Create the order of one seller, which waits for payment, and take its pieces from the stock."""
    number, now = account.next_number(), account.clock()
    order_id = f"{2542287000000000000 + number * 101 if platform is Platform.ALIBABA else 3305077000000000000 + number}"
    lines = []
    for at, line in enumerate(wanted):
        account.take(line.sku, line.quantity)
        sub_order = f"2{order_id[-8:]}{at:04d}" if platform is Platform.TAOBAO else ""
        goods = line.sku.goods
        lines.append(Line(goods.title, line.price, line.quantity, line.sku.variant, goods.product_id, sub_order))
    closing = (now + PAY_WITHIN, CLOSED[platform])
    order = SandboxOrder(
        platform,
        order_id,
        wanted[0].sku.goods.seller,
        lines,
        now,
        [(now, WAITING[platform]), closing],
        FREIGHT_OF_SELLER,
        pay_within=PAY_WITHIN,
    )
    return account.world.add_order(order)


def preview(wanted: Sequence[PurchaseLine]) -> Json:
    """Return the cost of one seller's order, amounts in fen."""
    goods = sum((line.price * line.quantity for line in wanted), Decimal())
    return {
        "sumPayment": replies.fen(goods + FREIGHT_OF_SELLER),
        "sumCarriage": replies.fen(FREIGHT_OF_SELLER),
        "sumPaymentNoCarriage": replies.fen(goods),
        "sumTotalPayment": replies.fen(goods + FREIGHT_OF_SELLER),
        "sellerOpenId": products.seller_id(wanted[0].sku.goods.seller),
        "orderItemTOList": [
            {
                "offerId": None,
                "openOfferId": line.sku.goods.product_id,
                "specId": line.sku.spec_id,
                "skuId": int(line.sku.sku_id),
                "quantity": line.quantity,
                "amount": replies.fen(line.price * line.quantity),
                "finalUnitPrice": replies.fen(line.price),
                "message": None,
            }
            for line in wanted
        ],
    }
