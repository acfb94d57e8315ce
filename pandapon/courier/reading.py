"""The sixth stage: of all that a text's acts claim, the one claim of the text, with its reason and who has to act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.courier import signers as stage
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, PACKING, Claim, Reason
from pandapon.courier.dues import customs_wants
from pandapon.courier.signs import Sign
from pandapon.courier.told import Said, said_in, takes_back_a_signature, weight
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign


class Action(StrEnum):
    """The action that is asked of the buyer."""

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
    unsure: bool = False  # picked up from the sender or fetched by the recipient: the state before decides
    resumes: bool = False  # the problem is over: a return that had begun is called off
    moves: bool = False  # it tells of a movement, too: a return is under way
    corrects: bool = False  # it takes a signature back, even if it tells that the parcel goes on
    turns_back: bool = False  # it tells of a way back (转回): an intercepted parcel is then on its return
    leaves: bool = False  # it tells of a departure: the outlet told as the last was not the last
    is_between: bool = False  # it tells of a warehouse, customs or a flight: not of the last leg
    is_stored: bool = False  # a warehouse has it: not on the last leg
    is_part: bool = False  # it is about one of several pieces
    is_last: bool = False  # it tells of the last leg: by the kind of outlet, or by the next step
    packs: bool = False  # goods are packed or picked: before the pick-up by the seller
    is_urgent: bool = False  # it goes back unless it is fetched soon
    understood: bool = True  # False: it has no known word


_GOES_ON = frozenset({M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY})
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
_MOVEMENTS = frozenset({S.DEPART, S.ARRIVE, S.MOVE, S.HANDLE, S.COLLECT, S.FLY})
_LEAVES = frozenset({S.DEPART, S.FLY})
_BETWEEN = frozenset({S.WAREHOUSE, S.CUSTOMS, S.DECLARE, S.FLY, S.ABROAD})
_FETCHERS = frozenset({S.POINT, S.LOCKER, S.RECIPIENT, S.SELF, S.KIN, S.BY_CODE, S.SIGN, S.SIGNER, S.STORE})
_LAST_LEG = frozenset({S.LAST_BRANCH, S.DESTINATION, S.CARRY, S.CARRY_NOUN, S.RECIPIENT, S.WAIT})
_TAKES_IN = frozenset({S.HANDLE, S.RECEIVE, S.ARRIVE, S.STORE, S.SIGN})
_PLACES_ON_THE_WAY = frozenset({S.HUB, S.BRANCH, S.LAST_BRANCH, S.PORT, S.ABROAD, S.CUSTOMS})
_ASKING = frozenset({S.PAPERS, S.DUTY, S.MUST_PAY, S.ADDRESS_FAULT, S.NO_CONTACT})


def decide(text: Text) -> Reading:
    """The reading of a text that was parted into events."""
    said = said_in(text)
    best = max(said, key=weight, default=None) if len(said) != 1 else said[0]
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
        unsure=what.unsure or (what.fetched and text.signs.isdisjoint(_FETCHERS)),
        resumes=any(one.claim.resumes for one in said),
        is_stored=S.WAREHOUSE in text.signs and event.act in _TAKES_IN and event.aspect in HAPPENED,
        is_part=S.PART in text.signs,
        is_last=not text.signs.isdisjoint(_LAST_LEG),
        packs=_only_packs(said, text),
        is_urgent=_is_urgent(text),
        is_between=bool(text.signs & _BETWEEN),
        corrects=what.milestone in _GOES_ON and takes_back_a_signature(text),
        turns_back=any(
            one.act is S.DEPART and one.aspect in HAPPENED and one.word.endswith("回") for one in text.events
        ),
        leaves=any(one.act in _LEAVES and one.aspect in HAPPENED for one in text.events),
        moves=any(one.act in _MOVEMENTS and one.aspect in HAPPENED for one in text.events),
    )


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
    """The reason of the claim, else that of a problem told beside it. An agreement says more than a loss."""
    if what.reason is Reason.LOST and any(one.claim.reason is Reason.COMPENSATED for one in said):
        return Reason.COMPENSATED
    if what.reason is not None and what.reason is not Reason.OTHER:
        return what.reason
    if what.milestone in {M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED, M.LOST}:
        found = (one.claim.reason for one in said if one.claim.reason not in {None, Reason.OTHER})
        return next(found, what.reason)
    return what.reason


def _only_packs(said: Sequence[Said], text: Text) -> bool:
    packed = all(one.event.act is S.HANDLE and one.event.word in PACKING for one in said)
    return packed and text.signs.isdisjoint(_PLACES_ON_THE_WAY)


def _is_urgent(text: Text) -> bool:
    threatened = any(one.act is S.RETURN and one.aspect not in HAPPENED for one in text.events)
    return threatened or S.OVERDUE in text.signs or "尽快" in {token.text for one in text.clauses for token in one}


def _action(text: Text, best: Said | None) -> Action | None:
    milestone = best.claim.milestone if best else None
    if milestone in {M.DELIVERED, M.RETURNED, M.CANCELLED, M.LOST}:
        return None
    if milestone is not M.READY_FOR_PICKUP and text.signs.isdisjoint(_ASKING):
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
