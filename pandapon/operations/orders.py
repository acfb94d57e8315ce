"""Orders: list, detail, logistics, preview, creation, payment, cancellation, receipt, and the seller's chat."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from pandapon import alibaba, taobao
from pandapon.errors import NotFoundError
from pandapon.operations.addresses import AlibabaReceiver, TaobaoReceiver
from pandapon.operations.answers import Amounts, Answer, Count, Fen, Flag, Link, Many, One, Plain, Rows, Text, raw
from pandapon.operations.operation import Operation
from pandapon.operations.requests import (
    AsJson,
    Id,
    InFen,
    NumberId,
    PageNumber,
    PageSize,
    Quantity,
    Request,
    Secret,
    Words,
)
from pandapon.shipment import Platform
from pandapon.times import CHINA

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.models import Order, Page


TAOBAO, ALIBABA = Platform.TAOBAO, Platform.ALIBABA
Span = tuple[datetime | None, datetime | None]  # the earliest and the latest time, aware

# --- requests ---------------------------------------------------------------------------------------------------------


class OrderId(Request):
    """One order."""

    order_id: Id


class AlibabaOrderId(Request):
    """One 1688 order; ``web_site`` is always 1688 [stated]."""

    web_site: Words = "1688"
    order_id: Id


class SubOrder(Request):
    """One sub-order of Taobao, whose logistics are read [stated]."""

    sub_purchase_order_id: Id


class ListAlibaba(Request):
    """A page of 1688's orders, from page 1. The request is not readable: its names are the upstream's [inferred]."""

    page: PageNumber = 1
    page_size: PageSize = 20
    order_status: Words | None = None
    refund_status: Words | None = None
    create_start_time: Words | None = None  # yyyyMMddHHmmssSSS+0800
    create_end_time: Words | None = None
    modify_start_time: Words | None = None
    modify_end_time: Words | None = None
    out_order_id: Id | None = None
    order_ids: tuple[Id, ...] | None = None
    product_name: Words | None = None

    @classmethod
    def of(cls, status: str, page: int, page_size: int, created: Span) -> ListAlibaba:
        """Make 1688's request of a list that both platforms have. ``status``: 1688's own code; empty: all.

        ``created``: the earliest and latest time of an order (aware). It is sent in the form that another reseller's
        sample has [upstream].
        """
        start, end = (at and at.astimezone(CHINA).strftime("%Y%m%d%H%M%S000%z") for at in created)
        return cls(
            page=page,
            page_size=page_size,
            order_status=status or None,
            create_start_time=start,
            create_end_time=end,
        )


def _code(status: Any) -> Any:
    return int(status) if isinstance(status, str) and status.isascii() and status.isdigit() else status


class ListTaobao(Request):
    """A page of Taobao's orders, from page 1. The names are the upstream's, camel-cased [inferred]."""

    page_no: PageNumber = 1
    page_size: PageSize = 20
    status: Annotated[int | Words, BeforeValidator(_code)] | None = None  # a number goes as a number
    modify_time_start: int | None = None  # epoch in ms
    modify_time_end: int | None = None
    outer_purchase_id: Id | None = None
    purchase_ids: tuple[Id, ...] | None = None

    @classmethod
    def of(cls, status: str, page: int, page_size: int, _created: Span) -> ListTaobao:
        """Make Taobao's request of a list that both platforms have; it has no filter by creation time [upstream]."""
        return cls(page_no=page, page_size=page_size, status=status or None)


class TaobaoLine(Request):
    """One line of a new Taobao order [stated for v1]. ``order_line_no``: the caller's number for the line."""

    item_id: Id
    sku_id: Id
    order_line_no: Id
    quantity: Quantity
    price: InFen
    currency: Words = "CNY"


class CreateTaobao(Request):
    """A new Taobao order [stated for v1]. Lines and receiver are JSON texts within the JSON.

    Amounts are sent as fen, whatever the setting: ``purchaseAmount`` [stated for v1], a line's price [inferred].
    """

    order_line_list: AsJson[tuple[TaobaoLine, ...]] = Field(min_length=1, max_length=100)
    receiver: AsJson[TaobaoReceiver]
    order_source: Words | None = None
    purchase_amount: InFen
    seller_order_number: Id | None = None


class CancelTaobao(Request):
    """A Taobao order to be cancelled. Nothing is published: the names are the upstream's, camel-cased [inferred]."""

    purchase_id: Id
    sub_purchase_order_id_list: tuple[Id, ...] | None = None
    cancel_reason: Words
    cancel_remark: Words | None = None


class CancelAlibaba(Request):
    """An unpaid 1688 order to be cancelled [stated]. The vendor's sample has free text as the reason."""

    web_site: Words = "1688"
    order_id: NumberId
    cancel_reason: Words
    remark: Words | None = None


class Warehouse(Request):
    """The forwarding warehouse of a Taobao order [stated for v1]."""

    order_id: Id
    warehouse_name: Words
    warehouse_address: Words


class PayTaobao(Request):
    """Taobao orders to be paid. The request is not published: the name is the upstream's [inferred].

    At most 10 orders, the limit of another reseller of the same upstream [inferred].
    """

    purchase_ids: tuple[Id, ...] = Field(min_length=1, max_length=10)


class ImLink(Request):
    """The page of the seller's chat [stated for v1]. The API requires the account's login name and password."""

    login_name: Words
    password: Secret
    page_name: Words = "chat"
    page_param_map: AsJson[dict[str, str]] | None = None


class Cargo(Request):
    """One line of a new 1688 order [stated]. v1's pages have ``offerId``, a v2 sample has ``offerMapId``."""

    offer_map_id: Id | None = None
    offer_id: Id | None = None
    spec_id: Id | None = None
    quantity: Quantity
    seller_open_id: Id | None = None


class CreateAlibaba(Request):
    """A new 1688 order, of one seller [stated for v1] or of several [stated]."""

    flow: Words = "general"
    address_param: AlibabaReceiver
    cargo_param_list: tuple[Cargo, ...] = Field(min_length=1, max_length=100)
    message: Words | None = None
    shop_promotion_id: Id | None = None
    trade_type: Id | None = None


class PayBatch(Request):
    """1688 orders to be submitted for payment [stated for v1]."""

    order_ids: tuple[Id, ...] = Field(min_length=1, max_length=30)


class Receive(Request):
    """A 1688 order, or some of its lines, whose receipt is confirmed [stated for v1]."""

    order_id: NumberId
    order_entry_ids: tuple[NumberId, ...] | None = None


class Wangwang(Request):
    """A seller whose chat name is wanted [one client]."""

    offer_id: Id | None = None
    open_uid: Id


# --- answers ----------------------------------------------------------------------------------------------------------


class PreviewLine(Answer):
    """One line of a preview [stated for a sibling]."""

    offer_id: Text = ""
    open_offer_id: Text = ""
    spec_id: Text = ""
    sku_id: Text = ""
    amount: Fen = None
    final_unit_price: Fen = None
    quantity: Count = None  # [inferred]
    message: Plain = ""


class AlibabaPreview(Answer):
    """The cost of an order of one seller [stated for a sibling]. Amounts are sent as fen [inferred]."""

    sum_payment: Fen = None  # goods and freight
    sum_carriage: Fen = None
    sum_payment_no_carriage: Fen = None
    sum_total_payment: Fen = None  # in the only sample more than goods and freight together, unexplained
    seller_open_id: Text = ""  # [inferred]
    order_item_to_list: Rows[PreviewLine] = Field(default=(), alias="orderItemTOList")


class PayUrl(Answer):
    """The page on which an order is paid [stated]. ``protocol_pay_success``: a standing agreement paid it at once."""

    order_id: Text = ""
    protocol_pay_success: Flag = None
    pay_url: Link = ""
    cant_pay_order_list: Any = None


class Received(Answer):
    """The result of confirming receipt [stated for v1]. The envelope raises an error in it before it is read."""

    success: Flag = None
    error_code: Text = ""
    error_info: Plain = ""


# --- readers ----------------------------------------------------------------------------------------------------------


def _alibaba_order(data: Any, asked: AlibabaOrderId, _amounts: Amounts) -> Order:
    return alibaba.order(_not_empty(data, asked.order_id), asked.order_id)


def _taobao_order(data: Any, asked: OrderId, amounts: Amounts) -> Order:
    return taobao.order(_not_empty(data, asked.order_id), asked.order_id, fen=amounts == "fen")


def _not_empty(data: Any, order_id: str) -> Any:
    if not data:
        raise NotFoundError(f"PandaPon has no order {order_id!r}")
    return data


def _alibaba_orders(data: Any, asked: ListAlibaba, _amounts: Amounts) -> Page[Order]:
    return alibaba.orders(data, asked.page, asked.page_size)


def _taobao_orders(data: Any, asked: ListTaobao, amounts: Amounts) -> Page[Order]:
    return taobao.orders(data, asked.page_no, asked.page_size, fen=amounts == "fen")


def read_orders_1688(data: Any, _asked: object, _amounts: Amounts) -> tuple[Order, ...]:
    """Return the created orders in an answer: one for each seller, in a list [stated for the batch]."""
    return alibaba.orders(data if isinstance(data, list | None) else [data], 1, 100).items


# --- operations -------------------------------------------------------------------------------------------------------

_TWIN = "nothing is known of the path: guessed after 1688's"

TAOBAO_CREATE = Operation(
    "taobao.order.create",
    "Taobao order creation",
    "POST",
    "/v2/taobao/order",
    "I",
    TAOBAO,
    CreateTaobao,
    raw,
    writes=True,
    note="v1's path is stated; where the rule's path would end is a guess",
)
TAOBAO_ORDERS = Operation(
    "taobao.order.list",
    "Taobao order list",
    "POST",
    "/v2/taobao/order/page",
    "I",
    TAOBAO,
    ListTaobao,
    _taobao_orders,
    note=_TWIN,
)
TAOBAO_CANCEL = Operation(
    "taobao.order.cancel",
    "Cancel a Taobao order",
    "POST",
    "",
    "?",
    TAOBAO,
    CancelTaobao,
    raw,
    writes=True,
    note="accepted is not cancelled: read the order again",
)
TAOBAO_WAREHOUSE = Operation(
    "taobao.order.warehouse",
    "Change the forwarding warehouse",
    "POST",
    "/v2/taobao/order/updateWarehouse",
    "I",
    TAOBAO,
    Warehouse,
    raw,
    writes=True,
)
TAOBAO_PAY = Operation("taobao.order.pay", "Pay a Taobao order", "POST", "", "?", TAOBAO, PayTaobao, raw, writes=True)
TAOBAO_IM = Operation(
    "taobao.order.im_link",
    "Link to the seller's chat",
    "POST",
    "/v2/taobao/order/page/link/get",
    "I",
    TAOBAO,
    ImLink,
    raw,
)
TAOBAO_ORDER = Operation(
    "taobao.order.detail",
    "Taobao order by id",
    "GET",
    "/v2/taobao/order/detail",
    "I",
    TAOBAO,
    OrderId,
    _taobao_order,
    note=_TWIN,
)
TAOBAO_LOGISTICS = Operation(
    "taobao.order.logistics",
    "Taobao logistics of a sub-order",
    "GET",
    "/v2/taobao/order/logistics/detail/get",
    "S",
    TAOBAO,
    SubOrder,
    raw,  # pandapon.logistics reads the answers of all sub-orders as one trace
)
PAY_BATCH = Operation(
    "1688.order.pay_batch",
    "Submit orders for payment",
    "POST",
    "/v2/alibaba/order/batch/submit/to/pay",
    "I",
    ALIBABA,
    PayBatch,
    raw,
    writes=True,
)
PREVIEW_BATCH = Operation(
    "1688.order.preview_batch",
    "Preview orders of several sellers",
    "POST",
    "",
    "?",
    ALIBABA,
    CreateAlibaba,
    Many(AlibabaPreview),
)
CREATE_BATCH = Operation(
    "1688.order.create_batch",
    "Create orders of several sellers",
    "POST",
    "/v2/alibaba/order/batch/create",
    "S",
    ALIBABA,
    CreateAlibaba,
    read_orders_1688,
    writes=True,
)
ALIBABA_LOGISTICS = Operation(
    "1688.order.logistics",
    "1688 logistics of an order",
    "GET",
    "/v2/alibaba/order/logistics",
    "S",
    ALIBABA,
    OrderId,
    raw,  # read in pandapon.logistics, like Taobao's
)
ALIBABA_ORDERS = Operation(
    "1688.order.list", "1688 order list", "POST", "/v2/alibaba/order/page", "S", ALIBABA, ListAlibaba, _alibaba_orders
)
PREVIEW = Operation(
    "1688.order.preview",
    "Preview an order",
    "POST",
    "/v2/alibaba/order/create/preview",
    "I",
    ALIBABA,
    CreateAlibaba,
    Many(AlibabaPreview),
)
CREATE = Operation(
    "1688.order.create",
    "Create an order",
    "POST",
    "/v2/alibaba/order/create",
    "S",
    ALIBABA,
    CreateAlibaba,
    read_orders_1688,
    writes=True,
)
CANCEL = Operation(
    "1688.order.cancel",
    "Cancel an unpaid order",
    "POST",
    "/v2/alibaba/order/cancel",
    "S",
    ALIBABA,
    CancelAlibaba,
    raw,
    writes=True,
)
PAY_URL = Operation(
    "1688.order.pay_url",
    "Pay an order",
    "GET",
    "/v2/alibaba/order/pay/url",
    "S",
    ALIBABA,
    OrderId,
    One(PayUrl),
    writes=True,  # a standing agreement may pay at once
)
RECEIVED = Operation(
    "1688.order.received",
    "Confirm receipt",
    "POST",
    "/v2/alibaba/order/receivegoods",
    "I",
    ALIBABA,
    Receive,
    One(Received),
    writes=True,
)
WANGWANG = Operation(
    "1688.order.wangwang",
    "A seller's chat name",
    "POST",
    "/v2/alibaba/product/openuid/decrypt",
    "I",
    ALIBABA,
    Wangwang,
    raw,
    note="from a public client",
)
ALIBABA_DETAIL = Operation(
    "1688.order.detail",
    "1688 order by id",
    "POST",
    "/v2/alibaba/order/detail",
    "I",
    ALIBABA,
    AlibabaOrderId,
    _alibaba_order,
    note="v1's path is stated, v2's navigation lacks it",
)


# The calls that both platforms have: the operation, and the maker of its request.
DETAIL: dict[Platform, tuple[Operation[Any, Order], Callable[[str], Request]]] = {
    ALIBABA: (ALIBABA_DETAIL, lambda order_id: AlibabaOrderId(order_id=order_id)),
    TAOBAO: (TAOBAO_ORDER, lambda order_id: OrderId(order_id=order_id)),
}
LIST: dict[Platform, tuple[Operation[Any, Page[Order]], Callable[[str, int, int, Span], Request]]] = {
    ALIBABA: (ALIBABA_ORDERS, ListAlibaba.of),
    TAOBAO: (TAOBAO_ORDERS, ListTaobao.of),
}


OPERATIONS = (
    TAOBAO_CREATE,
    TAOBAO_ORDERS,
    TAOBAO_CANCEL,
    TAOBAO_WAREHOUSE,
    TAOBAO_PAY,
    TAOBAO_IM,
    TAOBAO_ORDER,
    TAOBAO_LOGISTICS,
    PAY_BATCH,
    PREVIEW_BATCH,
    CREATE_BATCH,
    ALIBABA_LOGISTICS,
    ALIBABA_ORDERS,
    PREVIEW,
    CREATE,
    CANCEL,
    PAY_URL,
    RECEIVED,
    WANGWANG,
    ALIBABA_DETAIL,
)
