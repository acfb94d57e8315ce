"""What a code claims about an order, a parcel or a scan: codes first, words second, nothing where neither is known.

Grades stand beside each table. A code that is not listed is unknown, which is not progress.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone
from pandapon.words import words_claim

if TYPE_CHECKING:
    from collections.abc import Sequence

M = Milestone

# 1688 order status [upstream; the first seven also on a vendor page].
ALIBABA_ORDER: dict[str, Milestone] = {
    "waitbuyerpay": M.ORDERED,
    "waitsellersend": M.PAID,
    "waitlogisticstakein": M.SHIPPED,
    "waitbuyerreceive": M.SHIPPED,
    "waitbuyersign": M.SHIPPED,  # on its way, wherever: it says who is to act next
    "signinsuccess": M.DELIVERED,
    "confirm_goods": M.DELIVERED,
    "success": M.DELIVERED,
    "cancel": M.CANCELLED,
    "terminated": M.CANCELLED,
}
# 1688 parcel status: the union of both upstream lists; which one the API uses is open.
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
# 1688's lines: integers [upstream]; 5 and 6 are both "partly", 1, 8 and 9 say nothing that the order does not.
ALIBABA_LINE: dict[str, Milestone] = {
    "2": M.SHIPPED,
    "3": M.DELIVERED,
    "4": M.RETURNED,
    "5": M.SHIPPED,
    "6": M.SHIPPED,
}
# Codes of single trace entries, in either platform's field. TRANSPORT was seen, the others are upstream.
NODE_STATUS: dict[str, Milestone] = {
    **{code: milestone for code, milestone in ALIBABA_PARCEL.items() if code not in {"waitaccept", "cancel"}},
    "agentsign": M.READY_FOR_PICKUP,
    "signed": M.DELIVERED,
    "arrive": M.IN_TRANSIT,
    "returning": M.RETURNING,
}
# Couriers' own actions. The glosses are third-party comments (inferred) and couriers differ: only hints.
NODE_ACTION: dict[str, Milestone] = {
    "tms_accept": M.PICKED_UP,
    "tms_collect": M.PICKED_UP,
    "tms_station_in": M.IN_TRANSIT,
    "tms_station_out": M.IN_TRANSIT,
    "tms_delivering": M.OUT_FOR_DELIVERY,
    "tms_delivery": M.ARRIVED,
    "tms_sign": M.DELIVERED,
    "tms_reject": M.EXCEPTION,
    "tms_failed": M.ATTEMPT_FAILED,
    "tms_error": M.EXCEPTION,
    "tms_return": M.RETURNING,
}

# A code of "moving" is too coarse to overrule any words; "signed" and "delivering" only give way to a denial.
_COARSE = frozenset({M.IN_TRANSIT, M.SHIPPED})
_CLAIMED = frozenset({M.DELIVERED, M.OUT_FOR_DELIVERY})
_DENIALS = frozenset(
    {M.READY_FOR_PICKUP, M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED, M.ARRIVED, M.LOST},
)


def order_claim(platform_table: dict[str, Milestone], code: str) -> Milestone | None:
    """What an order's status code says. None when it is not known."""
    return platform_table.get(code.strip().casefold())


def parcel_claim(code: str) -> Milestone | None:
    """What a parcel's status code says, on either platform. None when it is not known."""
    return ALIBABA_PARCEL.get(code.strip().casefold())


def lines_claim(claims: Sequence[Milestone | None]) -> Milestone | None:
    """What the lines of an order say together: as far as the slowest; None while one of them says nothing known."""
    open_lines = [claim for claim in claims if claim is not M.CANCELLED]
    if not open_lines:
        return M.CANCELLED if claims else None
    known = [claim for claim in open_lines if claim is not None]
    problem = next((claim for claim in known if claim.is_problem), None)
    return problem or (min(known, key=lambda claim: claim.rank) if len(known) == len(open_lines) else None)


def further(one: Milestone | None, other: Milestone | None) -> Milestone | None:
    """The more advanced of two claims about the same order; a problem that the first names stays."""
    if one is None or other is None or one.is_problem or other.is_problem:
        return one or other
    return max(one, other, key=lambda claim: claim.rank)


@lru_cache(maxsize=16_384)  # every reading of an order repeats the scans of the one before
def node_milestone(status: str, action: str, text: str) -> Milestone | None:
    """What one trace entry claims: its status code first, its words second, a courier's own action code as a hint.

    Words that deny a code win over it, since a "signed" may well be "not signed", or "signed by the pick-up point".
    """
    words = words_claim(text)
    code = NODE_STATUS.get(status.strip().casefold()) or NODE_STATUS.get(action.strip().casefold())
    if code is None:
        return words or NODE_ACTION.get(action.strip().casefold())
    if words is None:
        return code
    if code in _COARSE:
        return code if code is M.SHIPPED and words is M.DELIVERED else words
    if code in _CLAIMED and words in _DENIALS:
        return words
    return words if code is M.EXCEPTION and words.is_problem else code
