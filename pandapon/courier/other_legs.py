"""The claims of delivery verbs that are about another leg: a pick-up, a handover, or the way between two places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim
from pandapon.courier.context import clause_says, happened, names_courier, names_pick_up_courier
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_BACK = frozenset({T.RETURN, T.REVERSE, T.REFUSE, T.INTERCEPT})
_ON_THE_ROAD = frozenset({T.HUB, T.BRANCH, T.LAST_BRANCH, T.ARRIVE, T.FLY, T.CUSTOMS, T.WAREHOUSE, T.RELEASE})
_PLAIN = 2  # characters of a plain verb: 派送, not 骑士配送
_LONGEST_NAME = 3  # characters of a courier's name
# Words that stand where a courier's name can stand.
_NO_NAMES = frozenset({"本地", "当地", "落地", "同城", "国内", "境内", "泰国"})
_BETWEEN = frozenset({T.HUB, T.WAREHOUSE, T.PORT, T.CUSTOMS})
_OUTLETS = frozenset({T.BRANCH, T.LAST_BRANCH})
_PICK_UPS = ("取件", "揽", "接货", "上门取", "收件", "接件")


def other_leg_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a delivery verb that is about another leg; None: it is about the last leg."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if event.word == "派单" and any(token.text.startswith(_PICK_UPS) for clause in text.clauses for token in clause):
        return Claim(M.SHIPPED)
    if event.word in {"派", "派给"} and any(
        token.tag is T.NOTE and token.text.startswith(_PICK_UPS) for token in text.clauses[event.clause]
    ):
        return Claim(M.SHIPPED)
    if event.word in {"出仓", "出库"} and text.tags & {T.COLLECT, T.LABEL} and not happened(text, T.CARRY_NOUN):
        return Claim(M.SHIPPED)
    after = {token.tag for token in text.clauses[event.clause][event.token + 1 :][:1]}
    if after & {T.COLLECT, T.TAKE, T.RECEIVE} or (
        event.word.startswith(("前往您", "赶来", "过来", "前来")) and names_pick_up_courier(text)
    ):  # 前来取件
        return Claim(M.SHIPPED)
    if event.at is T.SENDER and T.COURIER in before and event.aspect in HAPPENED and not text.tags & _BACK:
        return Claim(M.SHIPPED)  # 快递员正赶往寄件地
    if _is_sorted_for(event, text) or (event.aspect in HAPPENED and _is_brought_between(event, text)):
        return Claim(M.IN_TRANSIT)
    if event.aspect not in {A.BARE, A.PLANNED, A.DONE}:
        return None
    if T.FORWARD in before and event.aspect is not A.DONE:
        return Claim(M.IN_TRANSIT)
    if event.aspect is A.PLANNED and {T.WAIT, T.TRANSFER} <= before and not text.tags & _ON_THE_ROAD:
        return Claim(M.SHIPPED)  # 已打包，等待交给配送
    if (
        event.aspect is not A.DONE
        and T.TRANSFER in before
        and not names_courier(event, text)
        and (T.WAREHOUSE in text.tags or not _by_name(event, text))
    ):
        return _handed_on(text)
    if (
        event.aspect is not A.DONE
        and text.tags & {T.CARRIER, T.PARTNER, T.FORWARD}
        and text.tags & {T.FORWARD, T.TRANSFER}
    ):
        return _handed_on(text)
    tags = text.clause_tags[event.clause]
    if event.word.endswith("赶往") and event.at is T.POINT and event.place.startswith("取"):
        return Claim(M.SHIPPED)  # 骑手正赶往取货点
    if event.word.endswith("赶往") and not tags & {T.COURIER, T.RECIPIENT, T.DOOR}:
        return Claim(M.IN_TRANSIT)
    if clause_says(event, text, "负责") and before & {T.CARRIER, T.PARTNER} and T.COURIER not in tags:
        return Claim(M.IN_TRANSIT)
    if event.word == "送" and event.at in {T.PORT, T.CUSTOMS}:  # 已送口岸
        return Claim(M.IN_TRANSIT)
    if event.word in {"出仓", "出库"} and event.at is T.HUB and T.COURIER not in text.tags:
        return Claim(M.IN_TRANSIT)
    if event.word in {"出仓", "出库"} and text.tags & {T.MOVE, T.FLY, T.WAREHOUSE}:
        return Claim(M.IN_TRANSIT)
    return None


def _is_sorted_for(event: Event, text: Text) -> bool:
    """Whether the parcel is still being sorted for the last leg, in a warehouse or a hub: 正在分拣末端派送."""
    clause = text.clauses[event.clause]
    before = clause[event.token - 1] if event.token else None
    is_sorted = before is not None and before.tag is T.HANDLE and before.end == clause[event.token].start
    return is_sorted and bool(text.tags & {T.WAREHOUSE, T.HUB}) and T.COURIER not in text.tags


def _handed_on(text: Text) -> Claim:
    """The claim of a handover to the next carrier.

    With 包裹已出库，交由丹鸟配送 a seller says that the parcel was sent.
    """
    is_sent = happened(text, T.SHIP) and not text.tags & _ON_THE_ROAD
    return Claim(M.SHIPPED if is_sent else M.IN_TRANSIT)


def _is_brought_between(event: Event, text: Text) -> bool:
    """Whether the parcel is brought to a place between two legs: 配送至物流中心, 已送交航空公司."""
    after = text.clauses[event.clause][event.token + 1 :]
    if after and after[0].tag in {T.FLY, T.CUSTOMS, T.DECLARE} and event.word == "送":
        return True
    if not after or after[0].tag is not T.TO:
        return False
    where = next((token.tag for token in after[1:] if token.tag is not T.OTHER), None)
    return where in _BETWEEN or (where in _OUTLETS and "ก" <= event.word[0] <= "๙")  # Thai has one word for both


def _by_name(event: Event, text: Text) -> bool:
    """Whether a courier's name stands between the handover and the delivery verb: 交给小李派送."""
    clause = text.clauses[event.clause]
    name = clause[event.token - 1]
    return (
        len(event.word) == _PLAIN
        and name.tag is T.OTHER
        and name.text not in _NO_NAMES
        and len(name.text) <= _LONGEST_NAME
        and clause[event.token - 2].tag is T.TRANSFER
    )
