"""Taobao's refunds and returns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import replies
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading.refund_cases import (
    ASKED,
    CARRIERS,
    CLOSED_CASE,
    REASONS,
    case_of,
    check_refundable,
    line_of,
    open_case,
    plan_answer,
    require_state,
    send_back,
    set_state,
)

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account, RefundCase
    from sandbox.pandapon.trading.fields import Fields

Json = dict[str, Any]
WITH_RETURN, ONLY_MONEY = 2, 1  # Taobao's types of refund; the numbers are ours


def render(account: Account, fields: Fields) -> Json:
    """The reasons and limits of a refund [stated]."""
    order, line = line_of(account, fields.id("subOrderId"))
    for name in ("refundType", "goodsStatus"):
        fields.number(name)
    check_refundable(account, order)
    return {
        "refundOrderTemplate": {
            "refundReasons": [
                {"reasonId": int(number), "reasonDesc": words, "tips": None} for number, words in REASONS.items()
            ],
            "goodsStatusList": [{"status": 1, "desc": "未收到货"}, {"status": 2, "desc": "已收到货"}],
            "refundOrder": None,
            "maxRefundFee": {"minRefundFee": 1, "refundFee": replies.fen(line.price * line.quantity), "feeTips": None},
        },
        "distributorId": 1,
        "currency": "CNY",
        "saleFlag": 1,
    }


def submit(account: Account, fields: Fields) -> Json:
    """Request a refund. The operation is not published [inferred]."""
    order, line = line_of(account, fields.id("subOrderId"))
    reason = _known_reason(fields)
    if (amount := fields.fen("refundFee")) > line.price * line.quantity:
        raise RefusedError("AMOUNT_TOO_HIGH", "退款金额超过可退金额")
    with_return = fields.number("refundType") == WITH_RETURN
    case = open_case(
        account,
        order,
        line.sub_order,
        amount=amount,
        reason=reason,
        words=fields.optional("refundDesc"),
        with_return=with_return,
        lines=(order.lines.index(line),),
    )
    return {"refundId": case.refund_id}


def _known_reason(fields: Fields) -> str:
    if (reason := fields.id("reasonId")) not in REASONS:
        raise RefusedError("REASON_NOT_EXIST", "退款原因不存在")
    return reason


def change(account: Account, fields: Fields) -> bool:
    """Change a refund's request before the seller has answered. The operation is not published [inferred]."""
    case = case_of(account, fields.id("refundId"), Platform.TAOBAO)
    require_state(account, case, ASKED)
    if "refundFee" in fields:
        _order, line = line_of(account, case.sub_order)
        if (amount := fields.fen("refundFee")) > line.price * line.quantity:
            raise RefusedError("AMOUNT_TOO_HIGH", "退款金额超过可退金额")
        case.amount = amount
    if "reasonId" in fields:
        case.reason = _known_reason(fields)
    case.description = fields.optional("refundDesc") or case.description
    plan_answer(account, case)
    return True


def cancel(account: Account, refund_id: str) -> bool:
    """Withdraw a refund that is neither paid back nor closed [stated]."""
    case = case_of(account, refund_id, Platform.TAOBAO)
    if case.order.refund(account.clock()).status in {"refundsuccess", "refundclose"}:
        raise RefusedError("REFUND_STATUS_ERROR", "退款状态不允许该操作")
    set_state(account, case, CLOSED_CASE)
    return True


def message(account: Account, fields: Fields) -> bool:
    """Write in a refund [stated for v1]."""
    case = case_of(account, fields.id("refundId"), Platform.TAOBAO)
    now = account.clock()
    case.messages.append((now, "买家", fields.words("refundMessage")))
    case.messages.append((now + timedelta(minutes=10), case.order.seller, "亲，已收到，我们会尽快处理。"))
    return True


def messages(account: Account, fields: Fields) -> Json:
    """The messages of a refund. The operation is not published [inferred]."""
    case = case_of(account, fields.id("refundId"), Platform.TAOBAO)
    now = account.clock()
    rows = [
        {"content": words, "ownerNick": who, "createTime": replies.epoch_ms(at)}
        for at, who, words in case.messages
        if at <= now
    ]
    return {"total": len(rows), "list": rows}


def list_refunds(account: Account, fields: Fields) -> Json:
    """The refunds, newest first [stated for v1]."""
    size = fields.number("pageSize", least=1, most=50)
    number = fields.number("pageNo", least=1) if "pageNo" in fields else 1
    cases = [case for case in account.refunds.values() if case.order.platform is Platform.TAOBAO]
    for name, of in (("refundId", _refund_id), ("purchaseOrderId", _order_id)):
        if name in fields:
            cases = [case for case in cases if of(case) == fields.id(name)]
    cases.sort(key=lambda case: case.asked_at, reverse=True)
    rows = [_refund(account, case) for case in replies.page(cases, number, size)]
    return {"total": len(cases), "list": rows}


def detail(account: Account, fields: Fields) -> Json:
    """One refund, its line and its shipment [stated]."""
    case = case_of(account, fields.id("refundId"), Platform.TAOBAO)
    _order, line = line_of(account, case.sub_order)
    carrier, number = case.shipment or (None, None)
    return {
        "distributorId": 1,
        "currency": "CNY",
        "refundOrderAggregate": {
            "logistics": {"logisticsCompany": carrier, "logisticsNo": number},
            "refundOrder": _refund(account, case),
            "purchaseOrderLine": {
                "purchaseOrderId": case.order.order_id,
                "purchaseOrderLineId": line.sub_order,
                "salesOrderId": None,
                "itemTitle": line.title,
                "quantity": line.quantity,
                "price": replies.fen(line.price),
                "totalPrice": replies.fen(line.price * line.quantity),
                "postFee": 0,
                "productFee": replies.fen(line.price * line.quantity),
                "createTime": replies.epoch_ms(case.order.created_at),
            },
        },
    }


def return_render(account: Account, fields: Fields) -> Json:
    """The carriers of a return shipment. The operation is not published [inferred]."""
    case_of(account, fields.id("refundId"), Platform.TAOBAO)
    return {
        "logisticsCompanies": [{"companyNo": code, "companyName": name} for code, name in CARRIERS.items()],
        "returnAddress": "义乌市 退货仓",
    }


def ship_back(account: Account, fields: Fields) -> bool:
    """Report the shipment of a return. The operation is not published [inferred]."""
    case = case_of(account, fields.id("refundId"), Platform.TAOBAO)
    send_back(account, case, fields.words("logisticsCompany"), fields.id("logisticsNo"))
    return True


def _refund(account: Account, case: RefundCase) -> Json:
    state = case.order.refund(account.clock())
    return {
        "refundId": case.refund_id,
        "refundStatus": state.number,
        "refundType": WITH_RETURN if case.with_return else ONLY_MONEY,
        "refundFee": replies.fen(case.amount),
        "goodsStatus": 2,
        "reasonId": int(case.reason),
        "reasonDesc": REASONS[case.reason],
        "refundDesc": case.description or None,
        "timeoutType": None,
        "timeoutDate": replies.naive(state.until) if state.until else None,
        "remainingTime": None,
        "sellerRefuseReason": state.refusal or None,
    }


def _refund_id(case: RefundCase) -> str:
    return case.refund_id


def _order_id(case: RefundCase) -> str:
    return case.order.order_id
