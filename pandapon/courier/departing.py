"""The claims of departures: a courier sets out, a parcel leaves a point, or a vehicle leaves a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim
from pandapon.courier.context import clause_has, clause_says, names_pick_up_courier
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

M, T = Milestone, Tag

_MESSAGES = frozenset({"reminder", "notification", "message", "sms", "email", "e-mail", "notice", "invoice", "code"})
_MOVED = frozenset({T.HUB, T.BRANCH, T.COLLECT, T.FLY, T.CUSTOMS, T.RETURN, T.REVERSE, T.REFUSE, T.SHIP, T.LABEL})


def departure_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a departure that a courier, a seller or a recipient makes.

    None: a vehicle leaves for the next place on the way, so the table decides.
    """
    clause = text.clauses[event.clause]
    before = {token.tag for token in clause[: event.token]}
    after = clause[event.token + 1 :][:1]
    brings = any(
        token.tag is T.COURIER and token.text.startswith(("送货", "派送", "配送")) for token in clause[: event.token]
    )
    if brings and event.word in {"发车", "出发", "启程", "发出"} and event.aspect in HAPPENED and event.at is None:
        return Claim(M.OUT_FOR_DELIVERY)  # 送货车辆已发车
    if event.at is T.SENDER and event.word in {"前往", "赶往"}:
        return Claim(M.SHIPPED)
    if event.at in {T.POINT, T.LOCKER} and event.aspect is Aspect.DONE and event.word in {"转至", "转到"}:
        return Claim(M.READY_FOR_PICKUP)  # 包裹已转至校外驿站
    if event.aspect is Aspect.PLANNED and event.at in {None, T.SENDER} and text.tags & {T.SENDER, T.PREPARE, T.PAID}:
        return Claim(M.PAID) if text.tags.isdisjoint(_MOVED) else None  # 卖家…，预计48小时内发出
    is_goods = any(token.text in {"商品", "宝贝"} for token in clause[: event.token])
    if event.word == "发" and (T.SENDER in before or (is_goods and text.tags.isdisjoint(_MOVED))):
        return Claim(M.SHIPPED)
    if event.word.startswith("left") and T.COURIER in before and clause_has(event, text, T.PARCEL):
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word.isascii() and event.word == "left" and event.at in {T.DOOR, T.KIN, T.DESK}:
        return Claim(M.DELIVERED)
    drives = any(token.text.endswith("司机") for token in clause if token.tag is T.COURIER)
    carries = clause_has(event, text, T.FETCH, T.TAKE, T.COLLECT) or (drives and clause_has(event, text, T.HANDLE))
    sets_out = event.word.endswith(("出发", "启程"))
    waits = {Aspect.PLANNED} if T.IF in text.tags else {Aspect.PLANNED, Aspect.CONDITIONAL}
    if sets_out and event.aspect in waits and T.COURIER in text.tags and event.at is None:
        return Claim(M.ARRIVED)  # 小哥整理后就出发
    from_outlet = sets_out and not drives and event.at in {T.BRANCH, T.LAST_BRANCH} and clause_says(event, text, "从")
    if event.aspect in HAPPENED and T.COURIER in before and (event.at is None or from_outlet) and not carries:
        if sets_out and names_pick_up_courier(text):
            return Claim(M.SHIPPED)
        if sets_out:
            return Claim(M.OUT_FOR_DELIVERY)
        if event.word == "离开":
            return Claim(M.ATTEMPT_FAILED)
    left_the_point = event.word in {"出站", "出库"} and (
        clause_says(event, text, "核对")
        or any(token.text.startswith("取件") for part in text.clauses for token in part)
    )
    if left_the_point and not (after and after[0].tag is T.CARRY):
        return Claim(M.DELIVERED, fetched=True)
    return None


def is_no_departure(event: Event, text: Text) -> bool:
    """Return whether no parcel departs: 发出催促 sends a reminder, and with 前往取件 somebody comes for the parcel."""
    clause = text.clauses[event.clause]
    if event.word.isascii() and any(token.text in _MESSAGES for token in clause[: event.token]):
        return True  # a reminder was sent to the recipient
    after = clause[event.token + 1 :][:1]
    if event.word == "发":
        before = {token.tag for token in clause[: event.token]}
        of_parcel = T.PARCEL in before or T.SENDER in before or clause_says(event, text, "班", "车")
        return event.aspect is not Aspect.DONE or not of_parcel or bool(before & {T.NOTE, T.NOTICE})
    if event.word == "发出" and after and after[0].tag in {T.ASKED, T.NOTE, T.NOTICE}:
        return True
    return event.word in {"前往", "赶往"} and clause_has(event, text, T.COLLECT, T.TAKE, T.RECEIVE, T.FETCH)
