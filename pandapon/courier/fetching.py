"""The claims of fetching (自提, 领取): the parcel lies ready, or the recipient has it.

The rules of :mod:`taking` share the questions about a point, a recipient and a courier.
"""

from __future__ import annotations

from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.context import clause_has, clause_says, is_back_from_pick_up, is_in_notice
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

POINTS = frozenset({T.POINT, T.LOCKER})
_NEEDLESS = ("勿", "无需", "无须", "不必", "不用", "不需", "毋须", "别", "do not", "no need", "not yet")
EN_ROUTE = frozenset({T.FLY, T.PORT, T.DECLARE, T.CUSTOMS})
_THERE = POINTS | {T.BY_CODE, T.STORE, T.PARCEL, T.ARRIVE}
PUBLIC = POINTS | {T.SELF, T.BY_CODE}
SHORT = 3  # tokens of a short clause
_CLAUSES_BEFORE = 2  # clauses before the act
_ONWARD = frozenset({T.PORT, T.FLY, T.SHIP})
_PUTTING = frozenset({T.STORE, T.REACH, T.ARRIVE, T.PROXY, T.SIGN, T.TRANSFER, T.FORWARD})
_PUT_AT = POINTS | {T.DOOR, T.DESK, T.KIN}
_IN_VAIN = frozenset({A.NEGATED, A.FAILED, A.NOT_YET})
RECIPIENTS = frozenset({T.RECIPIENT, T.SELF, T.KIN, T.BY_CODE, T.SIGNER})


def fetching_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of an act of fetching. A courier or a sender in the text gives it another meaning."""
    clause = text.clause_tags[event.clause]
    if T.SENDER in clause and event.aspect in HAPPENED and text.tags & {T.RETURN, T.REVERSE}:
        return Claim(M.RETURNED)
    if event.aspect in HAPPENED and text.tags & EN_ROUTE and not is_public(event, text):
        return Claim(M.IN_TRANSIT)
    if (
        event.word == "完成取件"
        and text.tags & {T.BRANCH, T.COURIER}
        and T.RECIPIENT not in text.tags
        and event.aspect is not A.PLANNED
    ):
        return success_claim(text)
    if _is_left_with_the_sender(event, text):
        return Claim(M.SHIPPED) if _is_not_yet(event, text) else Claim(M.EXCEPTION, Reason.NOT_COLLECTED)
    if _is_carried_back(text) or _is_of_a_notice(event, text):
        return None
    if event.at is T.SENDER and event.aspect in HAPPENED and T.RETURN not in text.tags:
        return Claim(M.PICKED_UP)
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    by_carrier = T.COURIER in text.tags or bool(before & {T.CARRIER, T.PARTNER} and before & {T.WAREHOUSE, T.FROM})
    carries_off = by_carrier and event.word.startswith(("提", "已提")) and not is_public(event, text)
    if event.aspect is A.DONE and carries_off:
        return Claim(M.PICKED_UP, unsure=True)
    if is_needless(event, text) or (T.WAREHOUSE in text.tags and not is_public(event, text)):
        return None
    if is_awaited_courier(event, text):
        return Claim(M.IN_TRANSIT if text.tags & _ONWARD else M.ARRIVED)  # 等待司机提走送机场
    if T.COURIER in clause and not clause & {T.PLEASE, T.WAIT}:
        if any("寄" in token.text for token in text.clauses[event.clause]):
            return Claim(M.PICKED_UP)
        if event.aspect is A.DONE and text.tags & {T.LOCKER, T.OVERDUE} and not text.tags & {T.CARRY, T.FORWARD}:
            return Claim(M.ATTEMPT_FAILED, Reason.NOT_FETCHED)  # 快件超时，快递员已取出
        if event.word == "取出" and T.LOCKER in text.tags and T.VOID in text.tags:
            return Claim(M.ATTEMPT_FAILED, Reason.NOT_FETCHED)  # 取消派件，将快件取出丰巢
        if event.word.endswith(("领出", "带出")):
            return Claim(M.OUT_FOR_DELIVERY) if event.aspect in HAPPENED else None
        return Claim(M.ARRIVED) if event.aspect in HAPPENED else None
    if event.word.endswith(" by") and event.at is T.PARTNER:
        return Claim(M.IN_TRANSIT)  # Pick up by local carrier
    if event.word.isascii() and T.BY in clause and clause & {T.COURIER, T.CARRIER, T.PARTNER}:
        return Claim(M.SHIPPED)
    if event.aspect is A.BARE and T.RECIPIENT in before and _was_brought(text):
        return Claim(M.DELIVERED, fetched=True)
    return _fetched_or_ready(event, text)


def _fetched_or_ready(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel at a point, by the act's aspect: the recipient has it, or can fetch it."""
    clause = text.clause_tags[event.clause]
    match event.aspect:
        case A.DONE:
            return Claim(M.DELIVERED, fetched=True)
        case A.BARE if clause & {T.SIGNER, T.SIGN, T.KIN} or (T.SELF in clause and event.at not in {None, T.RECIPIENT}):
            return Claim(M.DELIVERED, fetched=True)
        case A.BARE if _is_by_the_signer(event, text):
            return Claim(M.DELIVERED, fetched=True)
        case A.BARE if event.word == "取出" and _opens_locker(text):
            return Claim(M.DELIVERED, fetched=True)
        case A.POSSIBLE if T.NOTICE in clause and text.tags.isdisjoint(_THERE):
            return None  # 可领50积分
        case A.POSSIBLE if {T.OR, T.CARRY} <= clause:
            return None  # 可选择送货上门或驿站自提
        case A.POSSIBLE if T.PROMISE in text.tags and text.tags.isdisjoint(POINTS):
            return None  # 预计…送达，届时可选择自提
        case A.POSSIBLE if len(text.clauses[event.clause]) <= SHORT:  # 可自提
            return Claim(M.READY_FOR_PICKUP)
        case A.CONDITIONAL | A.REVOKED | A.MENTIONED:
            return None
    return Claim(M.READY_FOR_PICKUP) if is_ready(event, text) else None


def _is_by_the_signer(event: Event, text: Text) -> bool:
    """Whether the clauses before the act name the signer and the place: 签收人在【X柜】(东门)领取."""
    if event.token:
        return False
    before = [
        token for clause in text.clauses[max(0, event.clause - _CLAUSES_BEFORE) : event.clause] for token in clause
    ]
    return any(label.tag is T.SIGNER and token.text == "在" for label, token in pairwise(before))


def _is_carried_back(text: Text) -> bool:
    """Whether a courier brings the parcel back to the outlet after the last leg."""
    back = [other for other in text.events if other.act is T.TO_DEPOT and other.aspect in HAPPENED]
    return any(not is_back_from_pick_up(other, text) for other in back)


def _is_left_with_the_sender(event: Event, text: Text) -> bool:
    """Whether the parcel was not collected at its sender: not collected from the merchant."""
    is_denied = event.aspect in _IN_VAIN or event.word.startswith("not ")
    tags = text.clause_tags[event.clause]
    return is_denied and T.SENDER in tags and T.RECIPIENT not in tags and not text.tags & {T.RETURN, T.REVERSE}


def _is_not_yet(event: Event, text: Text) -> bool:
    return event.aspect is A.NOT_YET or clause_says(event, text, "yet")


def _is_of_a_notice(event: Event, text: Text) -> bool:
    """Whether the act names a notice that was left, and no parcel: 已留下领取邮件通知卡."""
    after = text.clauses[event.clause][event.token + 1 :]
    at = next((place for place, token in enumerate(after) if token.text.startswith("通知")), None)
    return at is not None and all(token.tag is T.PARCEL for token in after[:at])


def _was_brought(text: Text) -> bool:
    """Whether a delivery succeeded: 投递成功，收件人凭身份证领收."""
    return any(other.act is T.CARRY and other.modality.succeeded and other.aspect is A.DONE for other in text.events)


def is_awaited_courier(event: Event, text: Text) -> bool:
    """Return whether the parcel lies at the outlet and waits for a courier: 等待快递员领件, 配送员待领取."""
    clause = text.clauses[event.clause]
    before = {token.tag for token in clause[: event.token]}
    is_due = event.aspect is A.PLANNED and T.COURIER in before and not before & {T.RECIPIENT, T.PLEASE}
    return is_due and T.SENDER not in text.tags and (not text.tags & POINTS or _is_in_a_slot(text))


def _is_in_a_slot(text: Text) -> bool:
    """Whether all points of the text are slots of the outlet, and no lockers: 格口B12，等业务员领件."""
    points = [token.text for clause in text.clauses for token in clause if token.tag in POINTS]
    return all(word.startswith("格口") for word in points)


def _opens_locker(text: Text) -> bool:
    """Whether the recipient opens a locker, and is not only asked to: 用户扫码开柜."""
    return {T.LOCKER, T.RECIPIENT} <= text.tags and not text.tags & {T.PLEASE, T.COURIER, T.MAY, T.WAIT, T.CANNOT}


def is_public(event: Event, text: Text) -> bool:
    """Return whether the parcel is where its recipient can come for it.

    A point or a code in the text, or the recipient in the clause, says so; 您 in 您的货物 does not.
    """
    if text.tags & PUBLIC:
        return True
    clause = text.clauses[event.clause]
    following = [token.tag for token in clause[1:]]
    return any(token.tag is T.RECIPIENT and tag is not T.OF for token, tag in zip_longest(clause, following) if token)


def is_needless(event: Event, text: Text) -> bool:
    """Return whether nobody has to come for the parcel, or it has not arrived yet."""
    if any(other.act is T.ARRIVE and other.aspect in {A.NOT_YET, A.NEGATED} for other in text.events):
        return True
    before = text.clauses[event.clause][: event.token]
    return event.aspect in {A.NEGATED, A.NOT_YET} and any(token.text.endswith(_NEEDLESS) for token in before)


def is_ready(event: Event, text: Text) -> bool:
    """Return whether the parcel lies ready.

    A request to fetch it says so. The bare verb, which may come from an advertisement, needs a point, a code or a
    number beside it, or a clause of its own.
    """
    if _is_still_to_be_put(event, text):
        return False
    is_alone = len(text.clauses[event.clause]) <= SHORT and len(text.clauses) == 1
    named = text.tags & (POINTS | {T.RECIPIENT, T.PARCEL})
    if event.aspect in {A.NEGATED, A.NOT_YET} and not named and not is_alone:
        return False
    if text.tags & {T.BRANCH, T.LAST_BRANCH} and clause_has(event, text, T.RECIPIENT):
        return True
    if event.aspect in {A.ASKED, A.PLANNED, A.NEGATED, A.NOT_YET}:
        return not is_in_notice(event, text) or bool(text.tags & (POINTS | {T.BY_CODE, T.STORE}))
    return bool(text.tags & (POINTS | {T.BY_CODE, T.STORE, T.NUMBER})) or len(text.clauses[event.clause]) == 1


def _is_still_to_be_put(event: Event, text: Text) -> bool:
    """Whether the parcel has yet to be put where it can be fetched: 小哥将把快件放入快递柜，请及时取件."""
    put = {other.aspect for other in text.events if other.clause <= event.clause and _puts_somewhere(other, text)}
    return A.PLANNED in put and put.isdisjoint(HAPPENED)


def _puts_somewhere(event: Event, text: Text) -> bool:
    """Whether the act brings the parcel to a place. A place before the act only keeps the parcel: 驿站将保管7天."""
    if event.act not in _PUTTING or event.at not in _PUT_AT:
        return False
    clause = text.clauses[event.clause]
    start = clause[event.token].start
    return event.act is T.PROXY or any(token.tag in _PUT_AT and token.start >= start for token in clause)


def success_claim(text: Text) -> Claim:
    """Return the claim of 取件成功, by who took the parcel: a courier, an outlet's courier, or the recipient."""
    if T.COURIER in text.tags:
        return Claim(M.PICKED_UP)
    at_outlet = bool(text.tags & {T.BRANCH, T.SENDER}) and not text.tags & (POINTS | RECIPIENTS)
    return Claim(M.PICKED_UP, unsure=True) if at_outlet else Claim(M.DELIVERED, fetched=True)
