"""The fifth stage: the claims of each act. A table that a logistics clerk can check line by line.

A row reads: this act, in one of these aspects, at one of these places (None: any), has this claim. The first row that
fits wins; an act without a fitting row claims nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect
from pandapon.courier.tags import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event

A, M, S = Aspect, Milestone, Sign


class Reason(StrEnum):
    """The finer kind of a problem or an end."""

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
    BY_BUYER = "by_buyer"  # the buyer cancelled the order: the platform says so, no courier
    OTHER = "other"


class Claim(NamedTuple):
    """The claim of one act."""

    milestone: Milestone
    reason: Reason | None = None
    fetched: bool = False  # the recipient took the parcel from a point: final, whoever signed
    resumes: bool = False  # the problem is over
    unsure: bool = False  # picked up or fetched: the parcel's state before decides


class Row(NamedTuple):
    """One line of the table."""

    aspects: frozenset[Aspect]
    at: frozenset[Sign] | None
    claim: Claim


HAPPENED = frozenset({A.DONE, A.ONGOING, A.BARE})
# Words for work of a warehouse that a seller also does.
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
_POINTS = frozenset({S.POINT, S.LOCKER})
_NEAR = frozenset({S.DESK, S.KIN, S.DOOR, S.SELF, S.RECIPIENT, S.PERSON})
_LEFT_WITH = frozenset({S.DESK, S.KIN, S.DOOR})
_ON_THE_WAY = frozenset({S.HUB, S.PORT, S.ABROAD, S.WAREHOUSE, S.CUSTOMS, S.CARRIER, S.PARTNER, S.NEXT_STOP})
_OUTLETS = frozenset({S.BRANCH, S.LAST_BRANCH, S.DESTINATION})


def _row(
    aspects: frozenset[Aspect], at: frozenset[Sign] | None, milestone: Milestone, reason: Reason | None = None
) -> Row:
    return Row(aspects, at, Claim(milestone, reason))


def _problem(reason: Reason, milestone: Milestone = M.EXCEPTION) -> tuple[Row, ...]:
    return (_row(HAPPENED, None, milestone, reason),)


_STUCK = (_row(frozenset({A.FAILED}), None, M.EXCEPTION, Reason.DELAYED),)
_MOVING = (_row(HAPPENED | _PLANNED, None, M.IN_TRANSIT),)

TABLE: dict[Sign, tuple[Row, ...]] = {
    S.ORDER: (_row(HAPPENED, None, M.ORDERED), _row(frozenset({A.REVOKED}), None, M.CANCELLED)),
    S.PAID: (_row(HAPPENED, None, M.PAID), _row(_PLANNED | {A.ASKED, A.NOT_YET, A.NEGATED}, None, M.ORDERED)),
    S.MUST_PAY: (),
    S.PREPARE: (_row(HAPPENED | _PLANNED, None, M.PAID),),
    S.LABEL: (_row(HAPPENED | _PLANNED | {A.NOT_YET}, None, M.SHIPPED),),
    S.SHIP: (_row(HAPPENED, None, M.SHIPPED), _row(_PLANNED, None, M.PAID)),
    S.COLLECT: (
        _row(frozenset({A.FAILED, A.NEGATED}), None, M.EXCEPTION, Reason.NOT_COLLECTED),
        _row(_PLANNED | {A.ASKED, A.NOT_YET, A.POSSIBLE}, None, M.SHIPPED),
        _row(HAPPENED, None, M.PICKED_UP),
    ),
    S.RECEIVE: (
        _row(HAPPENED, _NEAR, M.DELIVERED),
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, frozenset({S.LAST_BRANCH}), M.ARRIVED),
        _row(HAPPENED, _ON_THE_WAY - {S.CARRIER}, M.IN_TRANSIT),
        _row(HAPPENED, None, M.PICKED_UP),
    ),
    S.DEPART: (*_STUCK, _row(_PLANNED | {A.ONGOING}, _POINTS, M.OUT_FOR_DELIVERY), *_MOVING),
    S.ARRIVE: (
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, _OUTLETS, M.ARRIVED),
        _row(HAPPENED, None, M.IN_TRANSIT),
    ),
    S.HANDLE: (*_STUCK, _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP), *_MOVING),
    S.MOVE: (*_STUCK, *_MOVING),
    S.FLY: (*_STUCK, *_MOVING),
    S.DECLARE: (
        _row(frozenset({A.ASKED, A.REVOKED}), None, M.EXCEPTION, Reason.CUSTOMS_HELD),
        _row(_IN_VAIN, None, M.EXCEPTION, Reason.CUSTOMS_HELD),
        *_MOVING,
    ),
    S.RELEASE: (
        Row(HAPPENED, None, Claim(M.IN_TRANSIT, resumes=True)),
        _row(_IN_VAIN, None, M.EXCEPTION, Reason.CUSTOMS_HELD),
        _row(_PLANNED, None, M.IN_TRANSIT),
    ),
    S.INSPECT: (_row(HAPPENED | _PLANNED, None, M.IN_TRANSIT, Reason.CUSTOMS_INSPECTION),),
    S.HOLD: (
        _row(HAPPENED, frozenset({S.CUSTOMS}), M.EXCEPTION, Reason.CUSTOMS_HELD),
        _row(HAPPENED, None, M.EXCEPTION, Reason.HELD),
    ),
    S.FORWARD: (
        _row(HAPPENED | _PLANNED, None, M.IN_TRANSIT, Reason.FORWARDED),
        _row(frozenset({A.FAILED}), None, M.EXCEPTION, Reason.OTHER),
    ),
    S.TRANSFER: (
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, _NEAR, M.DELIVERED),
        _row(HAPPENED, _ON_THE_WAY | _OUTLETS, M.IN_TRANSIT),
        _row(HAPPENED, frozenset({S.AUTHORITY}), M.EXCEPTION, Reason.HELD),
    ),
    S.REACH: (
        _row(_IN_VAIN, None, M.ATTEMPT_FAILED),
        _row(frozenset({A.ONGOING, A.PLANNED}), _POINTS, M.OUT_FOR_DELIVERY),
        _row(HAPPENED, _POINTS, M.READY_FOR_PICKUP),
        _row(HAPPENED, _OUTLETS, M.ARRIVED),
        _row(HAPPENED, _ON_THE_WAY, M.IN_TRANSIT),
        _row(frozenset({A.DONE}), None, M.DELIVERED),
        _row(frozenset({A.BARE}), frozenset({S.RECIPIENT, S.SELF, S.DOOR, S.DESK, S.KIN}), M.DELIVERED),
        _row(frozenset({A.ONGOING}), None, M.OUT_FOR_DELIVERY),
    ),
    S.STORE: (
        _row(frozenset({A.FAILED}), None, M.ATTEMPT_FAILED),  # a negated one may be a wish: 不要放驿站
        _row(HAPPENED, _LEFT_WITH, M.DELIVERED),
        _row(HAPPENED, _OUTLETS, M.ARRIVED),
        _row(HAPPENED, _ON_THE_WAY, M.IN_TRANSIT),
        _row(HAPPENED, None, M.READY_FOR_PICKUP),
    ),
    S.REFUSE: _problem(Reason.REFUSED, M.ATTEMPT_FAILED),
    S.TO_DEPOT: (_row(HAPPENED, None, M.ATTEMPT_FAILED),),
    S.TAKE_BACK: _problem(Reason.NOT_FETCHED, M.ATTEMPT_FAILED),
    S.LOSE: (
        _row(frozenset({A.POSSIBLE}), None, M.EXCEPTION, Reason.LOST),
        *_problem(Reason.LOST, M.LOST),
    ),
    S.DESTROY: (*_problem(Reason.DESTROYED, M.LOST), _row(_PLANNED, None, M.EXCEPTION, Reason.DESTROYED)),
    S.SEIZE: (*_problem(Reason.SEIZED, M.LOST), _row(_PLANNED, None, M.EXCEPTION, Reason.SEIZED)),
    S.ABANDON: (
        _row(frozenset({A.DONE}), None, M.LOST, Reason.ABANDONED),
        _row(HAPPENED | _PLANNED, None, M.EXCEPTION, Reason.ABANDONED),
    ),
    S.INTERCEPT: _problem(Reason.INTERCEPTED),
    S.DAMAGE: _problem(Reason.DAMAGED),
    S.DELAY: (_row(HAPPENED | {A.PLANNED, A.POSSIBLE}, None, M.EXCEPTION, Reason.DELAYED),),
    S.MISSORT: _problem(Reason.MISSORTED),
    S.MISSING: _problem(Reason.MISSING),
    S.TROUBLE: _problem(Reason.OTHER),
    S.ADDRESS_FAULT: (_row(HAPPENED | {A.FAILED}, None, M.EXCEPTION, Reason.ADDRESS),),
    S.NO_CONTACT: (_row(HAPPENED | {A.FAILED}, None, M.ATTEMPT_FAILED, Reason.NO_CONTACT),),
    S.ABSENT: _problem(Reason.ABSENT, M.ATTEMPT_FAILED),
    S.OUT_OF_AREA: _problem(Reason.OUT_OF_AREA),
    S.FORBIDDEN: _problem(Reason.FORBIDDEN),
    S.CANCEL: (_row(frozenset({A.DONE, A.BARE}), None, M.CANCELLED),),
    S.ATTEMPT: (_row(HAPPENED | {A.FAILED, A.NEGATED}, None, M.ATTEMPT_FAILED),),
    S.ACCEPT: (Row(HAPPENED, None, Claim(M.ARRIVED, resumes=True)),),
    S.RESUME: (
        Row(HAPPENED, None, Claim(M.IN_TRANSIT, resumes=True)),
        _row(_IN_VAIN | {A.NOT_YET}, frozenset({S.CUSTOMS}), M.EXCEPTION, Reason.CUSTOMS_HELD),
    ),
}


def claim(event: Event) -> Claim | None:
    """Return the claim of an act by the table; None: no claim."""
    for row in TABLE.get(event.act, ()):
        if event.view.aspect in row.aspects and (row.at is None or event.at in row.at):
            return row.claim
    return None
