"""The claims of receiving (收到, 收货), by the person or place that receives."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier import signers
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim_by_table
from pandapon.courier.context import (
    happened,
    is_about_another_matter,
    mentions_return,
    speaks_of_sending,
    tells_of_return,
)
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_POINTS = frozenset({T.POINT, T.LOCKER})
_MONEY = ("运费", "费用", "邮费", "款", "税")
_BACK = frozenset({T.RETURN, T.REVERSE, T.REFUSE})
_COLLECTORS = frozenset({T.BRANCH, T.COURIER, T.CARRIER})


def receipt_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of an act of receiving. Received money, data and requests are no parcel."""
    clause = text.clauses[event.clause]
    tags = text.clause_tags[event.clause]
    after = {token.tag for token in clause[event.token + 1 :]}
    if T.TO_DEPOT in text.tags or any(token.text.startswith(("元", "块钱")) for token in clause[event.token + 1 :]):
        return None  # 每12小时收取0.5元
    if _is_of_money(event, text):
        return None
    if any(token.text.startswith("总包") for token in clause) and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)
    if event.word == "验收" and T.HUB in text.tags and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)  # 进验收(物流中心)
    if event.aspect is A.PLANNED and event.place.startswith(("航", "船", "港")):
        return Claim(M.IN_TRANSIT)  # 等待航司接收
    if event.word == "承运" and event.aspect is A.NEGATED:
        return Claim(M.EXCEPTION, Reason.FORBIDDEN)
    if event.word == "承运" and (T.BY in tags or happened(text, T.TRANSFER)) and event.at in {T.CARRIER, T.PARTNER}:
        return None if happened(text, T.SHIP) or T.SENDER in text.tags else Claim(M.IN_TRANSIT)
    if event.modality.arranged or clause[max(0, event.token - 1)].text in {"前往", "赶往"}:
        return None if T.RECIPIENT in tags else Claim(M.SHIPPED)
    if event.aspect in HAPPENED and T.COURIER in after and _is_for_delivery(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    if event.aspect is A.BARE and tags & {T.PLEASE, T.MAY}:
        return None
    if event.aspect in {A.NEGATED, A.FAILED} and tags & {T.RECIPIENT, T.SELF}:
        return Claim(M.ATTEMPT_FAILED, Reason.REFUSED)
    if event.aspect in HAPPENED and T.SENDER in tags:
        if T.SENDER in {other.tag for other in clause[: event.token]} and mentions_return(clause):
            return Claim(M.RETURNED)
        if text.tags & {T.RETURN, T.REVERSE}:
            return Claim(M.RETURNING) if event.word == "收" and event.aspect is A.BARE else Claim(M.RETURNED)
    if event.aspect in HAPPENED and (T.LABEL in tags or _is_of_data(event, text)):
        return Claim(M.SHIPPED)
    if event.aspect in HAPPENED and any(token.text.endswith("货款") for token in clause[event.token + 1 :]):
        return Claim(M.PAID)
    if event.word == "收货" and event.at is T.BRANCH and event.aspect in HAPPENED and T.TO in tags:
        return Claim(M.ARRIVED)  # 您的快件在X营业部收货完成
    if event.aspect in HAPPENED and {T.SENDER, T.ASKED} <= after and text.tags.isdisjoint(_BACK):
        return Claim(M.SHIPPED)  # 已收到发件人请求
    if event.aspect in HAPPENED and event.at is T.DOOR and _is_at_the_senders(event, text):
        return Claim(M.PICKED_UP)
    if event.aspect in HAPPENED and after & {T.NOTE, T.PAPERS, T.INTERCEPT}:
        return None if T.INTERCEPT in after or is_about_another_matter(text) else Claim(M.SHIPPED)
    if event.aspect in {A.NOT_YET, A.NEGATED}:
        return Claim(M.EXCEPTION, Reason.MISSING) if T.WAREHOUSE in tags else _not_received_claim(tags, text)
    return _receipt_by_holder(event, text)


def _receipt_by_holder(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that somebody received: a point, an outlet, the recipient, a courier or a carrier."""
    clause, tags = text.clauses[event.clause], text.clause_tags[event.clause]
    before = signers.deciding_tag([token.tag for token in clause[: event.token]])
    if event.aspect in HAPPENED and before in _POINTS:
        from_sender = T.SENDER in text.tags and not tells_of_return(text)
        by_courier = T.COURIER in tags and speaks_of_sending(text)
        return Claim(M.PICKED_UP) if from_sender or by_courier else Claim(M.READY_FOR_PICKUP)
    brings = any(other.act is T.CARRY or (other.act is T.SIGN and other.aspect is A.PLANNED) for other in text.events)
    if event.aspect in HAPPENED and event.at is T.BRANCH and (brings or T.LAST_BRANCH in text.tags):
        return Claim(M.ARRIVED)
    if event.aspect in HAPPENED and tags & {T.RETURN, T.REVERSE, T.NOTE} and mentions_return(clause):
        return Claim(M.RETURNED) if tags & {T.SENDER, T.WAREHOUSE} else Claim(M.RETURNING)
    takers = {other.tag for other in clause[: event.token]}
    if event.word == "收下" and event.aspect is A.DONE and takers & {T.RECIPIENT, T.SELF, T.KIN}:
        return Claim(M.DELIVERED)
    if event.aspect in HAPPENED and event.at is T.RECIPIENT and takers & _COLLECTORS and T.RECIPIENT not in takers:
        return Claim(M.PICKED_UP)
    if event.aspect in HAPPENED and event.at is None and happened(text, T.DEPART) and T.SENDER not in text.tags:
        return Claim(M.IN_TRANSIT)
    if event.aspect in HAPPENED and (T.PARTNER in takers or (event.at is None and takers & {T.HUB, T.FLY, T.CARRIER})):
        return Claim(M.IN_TRANSIT)
    if event.aspect in HAPPENED and tags & {T.CUSTOMS, T.DECLARE, T.FLY}:
        return Claim(M.IN_TRANSIT)
    return claim_by_table(event)


def _is_for_delivery(event: Event, text: Text) -> bool:
    """Whether the parcel was received for delivery, in this clause or the next: Received by rider, for delivery."""
    here = text.clauses[event.clause][event.token + 1 :]
    words = [*here, *(token for clause in text.clauses[event.clause + 1 : event.clause + 2] for token in clause)]
    return any(token.text == "for" and following.tag is T.CARRY_NOUN for token, following in pairwise(words))


def _is_at_the_senders(event: Event, text: Text) -> bool:
    """Whether the place before the act belongs to the sender: 已至寄件人指定地点收取包裹."""
    before = text.clauses[event.clause][: event.token]
    return any(token.tag is T.SENDER and following.tag is T.DOOR for token, following in pairwise(before))


def _is_of_money(event: Event, text: Text) -> bool:
    """Whether money was received: 运费已收到."""
    before = [token for token in text.clauses[event.clause][: event.token] if token.tag is not T.DONE]
    return bool(before) and before[-1].text.startswith(_MONEY) and event.aspect in HAPPENED


def _is_of_data(event: Event, text: Text) -> bool:
    """Whether the order's data was received, and no parcel: 订单信息已接收."""
    near = text.clauses[event.clause][max(0, event.token - 2) : event.token]
    return any(token.tag is T.NOTE and token.text.endswith("信息") for token in near)


def _not_received_claim(tags: frozenset[Tag], text: Text) -> Claim | None:
    if T.REFUSE in text.tags:
        return Claim(M.ATTEMPT_FAILED, Reason.REFUSED)
    return None if T.NOTE in tags else Claim(M.SHIPPED)
