"""The course of a refund: asked for, agreed by the seller after a while, sent back, paid back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading.account import RefundCase
from sandbox.pandapon.world import CLOSED, UNPAID, Refund

if TYPE_CHECKING:
    from pandapon.shipment import Platform
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.world import Line, SandboxOrder

AGREES_AFTER, PAYS_AFTER = timedelta(hours=6), timedelta(hours=12)
REASONS = {"20006": "少货/空包裹", "20007": "货物破损", "20008": "质量问题", "20009": "不想要了"}
CARRIERS = {"ZTO": "中通快递", "YTO": "圆通速递", "YUNDA": "韵达快递", "STO": "申通快递", "SF": "顺丰速运"}
ASKED, AGREED = Refund("waitselleragree", 10), Refund("waitbuyersend", 20)
SENT_BACK, WITHDRAWN = Refund("waitsellerreceive", 30), Refund("refundclose", -20)


def open_case(
    account: Account,
    order: SandboxOrder,
    sub_order: str,
    *,
    amount: Decimal,
    reason: str,
    words: str,
    with_return: bool,
) -> RefundCase:
    """Ask for a refund in yuan. Raises RefusedError for a state or an amount that does not allow it."""
    check_refundable(account, order)
    if not Decimal() < amount <= order.total(account.clock()):
        raise RefusedError("AMOUNT_TOO_HIGH", "退款金额超过可退金额")
    if order.refund(account.clock()).status not in {"", "refundclose"}:
        raise RefusedError("REFUND_EXISTS", "该订单已有进行中的退款")
    refund_id = f"TQ{2800000000000000000 + account.next_number()}"
    case = RefundCase(refund_id, order, sub_order, amount, reason, words, with_return, account.clock())
    account.refunds[refund_id] = case
    order.refunds.append((account.clock(), ASKED))
    plan(account, case)
    return case


def plan(account: Account, case: RefundCase) -> None:
    """Plan the seller's agreement; without a return, that is the payment."""
    """Plan the seller's agreement, and without a return the payment."""
    now, order = account.clock(), case.order
    order.refunds = [(at, state) for at, state in order.refunds if at <= now]
    if case.with_return:
        order.refunds.append((now + AGREES_AFTER, AGREED))
    else:
        order.refunds.append((now + AGREES_AFTER, paid_back(case)))
    account.world.revision += 1


def send_back(account: Account, case: RefundCase, carrier: str, number: str) -> None:
    """Note the shipment of a return, and plan the payment. Raises RefusedError before the seller has agreed."""
    require(account, case, AGREED)
    now = account.clock()
    case.shipment = (carrier, number)
    case.order.refunds += [(now, SENT_BACK), (now + PAYS_AFTER, paid_back(case))]
    account.world.revision += 1


def paid_back(case: RefundCase) -> Refund:
    """Return the state of a refund that was paid back."""
    return Refund("refundsuccess", 100, case.amount)


def require(account: Account, case: RefundCase, state: Refund) -> None:
    """Raises RefusedError for a refund in another state."""
    if case.order.refund(account.clock()) != state:
        raise RefusedError("REFUND_STATUS_ERROR", "退款状态不允许该操作")


def check_refundable(account: Account, order: SandboxOrder) -> None:
    """Raises RefusedError for an order that was not paid, or is closed."""
    if order.status(account.clock()) in UNPAID | CLOSED:
        raise RefusedError("ORDER_STATUS_ERROR", "订单状态不允许退款")


def case_of(account: Account, refund_id: str, platform: Platform) -> RefundCase:
    """Return a refund of a platform. Raises RefusedError."""
    case = account.refunds.get(refund_id)
    if case is None or case.order.platform is not platform:
        raise RefusedError("404", "退款单不存在")
    return case


def line_of(account: Account, sub_order: str) -> tuple[SandboxOrder, Line]:
    """Return the order and the line of a sub-order. Raises RefusedError."""
    order = account.world.by_sub_order(sub_order)
    if order is None:
        raise RefusedError("404", "订单不存在")
    return order, next(line for line in order.lines if line.sub_order == sub_order)
