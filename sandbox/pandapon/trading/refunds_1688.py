"""1688's refunds and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import replies
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading.refund_cases import CARRIERS, REASONS, case_of, check_refundable, open_case, send_back

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields

Json = dict[str, Any]
GOODS_STATES = frozenset(
    {
        *("refundWaitSellerSend", "refundWaitBuyerReceive", "refundBuyerReceived"),
        *("aftersaleBuyerNotReceived", "aftersaleBuyerReceived"),
    }
)


def reasons(account: Account, fields: Fields) -> list[Json]:
    """The reasons for a refund of an order."""
    check_refundable(account, account.order(Platform.ALIBABA, fields.id("orderId")))
    return [{"id": int(number), "name": words} for number, words in REASONS.items()]


def voucher(account: Account, fields: Fields) -> str:
    """Accept a picture, and answer with its address."""
    fields.words("imageData")
    address = f"{account.pay_pages}/voucher/{account.next_number()}.png"
    account.vouchers.append(address)
    return address


def create(account: Account, fields: Fields) -> Json:
    """Request a refund [stated for v1]; amounts are fen [upstream]."""
    order = account.order(Platform.ALIBABA, fields.id("orderId"))
    entries = {order.entry_id(at): at for at in range(len(order.lines))}
    asked = set(fields.ids("orderEntryIds"))
    if not asked <= {*entries, order.order_id}:
        raise RefusedError("404", "订单商品不存在")
    for row in fields.rows("orderEntryCountList") if "orderEntryCountList" in fields else []:
        at_line = entries.get(row.id("id"))
        if at_line is not None and row.quantity("count") > order.lines[at_line].quantity:
            raise RefusedError("COUNT_TOO_HIGH", "退款数量超过购买数量")
    request, reason = fields.words("disputeRequest"), fields.id("applyReasonId")
    if request not in {"refund", "returnRefund"} or fields.words("goodsStatus") not in GOODS_STATES:
        raise RefusedError(400, "参数错误: disputeRequest, goodsStatus")
    if reason not in REASONS:
        raise RefusedError("REASON_NOT_EXIST", "退款原因不存在")
    amount = fields.fen("applyPayment") + fields.fen("applyCarriage")
    words, vouchers = fields.words("description"), fields.texts("vouchers")
    if not set(vouchers) <= set(account.vouchers):
        raise RefusedError("404", "凭证不存在")
    case = open_case(
        account,
        order,
        "",
        amount=amount,
        reason=reason,
        words=words,
        with_return=request == "returnRefund",
        lines=() if order.order_id in asked else tuple(at for entry, at in entries.items() if entry in asked),
    )
    case.vouchers = vouchers
    return {"refundId": case.refund_id}


def detail(account: Account, fields: Fields) -> Json:
    """One refund [partly stated for v1]; amounts are fen [inferred]."""
    case = case_of(account, fields.id("refundId"), Platform.ALIBABA)
    state = case.order.refund(account.clock())
    return {
        "id": case.refund_id,
        "orderId": int(case.order.order_id),
        "status": state.status,
        "remark": None,
        "applyPayment": replies.fen(case.amount),
        "applyCarriage": 0,
        "applyReason": REASONS[case.reason],
        "applyReasonId": int(case.reason),
        "buyerLogisticsName": case.shipment[0] if case.shipment else None,
        "freightBill": case.shipment[1] if case.shipment else None,
        "buyerSendGoods": case.with_return,
        "refundPayment": replies.fen(state.paid_back) if state.paid_back is not None else None,
        "rejectReason": state.refusal or None,
        "gmtTimeOut": replies.compact(state.until) if state.until else None,
    }


def shipment(account: Account, fields: Fields) -> bool:
    """Report the shipment of a return [stated for v1]."""
    case = case_of(account, fields.id("refundId"), Platform.ALIBABA)
    company = fields.id("logisticsCompanyNo")
    if company not in CARRIERS:
        raise RefusedError("404", "物流公司不存在")
    send_back(account, case, CARRIERS[company], fields.id("freightBill"))
    return True


def carriers(_account: Account, _fields: Fields) -> list[Json]:
    """The carriers of returns."""
    return [
        {"id": at, "companyNo": code, "companyName": name, "companyPhone": None}
        for at, (code, name) in enumerate(CARRIERS.items(), 1)
    ]
