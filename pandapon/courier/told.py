"""All claims of a text: those of its acts and nouns, without those that another clause takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.acts import claim_of
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.doubts import told_as_an_end
from pandapon.courier.records import recorded
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign


class Said(NamedTuple):
    """A claim and the act that made it."""

    claim: Claim
    event: Event


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
_MENDABLE = frozenset({M.ATTEMPT_FAILED, M.EXCEPTION})
_RESUMABLE = _MENDABLE | {M.LOST}
_MENDS = frozenset({M.OUT_FOR_DELIVERY, M.DELIVERED, M.READY_FOR_PICKUP})


def said_in(text: Text) -> list[Said]:
    """Return the claims of the acts and nouns of a text, without those that another clause takes back."""
    told = [(claim_of(event, text), event) for event in text.events] + recorded(text)
    sure = [(found and told_as_an_end(found, event, text), event) for found, event in told]
    said = [Said(found, event) for found, event in sure if found is not None]
    return _without_doubles(_without_mended(said, text)) if len(said) > 1 else said


def takes_back_a_signature(text: Text) -> bool:
    """签收有误，重新派送中: whether a signature is taken back, even if a later clause tells that it goes on."""
    if S.VOID not in text.signs:
        return False
    told = [claim_of(event, text) for event in text.events if event.act is S.SIGN]
    told += [claim for claim, _ in recorded(text)]
    return any(one is not None and one.reason is Reason.SIGNATURE_DISPUTED for one in told)


def weight(said: Said) -> int:
    """The rank of a claim: of several in one text the highest wins."""
    if said.claim.milestone is M.SHIPPED and (said.event.act in {S.COLLECT, S.TAKE} or said.event.word[0] in "待等"):
        return _AWAITED
    if said.claim.milestone is M.EXCEPTION and said.claim.reason in _DECISIVE:
        return _DECIDED
    return _FETCHED if said.claim.fetched else _WEIGHT[said.claim.milestone]


def _without_mended(said: list[Said], text: Text) -> list[Said]:
    """Whether a later clause tells the end of a problem: yesterday in vain, today out for delivery again."""
    said = [one for one in said if not (one.claim.fetched and _is_brought_next(one, text))]
    if any(_is_on_its_way(one) for one in said):
        said = [one for one in said if not _was_before(one, text)]
    kept = any(_is_kept(one) for one in said)
    ends = [
        one.event.clause
        for one in said
        if one.claim.milestone in _MENDS and (_tells_of_now(one.event) or (kept and _is_invitation(one)))
    ]
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


def _is_kept(one: Said) -> bool:
    """Whether the parcel was laid down, or brought back to where it is to be fetched."""
    is_stored = one.claim.milestone is M.READY_FOR_PICKUP and one.event.act is S.STORE
    return is_stored or (one.claim.milestone in _MENDABLE and one.event.act is S.TAKE_BACK)


def _is_on_its_way(one: Said) -> bool:
    return one.claim.milestone is M.OUT_FOR_DELIVERY and one.event.aspect is A.ONGOING


def _was_before(one: Said, text: Text) -> bool:
    """昨日派送时您不在家, wherever it stands; 驿站小二已领件: the courier fetched it to bring it."""
    if one.claim.milestone in _MENDABLE:
        return S.BEFORE_NOW in text.kinds[one.event.clause]
    return one.claim.fetched and S.COURIER in text.kinds[one.event.clause]


def _is_brought_next(one: Said, text: Text) -> bool:
    """已由驿站取出，派件员马上送上门: a courier took it out."""
    return any(
        event.act is S.CARRY
        and event.aspect in {A.PLANNED, A.ONGOING}
        and event.clause > one.event.clause
        and S.COURIER in text.kinds[event.clause]
        for event in text.events
    )


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
    ended = bool(milestones & {M.DELIVERED, M.LOST, M.RETURNED, M.RETURNING})
    signed = max((one.event.clause for one in said if _is_handed_over(one)), default=-1)
    is_awaited = any(one.event.act is S.CARRY and one.event.aspect is A.PLANNED for one in said)
    is_brought = any(map(_is_on_its_way, said))
    at_door = any(one.claim.milestone is M.DELIVERED and one.event.at is S.DOOR for one in said)
    return [
        one
        for one in said
        if not (ended and one.claim.milestone is M.CANCELLED)
        and not (_is_invitation(one) and (one.event.clause < signed or (at_door and one.event.at is None)))
        and not (is_awaited and one.claim.milestone is M.READY_FOR_PICKUP and one.event.act is S.ARRIVE)
        and not (is_awaited and one.claim.milestone is M.DELIVERED and one.event.act is S.REACH)  # 已送到…，待派送
        and not (
            is_brought
            and one.claim.milestone is M.READY_FOR_PICKUP
            and one.event.act in {S.FETCH, S.TAKE}
            and one.event.at is None
        )
    ]
