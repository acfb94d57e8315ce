"""The operations of orders, from the preview to the receipt."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.ordering import (
    PurchaseLine,
    by_seller,
    check_receiver_1688,
    check_receiver_taobao,
    create_orders_1688,
    lines_from_cart,
    open_order,
    preview,
    read_cargo,
)
from sandbox.pandapon.trading.paying import cancel, pay, require_unpaid, set_status

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields

Json = dict[str, Any]
CANCELS_AFTER = timedelta(seconds=30)  # Taobao accepts at once and cancels later [upstream]

# --- 1688 -------------------------------------------------------------------------------------------------------------


def preview_1688(account: Account, fields: Fields) -> list[Json]:
    """The cost of the order of each seller, in fen [stated for a sibling, the unit inferred]."""
    return [preview(lines) for lines in by_seller(read_cargo(account, fields))]


def create_1688(account: Account, fields: Fields) -> list[Json]:
    """Create an order of one seller."""
    wanted = read_cargo(account, fields)
    if len({line.sku.goods.seller for line in wanted}) > 1:
        raise RefusedError("MULTI_SELLER", "请使用多商家下单接口")
    return create_orders_1688(account, fields, wanted)


def create_batch_1688(account: Account, fields: Fields) -> list[Json]:
    """Create an order for each seller [stated]."""
    return create_orders_1688(account, fields, read_cargo(account, fields))


def preview_cart_1688(account: Account, fields: Fields) -> list[Json]:
    """The cost of the order of each seller in a cart."""
    check_receiver_1688(fields)
    lines = lines_from_cart(account, Platform.ALIBABA, fields.ids("cartIds"))
    return [preview(part) for part in by_seller(lines)]


def order_cart_1688(account: Account, fields: Fields) -> list[Json]:
    """Create orders from entries of the cart, and remove these entries."""
    ids = fields.ids("cartIds")
    answer = create_orders_1688(account, fields, lines_from_cart(account, Platform.ALIBABA, ids))
    for number in ids:
        account.carts[Platform.ALIBABA].pop(int(number), None)
    return answer


def cancel_1688(account: Account, fields: Fields) -> bool:
    """Cancel an unpaid order [stated]."""
    if fields.words("webSite") != "1688":
        raise RefusedError(400, "参数错误: webSite")
    fields.words("cancelReason")
    cancel(account, account.order(Platform.ALIBABA, fields.id("orderId")), timedelta())
    return True


def pay_url(account: Account, fields: Fields) -> Json:
    """The address of an order's pay page [stated]."""
    order = account.order(Platform.ALIBABA, fields.id("orderId"))
    require_unpaid(account, order)
    if account.pays_at_once:
        pay(account, order)
    return {
        "orderId": order.order_id,
        "protocolPaySuccess": account.pays_at_once,
        "payUrl": None if account.pays_at_once else f"{account.pay_pages}/pay/{order.order_id}",
        "cantPayOrderList": None,
    }


def pay_batch_1688(account: Account, fields: Fields) -> Json:
    """Pay orders by the account's standing agreement. If one cannot be paid, the call is refused and none is paid."""
    orders = [account.order(Platform.ALIBABA, order_id) for order_id in fields.ids("orderIds")]
    for order in orders:
        require_unpaid(account, order)
    for order in orders:
        pay(account, order)
    return {"success": True, "orderIds": [order.order_id for order in orders]}


def received_1688(account: Account, fields: Fields) -> Json:
    """Confirm receipt. A refusal is within the data of a successful answer [stated for v1]."""
    order = account.order(Platform.ALIBABA, fields.id("orderId"))
    if order.status(account.clock()) != "waitbuyerreceive":
        return {"success": False, "errorCode": "ORDER_STATUS_ERROR", "errorInfo": "订单状态不允许确认收货"}
    set_status(account, order, "success")
    return {"success": True, "errorCode": None, "errorInfo": None}


def wangwang(account: Account, fields: Fields) -> str:
    """The chat name of a seller [one client]."""
    wanted = fields.id("openUid")
    for goods in account.world.goods:
        if products.seller_id(goods.seller) == wanted:
            return f"{goods.seller}:客服"
    raise RefusedError("404", "用户不存在")


# --- Taobao -----------------------------------------------------------------------------------------------------------


def create_taobao(account: Account, fields: Fields) -> Json:
    """Create an order for each seller. Lines and receiver are JSON texts, amounts are fen [stated for v1]."""
    check_receiver_taobao(fields.json("receiver").part("receiver"))
    lines = []
    for row in fields.json("orderLineList").rows("orderLineList"):
        row.id("orderLineNo")
        sku = products.variant_of(account, Platform.TAOBAO, row.id("itemId"), row.id("skuId"))
        line = PurchaseLine(sku, row.quantity())
        if row.fen("price") != line.price:
            raise RefusedError("PRICE_CHANGED", "商品价格已变动")
        account.require_stock(sku, line.quantity)
        lines.append(line)
    goods = sum((line.price * line.quantity for line in lines), Decimal())
    if fields.fen("purchaseAmount") != goods:
        raise RefusedError("AMOUNT_MISMATCH", "订单金额不一致")
    number = fields.id("sellerOrderNumber") if "sellerOrderNumber" in fields else ""
    if number and number in account.outer_ids:
        raise RefusedError("DUPLICATE_ORDER", "外部订单号重复")
    orders = [open_order(account, Platform.TAOBAO, part) for part in by_seller(lines)]
    if number:
        account.outer_ids.add(number)
        for order in orders:
            order.outer_id = number
    return {"purchaseIds": [int(order.order_id) for order in orders], "sellerOrderNumber": number or None}


def preview_cart_taobao(account: Account, fields: Fields) -> list[Json]:
    """The cost of the order of each seller in a cart. The operation is not published: it answers like 1688's."""
    check_receiver_taobao(fields.part("orderAddress"))
    lines = lines_from_cart(account, Platform.TAOBAO, fields.ids("ids"))
    return [preview(part) for part in by_seller(lines)]


def order_cart_taobao(account: Account, fields: Fields) -> Json:
    """Create orders from entries of the cart, and remove these entries."""
    check_receiver_taobao(fields.part("orderAddress"))
    ids = fields.ids("ids")
    parts = by_seller(lines_from_cart(account, Platform.TAOBAO, ids))
    orders = [open_order(account, Platform.TAOBAO, part) for part in parts]
    for number in ids:
        account.carts[Platform.TAOBAO].pop(int(number), None)
    return {"purchaseIds": [int(order.order_id) for order in orders]}


def cancel_taobao(account: Account, fields: Fields) -> bool:
    """Accept a cancellation; the order is closed a little later [upstream]."""
    fields.words("cancelReason")
    cancel(account, account.order(Platform.TAOBAO, fields.id("purchaseId")), CANCELS_AFTER)
    return True


def pay_taobao(account: Account, fields: Fields) -> Json:
    """Pay orders. The operation is not published [inferred]."""
    orders = [account.order(Platform.TAOBAO, order_id) for order_id in fields.ids("purchaseIds")]
    for order in orders:
        require_unpaid(account, order)
    for order in orders:
        pay(account, order)
    return {"success": True, "purchaseIds": [int(order.order_id) for order in orders]}


def warehouse(account: Account, fields: Fields) -> Json:
    """Change the forwarding warehouse of an order that is not shipped."""
    order = account.order(Platform.TAOBAO, fields.id("orderId"))
    fields.words("warehouseAddress")
    if order.status(account.clock()) not in {"0", "10"}:
        raise RefusedError("ORDER_STATUS_ERROR", "订单已发货，不能修改仓库")
    return {"orderId": order.order_id, "warehouseName": fields.words("warehouseName")}


def im_link(account: Account, fields: Fields) -> str:
    """The address of a seller's chat [stated for v1]. ``pageParamMap`` names one of Taobao's products."""
    for name in ("loginName", "password", "pageName"):
        fields.words(name)
    about = ""
    if "pageParamMap" in fields:
        page = fields.json("pageParamMap").part("pageParamMap")
        if page.words("sourceType") != "item":
            raise RefusedError(400, "参数错误: pageParamMap")
        about = f"&item={products.by_id(account, Platform.TAOBAO, page.id('bizId')).product_id}"
    return f"https://distributor.taobao.global/im?token=sandbox{about}"
