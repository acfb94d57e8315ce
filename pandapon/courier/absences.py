"""The claims of absence and of unanswered calls, by who is absent: the recipient, a point, the courier, the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim_by_table
from pandapon.courier.context import clause_has, clause_says
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_OF_A_COURIER = frozenset({"外出", "下班", "休息"})
_INCONVENIENT = frozenset({"不便", "不方便", "暂不方便"})
_PICK_UP_TASKS = ("收件任务", "揽收任务", "取件任务", "寄件任务", "揽件任务", "收件订单", "寄件订单")
_PICK_UPS = frozenset({T.COLLECT, T.TAKE})


def no_contact_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a call that nobody answers. A sender who is not reached makes none."""
    if event.word == "did not pick up" and _is_by_courier(event, text):
        return Claim(M.EXCEPTION, Reason.NOT_COLLECTED)
    return None if _is_the_senders(event, text) else claim_by_table(event)


def _is_by_courier(event: Event, text: Text) -> bool:
    """Whether a courier did not pick the parcel up, rather than a recipient the phone."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return bool(before & {T.COURIER, T.CARRIER, T.PARTNER}) and T.RECIPIENT not in before


def absence_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of absence. An absent sender or courier, and a time agreed on, make none."""
    if _is_the_senders(event, text):
        return None
    if _is_of_the_fitting(event, text):
        return None
    if event.word in _INCONVENIENT and _is_of_bringing(event, text):
        return Claim(M.EXCEPTION, Reason.OUT_OF_AREA) if event.aspect in HAPPENED else None
    if event.at is T.POINT and T.RECIPIENT not in text.tags:
        return Claim(M.EXCEPTION, Reason.HELD) if event.aspect in HAPPENED else None
    if event.word in {"不在", "未在", "没在"} and event.at in {T.POINT, T.LOCKER, T.BRANCH}:
        return None
    if T.COURIER in text.tags and T.RECIPIENT not in text.tags and event.word in _OF_A_COURIER:
        is_out = event.word == "外出" and event.aspect in HAPPENED
        return Claim(M.OUT_FOR_DELIVERY) if is_out else None
    if event.word == "约定" and (_is_fetched_later(event, text) or _is_agreed(event, text)):
        return None
    return claim_by_table(event)


def _is_of_bringing(event: Event, text: Text) -> bool:
    """Whether delivering is inconvenient for the courier, and not receiving for a person: 乡村不便投递."""
    clause = text.clauses[event.clause]
    after = clause[event.token + 1 : event.token + 2]
    is_carried = bool(after) and after[0].tag is T.CARRY
    return is_carried and all(token.tag is not T.RECIPIENT for token in clause[: event.token])


def _is_of_the_fitting(event: Event, text: Text) -> bool:
    """Whether only the installation is on another day: 货已送到，安装另约."""
    before = text.clauses[event.clause][: event.token]
    return any(word in token.text for token in before for word in ("安装", "组装", "调试"))


def _is_fetched_later(event: Event, text: Text) -> bool:
    """Whether the recipient fetches the parcel later: 收件人约定晚些来取."""
    return any(other.act in {T.FETCH, T.TAKE} and other.clause == event.clause for other in text.events)


def _is_agreed(event: Event, text: Text) -> bool:
    """Whether a delivery time was agreed on, or a rule speaks of one: 已与客户约定…送货, 以约定为准."""
    told = event.aspect is A.DONE or (T.DONE in text.tags and T.ARRANGE in text.tags)
    return clause_has(event, text, T.NOTICE) or (told and clause_has(event, text, T.CARRY))


def _is_the_senders(event: Event, text: Text) -> bool:
    """Whether the sender was absent at a pick-up, so that the parcel is still with its sender."""
    if text.tags & {T.CARRY, T.SIGN}:
        return False
    if clause_has(event, text, T.NOTE) and clause_says(event, text, *_PICK_UP_TASKS):
        return True
    in_vain = any(other.act is T.COLLECT and other.aspect not in HAPPENED for other in text.events)
    if in_vain or (clause_has(event, text, T.COLLECT) and T.TAKE_BACK not in text.tags):
        return True
    if T.RECIPIENT in text.tags:
        return False
    collected = any(other.act is T.TAKE and other.aspect not in HAPPENED for other in text.events)
    return collected or (T.SENDER in text.tags and bool(text.tags & _PICK_UPS)) or clause_has(event, text, T.SENDER)
