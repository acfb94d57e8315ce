"""The sixth stage: of all that a text's acts claim, the one claim of the text, with its reason and who has to act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier import signers as stage
from pandapon.courier.acts import claim_of
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.doubts import told_as_an_end
from pandapon.courier.problems import customs_wants
from pandapon.courier.records import recorded
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign


class Action(StrEnum):
    """What the buyer has to do."""

    PICK_UP = "pick_up"
    CONTACT = "contact"
    ADDRESS = "address"
    PAPERS = "papers"
    PAY = "pay"


class Holder(StrEnum):
    """Who has the parcel now."""

    RECIPIENT = "recipient"
    AGENT = "agent"  # somebody or a point for the recipient
    LOCKER = "locker"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one entry claims; None where it claims nothing."""

    milestone: Milestone | None = None
    action: Action | None = None
    holder: Holder | None = None
    reason: Reason | None = None
    place: str = ""  # where the parcel is, in the courier's words
    aspect: Aspect | None = None  # of the act that decided
    unsure: bool = False  # picked up from the sender or fetched by the recipient: what stood before decides
    resumes: bool = False  # what was wrong is over: a return that was begun is taken back
    moves: bool = False  # it tells of a movement too: a return that is under way
    is_between: bool = False  # it tells of a warehouse, of customs or of a flight: of a leg that is not the last
    is_urgent: bool = False  # to be fetched now, or it goes back
    understood: bool = True  # False: no word of it is known to mean anything


class Said(NamedTuple):
    """A claim and the act that made it."""

    claim: Claim
    event: Event


_HOLDERS = {
    S.LOCKER: Holder.LOCKER,
    S.POINT: Holder.AGENT,
    S.DESK: Holder.AGENT,
    S.KIN: Holder.AGENT,
    S.SENDER: Holder.SENDER,
    S.SELF: Holder.RECIPIENT,
    S.RECIPIENT: Holder.RECIPIENT,
    S.PERSON: Holder.RECIPIENT,
}
# Which claim wins where one text makes several; the higher one.
_WEIGHT = {
    M.RETURNED: 100,
    M.LOST: 95,
    M.CANCELLED: 90,
    M.RETURNING: 85,
    M.ATTEMPT_FAILED: 70,
    M.EXCEPTION: 65,
    M.READY_FOR_PICKUP: 60,
    M.DELIVERED: 55,
    M.OUT_FOR_DELIVERY: 50,
    M.PICKED_UP: 45,
    M.ARRIVED: 40,
    M.IN_TRANSIT: 35,
    M.SHIPPED: 30,
    M.PAID: 25,
    M.ORDERED: 20,
}
_FETCHED = 80
# A disputed signature or a parcel given up counts more than a failed attempt told beside it.
_DECISIVE = frozenset({Reason.SIGNATURE_DISPUTED, Reason.ABANDONED})
_DECIDED = 72
_AWAITED = 42  # a courier is to come: whatever else is told, it has not moved
_MOVEMENTS = frozenset({S.DEPART, S.ARRIVE, S.MOVE, S.HANDLE, S.COLLECT, S.FLY})
_BETWEEN = frozenset({S.WAREHOUSE, S.CUSTOMS, S.DECLARE, S.FLY, S.ABROAD})
_MENDABLE = frozenset({M.ATTEMPT_FAILED, M.EXCEPTION})
_RESUMABLE = _MENDABLE | {M.LOST}
_MENDS = frozenset({M.OUT_FOR_DELIVERY, M.DELIVERED, M.READY_FOR_PICKUP})


def decide(text: Text) -> Reading:
    """The reading of a text that was parted into events."""
    told = [(claim_of(event, text), event) for event in text.events] + recorded(text)
    sure = [(found and told_as_an_end(found, event, text), event) for found, event in told]
    said = [Said(found, event) for found, event in sure if found is not None]
    said = _without_doubles(_without_mended(said))
    best = max(said, key=_weight, default=None)
    action = _action(text, best)
    if best is None:
        return Reading(action=action, understood=bool(text.events) or S.NOTICE in text.signs or S.NOTE in text.signs)
    what, event = best
    return Reading(
        milestone=what.milestone,
        action=action,
        holder=_holder(what, event, text),
        reason=_reason(said, what),
        place=event.place,
        aspect=event.aspect,
        unsure=what.unsure,
        resumes=any(one.claim.resumes for one in said),
        is_urgent=_is_urgent(text),
        is_between=bool(text.signs & _BETWEEN),
        moves=any(one.act in _MOVEMENTS and one.aspect in HAPPENED for one in text.events),
    )


def _weight(said: Said) -> int:
    if said.claim.milestone is M.SHIPPED and (said.event.act in {S.COLLECT, S.TAKE} or said.event.word[0] in "待等"):
        return _AWAITED
    if said.claim.milestone is M.EXCEPTION and said.claim.reason in _DECISIVE:
        return _DECIDED
    return _FETCHED if said.claim.fetched else _WEIGHT[said.claim.milestone]


def _without_mended(said: list[Said]) -> list[Said]:
    """A problem that a later clause tells the end of is over: yesterday in vain, today out for delivery again."""
    ends = [one.event.clause for one in said if one.claim.milestone in _MENDS and _tells_of_now(one.event)]
    again = [one.event.clause for one in said if one.claim.milestone in _MENDS and one.event.aspect is A.ONGOING]
    resumed = [one.event.clause for one in said if one.claim.resumes]
    last, over = max(ends, default=-1), max(resumed, default=-1)
    now = max(again, default=-1)
    return [
        one
        for one in said
        if not (
            (
                one.claim.milestone in _MENDABLE
                and one.event.clause < (now if one.claim.reason is Reason.SIGNATURE_DISPUTED else last)
            )
            or (one.claim.milestone in _RESUMABLE and one.event.clause <= over)
        )
    ]


def _is_handed_over(one: Said) -> bool:
    return one.claim.milestone is M.DELIVERED and one.event.aspect is A.DONE


def _is_invitation(one: Said) -> bool:
    return one.claim.milestone is M.READY_FOR_PICKUP and one.event.act in {S.FETCH, S.TAKE}


def _tells_of_now(event: Event) -> bool:
    """暂停投递，邮件妥存: kept without a point, it is not ready."""
    return event.aspect in HAPPENED and not (event.act is S.STORE and event.at is None)


def _without_doubles(said: list[Said]) -> list[Said]:
    """An order that is closed once its parcel has an end; "fetch it" said of a parcel that is still being brought."""
    milestones = {one.claim.milestone for one in said}
    ended = bool(milestones & {M.DELIVERED, M.LOST, M.RETURNED})
    signed = max((one.event.clause for one in said if _is_handed_over(one)), default=-1)
    is_brought = any(one.claim.milestone is M.OUT_FOR_DELIVERY and one.event.aspect is A.ONGOING for one in said)
    return [
        one
        for one in said
        if not (ended and one.claim.milestone is M.CANCELLED)
        and not (_is_invitation(one) and one.event.clause < signed)
        and not (
            is_brought
            and one.claim.milestone is M.READY_FOR_PICKUP
            and one.event.act in {S.FETCH, S.TAKE}
            and one.event.at is None
        )
    ]


# --- what follows from the claim --------------------------------------------------------------------------------------


def _holder(what: Claim, event: Event, text: Text) -> Holder | None:
    match what.milestone:
        case M.DELIVERED if what.fetched:
            return Holder.RECIPIENT
        case M.DELIVERED:
            who = stage.signer(text) or (event.at if event.act in {S.STORE, S.REACH, S.RECEIVE} else None)
            return _HOLDERS.get(who) if who else None
        case M.READY_FOR_PICKUP:
            if S.LOCKER in text.signs:
                return Holder.LOCKER
            return Holder.AGENT if S.POINT in text.signs or event.act in {S.STORE, S.PROXY, S.REACH} else None
        case M.RETURNED:
            return Holder.SENDER
    return None


def _reason(said: Sequence[Said], what: Claim) -> Reason | None:
    """The claim's own, else that of a problem told beside it. What was agreed says more than that it is lost."""
    if what.reason is Reason.LOST and any(one.claim.reason is Reason.COMPENSATED for one in said):
        return Reason.COMPENSATED
    if what.reason is not None and what.reason is not Reason.OTHER:
        return what.reason
    if what.milestone in {M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED, M.LOST}:
        found = (one.claim.reason for one in said if one.claim.reason not in {None, Reason.OTHER})
        return next(found, what.reason)
    return what.reason


def _is_urgent(text: Text) -> bool:
    threatened = any(one.act is S.RETURN and one.aspect not in HAPPENED for one in text.events)
    return threatened or S.OVERDUE in text.signs or "尽快" in {token.text for one in text.clauses for token in one}


def _action(text: Text, best: Said | None) -> Action | None:
    milestone = best.claim.milestone if best else None
    if milestone in {M.DELIVERED, M.RETURNED, M.CANCELLED, M.LOST}:
        return None
    asked = {one.act: one for one in text.events}
    for act, action in ((S.PAPERS, Action.PAPERS), (S.DUTY, Action.PAY)):
        if act in asked and customs_wants(asked[act], text) is not None:
            return action
    if S.MUST_PAY in asked and asked[S.MUST_PAY].aspect not in {A.DONE, A.CONDITIONAL}:
        return Action.PAY
    if milestone is M.READY_FOR_PICKUP:
        return Action.PICK_UP
    if S.ADDRESS_FAULT in asked and milestone in {M.EXCEPTION, M.ATTEMPT_FAILED}:
        return Action.ADDRESS
    if S.NO_CONTACT in asked and milestone in {M.EXCEPTION, M.ATTEMPT_FAILED}:
        return Action.CONTACT
    return None
