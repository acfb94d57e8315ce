"""The milestones that the platforms' status codes claim.

The source of each table stands beside it. A code that is not listed is unknown and claims nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

M = Milestone
_JOINTS = re.compile(r"(?<=[a-z])[\s_-]+(?=[a-z])")  # not the minus of Taobao's -10

# The tables' codes are folded. 1688's order status [upstream; a vendor page lists the first seven codes]. The last two
# codes are in the messages of a sibling product [stated for a sibling].
ALIBABA_ORDER: dict[str, Milestone] = {
    "waitbuyerpay": M.ORDERED,
    "waitsellersend": M.PAID,
    "waitlogisticstakein": M.SHIPPED,
    "waitbuyerreceive": M.SHIPPED,
    "waitbuyersign": M.SHIPPED,  # the parcel may be anywhere: the code only says who acts next
    "signinsuccess": M.DELIVERED,
    "confirmgoods": M.DELIVERED,
    "success": M.DELIVERED,
    "cancel": M.CANCELLED,
    "terminated": M.CANCELLED,
    "waitingforpayment": M.ORDERED,
    "waitingforsent": M.PAID,
}
# 1688's parcel status: both lists of the upstream together [upstream]; which of them the API uses is unknown.
ALIBABA_PARCEL: dict[str, Milestone] = {
    "waitaccept": M.SHIPPED,
    "consign": M.SHIPPED,
    "accept": M.PICKED_UP,
    "transport": M.IN_TRANSIT,
    "delivering": M.OUT_FOR_DELIVERY,
    "agentsign": M.READY_FOR_PICKUP,
    "sign": M.DELIVERED,
    "unsign": M.EXCEPTION,
    "failed": M.EXCEPTION,
    "noget": M.EXCEPTION,
    "cancel": M.CANCELLED,
}
# Taobao's order status: numbers and their names [stated for a sibling], and the upstream's words [upstream]. There is
# no code for "received".
TAOBAO_ORDER: dict[str, Milestone] = {
    "12": M.ORDERED,
    "buliding": M.ORDERED,
    "orderbuliding": M.ORDERED,
    "0": M.ORDERED,
    "waitbuyerp": M.ORDERED,
    "waitbuyerpay": M.ORDERED,
    "taobaoorderwaitbuyerpay": M.ORDERED,
    "1": M.ORDERED,
    "orderpaystatus": M.ORDERED,
    "2": M.ORDERED,
    "orderfinancepassstatus": M.ORDERED,
    "3": M.ORDERED,
    "orderfinancerefusestatus": M.ORDERED,
    "5": M.ORDERED,
    "waitfinancepay": M.ORDERED,
    "10": M.PAID,
    "waitsellersendgoods": M.PAID,
    "11": M.SHIPPED,
    "waitbuyerconfirmgoods": M.SHIPPED,
    "4": M.CANCELLED,
    "cancel": M.CANCELLED,
    "tradeclosed": M.CANCELLED,
}
# Codes of orders that wait for the buyer's payment [sources as above]. Taobao's 12 is an order that is being created.
UNPAID: dict[Platform, frozenset[str]] = {
    Platform.ALIBABA: frozenset({"waitbuyerpay", "waitingforpayment"}),
    Platform.TAOBAO: frozenset({"0", "waitbuyerp", "waitbuyerpay", "taobaoorderwaitbuyerpay"}),
}
# Taobao: the buyer has paid, and a finance team has the order [stated for a sibling].
_FINANCE = frozenset(
    {
        "1",
        "orderpaystatus",
        "2",
        "orderfinancepassstatus",
        "3",
        "orderfinancerefusestatus",
        "5",
        "waitfinancepay",
    }
)
# 1688's lines: integers [upstream]. 5 and 6 both mean "partly"; 1, 8 and 9 say no more than the order's own status.
ALIBABA_LINE: dict[str, Milestone] = {
    "2": M.SHIPPED,
    "3": M.DELIVERED,
    "4": M.RETURNED,
    "5": M.SHIPPED,
    "6": M.SHIPPED,
}


def fold_code(code: str) -> str:
    """Return a code as the tables spell it: WAIT_BUYER_RECEIVE, waitBuyerReceive and waitbuyerreceive are one."""
    return _JOINTS.sub("", code.strip().casefold())


def order_claim(platform_table: dict[str, Milestone], code: str) -> Milestone | None:
    """Return the milestone that an order's status code claims; None: an unknown code."""
    return platform_table.get(fold_code(code))


def status_claim(platform: Platform, code: str) -> Milestone | None:
    """Return the milestone that an order's status code claims on its platform; None: an unknown code."""
    return order_claim(ALIBABA_ORDER if platform is Platform.ALIBABA else TAOBAO_ORDER, code)


def waits_for_payment(platform: Platform, code: str) -> bool:
    """Whether the platform says that the buyer has yet to pay."""
    return fold_code(code) in UNPAID[platform]


def is_with_finance(platform: Platform, code: str) -> bool:
    """Whether a finance team has the order: the buyer has paid, and the seller is not paid yet."""
    return platform is Platform.TAOBAO and fold_code(code) in _FINANCE


def parcel_claim(code: str) -> Milestone | None:
    """Return the milestone that a parcel's status code claims, on either platform; None: an unknown code."""
    return ALIBABA_PARCEL.get(fold_code(code))


def lines_claim(claims: Sequence[Milestone | None]) -> Milestone | None:
    """Return the milestone that the lines of an order claim together: the slowest one; None if a code is unknown.

    A problem of any line comes first; cancelled lines count only if all are cancelled.
    """
    open_lines = [claim for claim in claims if claim is not M.CANCELLED]
    if not open_lines:
        return M.CANCELLED if claims else None
    known = [claim for claim in open_lines if claim is not None]
    problem = next((claim for claim in known if claim.is_problem), None)
    return problem or (min(known, key=lambda claim: claim.rank) if len(known) == len(open_lines) else None)


def more_advanced(claim: Milestone | None, other: Milestone | None) -> Milestone | None:
    """Return the more advanced of two claims about an order; if one is a problem, the first claim that is not None."""
    if claim is None or other is None or claim.is_problem or other.is_problem:
        return claim or other
    return max(claim, other, key=lambda milestone: milestone.rank)
