"""The platforms' codes of single trace entries, and the rule where a code and the words beside it disagree.

A known code comes first. It gives way to words in three cases: a code of "moving" is too coarse to overrule any words;
"signed" and "delivering" give way to words that deny them, since a pick-up point may have signed; a code of "problem"
gives way to a finer problem. Couriers' own action codes are hints: they count only where nothing else is known.
"""

from __future__ import annotations

from pandapon.milestones import ALIBABA_PARCEL
from pandapon.shipment import Milestone

M = Milestone

# Codes of single trace entries, in either platform's field. TRANSPORT was seen; the others are the upstream's.
NODE_STATUS: dict[str, Milestone] = {
    **{code: milestone for code, milestone in ALIBABA_PARCEL.items() if code not in {"waitaccept", "cancel"}},
    "agent_sign": M.READY_FOR_PICKUP,
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
# Some feeds send only a scan's code as the whole text.
SCAN_CODES: dict[str, Milestone] = {
    "accept": M.PICKED_UP,
    "got": M.PICKED_UP,
    "pickup": M.PICKED_UP,
    "collect": M.PICKED_UP,
    "arrival": M.IN_TRANSIT,
    "arrive": M.IN_TRANSIT,
    "arrived": M.IN_TRANSIT,
    "departure": M.IN_TRANSIT,
    "depart": M.IN_TRANSIT,
    "transit": M.IN_TRANSIT,
    "transport": M.IN_TRANSIT,
    "send": M.IN_TRANSIT,
    "sorting": M.IN_TRANSIT,
    "sent_scan": M.OUT_FOR_DELIVERY,
    "delivering": M.OUT_FOR_DELIVERY,
    "dispatch_scan": M.OUT_FOR_DELIVERY,
    "out_for_delivery": M.OUT_FOR_DELIVERY,
    "sta_inbound": M.READY_FOR_PICKUP,
    "agent_sign": M.READY_FOR_PICKUP,
    "agentsign": M.READY_FOR_PICKUP,
    "inbound_station": M.READY_FOR_PICKUP,
    "sta_sign": M.DELIVERED,
    "sign": M.DELIVERED,
    "signed": M.DELIVERED,
    "delivered": M.DELIVERED,
    "failed": M.ATTEMPT_FAILED,
    "sign_failed": M.ATTEMPT_FAILED,
    "delivery_failed": M.ATTEMPT_FAILED,
    "reject": M.ATTEMPT_FAILED,
    "refuse": M.ATTEMPT_FAILED,
    "rejected": M.ATTEMPT_FAILED,
    "problem": M.EXCEPTION,
    "exception": M.EXCEPTION,
    "error": M.EXCEPTION,
    "return": M.RETURNING,
    "returning": M.RETURNING,
    "returned": M.RETURNED,
    "lost": M.LOST,
    "cancel": M.CANCELLED,
    "cancelled": M.CANCELLED,
}
LONGEST_CODE = 40  # characters
_PREFIXES = ("gtms_", "tms_", "lh_", "cc_", "sc_")  # of the system that wrote the code
_COARSE = frozenset({M.IN_TRANSIT, M.SHIPPED})
_CLAIMED = frozenset({M.DELIVERED, M.OUT_FOR_DELIVERY})
_DENIALS = frozenset(
    {M.READY_FOR_PICKUP, M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED, M.ARRIVED, M.LOST},
)


def together(status: str, action: str, words: Milestone | None) -> Milestone | None:
    """Return the claim of an entry by its codes and its words together; None: no claim."""
    status, action = status.strip().casefold(), action.strip().casefold()
    code = NODE_STATUS.get(status) or NODE_STATUS.get(action)
    if code is None:
        return words or NODE_ACTION.get(action) or NODE_ACTION.get(status)
    if words is None:
        return code
    if code in _COARSE:
        return code if code is M.SHIPPED and words is M.DELIVERED else words
    if code in _CLAIMED and words in _DENIALS:
        return words
    return words if code is M.EXCEPTION and words.is_problem else code


def scan_code(text: str) -> Milestone | None:
    """Return the claim of a text that is only a code; None: the text is words."""
    code = text.strip().casefold()
    if not code.isascii() or " " in code or len(code) > LONGEST_CODE:
        return None
    prefix = next((known for known in _PREFIXES if code.startswith(known)), "")
    return SCAN_CODES.get(code.removeprefix(prefix)) if text.isupper() or "_" in code else None
