"""The seventh stage: the strongest claim of a text, with its reason, the holder and the action asked of the buyer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.courier import signers
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, PACKING, Claim, Reason
from pandapon.courier.demands import customs_demand_claim
from pandapon.courier.tags import Tag
from pandapon.courier.text_claims import TextClaim, claims_of, takes_back_a_signature, weight
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag


class Action(StrEnum):
    """The action that an entry asks of the buyer."""

    PICK_UP = "pick_up"
    CONTACT = "contact"
    ADDRESS = "address"
    PAPERS = "papers"
    PAY = "pay"


class Holder(StrEnum):
    """The holder of the parcel."""

    RECIPIENT = "recipient"
    AGENT = "agent"  # a person or a point on behalf of the recipient
    LOCKER = "locker"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Reading:
    """The claims of one entry. None: no claim."""

    milestone: Milestone | None = None
    action: Action | None = None
    holder: Holder | None = None
    reason: Reason | None = None
    place: str = ""  # where the parcel is, in the courier's words
    aspect: Aspect | None = None  # of the act that decided
    unsure: bool = False  # collected at the sender or fetched by the recipient: the parcel's state before decides
    resumes: bool = False  # the problem is over: a return that had begun is called off
    moves: bool = False  # the text also tells of a movement: a return is under way
    corrects: bool = False  # the text takes a signature back and tells that the parcel goes on
    turns_back: bool = False  # the text tells of a way back (转回): an intercepted parcel is then on its return
    leaves: bool = False  # the text tells of a departure: the outlet before was not the last one
    is_between: bool = False  # the text names a warehouse, customs or a flight: the parcel is not on its last leg
    is_stored: bool = False  # a warehouse took the parcel in: it is not on its last leg
    is_part: bool = False  # the text is about one of several pieces
    is_last: bool = False  # the text tells of the last leg, by the kind of outlet or by the next step
    packs: bool = False  # the text only tells of packing, which a seller does before the handover
    is_urgent: bool = False  # the parcel goes back unless it is fetched soon
    understood: bool = True  # False: the text has no act, no noun of an act and no notice


_GOES_ON = frozenset({M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY})
_HOLDERS = {
    T.LOCKER: Holder.LOCKER,
    T.POINT: Holder.AGENT,
    T.DESK: Holder.AGENT,
    T.KIN: Holder.AGENT,
    T.SENDER: Holder.SENDER,
    T.SELF: Holder.RECIPIENT,
    T.RECIPIENT: Holder.RECIPIENT,
    T.PERSON: Holder.RECIPIENT,
}
_MOVEMENTS = frozenset({T.DEPART, T.ARRIVE, T.MOVE, T.HANDLE, T.COLLECT, T.FLY})
_LEAVES = frozenset({T.DEPART, T.FLY})
_BETWEEN = frozenset({T.WAREHOUSE, T.CUSTOMS, T.DECLARE, T.FLY, T.ABROAD})
_FETCHERS = frozenset({T.POINT, T.LOCKER, T.RECIPIENT, T.SELF, T.KIN, T.BY_CODE, T.SIGN, T.SIGNER, T.STORE})
_LAST_LEG = frozenset({T.LAST_BRANCH, T.DESTINATION, T.CARRY, T.CARRY_NOUN, T.RECIPIENT, T.WAIT})
_TAKES_IN = frozenset({T.HANDLE, T.RECEIVE, T.ARRIVE, T.STORE, T.SIGN})
_PLACES_ON_THE_WAY = frozenset({T.HUB, T.BRANCH, T.LAST_BRANCH, T.PORT, T.ABROAD, T.CUSTOMS})
_ASKING = frozenset({T.PAPERS, T.DUTY, T.MUST_PAY, T.ADDRESS_FAULT, T.NO_CONTACT})


def decide(text: Text) -> Reading:
    """Return the reading of a parsed text: its strongest claim, with what the other words add."""
    claims = claims_of(text)
    strongest = max(claims, key=weight, default=None) if len(claims) != 1 else claims[0]
    action = _action(text, strongest)
    if strongest is None:
        return Reading(action=action, understood=bool(text.events) or T.NOTICE in text.tags or T.NOTE in text.tags)
    claim, event = strongest
    return Reading(
        milestone=claim.milestone,
        action=action,
        holder=_holder(claim, event, text),
        reason=_reason(claims, claim),
        place=event.place,
        aspect=event.aspect,
        unsure=claim.unsure or (claim.fetched and text.tags.isdisjoint(_FETCHERS)),
        resumes=any(each.claim.resumes for each in claims),
        is_stored=T.WAREHOUSE in text.tags and event.act in _TAKES_IN and event.aspect in HAPPENED,
        is_part=T.PART in text.tags,
        is_last=not text.tags.isdisjoint(_LAST_LEG),
        packs=_only_packs(claims, text),
        is_urgent=_is_urgent(text),
        is_between=bool(text.tags & _BETWEEN),
        corrects=claim.milestone in _GOES_ON and takes_back_a_signature(text),
        turns_back=any(
            event.act is T.DEPART and event.aspect in HAPPENED and event.word.endswith("回") for event in text.events
        ),
        leaves=any(event.act in _LEAVES and event.aspect in HAPPENED for event in text.events),
        moves=any(event.act in _MOVEMENTS and event.aspect in HAPPENED for event in text.events),
    )


# --- what follows from the claim --------------------------------------------------------------------------------------


def _holder(claim: Claim, event: Event, text: Text) -> Holder | None:
    match claim.milestone:
        case M.DELIVERED if claim.fetched:
            return Holder.RECIPIENT
        case M.DELIVERED:
            taker = signers.signer(text) or (event.at if event.act in {T.STORE, T.REACH, T.RECEIVE} else None)
            return _HOLDERS.get(taker) if taker else None
        case M.READY_FOR_PICKUP:
            if T.LOCKER in text.tags:
                return Holder.LOCKER
            return Holder.AGENT if T.POINT in text.tags or event.act in {T.STORE, T.PROXY, T.REACH} else None
        case M.RETURNED:
            return Holder.SENDER
    return None


def _reason(claims: Sequence[TextClaim], claim: Claim) -> Reason | None:
    """The reason of the claim, or else of another problem that the text tells.

    A compensation replaces the loss for which it is paid.
    """
    if claim.reason is Reason.LOST and any(each.claim.reason is Reason.COMPENSATED for each in claims):
        return Reason.COMPENSATED
    if claim.reason is not None and claim.reason is not Reason.OTHER:
        return claim.reason
    if claim.milestone in {M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED, M.LOST}:
        reasons = (each.claim.reason for each in claims if each.claim.reason not in {None, Reason.OTHER})
        return next(reasons, claim.reason)
    return claim.reason


def _only_packs(claims: Sequence[TextClaim], text: Text) -> bool:
    packed = all(each.event.act is T.HANDLE and each.event.word in PACKING for each in claims)
    return packed and text.tags.isdisjoint(_PLACES_ON_THE_WAY)


def _is_urgent(text: Text) -> bool:
    threatened = any(event.act is T.RETURN and event.aspect not in HAPPENED for event in text.events)
    words = {token.text for clause in text.clauses for token in clause}
    return threatened or T.OVERDUE in text.tags or "尽快" in words


def _is_left_behind(strongest: TextClaim | None) -> bool:
    """Whether the parcel is still with its sender, so that a call from the buyer would not help."""
    return strongest is not None and strongest.claim.reason is Reason.NOT_COLLECTED


def _is_due_later(event: Event, text: Text) -> bool:
    """Whether a fee is only due after some time: 过5天收仓储费."""
    before = text.clauses[event.clause][: event.token]
    return any(token.tag is T.OVERDUE or token.text.startswith("过") for token in before)


def _action(text: Text, strongest: TextClaim | None) -> Action | None:
    milestone = strongest.claim.milestone if strongest else None
    if milestone in {M.DELIVERED, M.RETURNED, M.CANCELLED, M.LOST}:
        return None
    if milestone is not M.READY_FOR_PICKUP and text.tags.isdisjoint(_ASKING):
        return None
    asked = {event.act: event for event in text.events}
    for act, action in ((T.PAPERS, Action.PAPERS), (T.DUTY, Action.PAY)):
        if act in asked and customs_demand_claim(asked[act], text) is not None:
            return action
    must_pay = asked.get(T.MUST_PAY)
    if must_pay and must_pay.aspect not in {A.DONE, A.CONDITIONAL} and not _is_due_later(must_pay, text):
        return Action.PAY
    if milestone is M.READY_FOR_PICKUP:
        return Action.PICK_UP
    if T.ADDRESS_FAULT in asked and milestone in {M.EXCEPTION, M.ATTEMPT_FAILED}:
        return Action.ADDRESS
    if T.NO_CONTACT in asked and milestone in {M.EXCEPTION, M.ATTEMPT_FAILED} and not _is_left_behind(strongest):
        return Action.CONTACT
    return None
