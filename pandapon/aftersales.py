"""Refunds and returns of both platforms as one kind of value, and the calls that request and change them.

1688 has no list of refunds, and no operations for messages, changes and withdrawals [stated: the vendor's navigation].
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pandapon import fields, shapes
from pandapon.operations import refunds as ops
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandapon.operations.operation import Operation
    from pandapon.operations.requests import Request

    Call = tuple[Operation[Any, Any], Request]

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
ASK: Mapping[Platform, Operation[Any, Any]] = {ALIBABA: ops.ALIBABA_CREATE, TAOBAO: ops.TAOBAO_SUBMIT}
TERMS: Mapping[Platform, Operation[Any, Any]] = {ALIBABA: ops.ALIBABA_REASONS, TAOBAO: ops.TAOBAO_RENDER}
SHIP: Mapping[Platform, Operation[Any, Any]] = {ALIBABA: ops.ALIBABA_RETURN, TAOBAO: ops.TAOBAO_RETURN}
CARRIERS: Mapping[Platform, Operation[Any, Any]] = {ALIBABA: ops.ALIBABA_CARRIERS, TAOBAO: ops.TAOBAO_RETURN_RENDER}


class GoodsState(StrEnum):
    """Where the goods of a refund are."""

    NOT_SHIPPED = "not_shipped"
    NOT_RECEIVED = "not_received"
    RECEIVED = "received"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class RefundLine(_Frozen):
    """A line of an order for which a refund is requested. ``entry_id``: the platform's id of the line."""

    entry_id: str
    pieces: int


class RefundRequest(_Frozen):
    """A refund to be requested. Amounts are yuan. A refund on Taobao is for one line, and has no ``shipping``."""

    platform: Platform
    order_id: str
    lines: tuple[RefundLine, ...]
    goods: GoodsState
    with_return: bool = False
    is_over: bool = False  # the order is finished, so that this is an after-sales claim [upstream]
    amount: Decimal = Decimal()
    shipping: Decimal = Decimal()
    reason_id: str = ""
    description: str = ""
    vouchers: tuple[str, ...] = ()  # 1688 only: addresses of uploaded pictures


class RefundReason(_Frozen):
    """A reason for a refund."""

    reason_id: str
    words: str


class RefundTerms(_Frozen):
    """The reasons and amounts that a refund request may give. Amounts are yuan; None: the platform does not say."""

    reasons: tuple[RefundReason, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None


class Refund(_Frozen):
    """A refund that was requested. Every field but platform and id may be empty."""

    platform: Platform
    refund_id: str
    order_id: str = ""
    entry_id: str = ""
    code: str = ""  # the state as the API sends it
    amount: Decimal | None = None  # yuan, shipping included
    reason_id: str = ""
    reason: str = ""
    description: str = ""
    title: str = ""
    with_return: bool | None = None  # None: unknown
    until: datetime | None = None  # when the present state ends by itself, aware
    refusal: str = ""  # why the seller refused
    carrier: str = ""  # of the return shipment
    number: str = ""  # the waybill of the return shipment


class Letter(_Frozen):
    """A message between buyer and seller in a refund. ``at`` is aware; None: unknown."""

    author: str = ""  # as the platform names the author
    words: str = ""
    at: datetime | None = None


class ReturnCarrier(_Frozen):
    """A carrier for returns. ``code``: the call's value for it; on Taobao that is the name [inferred]."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RefundChange:
    """A change of a Taobao refund's request; None leaves a field as it is. ``amount`` in yuan."""

    amount: Decimal | None = None
    reason_id: str | None = None
    description: str | None = None


# --- calls ------------------------------------------------------------------------------------------------------------


def application(ask: RefundRequest, codes: Mapping[str, int]) -> Call:
    """Return the call that requests a refund. Raises ValueError for ids or amounts that cannot be sent.

    ``codes``: Taobao's numbers by the names of :data:`pandapon.config.TAOBAO_REFUND_CODES`.
    """
    if ask.platform is ALIBABA:
        return ops.ALIBABA_CREATE, ops.CreateRefund(
            order_id=ask.order_id,
            order_entry_ids=tuple(line.entry_id for line in ask.lines),
            dispute_request="returnRefund" if ask.with_return else "refund",
            apply_payment=ask.amount,
            apply_carriage=ask.shipping,
            apply_reason_id=ask.reason_id,
            description=ask.description,
            goods_status=alibaba_goods_status(ask),
            vouchers=ask.vouchers or None,
            order_entry_count_list=tuple(ops.EntryCount(id=line.entry_id, count=line.pieces) for line in ask.lines),
        )
    return ops.TAOBAO_SUBMIT, ops.SubmitRefund(
        sub_order_id=ask.lines[0].entry_id,
        refund_type=taobao_refund_type(codes, with_return=ask.with_return),
        goods_status=taobao_goods_status(codes, ask.goods),
        reason_id=ask.reason_id,
        refund_fee=ask.amount,
        refund_desc=ask.description or None,
    )


def modification(refund_id: str, change: RefundChange) -> Call:
    """Return the call that changes a Taobao refund's request. Raises ValueError like :func:`application`."""
    return ops.TAOBAO_CHANGE, ops.ChangeRefund(
        refund_id=refund_id,
        reason_id=change.reason_id or None,
        refund_fee=change.amount,
        refund_desc=change.description or None,
    )


def withdrawal(refund_id: str) -> Call:
    """Return the call that cancels a Taobao refund. Raises ValueError like :func:`application`."""
    return ops.TAOBAO_CANCEL, ops.RefundId(refund_id=refund_id)


def message(refund_id: str, words: str) -> Call:
    """Return the call that writes to the seller in a Taobao refund. Raises ValueError like :func:`application`."""
    return ops.TAOBAO_MESSAGE, ops.RefundMessage(refund_id=refund_id, refund_message=words)


def return_shipment(platform: Platform, refund_id: str, carrier: ReturnCarrier, number: str) -> Call:
    """Return the call that reports the shipment of a return. Raises ValueError like :func:`application`."""
    if platform is ALIBABA:
        request = ops.AlibabaReturn(refund_id=refund_id, logistics_company_no=carrier.code, freight_bill=number)
        return ops.ALIBABA_RETURN, request
    return ops.TAOBAO_RETURN, ops.TaobaoReturn(refund_id=refund_id, logistics_company=carrier.code, logistics_no=number)


def voucher_upload(picture: bytes) -> Call:
    """Return the call that uploads a picture as proof to 1688."""
    return ops.ALIBABA_VOUCHER, ops.Voucher(image_data=base64.b64encode(picture).decode())


def created_refund_ids(answer: Any) -> tuple[str, ...]:
    """Return the id of the refund in the answer to :func:`application`; empty if it has none.

    1688's answer is stated for v1; Taobao's is not published, and its names are inferred.
    """
    if isinstance(answer, ops.CreatedRefund):
        refund_id = answer.refund_id
    else:
        refund_id = fields.text(shapes.unwrapped(answer) or {"id": answer}, "refundId", "id")
    return (refund_id,) if refund_id else ()


def voucher_addresses(answer: Any) -> tuple[str, ...]:
    """Return the picture's address in the answer to :func:`voucher_upload`; empty if it has none.

    The answer is not published: its names are inferred.
    """
    voucher = shapes.unwrapped(answer) or {"url": answer}
    address = fields.text(voucher, "url", "imageUrl", "voucher", "path", "imageRelativeUrl", "fileUrl")
    return (address,) if address else ()


# --- codes ------------------------------------------------------------------------------------------------------------


def alibaba_goods_status(ask: RefundRequest) -> str:
    """1688's word for where the goods are [upstream]."""
    if ask.is_over:
        is_here = ask.goods is GoodsState.RECEIVED
        return "aftersaleBuyerReceived" if is_here else "aftersaleBuyerNotReceived"
    return {
        GoodsState.NOT_SHIPPED: "refundWaitSellerSend",
        GoodsState.NOT_RECEIVED: "refundWaitBuyerReceive",
        GoodsState.RECEIVED: "refundBuyerReceived",
    }[ask.goods]


def taobao_refund_type(codes: Mapping[str, int], *, with_return: bool) -> int:
    """Taobao's number for a refund with or without a return [inferred]."""
    return codes["return" if with_return else "refund"]


def taobao_goods_status(codes: Mapping[str, int], goods: GoodsState) -> int:
    """Taobao's number for where the goods are [inferred]; unshipped goods count as not received."""
    return codes["received" if goods is GoodsState.RECEIVED else "not_received"]


# --- readers ----------------------------------------------------------------------------------------------------------


def reasons_of(rows: Sequence[ops.Reason]) -> tuple[RefundReason, ...]:
    """Return the reasons in the rows of either platform; rows without an id are left out."""
    named = [(row.reason_id or row.id, row.reason_desc or row.name) for row in rows]
    return tuple(RefundReason(reason_id=number, words=words or number) for number, words in named if number)


def read_alibaba(row: ops.AlibabaRefund, refund_id: str) -> Refund:
    """Return a 1688 refund. The published page is cut off; the names behind the cut are the upstream's [inferred]."""
    extra = row.model_extra or {}
    parts = [part for part in (row.apply_payment, row.apply_carriage) if part is not None]
    return Refund(
        platform=ALIBABA,
        refund_id=refund_id,
        order_id=fields.text(extra, "orderId"),
        code=row.status or fields.text(extra, "refundStatus"),
        amount=row.refund_payment or (sum(parts, Decimal()) if parts else None),
        reason_id=row.apply_reason_id,
        reason=row.apply_reason,
        description=fields.words(extra, "description"),
        with_return=row.buyer_send_goods,
        until=row.gmt_time_out,
        refusal=row.reject_reason,
        carrier=row.buyer_logistics_name,
        number=fields.text(extra, "freightBill", "buyerLogisticsNo"),
    )


def read_taobao(row: ops.TaobaoRefund, refund_id: str, codes: Mapping[str, int]) -> Refund:
    """Return the refund of a row of Taobao's list, which names neither the order nor the return shipment."""
    with_return = {str(codes["return"]): True, str(codes["refund"]): False}
    return Refund(
        platform=TAOBAO,
        refund_id=refund_id,
        code=row.refund_status,
        amount=row.refund_fee,
        reason_id=row.reason_id,
        reason=row.reason_desc,
        description=row.refund_desc,
        with_return=with_return.get(row.refund_type),
        until=row.timeout_date,
        refusal=row.seller_refuse_reason,
    )


def read_taobao_detail(detail: ops.RefundAggregate, refund_id: str, codes: Mapping[str, int]) -> Refund:
    """Return a Taobao refund with its line and return shipment. ``detail.refund_order`` must not be None."""
    assert detail.refund_order is not None
    line, sent = detail.purchase_order_line, (detail.logistics.model_extra or {}) if detail.logistics else {}
    facts: dict[str, Any] = {
        "carrier": fields.words(sent, "logisticsCompany", "logisticsCompanyName", "companyName"),
        "number": fields.text(sent, "logisticsNo", "logisticsNumber", "mailNo"),
    }
    if line is not None:
        order, entry = line.purchase_order_id, line.purchase_order_line_id
        facts |= {"order_id": order, "entry_id": entry, "title": line.item_title}
    return read_taobao(detail.refund_order, refund_id, codes).model_copy(update=facts)
