"""Refunds and returns: the terms, the request, its messages, and the return shipment."""

from __future__ import annotations

from pydantic import Field

from pandapon.operations.answers import (
    Answer,
    Count,
    Fen,
    Flag,
    Many,
    One,
    Paged,
    Part,
    Plain,
    Rows,
    TaobaoAmount,
    Text,
    Time,
    raw,
)
from pandapon.operations.operation import Operation
from pandapon.operations.requests import (
    Id,
    InFen,
    InTaobaoUnit,
    Nothing,
    NumberId,
    PageNumber,
    PageSize,
    Quantity,
    Request,
    Words,
)
from pandapon.shipment import Platform

TAOBAO, ALIBABA = Platform.TAOBAO, Platform.ALIBABA

# --- requests ---------------------------------------------------------------------------------------------------------


class RefundId(Request):
    """One refund."""

    refund_id: Id


class ListRefunds(Request):
    """A page of Taobao's refunds, from page 1 [stated for v1]. Times are epochs."""

    refund_id: Id | None = None
    purchase_order_id: Id | None = None
    sales_order_id: Id | None = None
    refund_status: int | None = None
    refund_start_time: int | None = None
    refund_end_time: int | None = None
    page_no: PageNumber = 1
    page_size: PageSize = 20


class RenderRefund(Request):
    """A sub-order whose refund is prepared [stated]. The meanings of the two numbers are not published."""

    sub_order_id: Id
    refund_type: int
    goods_status: int


class SubmitRefund(Request):
    """A Taobao refund. The request is not published: its names are those of the detail and the rendering [inferred]."""

    sub_order_id: Id
    refund_type: int
    goods_status: int
    reason_id: Id
    refund_fee: InTaobaoUnit  # named like the highest amount in the rendering [inferred]
    refund_desc: Words | None = None
    refund_images: tuple[Words, ...] | None = None


class ChangeRefund(Request):
    """A change of a Taobao refund. The request is not published: all names are [inferred]."""

    refund_id: Id
    refund_type: int | None = None
    goods_status: int | None = None
    reason_id: Id | None = None
    refund_fee: InTaobaoUnit | None = None
    refund_desc: Words | None = None


class RefundMessage(Request):
    """A message in a refund [stated for v1]."""

    refund_id: Id
    refund_message: Words
    refund_images: tuple[Words, ...] | None = None


class RefundMessages(Request):
    """A page of a refund's messages. The request is not published: all names are [inferred]."""

    refund_id: Id
    page_no: PageNumber = 1
    page_size: PageSize = 20


class TaobaoReturn(Request):
    """The shipment of a Taobao return. The request is not published: all names are [inferred]."""

    refund_id: Id
    logistics_company: Words
    logistics_no: Id


class RefundReasons(Request):
    """A 1688 order whose refund reasons are read. Nothing is published: the names are the upstream's [inferred]."""

    order_id: Id
    order_entry_ids: tuple[Id, ...] | None = None
    goods_status: Words = "refundBuyerReceived"


class Voucher(Request):
    """A picture as proof, as base64. The request is not published: the name is the upstream's [inferred]."""

    image_data: str = Field(min_length=1)


class EntryCount(Request):
    """The number of pieces of an order's line for which a refund is requested [stated for v1]."""

    id: NumberId
    count: Quantity


class CreateRefund(Request):
    """A 1688 refund [stated for v1]. Amounts are sent as fen [upstream].

    ``dispute_request``: refund or returnRefund [upstream]. ``goods_status``: refundWaitSellerSend,
    refundWaitBuyerReceive, refundBuyerReceived, aftersaleBuyerNotReceived or aftersaleBuyerReceived [upstream].
    """

    order_id: NumberId
    order_entry_ids: tuple[NumberId, ...] = Field(min_length=1, max_length=100)
    dispute_request: Words
    apply_payment: InFen
    apply_carriage: InFen
    apply_reason_id: Id
    description: Words
    goods_status: Words
    vouchers: tuple[Words, ...] | None = None
    order_entry_count_list: tuple[EntryCount, ...] | None = None


class AlibabaReturn(Request):
    """The shipment of a 1688 return [stated for v1]."""

    refund_id: Id
    logistics_company_no: Id
    freight_bill: Id
    description: Words | None = None
    vouchers: tuple[Words, ...] | None = None


# --- answers ----------------------------------------------------------------------------------------------------------


class Reason(Answer):
    """A reason for a refund. Taobao's names are [stated]; 1688's (``id``, ``name``) are the upstream's [inferred]."""

    reason_id: Text = ""
    reason_desc: Plain = ""
    tips: Plain = ""
    id: Text = ""
    name: Plain = ""


class MaxRefund(Answer):
    """The lowest and the highest amount that a refund request may name [stated]."""

    min_refund_fee: TaobaoAmount = None
    refund_fee: TaobaoAmount = None
    fee_tips: Plain = ""


class TaobaoRefund(Answer):
    """A Taobao refund [stated]."""

    refund_id: Text = ""
    refund_status: Text = ""
    refund_type: Text = ""
    refund_fee: TaobaoAmount = None
    goods_status: Text = ""
    reason_id: Text = ""
    reason_desc: Plain = ""
    refund_desc: Plain = ""
    timeout_type: Text = ""
    timeout_date: Time = None
    remaining_time: Text = ""
    seller_refuse_reason: Plain = ""


class RefundTemplate(Answer):
    """The reasons and limits of a refund request [stated]."""

    refund_reasons: Rows[Reason] = ()
    goods_status_list: Rows[Answer] = ()
    refund_order: Part[TaobaoRefund] = None
    max_refund_fee: Part[MaxRefund] = None


class RefundRendering(Answer):
    """The answer of ``taobao.refund.render`` [stated]."""

    refund_order_template: Part[RefundTemplate] = None
    currency: Text = ""
    sale_flag: Text = ""


class RefundedLine(Answer):
    """The line of the order for which the refund is [stated]."""

    purchase_order_id: Text = ""
    purchase_order_line_id: Text = ""
    sales_order_id: Text = ""
    item_title: Plain = ""
    quantity: Count = None
    price: TaobaoAmount = None
    total_price: TaobaoAmount = None
    post_fee: TaobaoAmount = None
    product_fee: TaobaoAmount = None
    create_time: Time = None


class RefundAggregate(Answer):
    """A refund, its line and its shipment [stated]."""

    refund_order: Part[TaobaoRefund] = None
    purchase_order_line: Part[RefundedLine] = None
    logistics: Part[Answer] = None


class TaobaoRefundDetail(Answer):
    """The answer of ``taobao.refund.detail`` [stated]."""

    refund_order_aggregate: Part[RefundAggregate] = None
    currency: Text = ""


class AlibabaRefund(Answer):
    """A 1688 refund [stated for v1]. Amounts are sent as fen [inferred].

    The readable page is cut off. ``status``, ``refund_payment``, ``reject_reason`` and ``gmt_time_out`` would stand
    behind the cut: these names are the upstream's [inferred].
    """

    id: Text = ""
    remark: Plain = ""
    status: Text = ""
    apply_payment: Fen = None
    apply_carriage: Fen = None
    apply_expect: Fen = None
    apply_reason: Plain = ""
    apply_reason_id: Text = ""
    apply_sub_reason: Plain = ""
    buyer_logistics_name: Plain = ""
    buyer_send_goods: Flag = None
    refund_payment: Fen = None
    reject_reason: Plain = ""
    gmt_time_out: Time = None


class CreatedRefund(Answer):
    """The id of a new refund [stated for v1]."""

    refund_id: Text = ""


class Carrier(Answer):
    """A carrier for returns [upstream]."""

    id: Text = ""
    company_no: Text = ""
    company_name: Plain = ""
    company_phone: Text = ""


class Message(Answer):
    """A message of a refund. The answer is not published: all names are [inferred]."""

    content: Plain = ""
    owner_nick: Plain = ""
    create_time: Time = None


class ReturnRendering(Answer):
    """The carriers of a return shipment. The answer is not published: all names are [inferred]."""

    logistics_companies: Rows[Carrier] = ()


# --- operations -------------------------------------------------------------------------------------------------------

TAOBAO_LIST = Operation(
    "taobao.refund.list",
    "Taobao refund list",
    "POST",
    "/v2/taobao/order/refund/queryList",
    "I",
    TAOBAO,
    ListRefunds,
    Paged(TaobaoRefund),
)
TAOBAO_RENDER = Operation(
    "taobao.refund.render",
    "What a refund may ask for",
    "POST",
    "/v2/taobao/order/refund/render",
    "S",
    TAOBAO,
    RenderRefund,
    One(RefundRendering),
)
TAOBAO_RETURN_RENDER = Operation(
    "taobao.refund.logistics_render",
    "What a return shipment may say",
    "GET",
    "",
    "?",
    TAOBAO,
    RefundId,
    One(ReturnRendering),
)
TAOBAO_RETURN = Operation(
    "taobao.refund.logistics", "Tell a return shipment", "POST", "", "?", TAOBAO, TaobaoReturn, raw, writes=True
)
TAOBAO_CANCEL = Operation(
    "taobao.refund.cancel",
    "Cancel a refund",
    "GET",
    "/v2/taobao/order/refund/cancel/{refundId}",
    "S",
    TAOBAO,
    RefundId,
    raw,
    writes=True,
)
TAOBAO_MESSAGE = Operation(
    "taobao.refund.message",
    "Write in a refund",
    "POST",
    "/v2/taobao/order/refund/submit/message",
    "I",
    TAOBAO,
    RefundMessage,
    raw,
    writes=True,
)
TAOBAO_SUBMIT = Operation(
    "taobao.refund.submit", "Ask for a refund", "POST", "", "?", TAOBAO, SubmitRefund, raw, writes=True
)
TAOBAO_MESSAGES = Operation(
    "taobao.refund.messages", "Messages of a refund", "POST", "", "?", TAOBAO, RefundMessages, Paged(Message)
)
TAOBAO_CHANGE = Operation(
    "taobao.refund.change", "Change a refund", "POST", "", "?", TAOBAO, ChangeRefund, raw, writes=True
)
TAOBAO_DETAIL = Operation(
    "taobao.refund.detail",
    "Taobao refund by id",
    "GET",
    "/v2/taobao/order/refund/query",
    "S",
    TAOBAO,
    RefundId,
    One(TaobaoRefundDetail),
)
ALIBABA_DETAIL = Operation(
    "1688.refund.detail",
    "1688 refund by id",
    "POST",
    "/v2/alibaba/refund/info",
    "I",
    ALIBABA,
    RefundId,
    One(AlibabaRefund),
)
ALIBABA_REASONS = Operation(
    "1688.refund.reasons", "1688 refund reasons", "POST", "", "?", ALIBABA, RefundReasons, Many(Reason)
)
ALIBABA_VOUCHER = Operation(
    "1688.refund.voucher", "Upload a refund voucher", "POST", "", "?", ALIBABA, Voucher, raw, writes=True
)
ALIBABA_CREATE = Operation(
    "1688.refund.create",
    "Ask for a refund",
    "POST",
    "/v2/alibaba/refund/detail/create",
    "I",
    ALIBABA,
    CreateRefund,
    One(CreatedRefund),
    writes=True,
)
ALIBABA_RETURN = Operation(
    "1688.refund.shipment",
    "Tell a return shipment",
    "POST",
    "/v2/alibaba/refund/goods/return",
    "I",
    ALIBABA,
    AlibabaReturn,
    raw,
    writes=True,
)
ALIBABA_CARRIERS = Operation(
    "1688.refund.carriers", "Carriers for returns", "GET", "", "?", ALIBABA, Nothing, Many(Carrier)
)

OPERATIONS = (
    TAOBAO_LIST,
    TAOBAO_RENDER,
    TAOBAO_RETURN_RENDER,
    TAOBAO_RETURN,
    TAOBAO_CANCEL,
    TAOBAO_MESSAGE,
    TAOBAO_SUBMIT,
    TAOBAO_MESSAGES,
    TAOBAO_CHANGE,
    TAOBAO_DETAIL,
    ALIBABA_DETAIL,
    ALIBABA_REASONS,
    ALIBABA_VOUCHER,
    ALIBABA_CREATE,
    ALIBABA_RETURN,
    ALIBABA_CARRIERS,
)
