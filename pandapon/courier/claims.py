"""The fifth stage: the claim of an act by its aspect and its place, as a table that a logistics clerk can check.

A row reads: this act, in one of these aspects, at one of these places (None: any), makes this claim. The first row that
fits wins. An act without a fitting row claims nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event

A, M, T = Aspect, Milestone, Tag


class Reason(StrEnum):
    """The finer kind of a problem, an end or a movement. The values are stored."""

    REFUSED = "refused"
    NO_CONTACT = "no_contact"
    ABSENT = "absent"
    ADDRESS = "address"
    OUT_OF_AREA = "out_of_area"
    DELAYED = "delayed"
    DAMAGED = "damaged"
    MISSING = "missing"
    MISSORTED = "missorted"
    FORBIDDEN = "forbidden"
    HELD = "held"
    CUSTOMS_INSPECTION = "customs_inspection"
    CUSTOMS_HELD = "customs_held"
    PAPERS = "papers"
    DUTY = "duty"
    INTERCEPTED = "intercepted"
    NOT_FETCHED = "not_fetched"
    NOT_COLLECTED = "not_collected"
    SIGNATURE_DISPUTED = "signature_disputed"
    LOST = "lost"
    COMPENSATED = "compensated"
    DESTROYED = "destroyed"
    SEIZED = "seized"
    ABANDONED = "abandoned"
    FORWARDED = "forwarded"
    PARTIAL = "partial"
    BY_BUYER = "by_buyer"  # the buyer cancelled the order; only the platform says so, never a courier
    OTHER = "other"


class Claim(NamedTuple):
    """The claim of one act."""

    milestone: Milestone
    reason: Reason | None = None
    fetched: bool = False  # the recipient took the parcel from a point, whoever signed for it
    resumes: bool = False  # the problem is over
    unsure: bool = False  # collected at the sender or fetched by the recipient; the parcel's state before decides


class Row(NamedTuple):
    """One line of the table."""

    aspects: frozenset[Aspect]
    at: frozenset[Tag] | None  # None: any place, or none
    claim: Claim


HAPPENED = frozenset({A.DONE, A.ONGOING, A.BARE})
# Work that a seller does as well as a warehouse on the way.
PACKING = frozenset(
    {
        "打包",
        "装箱",
        "包装",
        "封装",
        "贴标",
        "封箱",
        "复核",
        "贴单",
        "称重",
        "质检",
        "验货",
        "packed",
        "packing completed",
    }
)
_IN_VAIN = frozenset({A.FAILED, A.NEGATED})
_PLANNED = frozenset({A.PLANNED})
_POINTS = frozenset({T.POINT, T.LOCKER})
_NEAR = frozenset({T.DESK, T.KIN, T.DOOR, T.SELF, T.RECIPIENT, T.PERSON})
_LEFT_WITH = frozenset({T.DESK, T.KIN, T.DOOR})
_ON_THE_WAY = frozenset({T.HUB, T.PORT, T.ABROAD, T.WAREHOUSE, T.CUSTOMS, T.CARRIER, T.PARTNER, T.NEXT_STOP})
_OUTLETS = frozenset({T.BRANCH, T.LAST_BRANCH, T.DESTINATION})


def _row(
    aspects: frozenset[Aspect], at: frozenset[Tag] | None, milestone: Milestone, reason: Reason | None = None
) -> Row:
    return Row(aspects, at, Claim(milestone, reason))


def _problem(reason: Reason, milestone: Milestone = M.EXCEPTION) -> tuple[Row, ...]:
    return (_row(HAPPENED, None, milestone, reason),)


_STUCK = (_row(frozenset({A.FAILED}), None, M.EXCEPTION, Reason.DELAYED),)
_MOVING = (_row(HAPPENED | _PLANNED, None, M.IN_TRANSIT),)

TABLE: dict[Tag, tuple[Row, ...]] = {
    T.ORDER: (_row(HAPPENED, None, M.ORDERED), _row(frozenset({A.REVOKED}), None, M.CANCELLED)),
    T.PAID: (_row(HAPPENED, None, M.PAID), _row(_PLANNED | {A.ASKED, A.NOT_YET, A.NEGATED}, None, M.ORDERED)),
    T.MUST_PAY: (),
    T.PREPARE: (_row(HAPPENED | _PLANNED, None, M.PAID),),
    T.LABEL: (_row(HAPPENED | _PLANNED | {A.NOT_YET}, None, M.SHIPPED),),
    T.SHIP: (_row(HAPPENED, None, M.SHIPPED), _row(_PLANNED, None, M.PAID)),
    T.COLLECT: (
        _row(frozenset({A.FAILED, A.NEGATED}), None, M.EXCEPTION, Reason.NOT_COLLECTED),
        _row(_PLANNED | {A.ASKED, A.NOT_YET, A.POSSIBLE}, None, M.SHIPPED),
        _row(HAPPENED, None, M.PICKED_UP),
    ),
    T.RECEIVE: (
        _row(HAPPENED, _NEAR, M.DELIVERED),
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, frozenset({T.LAST_BRANCH}), M.ARRIVED),
        _row(HAPPENED, _ON_THE_WAY - {T.CARRIER}, M.IN_TRANSIT),
        _row(HAPPENED, None, M.PICKED_UP),
    ),
    T.DEPART: (*_STUCK, _row(_PLANNED | {A.ONGOING}, _POINTS, M.OUT_FOR_DELIVERY), *_MOVING),
    T.ARRIVE: (
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, _OUTLETS, M.ARRIVED),
        _row(HAPPENED, None, M.IN_TRANSIT),
    ),
    T.HANDLE: (*_STUCK, _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP), *_MOVING),
    T.MOVE: (*_STUCK, *_MOVING),
    T.FLY: (*_STUCK, *_MOVING),
    T.DECLARE: (
        _row(frozenset({A.ASKED, A.REVOKED}), None, M.EXCEPTION, Reason.CUSTOMS_HELD),
        _row(_IN_VAIN, None, M.EXCEPTION, Reason.CUSTOMS_HELD),
        *_MOVING,
    ),
    T.RELEASE: (
        Row(HAPPENED, None, Claim(M.IN_TRANSIT, resumes=True)),
        _row(_IN_VAIN, None, M.EXCEPTION, Reason.CUSTOMS_HELD),
        _row(_PLANNED, None, M.IN_TRANSIT),
    ),
    T.INSPECT: (_row(HAPPENED | _PLANNED, None, M.IN_TRANSIT, Reason.CUSTOMS_INSPECTION),),
    T.HOLD: (
        _row(HAPPENED, frozenset({T.CUSTOMS}), M.EXCEPTION, Reason.CUSTOMS_HELD),
        _row(HAPPENED, None, M.EXCEPTION, Reason.HELD),
    ),
    T.FORWARD: (
        _row(HAPPENED | _PLANNED, None, M.IN_TRANSIT, Reason.FORWARDED),
        _row(frozenset({A.FAILED}), None, M.EXCEPTION, Reason.OTHER),
    ),
    T.TRANSFER: (
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, _NEAR, M.DELIVERED),
        _row(HAPPENED, _ON_THE_WAY | _OUTLETS, M.IN_TRANSIT),
        _row(HAPPENED, frozenset({T.AUTHORITY}), M.EXCEPTION, Reason.HELD),
    ),
    T.REACH: (
        _row(_IN_VAIN, None, M.ATTEMPT_FAILED),
        _row(frozenset({A.ONGOING, A.PLANNED}), _POINTS, M.OUT_FOR_DELIVERY),
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, _OUTLETS, M.ARRIVED),
        _row(HAPPENED, _ON_THE_WAY, M.IN_TRANSIT),
        _row(frozenset({A.DONE}), None, M.DELIVERED),
        _row(frozenset({A.BARE}), frozenset({T.RECIPIENT, T.SELF, T.DOOR, T.DESK, T.KIN}), M.DELIVERED),
        _row(frozenset({A.ONGOING}), None, M.OUT_FOR_DELIVERY),
    ),
    T.STORE: (
        _row(frozenset({A.FAILED}), None, M.ATTEMPT_FAILED),  # not a negated act, which may be a wish: 不要放驿站
        _row(HAPPENED, _LEFT_WITH, M.DELIVERED),
        _row(HAPPENED, _OUTLETS, M.ARRIVED),
        _row(HAPPENED, _ON_THE_WAY, M.IN_TRANSIT),
        _row(HAPPENED, None, M.READY_FOR_PICKUP),
    ),
    T.REFUSE: _problem(Reason.REFUSED, M.ATTEMPT_FAILED),
    T.TO_DEPOT: (_row(HAPPENED, None, M.ATTEMPT_FAILED),),
    T.TAKE_BACK: _problem(Reason.NOT_FETCHED, M.ATTEMPT_FAILED),
    T.LOSE: (
        _row(frozenset({A.POSSIBLE}), None, M.EXCEPTION, Reason.LOST),
        *_problem(Reason.LOST, M.LOST),
    ),
    T.DESTROY: (*_problem(Reason.DESTROYED, M.LOST), _row(_PLANNED, None, M.EXCEPTION, Reason.DESTROYED)),
    T.SEIZE: (*_problem(Reason.SEIZED, M.LOST), _row(_PLANNED, None, M.EXCEPTION, Reason.SEIZED)),
    T.ABANDON: (
        _row(frozenset({A.DONE}), None, M.LOST, Reason.ABANDONED),
        _row(HAPPENED | _PLANNED, None, M.EXCEPTION, Reason.ABANDONED),
    ),
    T.INTERCEPT: _problem(Reason.INTERCEPTED),
    T.DAMAGE: _problem(Reason.DAMAGED),
    T.DELAY: (_row(HAPPENED | {A.PLANNED, A.POSSIBLE}, None, M.EXCEPTION, Reason.DELAYED),),
    T.MISSORT: _problem(Reason.MISSORTED),
    T.MISSING: _problem(Reason.MISSING),
    T.TROUBLE: _problem(Reason.OTHER),
    T.ADDRESS_FAULT: (_row(HAPPENED | {A.FAILED}, None, M.EXCEPTION, Reason.ADDRESS),),
    T.NO_CONTACT: (_row(HAPPENED | {A.FAILED}, None, M.ATTEMPT_FAILED, Reason.NO_CONTACT),),
    T.ABSENT: _problem(Reason.ABSENT, M.ATTEMPT_FAILED),
    T.OUT_OF_AREA: _problem(Reason.OUT_OF_AREA),
    T.FORBIDDEN: _problem(Reason.FORBIDDEN),
    T.CANCEL: (_row(frozenset({A.DONE, A.BARE}), None, M.CANCELLED),),
    T.ATTEMPT: (_row(HAPPENED | {A.FAILED, A.NEGATED}, None, M.ATTEMPT_FAILED),),
    T.ACCEPT: (Row(HAPPENED, None, Claim(M.ARRIVED, resumes=True)),),
    T.RESUME: (
        Row(HAPPENED, None, Claim(M.IN_TRANSIT, resumes=True)),
        _row(_IN_VAIN | {A.NOT_YET}, frozenset({T.CUSTOMS}), M.EXCEPTION, Reason.CUSTOMS_HELD),
    ),
}


def claim_by_table(event: Event) -> Claim | None:
    """Return the claim of an act by the table alone; None: no claim."""
    for row in TABLE.get(event.act, ()):
        if event.modality.aspect in row.aspects and (row.at is None or event.at in row.at):
            return row.claim
    return None
