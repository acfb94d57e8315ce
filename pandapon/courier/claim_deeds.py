"""The deed of a claim: by its milestone and reason, its act, and the act's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Reason
from pandapon.courier.deeds import Deed, deed_by_word
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text
    from pandapon.courier.text_claims import TextClaim

A, D, M, R, T = Aspect, Deed, Milestone, Reason, Tag

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
# The deed of a code that comes without words.
DEED_BY_CODE = {
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
# Deeds of which the words of a tag name a finer kind.
_FINER = {
    D.DELAYED: T.DELAY,
    D.DAMAGED: T.DAMAGE,
    D.PROBLEM: T.TROUBLE,
    D.ABSENT: T.ABSENT,
    D.NO_CONTACT: T.NO_CONTACT,
    D.ADDRESS: T.ADDRESS_FAULT,
    D.MISSING: T.MISSING,
    D.INTERCEPTED: T.INTERCEPT,
}
_MOVES = {
    T.DEPART: D.TOWARDS,
    T.ARRIVE: D.ARRIVED,
    T.REACH: D.ARRIVED,
    T.HANDLE: D.HANDLED,
    T.FLY: D.MOVING,
    T.DECLARE: D.CLEARING,
    T.RELEASE: D.CLEARED,
    T.INSPECT: D.INSPECTED,
    T.FORWARD: D.FORWARDED,
    T.TRANSFER: D.TRANSFERRED,
    T.RECEIVE: D.RECEIVED,
    T.SIGN: D.RECEIVED,
    T.STORE: D.RECEIVED,
    T.COLLECT: D.RECEIVED,
    T.SHIP: D.LEFT,
    T.RETURN: D.RETURN_CALLED_OFF,
    T.REVERSE: D.RETURN_CALLED_OFF,
    T.RESUME: D.RESUMED,
    T.ACCEPT: D.RESUMED,
}
_OTHERS = frozenset({T.DESK, T.POINT, T.LOCKER, T.PARTNER, T.CARRIER, T.BRANCH, T.HUB})
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
    """Return the deed of a claim of a text, by its milestone, its reason and its act's word."""
    claim, event = text_claim
    milestone = claim.milestone
    if milestone in _FIXED:
        return _FIXED[milestone]
    match milestone:
        case M.ORDERED:
            return D.UNPAID if event.act in {T.PAID, T.MUST_PAY} else D.ORDER_PLACED
        case M.PAID:
            return _paid(event)
        case M.SHIPPED:
            return _shipped(event)
        case M.IN_TRANSIT:
            return _moved(event, text, resumes=claim.resumes)
        case M.ARRIVED:
            return D.AWAITING_DELIVERY if event.act in {T.CARRY, T.CARRY_NOUN, T.FETCH} else D.AT_LAST_OUTLET
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
        case T.PAID:
            return D.PAID
        case T.SHIP:
            return D.TO_SHIP
        case T.HANDLE:
            return D.PACKING
    return deed_by_word(T.PREPARE, event.word) or D.PREPARING


def _shipped(event: Event) -> Deed:
    match event.act:
        case T.LABEL:
            return deed_by_word(T.LABEL, event.word) or D.AWAITING_COLLECTION
        case T.SHIP:
            return D.SHIPPED
    return D.AWAITING_COLLECTION


def _moved(event: Event, text: Text, *, resumes: bool) -> Deed:
    if event.at is T.NEXT_STOP and event.act is T.MOVE:
        return D.NEXT_STOP
    if event.act in {T.RETURN, T.REVERSE}:
        return D.RETURN_CALLED_OFF if event.aspect is A.REVOKED else D.MOVING
    if event.act is T.RELEASE and event.aspect in _PLANS:
        return D.AWAITING_RELEASE
    if resumes and (event.act is not T.RELEASE or T.INTERCEPT in text.tags):
        return D.RESUMED
    deed = deed_by_word(event.act, event.word) or _MOVES.get(event.act, D.MOVING)
    return D.TOWARDS if deed is D.ARRIVED and event.aspect in {A.ONGOING, A.PLANNED} else deed


def _failed(event: Event, reason: Reason | None, text: Text) -> Deed:
    if reason is not None and reason is not R.OTHER:
        return _finer(_REASONS[reason], event, text)
    return D.BACK_AT_DEPOT if event.act is T.TO_DEPOT else D.ATTEMPT_FAILED


def _finer(deed: Deed, event: Event, text: Text) -> Deed:
    """The finer deed that the act's word names, where the act is what the reason is about."""
    if event.act is T.TAKE_BACK:
        return D.TAKEN_BACK
    if deed is D.REFUSED and _is_by_another(event, text):
        return D.NOT_ACCEPTED  # 驿站爆仓拒收
    if deed is D.DELAYED and event.act is not T.DELAY and event.aspect in _IN_VAIN:
        return D.STUCK  # 无法入库
    if deed is D.ABSENT and "范围" in _clause(event, text):
        return D.OUT_OF_AREA  # 该村不在服务范围
    if deed is D.SIGNATURE_DISPUTED and event.act is T.MISSORT:
        return D.MISDELIVERED  # 错发他人
    if deed is D.SIGNATURE_DISPUTED and _is_false(text):
        return D.WRONGLY_SIGNED
    if deed is D.DAMAGED and _is_of_label(event, text):
        return D.LABEL_LOST  # 面单破损: the goods may be whole
    tag = _FINER.get(deed)
    if tag is None:
        return deed
    if event.act is not tag and tag is not T.DELAY:
        return D.ATTEMPT_FAILED if deed is D.ABSENT else deed
    return deed_by_word(tag, event.word) or (D.ATTEMPT_FAILED if deed is D.ABSENT else deed)


def _is_of_label(event: Event, text: Text) -> bool:
    words = _clause(event, text)
    return any(label in words for label in _LABELS)


def _clause(event: Event, text: Text) -> str:
    return "".join(token.text for token in text.clauses[event.clause])


def _is_false(text: Text) -> bool:
    """Whether the text calls a signature false, and does not only doubt it."""
    return any(token.text.startswith(_FALSE) for clause in text.clauses for token in clause)


def _is_by_another(event: Event, text: Text) -> bool:
    """Whether somebody other than the recipient refuses the parcel: 驿站爆仓拒收."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return bool(before & _OTHERS) and not before & {T.RECIPIENT, T.SELF, T.KIN}
