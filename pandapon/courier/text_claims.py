"""The sixth stage: all claims of a text, without those that another clause takes back or explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.act_claims import claim_of
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.doubts import weigh_doubts
from pandapon.courier.noun_claims import noun_claims
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag


class TextClaim(NamedTuple):
    """A claim and the event that makes it."""

    claim: Claim
    event: Event


# The claim with the highest weight is the strongest of a text.
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
# A disputed signature or an abandoned parcel weighs more than a failed attempt in the same text.
_DECISIVE = frozenset({Reason.SIGNATURE_DISPUTED, Reason.ABANDONED})
_DECIDED = 72
_AWAITED = 42  # a courier has yet to come, so the parcel has not moved, whatever else the text tells
_MENDABLE = frozenset({M.ATTEMPT_FAILED, M.EXCEPTION})
_RESUMABLE = _MENDABLE | {M.LOST}
_CARRIED = ("送", "派", "派件", "投递")
_NOWHERE = -1
_FETCHED_AT = frozenset({T.POINT, T.LOCKER, T.BRANCH, T.LAST_BRANCH})
_MENDS = frozenset({M.OUT_FOR_DELIVERY, M.DELIVERED, M.READY_FOR_PICKUP})


def claims_of(text: Text) -> list[TextClaim]:
    """Return the claims of a parsed text, in the order of its acts, then of its nouns.

    A claim that the text doubts is left out or weakened. One that a later clause ends, or that another claim explains,
    is left out.
    """
    pairs = [(claim_of(event, text), event) for event in text.events] + noun_claims(text)
    sure = [(claim and weigh_doubts(claim, event, text), event) for claim, event in pairs]
    claims = [TextClaim(claim, event) for claim, event in sure if claim is not None]
    return _without_explained(_without_mended(claims, text)) if len(claims) > 1 else claims


def takes_back_a_signature(text: Text) -> bool:
    """Return whether the text revokes a signature, even where a later clause says more: 签收有误，重新派送中."""
    if T.VOID not in text.tags:
        return False
    claims = [claim_of(event, text) for event in text.events if event.act is T.SIGN]
    claims += [claim for claim, _ in noun_claims(text)]
    return any(claim is not None and claim.reason is Reason.SIGNATURE_DISPUTED for claim in claims)


def weight(claim: TextClaim) -> int:
    """Return the weight of a claim among the claims of its text; the highest wins."""
    milestone, event = claim.claim.milestone, claim.event
    if milestone is M.SHIPPED and (event.act in {T.COLLECT, T.TAKE} or event.word[0] in "待等"):
        return _AWAITED
    if milestone is M.EXCEPTION and claim.claim.reason in _DECISIVE:
        return _DECIDED
    return _FETCHED if claim.claim.fetched else _WEIGHT[milestone]


class _Remedies(NamedTuple):
    """The indexes of the last clauses that end problems told before them; -1: no clause does."""

    mended: int  # the parcel is brought, kept for pick-up or handed over
    brought: int  # a courier is on the way with the parcel
    resumed: int  # the problem is over
    called: int  # the recipient is asked to come for the parcel
    goes_on: tuple[int, int]  # clause and token: the parcel goes on to the recipient


def _without_mended(claims: list[TextClaim], text: Text) -> list[TextClaim]:
    """Drop the problems that a later clause ends: in vain yesterday, out for delivery again today."""
    claims = [each for each in claims if not (each.claim.fetched and _is_brought_next(each, text))]
    if any(_is_on_its_way(each) for each in claims):
        claims = [each for each in claims if not _is_of_the_past(each, text)]
    remedies = _remedies(claims, text)
    return [each for each in claims if not _is_mended(each, remedies)]


def _remedies(claims: list[TextClaim], text: Text) -> _Remedies:
    kept = any(_is_put_away(each) for each in claims)
    good = [each for each in claims if each.claim.milestone in _MENDS]
    return _Remedies(
        _last_clause(each for each in good if _ends_problems(each.event) or (kept and _is_invitation(each))),
        _last_clause(each for each in good if each.event.aspect is A.ONGOING),
        _last_clause(each for each in claims if each.claim.resumes),
        _last_clause(each for each in claims if _is_called_to_fetch(each, text)),
        max((_position(each) for each in claims if _goes_on_to_recipient(each)), default=(_NOWHERE, _NOWHERE)),
    )


def _last_clause(claims: Iterable[TextClaim]) -> int:
    return max((each.event.clause for each in claims), default=_NOWHERE)


def _is_mended(claim: TextClaim, remedies: _Remedies) -> bool:
    """Whether the claim is a problem or a return that a later clause ends."""
    (milestone, reason), clause = claim.claim[:2], claim.event.clause
    if milestone is M.RETURNING:
        return _position(claim) < remedies.goes_on  # 改退件为继续派送
    if reason is Reason.OUT_OF_AREA and clause < remedies.called:  # 不派送，请到网点自取
        return True
    if milestone in _RESUMABLE and clause <= remedies.resumed:
        return True
    end = remedies.brought if reason is Reason.SIGNATURE_DISPUTED else remedies.mended
    return milestone in _MENDABLE and clause < end


def _position(claim: TextClaim) -> tuple[int, int]:
    return claim.event.clause, claim.event.token


def _goes_on_to_recipient(claim: TextClaim) -> bool:
    """Whether the claim says that the parcel goes on to its recipient: 继续派送."""
    return claim.claim.resumes and claim.event.act is T.RESUME and claim.event.word.endswith(_CARRIED)


def _is_put_away(claim: TextClaim) -> bool:
    """Whether the parcel was put where it can be fetched, or taken back to the outlet."""
    is_stored = claim.claim.milestone is M.READY_FOR_PICKUP and claim.event.act is T.STORE
    return is_stored or (claim.claim.milestone in _MENDABLE and claim.event.act is T.TAKE_BACK)


def _is_on_its_way(claim: TextClaim) -> bool:
    return claim.claim.milestone is M.OUT_FOR_DELIVERY and claim.event.aspect is A.ONGOING


def _is_of_the_past(claim: TextClaim, text: Text) -> bool:
    """Whether the claim is about an earlier time: a problem of yesterday, or a courier who took the parcel out.

    昨日派送时您不在家, 驿站小二已领件.
    """
    if claim.claim.milestone in _MENDABLE:
        return T.BEFORE_NOW in text.clause_tags[claim.event.clause]
    return claim.claim.fetched and T.COURIER in text.clause_tags[claim.event.clause]


def _is_brought_next(claim: TextClaim, text: Text) -> bool:
    """Whether a courier in a later clause delivers the parcel that was taken out: 已由驿站取出，派件员马上送上门."""
    return any(
        event.act is T.CARRY
        and event.aspect in {A.PLANNED, A.ONGOING}
        and event.clause > claim.event.clause
        and T.COURIER in text.clause_tags[event.clause]
        for event in text.events
    )


def _is_handed_over(claim: TextClaim) -> bool:
    return claim.claim.milestone is M.DELIVERED and claim.event.aspect is A.DONE


def _is_invitation(claim: TextClaim) -> bool:
    return claim.claim.milestone is M.READY_FOR_PICKUP and claim.event.act in {T.FETCH, T.TAKE}


def _is_called_to_fetch(claim: TextClaim, text: Text) -> bool:
    """Whether the recipient is asked to come to an outlet or a point for the parcel."""
    return _is_invitation(claim) and claim.event.aspect is A.ASKED and not text.tags.isdisjoint(_FETCHED_AT)


def _ends_problems(event: Event) -> bool:
    """Whether the act happened and ends a problem. A parcel kept at no point is not ready: 暂停投递，邮件妥存."""
    return event.aspect in HAPPENED and not (event.act is T.STORE and event.at is None)


def _without_explained(claims: list[TextClaim]) -> list[TextClaim]:
    """Drop the claims that another claim explains.

    A closed order says nothing new once its parcel has an end. An invitation to fetch the parcel, or its arrival at a
    point, says nothing while a courier is still to deliver it.
    """
    milestones = {each.claim.milestone for each in claims}
    ended = bool(milestones & {M.DELIVERED, M.LOST, M.RETURNED, M.RETURNING})
    signed = max((each.event.clause for each in claims if _is_handed_over(each)), default=-1)
    is_awaited = any(each.event.act is T.CARRY and each.event.aspect is A.PLANNED for each in claims)
    is_brought = any(map(_is_on_its_way, claims))
    at_door = any(each.claim.milestone is M.DELIVERED and each.event.at is T.DOOR for each in claims)
    return [
        each
        for each in claims
        if not (ended and each.claim.milestone is M.CANCELLED)
        and not (_is_invitation(each) and (each.event.clause < signed or (at_door and each.event.at is None)))
        and not (is_awaited and each.claim.milestone is M.READY_FOR_PICKUP and each.event.act is T.ARRIVE)
        and not (is_awaited and each.claim.milestone is M.DELIVERED and each.event.act is T.REACH)  # 已送到…，待派送
        and not (
            is_brought
            and each.claim.milestone is M.READY_FOR_PICKUP
            and each.event.act in {T.FETCH, T.TAKE}
            and each.event.at is None
        )
    ]
