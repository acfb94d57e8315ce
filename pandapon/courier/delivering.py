"""The claims of delivery verbs and nouns: out for delivery, delivered, in vain, or arranged for a later day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.bookings import is_only_spoken_of
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.context import clause_has, clause_says, happened, has_internal_handover, names_courier
from pandapon.courier.other_legs import other_leg_claim
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_POINTS = frozenset({T.POINT, T.LOCKER})
_TENS = 2  # digits that a distance on the last leg has at most, in kilometres
_IN_TURN = ("按序", "依序", "按顺序", "依次", "陆续", "逐件", "逐一", "排队")
_AGAIN = frozenset({"再投", "续送", "再派", "重投", "重派", "二投", "重送"})


def delivery_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a delivery verb or noun."""
    modality = event.modality
    if event.word == "出门":
        return _out_of_doors(event, text)
    if event.word == "派" and _ends_a_name(event, text):
        return None
    noun = event.act is T.CARRY_NOUN
    if not noun:
        if is_only_spoken_of(event, text):
            return None
        other_leg = other_leg_claim(event, text)
        if other_leg is not None:
            return other_leg
    if modality.succeeded and _goes_out(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word[0] in "离距" and _is_far(event, text):
        return Claim(M.IN_TRANSIT)
    if noun and modality.today and modality.aspect is A.BARE:
        return Claim(M.OUT_FOR_DELIVERY)
    if modality.aspect is A.DONE and _is_put_in(event, text):
        return Claim(M.READY_FOR_PICKUP)
    if modality.succeeded and modality.aspect is A.DONE:
        return Claim(M.READY_FOR_PICKUP) if event.at in _POINTS else Claim(M.DELIVERED)
    if modality.aspect in {A.BARE, A.PLANNED} and (modality.again or event.word in _AGAIN) and _is_resumed(text):
        return Claim(M.ARRIVED, resumes=True)
    match modality.aspect:
        case A.FAILED:
            return Claim(M.ATTEMPT_FAILED)
        case A.NEGATED if not noun:
            return _not_carried(event, text)
        case A.REVOKED if not noun:
            return _called_off(event, text)
        case A.PLANNED:
            return _planned(event, text)
        case A.BARE if modality.again and happened(text, T.ABSENT) and not names_courier(event, text):
            return Claim(M.ATTEMPT_FAILED)  # 不在家，另行配送
        case A.BARE if event.word in _AGAIN and _lists_courier(event, text):
            return Claim(M.OUT_FOR_DELIVERY)
        case A.BARE if event.word in _AGAIN and not modality.today and _was_in_vain(text):
            return Claim(M.ATTEMPT_FAILED)
        case A.DONE | A.ONGOING | A.BARE if not noun:
            return _under_way(event, text)
        case A.ONGOING:
            return Claim(M.OUT_FOR_DELIVERY)
    return None


def _ends_a_name(event: Event, text: Text) -> bool:
    """Whether 派 only ends the name of a place: 到达目的地网点江东新派."""
    clause = text.clauses[event.clause]
    is_joined = event.token > 0 and clause[event.token - 1].end == clause[event.token].start
    is_last = event.token + 1 == len(clause) and clause[event.token - 1].tag is T.OTHER
    return is_joined and is_last and any(token.tag is T.ARRIVE for token in clause[: event.token])


def _is_put_in(event: Event, text: Text) -> bool:
    """Whether the parcel is put into a point, which follows the verb: 已投递【丰巢】."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    return event.word.endswith(("投递", "投放")) and bool(after) and after[0].tag in _POINTS


def _is_far(event: Event, text: Text) -> bool:
    """Whether the parcel is too far away for the last leg: 离您还有500公里."""
    after = text.clauses[event.clause][event.token + 1 :][:2]
    number = "".join(char for token in after[:1] for char in token.text if char.isdigit() or char == ".")
    return len(after) > 1 and after[1].text.startswith(("公里", "km")) and len(number.split(".")[0]) > _TENS


def _goes_out(event: Event, text: Text) -> bool:
    """Whether a parcel goes out for delivery: in ออกนำจ่ายแล้ว, แล้ว ("already") says that the delivery has begun."""
    clause = text.clauses[event.clause]
    before = clause[event.token - 1] if event.token else None
    return before is not None and before.tag is T.ONGOING and before.start == clause[event.token].start


def _out_of_doors(event: Event, text: Text) -> Claim | None:
    """The claim of 出门, by who goes out: 小哥带着您的快件出门了, 客户出门了."""
    if event.aspect not in HAPPENED:
        return None
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if before & {T.COURIER, T.PARCEL}:
        return Claim(M.OUT_FOR_DELIVERY)
    return Claim(M.ATTEMPT_FAILED, Reason.ABSENT) if T.RECIPIENT in before else None


def _was_in_vain(text: Text) -> bool:
    """Whether 再投 ("deliver again") means that an attempt failed.

    Without a courier it announces the next attempt. With a courier it is that attempt, unless the text also tells of a
    failed one.
    """
    failed = any(other.act in {T.SIGN, T.CARRY} and other.aspect in {A.NEGATED, A.FAILED} for other in text.events)
    return failed or T.COURIER not in text.tags


def _under_way(event: Event, text: Text) -> Claim:
    if event.aspect is A.DONE and T.COURIER not in text.tags and _is_said_of_the_end(event, text):
        return Claim(M.DELIVERED)
    if event.modality.arranged and _is_being_arranged(event, text):
        return Claim(M.ARRIVED)
    if event.aspect is A.ONGOING or T.COURIER in text.tags or event.modality.today:
        return Claim(M.OUT_FOR_DELIVERY)
    if event.aspect is A.BARE and _waits_its_turn(event, text):
        return Claim(M.ARRIVED)
    if event.aspect is A.BARE and _return_is_off(text):
        return Claim(M.ARRIVED, resumes=True)
    if event.modality.again and event.modality.arranged:
        if happened(text, T.RESUME):
            return Claim(M.ARRIVED, resumes=True)
        if clause_says(event, text, "预约", "约"):
            return Claim(M.ATTEMPT_FAILED)
    return Claim(M.OUT_FOR_DELIVERY)


def _lists_courier(event: Event, text: Text) -> bool:
    """Whether a list of scans names the courier after a colon: 再派：高亮."""
    after = [token.tag for token in text.clauses[event.clause][event.token + 1 :]]
    return after[:2] in ([T.COLON, T.OTHER], [T.COLON, T.COURIER])


def _waits_its_turn(event: Event, text: Text) -> bool:
    """Whether the parcel waits at the outlet for its turn: 已到网点，按序派送."""
    clause = text.clauses[event.clause]
    in_turn = event.token > 0 and clause[event.token - 1].text.endswith(_IN_TURN)
    return in_turn and any(other.act is T.ARRIVE and other.clause < event.clause for other in text.events)


def _is_said_of_the_end(event: Event, text: Text) -> bool:
    """Whether the word states a completed delivery: 已派递 in Hong Kong, 已配達, 已送货上门."""
    clause = text.clauses[event.clause]
    is_told = clause[event.token - 1].tag is T.DONE and event.token + 1 == len(clause)
    return event.word in {"派递", "配达"} or (event.word in {"送货上门", "送上门"} and is_told)


def _is_being_arranged(event: Event, text: Text) -> bool:
    """Whether the delivery is only being arranged: 正在安排派送, 今日安排配送, but not 安排专人派送途中."""
    if T.COURIER in text.tags:
        return False
    before = [token.tag for token in text.clauses[event.clause][: event.token]]
    if event.aspect is A.BARE and event.word != "投递":  # the post arranges a delivery on the day itself
        return (
            text.clauses[event.clause][event.token - 1].text == "安排"
            and not event.modality.again
            and T.DONE not in before
        )
    return T.ONGOING in before and before.index(T.ONGOING) < before.index(T.ARRANGE)


def _is_resumed(text: Text) -> bool:
    return T.COURIER not in text.tags and _return_is_off(text)


def _return_is_off(text: Text) -> bool:
    return any(
        (other.act in {T.RETURN, T.REVERSE} and other.aspect is A.REVOKED)
        or (other.act is T.RETURN_SCAN and other.aspect is A.NEGATED)
        for other in text.events
    ) or any(
        token.tag is T.NOTE and token.text.startswith("退件") and T.VOID in text.tags
        for clause in text.clauses
        for token in clause
    )


def _not_carried(event: Event, text: Text) -> Claim | None:
    if T.MUST_PAY in text.tags:
        return Claim(M.EXCEPTION, Reason.HELD)
    return Claim(M.ATTEMPT_FAILED) if event.modality.again else None


def _called_off(event: Event, text: Text) -> Claim | None:
    """The claim of a delivery that was called off: 派送中止 after an interception, 派件回退 back to the outlet."""
    if T.INTERCEPT in text.tags:
        return Claim(M.EXCEPTION, Reason.INTERCEPTED)
    after = text.clauses[event.clause][event.token + 1 :][:1]
    return Claim(M.ATTEMPT_FAILED) if after and after[0].text == "回退" else None


def _planned(event: Event, text: Text) -> Claim | None:
    if has_internal_handover(text) or (happened(text, T.SHIP) and not event.modality.again):
        return None  # 已寄出，将由…配送 only names who will deliver
    if event.act is T.CARRY_NOUN and not event.modality.again and not clause_has(event, text, T.WAIT):
        return None
    if any(other.act is T.ARRIVE and other.aspect is A.MENTIONED for other in text.events):
        return None  # 到达后将与您约定送货
    if event.modality.again or event.word in _AGAIN:
        return Claim(M.ATTEMPT_FAILED)
    waits = event.token > 0 and clause_has(event, text, T.WAIT)  # 待明日派送
    return None if event.modality.promised and not waits else Claim(M.ARRIVED)
