"""The milestones that the platforms' status codes claim.

The source of each table stands beside it. A code that is not listed is unknown and claims nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

M = Milestone

# 1688 order status [upstream; the first seven also on a vendor page].
ALIBABA_ORDER: dict[str, Milestone] = {
    "waitbuyerpay": M.ORDERED,
    "waitsellersend": M.PAID,
    "waitlogisticstakein": M.SHIPPED,
    "waitbuyerreceive": M.SHIPPED,
    "waitbuyersign": M.SHIPPED,  # on its way, at any place: the code says who acts next
    "signinsuccess": M.DELIVERED,
    "confirm_goods": M.DELIVERED,
    "success": M.DELIVERED,
    "cancel": M.CANCELLED,
    "terminated": M.CANCELLED,
}
# 1688 parcel status: both upstream lists together; which one the API uses is unknown.
ALIBABA_PARCEL: dict[str, Milestone] = {
    "waitaccept": M.SHIPPED,
    "consign": M.SHIPPED,
    "accept": M.PICKED_UP,
    "transport": M.IN_TRANSIT,
    "delivering": M.OUT_FOR_DELIVERY,
    "agent_sign": M.READY_FOR_PICKUP,
    "sign": M.DELIVERED,
    "unsign": M.EXCEPTION,
    "failed": M.EXCEPTION,
    "noget": M.EXCEPTION,
    "cancel": M.CANCELLED,
}
# Taobao order status, numbers stated for a sibling product, words upstream. There is no code for "received".
TAOBAO_ORDER: dict[str, Milestone] = {
    "12": M.ORDERED,
    "buliding": M.ORDERED,
    "order_buliding": M.ORDERED,
    "0": M.ORDERED,
    "wait_buyer_p": M.ORDERED,
    "wait_buyer_pay": M.ORDERED,
    "taobao_order_wait_buyer_pay": M.ORDERED,
    "1": M.ORDERED,
    "order_pay_status": M.ORDERED,
    "2": M.ORDERED,
    "order_finance_pass_status": M.ORDERED,
    "3": M.ORDERED,
    "order_finance_refuse_status": M.ORDERED,
    "5": M.ORDERED,
    "wait_finance_pay": M.ORDERED,
    "10": M.PAID,
    "wait_seller_send_goods": M.PAID,
    "11": M.SHIPPED,
    "wait_buyer_confirm_goods": M.SHIPPED,
    "4": M.CANCELLED,
    "cancel": M.CANCELLED,
    "trade_closed": M.CANCELLED,
}
# Codes of orders that wait for the buyer's payment [sources as above]. Taobao's 12 is not an order yet.
UNPAID: dict[Platform, frozenset[str]] = {
    Platform.ALIBABA: frozenset({"waitbuyerpay"}),
    Platform.TAOBAO: frozenset({"0", "wait_buyer_p", "wait_buyer_pay", "taobao_order_wait_buyer_pay"}),
}
# Taobao: paid by the buyer, and with a finance team [stated for a sibling product].
_FINANCE = frozenset(
    {
        "1",
        "order_pay_status",
        "2",
        "order_finance_pass_status",
        "3",
        "order_finance_refuse_status",
        "5",
        "wait_finance_pay",
    }
)
# 1688's lines: integers [upstream]; 5 and 6 are both "partly", 1, 8 and 9 say nothing that the order does not.
ALIBABA_LINE: dict[str, Milestone] = {
    "2": M.SHIPPED,
    "3": M.DELIVERED,
    "4": M.RETURNED,
    "5": M.SHIPPED,
    "6": M.SHIPPED,
}


def order_claim(platform_table: dict[str, Milestone], code: str) -> Milestone | None:
    """Return the milestone that an order's status code claims; None: an unknown code."""
    plain = code.strip().casefold()
    return platform_table.get(plain) or platform_table.get(plain.replace("_", ""))


def status_claim(platform: Platform, code: str) -> Milestone | None:
    """:func:`order_claim` of either platform."""
    return order_claim(ALIBABA_ORDER if platform is Platform.ALIBABA else TAOBAO_ORDER, code)


def waits_for_payment(platform: Platform, code: str) -> bool:
    """Whether the platform says that the buyer has yet to pay."""
    plain = code.strip().casefold()
    return bool({plain, plain.replace("_", "")} & UNPAID[platform])


def is_with_finance(platform: Platform, code: str) -> bool:
    """Whether a finance team has the order: the buyer has paid, and the seller is not paid yet."""
    return platform is Platform.TAOBAO and code.strip().casefold() in _FINANCE


def parcel_claim(code: str) -> Milestone | None:
    """Return the milestone that a parcel's status code claims, on either platform; None: an unknown code."""
    return ALIBABA_PARCEL.get(code.strip().casefold())


def lines_claim(claims: Sequence[Milestone | None]) -> Milestone | None:
    """Return the milestone that the lines of an order claim together: that of the slowest; None if a code is unknown.

    A problem of one line goes before; a cancelled line counts only if all are.
    """
    open_lines = [claim for claim in claims if claim is not M.CANCELLED]
    if not open_lines:
        return M.CANCELLED if claims else None
    known = [claim for claim in open_lines if claim is not None]
    problem = next((claim for claim in known if claim.is_problem), None)
    return problem or (min(known, key=lambda claim: claim.rank) if len(known) == len(open_lines) else None)


def further(one: Milestone | None, other: Milestone | None) -> Milestone | None:
    """Return the more advanced of two claims about an order; if one is a problem, the first claim that is not None."""
    if one is None or other is None or one.is_problem or other.is_problem:
        return one or other
    return max(one, other, key=lambda claim: claim.rank)
