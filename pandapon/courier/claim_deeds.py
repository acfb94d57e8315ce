"""The deed of a claim: by its milestone and reason, its act, and the act's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Reason
from pandapon.courier.deeds import Deed, by_word
from pandapon.courier.tags import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text
    from pandapon.courier.text_claims import TextClaim

A, D, M, R, S = Aspect, Deed, Milestone, Reason, Sign

_PLANS = frozenset({A.PLANNED, A.NOT_YET, A.ASKED, A.POSSIBLE})
_FIXED = {
    M.PICKED_UP: D.PICKED_UP,
    M.OUT_FOR_DELIVERY: D.OUT_FOR_DELIVERY,
    M.READY_FOR_PICKUP: D.READY,
    M.RETURNED: D.RETURNED,
    M.CANCELLED: D.CANCELLED,
}
_REASONS = {
    R.REFUSED: D.REFUSED,
    R.NO_CONTACT: D.NO_CONTACT,
    R.ABSENT: D.ABSENT,
    R.ADDRESS: D.ADDRESS,
    R.OUT_OF_AREA: D.OUT_OF_AREA,
    R.DELAYED: D.DELAYED,
    R.DAMAGED: D.DAMAGED,
    R.MISSING: D.MISSING,
    R.MISSORTED: D.MISSORTED,
    R.FORBIDDEN: D.FORBIDDEN,
    R.HELD: D.HELD,
    R.CUSTOMS_INSPECTION: D.INSPECTED,
    R.CUSTOMS_HELD: D.CUSTOMS_HELD,
    R.PAPERS: D.PAPERS,
    R.DUTY: D.DUTY,
    R.INTERCEPTED: D.INTERCEPTED,
    R.NOT_FETCHED: D.NOT_FETCHED,
    R.NOT_COLLECTED: D.NOT_COLLECTED,
    R.SIGNATURE_DISPUTED: D.SIGNATURE_DISPUTED,
    R.LOST: D.MAYBE_LOST,
    R.COMPENSATED: D.COMPENSATED,
    R.DESTROYED: D.MAYBE_DESTROYED,
    R.SEIZED: D.MAYBE_SEIZED,
    R.ABANDONED: D.UNCLAIMED,
    R.PARTIAL: D.PARTIAL,
    R.FORWARDED: D.FORWARDED,
    R.OTHER: D.PROBLEM,
}
# The deed of a code that stands without words.
BY_CODE = {
    M.ORDERED: D.ORDER_PLACED,
    M.PAID: D.PAID,
    M.SHIPPED: D.SHIPPED,
    M.IN_TRANSIT: D.MOVING,
    M.ARRIVED: D.AT_LAST_OUTLET,
    M.DELIVERED: D.DELIVERED,
    M.ATTEMPT_FAILED: D.ATTEMPT_FAILED,
    M.EXCEPTION: D.PROBLEM,
    M.RETURNING: D.RETURNING,
    M.LOST: D.LOST,
    **_FIXED,
}
_LOSSES = {R.COMPENSATED: D.COMPENSATED, R.DESTROYED: D.DESTROYED, R.SEIZED: D.SEIZED, R.ABANDONED: D.ABANDONED}
# For each meaning, the reason that its words tell more finely.
_FINER = {
    D.DELAYED: S.DELAY,
    D.DAMAGED: S.DAMAGE,
    D.PROBLEM: S.TROUBLE,
    D.ABSENT: S.ABSENT,
    D.NO_CONTACT: S.NO_CONTACT,
    D.ADDRESS: S.ADDRESS_FAULT,
    D.MISSING: S.MISSING,
    D.INTERCEPTED: S.INTERCEPT,
}
_MOVES = {
    S.DEPART: D.TOWARDS,
    S.ARRIVE: D.ARRIVED,
    S.REACH: D.ARRIVED,
    S.HANDLE: D.HANDLED,
    S.FLY: D.MOVING,
    S.DECLARE: D.CLEARING,
    S.RELEASE: D.CLEARED,
    S.INSPECT: D.INSPECTED,
    S.FORWARD: D.FORWARDED,
    S.TRANSFER: D.TRANSFERRED,
    S.RECEIVE: D.RECEIVED,
    S.SIGN: D.RECEIVED,
    S.STORE: D.RECEIVED,
    S.COLLECT: D.RECEIVED,
    S.SHIP: D.LEFT,
    S.RETURN: D.RETURN_CALLED_OFF,
    S.REVERSE: D.RETURN_CALLED_OFF,
    S.RESUME: D.RESUMED,
    S.ACCEPT: D.RESUMED,
}
_OTHERS = frozenset({S.DESK, S.POINT, S.LOCKER, S.PARTNER, S.CARRIER, S.BRANCH, S.HUB})
_IN_VAIN = frozenset({A.FAILED, A.NEGATED, A.REVOKED, A.ASKED})
_FALSE = (
    "误",
    "错",
    "虚假",
    "假",
    "点错",
    "提前",
    "违规",
    "冲正",
    "冲销",
    "撤销",
    "作废",
    "有误",
    "更正",
    "by mistake",
    "in error",
)
_LABELS = ("面单", "标签", "条码", "条形码", "运单", "label", "barcode")


def deed_of(text_claim: TextClaim, text: Text) -> Deed:
    """Return the deed that a claim of a text tells."""
    claim, event = text_claim
    milestone = claim.milestone
    if milestone in _FIXED:
        return _FIXED[milestone]
    match milestone:
        case M.ORDERED:
            return D.UNPAID if event.act in {S.PAID, S.MUST_PAY} else D.ORDER_PLACED
        case M.PAID:
            return _paid(event)
        case M.SHIPPED:
            return _shipped(event)
        case M.IN_TRANSIT:
            return _moved(event, text, resumes=claim.resumes)
        case M.ARRIVED:
            return D.AWAITING_DELIVERY if event.act in {S.CARRY, S.CARRY_NOUN, S.FETCH} else D.AT_LAST_OUTLET
        case M.DELIVERED:
            return D.PARTIAL if claim.reason is R.PARTIAL else D.COLLECTED if claim.fetched else D.DELIVERED
        case M.RETURNING:
            return D.RETURNING if event.aspect in HAPPENED else D.TO_RETURN
        case M.LOST:
            return _LOSSES.get(claim.reason or R.LOST, D.LOST)
        case M.ATTEMPT_FAILED:
            return _failed(event, claim.reason, text)
    return _finer(_REASONS[claim.reason or R.OTHER], event, text)


def _paid(event: Event) -> Deed:
    match event.act:
        case S.PAID:
            return D.PAID
        case S.SHIP:
            return D.TO_SHIP
        case S.HANDLE:
            return D.PACKING
    return by_word(S.PREPARE, event.word) or D.PREPARING


def _shipped(event: Event) -> Deed:
    match event.act:
        case S.LABEL:
            return by_word(S.LABEL, event.word) or D.AWAITING_COLLECTION
        case S.SHIP:
            return D.SHIPPED
    return D.AWAITING_COLLECTION


def _moved(event: Event, text: Text, *, resumes: bool) -> Deed:
    if event.at is S.NEXT_STOP and event.act is S.MOVE:
        return D.NEXT_STOP
    if event.act in {S.RETURN, S.REVERSE}:
        return D.RETURN_CALLED_OFF if event.aspect is A.REVOKED else D.MOVING
    if event.act is S.RELEASE and event.aspect in _PLANS:
        return D.AWAITING_RELEASE
    if resumes and (event.act is not S.RELEASE or S.INTERCEPT in text.signs):
        return D.RESUMED
    deed = by_word(event.act, event.word) or _MOVES.get(event.act, D.MOVING)
    return D.TOWARDS if deed is D.ARRIVED and event.aspect in {A.ONGOING, A.PLANNED} else deed


def _failed(event: Event, reason: Reason | None, text: Text) -> Deed:
    if reason is not None and reason is not R.OTHER:
        return _finer(_REASONS[reason], event, text)
    return D.BACK_AT_DEPOT if event.act is S.TO_DEPOT else D.ATTEMPT_FAILED


def _finer(deed: Deed, event: Event, text: Text) -> Deed:
    """The deed by the act's word, where the reason is about the act."""
    if event.act is S.TAKE_BACK:
        return D.TAKEN_BACK
    if deed is D.REFUSED and _is_by_another(event, text):
        return D.NOT_ACCEPTED  # 驿站爆仓拒收
    if deed is D.DELAYED and event.act is not S.DELAY and event.aspect in _IN_VAIN:
        return D.STUCK  # 无法入库
    if deed is D.ABSENT and "范围" in _clause(event, text):
        return D.OUT_OF_AREA  # 该村不在服务范围
    if deed is D.SIGNATURE_DISPUTED and event.act is S.MISSORT:
        return D.MISDELIVERED  # 错发他人
    if deed is D.SIGNATURE_DISPUTED and _is_false(text):
        return D.WRONGLY_SIGNED
    if deed is D.DAMAGED and _is_of_label(event, text):
        return D.LABEL_LOST  # 面单破损: the goods may be whole
    sign = _FINER.get(deed)
    if sign is None:
        return deed
    if event.act is not sign and sign is not S.DELAY:
        return D.ATTEMPT_FAILED if deed is D.ABSENT else deed
    return by_word(sign, event.word) or (D.ATTEMPT_FAILED if deed is D.ABSENT else deed)


def _is_of_label(event: Event, text: Text) -> bool:
    words = _clause(event, text)
    return any(label in words for label in _LABELS)


def _clause(event: Event, text: Text) -> str:
    return "".join(token.text for token in text.clauses[event.clause])


def _is_false(text: Text) -> bool:
    """Whether the text calls a signature false, rather than doubting it."""
    return any(token.text.startswith(_FALSE) for clause in text.clauses for token in clause)


def _is_by_another(event: Event, text: Text) -> bool:
    """Whether somebody else than the recipient refuses the parcel: 驿站爆仓拒收."""
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    return bool(before & _OTHERS) and not before & {S.RECIPIENT, S.SELF, S.KIN}
