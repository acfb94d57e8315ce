"""The course of a refund: requested, agreed by the seller after a while, sent back, paid back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading.account import RefundCase
from sandbox.pandapon.world import CLOSED, UNPAID, Refund

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.shipment import Platform
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.world import Line, SandboxOrder

AGREES_AFTER, PAYS_AFTER = timedelta(hours=6), timedelta(hours=12)
# The longest time of each state. After it the platform closes the refund of a buyer who does not act.
WITHIN = {10: timedelta(days=5), 20: timedelta(days=7), -10: timedelta(days=3), 30: timedelta(days=10)}
# The seller refuses a refund without a return for this reason, in these words.
UNFOUNDED, REFUSAL = "20009", "商品无质量问题，不支持退款"
REASONS = {"20006": "少货/空包裹", "20007": "货物破损", "20008": "质量问题", "20009": "不想要了"}
CARRIERS = {"ZTO": "中通快递", "YTO": "圆通速递", "YUNDA": "韵达快递", "STO": "申通快递", "SF": "顺丰速运"}
ASKED, AGREED, REFUSED = ("waitselleragree", 10), ("waitbuyersend", 20), ("waitbuyermodify", -10)
SENT_BACK, PAID, CLOSED_CASE = ("waitsellerreceive", 30), ("refundsuccess", 100), ("refundclose", -20)


def open_case(
    account: Account,
    order: SandboxOrder,
    sub_order: str,
    *,
    amount: Decimal,
    reason: str,
    words: str,
    with_return: bool,
    lines: tuple[int, ...] = (),
) -> RefundCase:
    """Request a refund; ``amount`` in yuan.

    Raises RefusedError if the order's state, the amount or an earlier refund of the order forbids it.
    """
    check_refundable(account, order)
    if not Decimal() < amount <= order.total(account.clock()):
        raise RefusedError("AMOUNT_TOO_HIGH", "退款金额超过可退金额")
    if order.refund(account.clock()).status not in {"", "refundclose"}:
        raise RefusedError("REFUND_EXISTS", "该订单已有进行中的退款")
    refund_id = f"TQ{2800000000000000000 + account.next_number()}"
    case = RefundCase(refund_id, order, sub_order, amount, reason, words, with_return, account.clock(), lines)
    account.refunds[refund_id] = case
    order.refunds.append((account.clock(), state_of(case, ASKED, account.clock())))
    plan_answer(account, case)
    return case


def plan_answer(account: Account, case: RefundCase) -> None:
    """Plan the seller's answer: a refusal, the payment or, with a return, the agreement."""
    now, order = account.clock(), case.order
    order.refunds = [(at, state) for at, state in order.refunds if at <= now]
    answers = now + AGREES_AFTER
    if case.with_return:
        _wait(case, AGREED, answers)
    elif case.reason == UNFOUNDED:
        _wait(case, REFUSED, answers)
    else:
        order.refunds.append((answers, state_of(case, PAID, answers)))
    account.world.revision += 1


def send_back(account: Account, case: RefundCase, carrier: str, number: str) -> None:
    """Record the shipment of a return, and plan the payment. Raises RefusedError unless the seller has agreed."""
    require_state(account, case, AGREED)
    now = account.clock()
    case.shipment = (carrier, number)
    set_state(account, case, SENT_BACK)
    case.order.refunds.append((now + PAYS_AFTER, state_of(case, PAID, now + PAYS_AFTER)))


def set_state(account: Account, case: RefundCase, state: tuple[str, int]) -> None:
    """Give a refund another state now, and drop the states that were planned for later."""
    now, order = account.clock(), case.order
    order.refunds = [(at, planned) for at, planned in order.refunds if at <= now]
    order.refunds.append((now, state_of(case, state, now)))
    account.world.revision += 1


def state_of(case: RefundCase, state: tuple[str, int], at: datetime) -> Refund:
    """Return a refund in a state that it reaches at a time (aware)."""
    status, number = state
    return Refund(
        status,
        number,
        paid_back=case.amount if state == PAID else None,
        refund_id=case.refund_id,
        amount=case.amount,
        lines=case.lines,
        until=at + WITHIN[number] if number in WITHIN else None,
        refusal=REFUSAL if state == REFUSED else "",
    )


def require_state(account: Account, case: RefundCase, state: tuple[str, int]) -> None:
    """Raise RefusedError if a refund is in another state."""
    if case.order.refund(account.clock()).status != state[0]:
        raise RefusedError("REFUND_STATUS_ERROR", "退款状态不允许该操作")


def check_refundable(account: Account, order: SandboxOrder) -> None:
    """Raise RefusedError if an order is unpaid or closed."""
    if order.status(account.clock()) in UNPAID | CLOSED:
        raise RefusedError("ORDER_STATUS_ERROR", "订单状态不允许退款")


def case_of(account: Account, refund_id: str, platform: Platform) -> RefundCase:
    """Return a refund of a platform by its id. Raises RefusedError for an unknown one."""
    case = account.refunds.get(refund_id) or _adopted(account, refund_id)
    if case is None or case.order.platform is not platform:
        raise RefusedError("404", "退款单不存在")
    return case


def line_of(account: Account, sub_order: str) -> tuple[SandboxOrder, Line]:
    """Return the order and the line of a sub-order. Raises RefusedError for an unknown one."""
    order = account.world.by_sub_order(sub_order)
    if order is None:
        raise RefusedError("404", "订单不存在")
    return order, next(line for line in order.lines if line.sub_order == sub_order)


def _wait(case: RefundCase, state: tuple[str, int], at: datetime) -> None:
    """Plan a state that waits for the buyer, and the closing of the refund if the buyer does nothing."""
    end = at + WITHIN[state[1]]
    case.order.refunds += [(at, state_of(case, state, at)), (end, state_of(case, CLOSED_CASE, end))]


def _adopted(account: Account, refund_id: str) -> RefundCase | None:
    """The case of a refund that no call has requested, such as the demo's; None: there is no such refund."""
    for order in account.world.orders.values():
        for asked_at, refund in order.refunds:
            if refund.refund_id == refund_id and asked_at <= account.clock():
                sub_order = order.lines[refund.lines[0] if refund.lines else 0].sub_order
                amount = refund.amount or Decimal()
                case = RefundCase(
                    refund_id, order, sub_order, amount, "20008", "", with_return=False, asked_at=asked_at
                )
                case.lines = refund.lines
                return account.refunds.setdefault(refund_id, case)
    return None
