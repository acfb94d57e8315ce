"""The stand-in buys, pays, ships and takes back: every operation through the bot's own client, with its refusals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.operation_samples import ABROAD, ALIBABA, TAOBAO

from pandapon.errors import ApiError, AuthError, PandaPonError
from pandapon.models import Order, PictureQuery, ProductQuery
from pandapon.operations import addresses, cart, freight, goods, orders, refunds
from pandapon.operations.addresses import AbroadReceiver, AlibabaReceiver, TaobaoReceiver
from pandapon.operations.catalogue import OPERATIONS
from pandapon.shipment import Milestone, OrderRef, Platform
from sandbox.pandapon import pictures
from sandbox.pandapon.trading.routes import HANDLERS, OWN_PATHS, find

if TYPE_CHECKING:
    from support.fake_pandapon import FakePandaPon

    from pandapon.client import PandaPon

FROM_THE_START = {  # answered by the server itself, which was there before the others
    *("1688.order.logistics", "1688.order.detail", "1688.order.list", "1688.goods.search"),
    *("taobao.order.logistics", "taobao.order.detail", "taobao.order.list", "taobao.goods.search"),
}
RECEIVER, TAOBAO_RECEIVER = AlibabaReceiver(**ALIBABA), TaobaoReceiver(**TAOBAO)


async def product_1688(client: PandaPon, at: int = 0) -> goods.AlibabaProduct:
    page = await client.search(Platform.ALIBABA, ProductQuery("连衣裙", page_size=20))
    return await client.run(goods.ALIBABA_GET, goods.Offer(offer_id=page.items[at].product_id))


async def product_taobao(client: PandaPon) -> goods.TaobaoProduct:
    page = await client.search(Platform.TAOBAO, ProductQuery("连衣裙"))
    return await client.run(goods.TAOBAO_GET, goods.ProductId(item_id=page.items[0].product_id))


def cargo(product: goods.AlibabaProduct, quantity: int = 10, sku: int = 0) -> orders.Cargo:
    spec = product.product_sku_infos[sku].spec_id
    return orders.Cargo(offer_map_id=product.offer_map_id, spec_id=spec, quantity=quantity)


async def bought_1688(client: PandaPon, quantity: int = 10) -> Order:
    """One unpaid order."""
    request = orders.CreateAlibaba(
        address_param=RECEIVER, cargo_param_list=(cargo(await product_1688(client), quantity),)
    )
    (order,) = await client.run(orders.CREATE, request)
    return order


async def bought_taobao(client: PandaPon) -> str:
    """The id of an unpaid order."""
    product = await product_taobao(client)
    price = product.price or Decimal()
    line = orders.TaobaoLine(
        item_id=product.item_id, sku_id=product.sku_list[0].sku_id, order_line_no="1", quantity=2, price=price
    )
    answer = await client.run(
        orders.TAOBAO_CREATE,
        orders.CreateTaobao(order_line_list=(line,), receiver=TAOBAO_RECEIVER, purchase_amount=price * 2),
    )
    return str(answer["purchaseIds"][0])


async def refused(client: PandaPon, operation: Any, request: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.run(operation, request)
    return caught.value


def test_every_operation_is_answered() -> None:
    """No operation of the catalogue is without an address or a handler here."""
    names = {operation.name for operation in OPERATIONS}
    assert HANDLERS.keys() | FROM_THE_START | {"taobao.refund.cancel"} == names
    for operation in OPERATIONS:
        path = (operation.path or OWN_PATHS[operation.name]).replace("{refundId}", "TQ1")
        assert (find(operation.method, path) is not None) is (operation.name not in FROM_THE_START)


async def test_a_purchase_on_1688_from_the_search_to_the_receipt(pandapon: FakePandaPon, client: PandaPon) -> None:
    """Cart, quantity, preview, order, the pay page, the seller's parcel, and the receipt."""
    product = await product_1688(client)
    sku = product.product_sku_infos[1]
    add = cart.AddToAlibabaCart(offer_map_id=product.offer_map_id, spec_id=sku.spec_id, quantity=5)
    assert await client.run(cart.ALIBABA_ADD, add) == await client.run(cart.ALIBABA_ADD, add), "one entry a variant"
    listed = await client.run(cart.ALIBABA_LIST, cart.ALIBABA_LIST.request())
    (entry,) = listed.enable_list[0].cart_item_infos
    assert (entry.quantity, entry.sku_id, listed.enable_list[0].seller_nick_name) == (
        10,
        sku.sku_id,
        product.company_name,
    )
    assert await client.run(cart.ALIBABA_QUANTITY, cart.CartQuantity(id=entry.id, quantity=12))
    (preview,) = await client.run(
        cart.ALIBABA_PREVIEW, cart.PreviewAlibabaCart(cart_ids=(entry.id,), address_param=RECEIVER)
    )
    price = product.tiers[0].price or Decimal()
    assert preview.sum_payment_no_carriage == price * 12
    assert preview.sum_payment == price * 12 + (preview.sum_carriage or 0)
    (order,) = await client.run(cart.ALIBABA_ORDER, cart.OrderAlibabaCart(cart_ids=(entry.id,), address_param=RECEIVER))
    assert (order.is_unpaid, order.total_amount) == (True, preview.sum_payment)
    assert (await client.run(cart.ALIBABA_LIST, cart.ALIBABA_LIST.request())).enable_list == ()
    left = (await product_1688(client)).product_sku_infos[1].amount_on_sale
    assert left == (sku.amount_on_sale or 0) - 12
    pay = await client.run(orders.PAY_URL, orders.OrderId(order_id=order.order_id))
    async with pandapon.session.get(pay.pay_url) as page:
        assert f"Pay ¥{order.total_amount:,.2f}" in await page.text()
    async with pandapon.session.post(pay.pay_url) as page:
        assert page.status == 200
    async with pandapon.session.post(pay.pay_url) as page:
        assert page.status == 409, "paid once"
    ref = OrderRef(Platform.ALIBABA, order.order_id)
    assert (await client.order(ref)).milestone is Milestone.PAID
    assert (await refused(client, orders.PAY_URL, orders.OrderId(order_id=order.order_id))).code == "ORDER_STATUS_ERROR"
    pandapon.clock.advance(timedelta(days=3))
    shipment = (await client.trace(ref)).trace
    assert shipment is not None
    (parcel,) = shipment.shipment().parcels
    assert parcel.nodes[-1].milestone is Milestone.DELIVERED
    done = await client.run(orders.RECEIVED, orders.Receive(order_id=order.order_id))
    assert done.success is True
    assert (await client.order(ref)).status_code == "success"


async def test_several_sellers_in_one_call(client: PandaPon) -> None:
    """The batch makes an order for each seller; the single creation refuses two."""
    first, second = await product_1688(client), await product_1688(client, 5)
    assert first.company_name != second.company_name
    request = orders.CreateAlibaba(address_param=RECEIVER, cargo_param_list=(cargo(first), cargo(second)))
    previews = await client.run(orders.PREVIEW_BATCH, request)
    assert len(previews) == 2
    assert (await refused(client, orders.CREATE, request)).code == "MULTI_SELLER"
    made = await client.run(orders.CREATE_BATCH, request)
    assert {order.seller for order in made} == {first.company_name, second.company_name}
    await client.run(orders.PAY_BATCH, orders.PayBatch(order_ids=tuple(order.order_id for order in made)))
    assert {(await client.order(order.ref)).milestone for order in made} == {Milestone.PAID}


async def test_a_purchase_on_taobao(pandapon: FakePandaPon, client: PandaPon) -> None:
    """By cart and by direct order; paid, moved to another warehouse, shipped; the other cancelled a little later."""
    product = await product_taobao(client)
    sku = product.sku_list[0]
    checked = await client.run(
        goods.TAOBAO_CHECK,
        goods.CheckProducts(params=(goods.CheckedProduct(item_id=product.item_id), goods.CheckedProduct(item_id="9"))),
    )
    assert (len(checked.mp_products), checked.no_mp_product_item_ids) == (1, ("9",))
    add = cart.AddToTaobaoCart(
        item_map_id=product.item_id,
        sku_id=sku.sku_id,
        mp_id=product.mp_id,
        mp_sku_id=sku.mp_sku_id,
        item_title=product.title,
        price=product.price or Decimal(),
        quantity=3,
    )
    number = str(await client.run(cart.TAOBAO_ADD, add))
    await client.run(cart.TAOBAO_QUANTITY, cart.CartQuantity(id=number, quantity=4))
    (seller,) = (await client.run(cart.TAOBAO_LIST, cart.TAOBAO_LIST.request())).enable_list
    assert [entry.quantity for entry in seller.cart_item_infos] == [4]
    await client.run(cart.TAOBAO_PREVIEW, cart.PreviewTaobaoCart(ids=(number,), order_address=TAOBAO_RECEIVER))
    made = await client.run(cart.TAOBAO_ORDER, cart.OrderTaobaoCart(ids=(number,), order_address=TAOBAO_RECEIVER))
    order_id, other = str(made["purchaseIds"][0]), await bought_taobao(client)
    ref = OrderRef(Platform.TAOBAO, order_id)
    await client.run(orders.TAOBAO_PAY, orders.PayTaobao(purchase_ids=(order_id,)))
    move = orders.Warehouse(order_id=order_id, warehouse_name="义乌仓", warehouse_address="义乌市 1 号")
    await client.run(orders.TAOBAO_WAREHOUSE, move)
    assert (await client.order(ref)).milestone is Milestone.PAID
    cancel = orders.CancelTaobao(purchase_id=other, cancel_reason="不想要了")
    assert await client.run(orders.TAOBAO_CANCEL, cancel) is True
    assert (await client.order(OrderRef(Platform.TAOBAO, other))).is_unpaid, "accepted is not cancelled"
    pandapon.clock.advance(timedelta(days=3))
    assert (await client.order(OrderRef(Platform.TAOBAO, other))).milestone is Milestone.CANCELLED
    assert (await refused(client, orders.TAOBAO_WAREHOUSE, move)).code == "ORDER_STATUS_ERROR"
    trace = (await client.trace(ref, sub_orders=(await client.order(ref)).sub_order_ids)).trace
    assert trace is not None
    assert trace.shipment().parcels


@pytest.mark.parametrize("request_", ["refund", "returnRefund"])
async def test_a_refund_on_1688(request_: str, pandapon: FakePandaPon, client: PandaPon) -> None:
    """Reasons, a proof, the request; agreed after a while, sent back where it must be, and paid back."""
    order = await bought_1688(client)
    ask = refunds.CreateRefund(
        order_id=order.order_id,
        order_entry_ids=(f"{order.order_id}",),
        dispute_request=request_,
        apply_payment=Decimal("20.50"),
        apply_carriage=Decimal(0),
        apply_reason_id="20007",
        description="到货破损",
        goods_status="refundBuyerReceived",
        vouchers=(await client.run(refunds.ALIBABA_VOUCHER, refunds.Voucher(image_data="aGk=")),),
    )
    assert (await refused(client, refunds.ALIBABA_CREATE, ask)).code == "ORDER_STATUS_ERROR", "not paid yet"
    await client.run(orders.PAY_BATCH, orders.PayBatch(order_ids=(order.order_id,)))
    reasons = await client.run(refunds.ALIBABA_REASONS, refunds.RefundReasons(order_id=order.order_id))
    assert "20007" in {reason.id for reason in reasons}
    made = await client.run(refunds.ALIBABA_CREATE, ask)
    assert (await refused(client, refunds.ALIBABA_CREATE, ask)).code == "REFUND_EXISTS"
    which = refunds.RefundId(refund_id=made.refund_id)
    assert (await client.run(refunds.ALIBABA_DETAIL, which)).apply_payment == Decimal("20.50")
    assert (await client.order(order.ref)).refund_status == "waitselleragree"
    pandapon.clock.advance(timedelta(hours=7))
    if request_ == "returnRefund":
        assert (await client.order(order.ref)).refund_status == "waitbuyersend"
        back = refunds.AlibabaReturn(
            refund_id=made.refund_id, logistics_company_no="ZTO", freight_bill="78012345678901"
        )
        await client.run(refunds.ALIBABA_RETURN, back)
        pandapon.clock.advance(timedelta(hours=13))
    paid = await client.order(order.ref)
    assert (paid.refund_status, paid.refunded_amount) == ("refundsuccess", Decimal("20.5"))


async def test_a_return_on_taobao(pandapon: FakePandaPon, client: PandaPon) -> None:
    """Rendered, asked for, changed, talked about, listed, agreed, sent back, paid; another withdrawn."""
    order_id = await bought_taobao(client)
    await client.run(orders.TAOBAO_PAY, orders.PayTaobao(purchase_ids=(order_id,)))
    ref = OrderRef(Platform.TAOBAO, order_id)
    (sub,) = (await client.order(ref)).sub_order_ids
    form = await client.run(
        refunds.TAOBAO_RENDER, refunds.RenderRefund(sub_order_id=sub, refund_type=2, goods_status=2)
    )
    template = form.refund_order_template
    assert template is not None
    assert template.max_refund_fee is not None
    highest = template.max_refund_fee.refund_fee or Decimal()
    ask = refunds.SubmitRefund(
        sub_order_id=sub,
        refund_type=2,
        goods_status=2,
        reason_id=template.refund_reasons[0].reason_id,
        refund_fee=highest,
    )
    too_much = ask.model_copy(update={"refund_fee": highest + 1})
    assert (await refused(client, refunds.TAOBAO_SUBMIT, too_much)).code == "AMOUNT_TOO_HIGH"
    refund_id = str((await client.run(refunds.TAOBAO_SUBMIT, ask))["refundId"])
    which = refunds.RefundId(refund_id=refund_id)
    await client.run(refunds.TAOBAO_CHANGE, refunds.ChangeRefund(refund_id=refund_id, refund_fee=Decimal(1)))
    await client.run(refunds.TAOBAO_MESSAGE, refunds.RefundMessage(refund_id=refund_id, refund_message="您好"))
    pandapon.clock.advance(timedelta(hours=7))
    talk = await client.run(refunds.TAOBAO_MESSAGES, refunds.RefundMessages(refund_id=refund_id))
    assert next(message.content for message in talk.items) == "您好"
    assert len(talk.items) == 2
    page = await client.run(refunds.TAOBAO_LIST, refunds.ListRefunds())
    assert [(refund.refund_id, refund.refund_status, refund.refund_fee) for refund in page.items] == [
        (refund_id, "20", Decimal(1))
    ]
    assert (await client.run(refunds.TAOBAO_RETURN_RENDER, which)).logistics_companies
    await client.run(
        refunds.TAOBAO_RETURN,
        refunds.TaobaoReturn(refund_id=refund_id, logistics_company="中通快递", logistics_no="78012345678901"),
    )
    pandapon.clock.advance(timedelta(hours=13))
    detail = (await client.run(refunds.TAOBAO_DETAIL, which)).refund_order_aggregate
    assert detail is not None
    assert detail.refund_order is not None
    assert detail.refund_order.refund_status == "100"
    assert (await refused(client, refunds.TAOBAO_CANCEL, which)).code == "REFUND_STATUS_ERROR"
    other = await bought_taobao(client)
    await client.run(orders.TAOBAO_PAY, orders.PayTaobao(purchase_ids=(other,)))
    (sub,) = (await client.order(OrderRef(Platform.TAOBAO, other))).sub_order_ids
    again = str((await client.run(refunds.TAOBAO_SUBMIT, ask.model_copy(update={"sub_order_id": sub})))["refundId"])
    await client.run(refunds.TAOBAO_CANCEL, refunds.RefundId(refund_id=again))
    assert (await client.order(OrderRef(Platform.TAOBAO, other))).refund_status == "-20"


async def test_goods_of_all_lists(client: PandaPon) -> None:
    """A store, a picture, related ones, the selections and a category."""
    product = await product_1688(client)
    store = await client.run(goods.STORE, goods.SearchStore(seller_open_id=product.seller_open_id))
    assert {offer.seller for offer in store.items} == {product.company_name}
    assert (await client.run(goods.RELATED, goods.Related(offer_id=product.offer_id))).items
    for operation in (goods.HOT, goods.SELECTION, goods.GLOBAL_SELECTION, goods.RECOMMENDED):
        page = await client.run(operation, goods.Selection(page_size=3))
        assert len(page.items) == 3
    picture = PictureQuery(pictures.draw("mug", "blue"))
    for platform in Platform:
        assert "蓝色陶瓷马克杯" in (await client.search_picture(platform, picture)).items[0].title
    assert (await client.run(goods.CATEGORY, goods.Category(category_id="7")))[0].chinese_name == "数码、电脑"
    assert await client.run(orders.WANGWANG, orders.Wangwang(open_uid=product.seller_open_id))
    assert str(await client.run(orders.TAOBAO_IM, orders.ImLink(login_name="a", password="b"))).startswith("https://")


async def test_addresses(client: PandaPon) -> None:
    """Added, changed, listed."""
    save = addresses.SaveAddress(name="王小明", province="浙江省", city="杭州市", address="1 号", phone="13800000000")
    await client.run(addresses.SAVE, save)
    (first,) = await client.run(addresses.LIST, addresses.LIST.request())
    await client.run(addresses.SAVE, save.model_copy(update={"id": int(first.id), "city": "宁波市"}))
    assert [address.city for address in await client.run(addresses.LIST, addresses.LIST.request())] == ["宁波市"]
    assert (await refused(client, addresses.SAVE, save.model_copy(update={"id": 999}))).code == "404"


async def test_freight_abroad(pandapon: FakePandaPon, client: PandaPon) -> None:
    """Estimated, previewed, told to the warehouse, and booked once; all of it under the second signature."""
    receiver = AbroadReceiver(**ABROAD)
    order = await bought_1688(client)
    ask = freight.EstimateFreight(
        item_id="1", sku_id="2", quantity=3, price=Decimal("19.90"), receiver_address=receiver
    )
    offers = await client.run(freight.ESTIMATE, ask)
    assert {offer.service_category for offer in offers} == {"SEA", "AIR"}
    item = freight.FreightItem(
        item_id="1",
        sku_id="2",
        quantity=3,
        price=Decimal("19.90"),
        freight_info=freight.FreightService(service_id=offers[0].service_id),
    )
    preview = await client.run(freight.PREVIEW, freight.PreviewFreight(receiver_address=receiver, render_items=(item,)))
    assert preview.total_price == offers[0].price
    parcel = freight.DomesticParcel(
        line_item=freight.DomesticLine(item_id="1", sku_id="2", quantity=3), logistics_no="78012345678901"
    )
    assert await client.run(freight.DOMESTIC, freight.UpdateDomestic(order_id=order.order_id, logistic_infos=(parcel,)))
    booking = freight.BookFreight(
        render_id=preview.render_id,
        receiver_address=receiver,
        line_items=(item,),
        tmall_order_info=freight.WarehouseOrder(tmall_order_id=order.order_id),
    )
    assert (await client.run(freight.BOOK, booking))["logisticsOrderId"]
    assert (await refused(client, freight.BOOK, booking)).code == "RENDER_NOT_EXIST"
    async with pandapon.client(freight_signature="all") as other:
        with pytest.raises(AuthError):
            await other.run(freight.ESTIMATE, ask)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"spec_id": "f" * 32}, "SKU_NOT_EXIST"),
        ({"offer_map_id": "A999-1688-demo"}, "404"),
        ({"quantity": 1}, "BELOW_MINIMUM"),
        ({"quantity": 900_000}, "STOCK_NOT_ENOUGH"),
    ],
)
async def test_orders_that_are_refused(change: dict[str, Any], code: str, client: PandaPon) -> None:
    """Unknown variants and products, too few pieces, too little stock: nothing is created."""
    line = cargo(await product_1688(client)).model_copy(update=change)
    request = orders.CreateAlibaba(address_param=RECEIVER, cargo_param_list=(line,))
    before = (await client.orders(Platform.ALIBABA)).total
    assert (await refused(client, orders.CREATE, request)).code == code
    assert (await client.orders(Platform.ALIBABA)).total == before


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("1688.order.create", {"flow": "general"}),
        ("1688.order.create", {"flow": "nonsense", "addressParam": {}, "cargoParamList": []}),
        ("1688.cart.add", {"offerMapId": "A000-1688-demo", "specId": "x", "quantity": "2"}),
        ("1688.cart.add", {"offerMapId": "A000-1688-demo", "specId": "x", "quantity": True}),
        ("1688.cart.delete", {"ids": []}),
        ("taobao.order.create", {"orderLineList": "{oops", "receiver": "{}"}),
        ("taobao.refund.list", {}),
        ("address.save", {"name": " "}),
        ("1688.refund.voucher", {}),
    ],
)
async def test_fields_of_wrong_types_are_refused_by_name(name: str, body: dict[str, Any], client: PandaPon) -> None:
    """As strict as an upstream: each is named, none crashes the server."""
    with pytest.raises(PandaPonError, match="参数错误"):
        await client.call(name, body=body)


async def test_a_price_that_moved_is_refused(client: PandaPon) -> None:
    """The price of the request must be the product's."""
    product = await product_taobao(client)
    price = (product.price or Decimal()) + 1
    line = orders.TaobaoLine(
        item_id=product.item_id, sku_id=product.sku_list[0].sku_id, order_line_no="1", quantity=1, price=price
    )
    request = orders.CreateTaobao(order_line_list=(line,), receiver=TAOBAO_RECEIVER, purchase_amount=price)
    assert (await refused(client, orders.TAOBAO_CREATE, request)).code == "PRICE_CHANGED"


async def test_a_cancelled_order_gives_its_pieces_back(client: PandaPon) -> None:
    """Only an unpaid order can be cancelled."""
    before = (await product_1688(client)).product_sku_infos[0].amount_on_sale
    order = await bought_1688(client, 10)
    cancel = orders.CancelAlibaba(order_id=order.order_id, cancel_reason="other")
    assert await client.run(orders.CANCEL, cancel) is True
    assert (await product_1688(client)).product_sku_infos[0].amount_on_sale == before
    assert (await refused(client, orders.CANCEL, cancel)).code == "ORDER_STATUS_ERROR"


async def test_an_answer_is_lost_after_the_write(pandapon: FakePandaPon, client: PandaPon) -> None:
    """The stand-in does the write and drops the answer: reading shows that it was done, once."""
    product = await product_1688(client)
    pandapon.server.faults.cut = True
    add = cart.AddToAlibabaCart(
        offer_map_id=product.offer_map_id, spec_id=product.product_sku_infos[0].spec_id, quantity=2
    )
    with pytest.raises(PandaPonError):
        await client.run(cart.ALIBABA_ADD, add)
    pandapon.server.faults.clear()
    (seller,) = (await client.run(cart.ALIBABA_LIST, cart.ALIBABA_LIST.request())).enable_list
    assert [entry.quantity for entry in seller.cart_item_infos] == [2]
    assert await client.run(cart.ALIBABA_DELETE, cart.CartIds(ids=(seller.cart_item_infos[0].id,)))
