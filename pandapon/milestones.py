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

# The tables' codes are folded. 1688 order status [upstream; the first seven also on a vendor page], and behind it the
# words that messages of a sibling of this API have for 1688's orders [stated].
ALIBABA_ORDER: dict[str, Milestone] = {
    "waitbuyerpay": M.ORDERED,
    "waitsellersend": M.PAID,
    "waitlogisticstakein": M.SHIPPED,
    "waitbuyerreceive": M.SHIPPED,
    "waitbuyersign": M.SHIPPED,  # on its way, at any place: the code says who acts next
    "signinsuccess": M.DELIVERED,
    "confirmgoods": M.DELIVERED,
    "success": M.DELIVERED,
    "cancel": M.CANCELLED,
    "terminated": M.CANCELLED,
    "waitingforpayment": M.ORDERED,
    "waitingforsent": M.PAID,
}
# 1688 parcel status: both upstream lists together; which one the API uses is unknown.
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
# Taobao order status, numbers stated for a sibling product, words upstream. There is no code for "received".
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
# Codes of orders that wait for the buyer's payment [sources as above]. Taobao's 12 is not an order yet.
UNPAID: dict[Platform, frozenset[str]] = {
    Platform.ALIBABA: frozenset({"waitbuyerpay", "waitingforpayment"}),
    Platform.TAOBAO: frozenset({"0", "waitbuyerp", "waitbuyerpay", "taobaoorderwaitbuyerpay"}),
}
# Taobao: paid by the buyer, and with a finance team [stated for a sibling product].
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
# 1688's lines: integers [upstream]; 5 and 6 are both "partly", 1, 8 and 9 say nothing that the order does not.
ALIBABA_LINE: dict[str, Milestone] = {
    "2": M.SHIPPED,
    "3": M.DELIVERED,
    "4": M.RETURNED,
    "5": M.SHIPPED,
    "6": M.SHIPPED,
}


def folded(code: str) -> str:
    """Return a code as the tables spell it: WAIT_BUYER_RECEIVE, waitBuyerReceive and waitbuyerreceive are one."""
    return _JOINTS.sub("", code.strip().casefold())


def order_claim(platform_table: dict[str, Milestone], code: str) -> Milestone | None:
    """Return the milestone that an order's status code claims; None: an unknown code."""
    return platform_table.get(folded(code))


def status_claim(platform: Platform, code: str) -> Milestone | None:
    """:func:`order_claim` of either platform."""
    return order_claim(ALIBABA_ORDER if platform is Platform.ALIBABA else TAOBAO_ORDER, code)


def waits_for_payment(platform: Platform, code: str) -> bool:
    """Whether the platform says that the buyer has yet to pay."""
    return folded(code) in UNPAID[platform]


def is_with_finance(platform: Platform, code: str) -> bool:
    """Whether a finance team has the order: the buyer has paid, and the seller is not paid yet."""
    return platform is Platform.TAOBAO and folded(code) in _FINANCE


def parcel_claim(code: str) -> Milestone | None:
    """Return the milestone that a parcel's status code claims, on either platform; None: an unknown code."""
    return ALIBABA_PARCEL.get(folded(code))


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
