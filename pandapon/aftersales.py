"""Refunds and returns of both platforms as one kind of value, and the calls that ask for and change them.

1688 has no list of refunds, and no operations for messages, changes and withdrawals [the vendor's navigation].
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
    """Where the goods of a claim are."""

    NOT_SHIPPED = "not_shipped"
    NOT_RECEIVED = "not_received"
    RECEIVED = "received"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class AskedLine(_Frozen):
    """A line of an order that a refund is asked for. ``entry_id``: the platform's id of the line."""

    entry_id: str
    pieces: int


class RefundAsk(_Frozen):
    """What a refund asks for. Amounts are yuan; Taobao's refunds are of one line and have no ``shipping``."""

    platform: Platform
    order_id: str
    lines: tuple[AskedLine, ...]
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
    """What a refund may ask for. Amounts are yuan; None: the platform does not say."""

    reasons: tuple[RefundReason, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None


class AskedRefund(_Frozen):
    """A refund that was asked for. Every field but platform and id may be empty."""

    platform: Platform
    refund_id: str
    order_id: str = ""
    entry_id: str = ""
    code: str = ""  # its state as sent
    amount: Decimal | None = None  # yuan, shipping included
    reason_id: str = ""
    reason: str = ""
    description: str = ""
    title: str = ""
    with_return: bool | None = None  # None: unknown
    until: datetime | None = None  # when the present state ends by itself
    refusal: str = ""  # why the seller refused
    carrier: str = ""  # of the return
    number: str = ""  # of the return


class Letter(_Frozen):
    """A message of a refund."""

    author: str = ""  # as the platform names them
    words: str = ""
    at: datetime | None = None


class ReturnCarrier(_Frozen):
    """A carrier for returns. ``code``: what the call takes; it is the name on Taobao [inferred]."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RefundChange:
    """A change of what a Taobao refund asks for; None leaves a field as it is. ``amount`` in yuan."""

    amount: Decimal | None = None
    reason_id: str | None = None
    description: str | None = None


# --- calls ------------------------------------------------------------------------------------------------------------


def asking(ask: RefundAsk, codes: Mapping[str, int]) -> Call:
    """Return the call that asks for a refund. Raises ValueError for ids or amounts that cannot be sent."""
    if ask.platform is ALIBABA:
        return ops.ALIBABA_CREATE, ops.CreateRefund(
            order_id=ask.order_id,
            order_entry_ids=tuple(line.entry_id for line in ask.lines),
            dispute_request="returnRefund" if ask.with_return else "refund",
            apply_payment=ask.amount,
            apply_carriage=ask.shipping,
            apply_reason_id=ask.reason_id,
            description=ask.description,
            goods_status=stage_of(ask),
            vouchers=ask.vouchers or None,
            order_entry_count_list=tuple(ops.EntryCount(id=line.entry_id, count=line.pieces) for line in ask.lines),
        )
    return ops.TAOBAO_SUBMIT, ops.SubmitRefund(
        sub_order_id=ask.lines[0].entry_id,
        refund_type=type_of(codes, with_return=ask.with_return),
        goods_status=goods_of(codes, ask.goods),
        reason_id=ask.reason_id,
        refund_fee=ask.amount,
        refund_desc=ask.description or None,
    )


def changing(refund_id: str, change: RefundChange) -> Call:
    """Return the call that changes what a Taobao refund asks for. Raises ValueError like :func:`asking`."""
    return ops.TAOBAO_CHANGE, ops.ChangeRefund(
        refund_id=refund_id,
        reason_id=change.reason_id or None,
        refund_fee=change.amount,
        refund_desc=change.description or None,
    )


def withdrawing(refund_id: str) -> Call:
    """Return the call that cancels a Taobao refund. Raises ValueError like :func:`asking`."""
    return ops.TAOBAO_CANCEL, ops.RefundId(refund_id=refund_id)


def writing(refund_id: str, words: str) -> Call:
    """Return the call that writes to the seller in a Taobao refund. Raises ValueError like :func:`asking`."""
    return ops.TAOBAO_MESSAGE, ops.RefundMessage(refund_id=refund_id, refund_message=words)


def shipping(platform: Platform, refund_id: str, carrier: ReturnCarrier, number: str) -> Call:
    """Return the call that tells the shipment of a return. Raises ValueError like :func:`asking`."""
    if platform is ALIBABA:
        back = ops.AlibabaReturn(refund_id=refund_id, logistics_company_no=carrier.code, freight_bill=number)
        return ops.ALIBABA_RETURN, back
    return ops.TAOBAO_RETURN, ops.TaobaoReturn(refund_id=refund_id, logistics_company=carrier.code, logistics_no=number)


def uploading(picture: bytes) -> Call:
    """Return the call that uploads a picture as proof, for 1688."""
    return ops.ALIBABA_VOUCHER, ops.Voucher(image_data=base64.b64encode(picture).decode())


def made_refund(answer: Any) -> tuple[str, ...]:
    """Return the id of the refund in the answer to :func:`asking`. Taobao's answer is not published [inferred]."""
    if isinstance(answer, ops.CreatedRefund):
        refund_id = answer.refund_id
    else:
        refund_id = fields.text(shapes.unwrapped(answer) or {"id": answer}, "refundId", "id")
    return (refund_id,) if refund_id else ()


def made_voucher(answer: Any) -> tuple[str, ...]:
    """Return the address in the answer to :func:`uploading`, which is not published [inferred]."""
    found = shapes.unwrapped(answer) or {"url": answer}
    address = fields.text(found, "url", "imageUrl", "voucher", "path", "imageRelativeUrl", "fileUrl")
    return (address,) if address else ()


# --- readers ----------------------------------------------------------------------------------------------------------


def stage_of(ask: RefundAsk) -> str:
    """1688's word for where the goods are [upstream]."""
    if ask.is_over:
        is_here = ask.goods is GoodsState.RECEIVED
        return "aftersaleBuyerReceived" if is_here else "aftersaleBuyerNotReceived"
    return {
        GoodsState.NOT_SHIPPED: "refundWaitSellerSend",
        GoodsState.NOT_RECEIVED: "refundWaitBuyerReceive",
        GoodsState.RECEIVED: "refundBuyerReceived",
    }[ask.goods]


def type_of(codes: Mapping[str, int], *, with_return: bool) -> int:
    """Taobao's number for what is asked for."""
    return codes["return" if with_return else "refund"]


def goods_of(codes: Mapping[str, int], goods: GoodsState) -> int:
    """Taobao's number for where the goods are; it knows no goods that are not shipped."""
    return codes["received" if goods is GoodsState.RECEIVED else "not_received"]


def reasons_of(rows: Sequence[ops.Reason]) -> tuple[RefundReason, ...]:
    """Read reasons; rows without an id are left out."""
    named = [(row.reason_id or row.id, row.reason_desc or row.name) for row in rows]
    return tuple(RefundReason(reason_id=number, words=words or number) for number, words in named if number)


def read_alibaba(row: ops.AlibabaRefund, refund_id: str) -> AskedRefund:
    """Read a 1688 refund. The names of what the published page cuts off are the upstream's [inferred]."""
    more = row.model_extra or {}
    parts = [part for part in (row.apply_payment, row.apply_carriage) if part is not None]
    return AskedRefund(
        platform=ALIBABA,
        refund_id=refund_id,
        order_id=fields.text(more, "orderId"),
        code=row.status or fields.text(more, "refundStatus"),
        amount=row.refund_payment or (sum(parts, Decimal()) if parts else None),
        reason_id=row.apply_reason_id,
        reason=row.apply_reason,
        description=fields.words(more, "description"),
        with_return=row.buyer_send_goods,
        until=row.gmt_time_out,
        refusal=row.reject_reason,
        carrier=row.buyer_logistics_name,
        number=fields.text(more, "freightBill", "buyerLogisticsNo"),
    )


def read_taobao(row: ops.TaobaoRefund, refund_id: str, codes: Mapping[str, int]) -> AskedRefund:
    """Read a row of Taobao's list."""
    kinds = {str(codes["return"]): True, str(codes["refund"]): False}
    return AskedRefund(
        platform=TAOBAO,
        refund_id=refund_id,
        code=row.refund_status,
        amount=row.refund_fee,
        reason_id=row.reason_id,
        reason=row.reason_desc,
        description=row.refund_desc,
        with_return=kinds.get(row.refund_type),
        until=row.timeout_date,
        refusal=row.seller_refuse_reason,
    )


def read_taobao_detail(detail: ops.RefundAggregate, refund_id: str, codes: Mapping[str, int]) -> AskedRefund:
    """Read a Taobao refund with its line and shipment. ``detail`` has a refund."""
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
