"""The platforms' codes of single trace entries, and the rule where a code and the words beside it disagree.

A known code comes first. It gives way to words in three cases. A code of "moving" is too coarse to overrule any words.
"Signed" and "delivering" give way to words that deny them, since a pick-up point may have signed. A code of "problem"
gives way to a finer problem. Couriers' own action codes are only hints: they count where nothing else is known.
"""

from __future__ import annotations

from pandapon.milestones import ALIBABA_PARCEL
from pandapon.shipment import Milestone

M = Milestone

# Codes of single trace entries, in the field of either platform. TRANSPORT was seen in entries; the others are
# from two lists of the upstream [upstream].
NODE_STATUS: dict[str, Milestone] = {
    **{code: milestone for code, milestone in ALIBABA_PARCEL.items() if code not in {"waitaccept", "cancel"}},
    "agent_sign": M.READY_FOR_PICKUP,
    "signed": M.DELIVERED,
    "arrive": M.IN_TRANSIT,
    "returning": M.RETURNING,
}
# Couriers' own action codes. Their meanings come from third parties' comments [inferred], and couriers differ.
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
# Codes that some feeds send as the whole text of a scan.
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


def combined_claim(status: str, action: str, words: Milestone | None) -> Milestone | None:
    """Return the claim of an entry by its codes and its words together; None: no claim.

    ``status`` and ``action``: as sent, in any letter case. ``words``: the claim of the text; None: the text has none.
    """
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
    """Return the claim of a text that is only a code; None: the text is words, or an unknown code."""
    code = text.strip().casefold()
    if not code.isascii() or " " in code or len(code) > LONGEST_CODE:
        return None
    prefix = next((known for known in _PREFIXES if code.startswith(known)), "")
    return SCAN_CODES.get(code.removeprefix(prefix)) if text.isupper() or "_" in code else None
