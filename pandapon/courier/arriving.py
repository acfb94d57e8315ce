"""The claims of arrivals: of a parcel on its way, at its last outlet or at a point, and of a courier at a door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, claim_by_table
from pandapon.courier.context import clause_has, names_courier
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_BETWEEN = frozenset({T.FLY, T.PORT, T.CUSTOMS, T.DECLARE, T.HUB, T.ABROAD})
_BOOKS = ("约时间", "预约", "送货日期", "送货时间", "送货", "配送日期", "配送", "拆旧", "安装", "约时")
_LIES = frozenset({"在", "已在"})
_AT_HOME = ("door", "porch", "doorstep", "mailbox", "patio")  # the recipient's; a gate or an office may be anybody's
_LEFT_WITH = frozenset({T.DESK, T.KIN, T.DOOR})
_POINTS = frozenset({T.POINT, T.LOCKER})
_FETCHED_AT = frozenset({T.FETCH, T.TAKE, T.PLEASE, T.BY_CODE, T.RECIPIENT, T.MAY, T.WAIT, T.COLLECT, T.STORE})


def arrival_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of an arrival. After a flight or a voyage, the destination is still a city on the way."""
    if event.at is T.SENDER and names_courier(event, text):
        return Claim(M.SHIPPED) if event.aspect in HAPPENED else None
    collects = event.word == "到店" and any(
        other.act is T.COLLECT and other.aspect in HAPPENED for other in text.events
    )
    if event.at in _POINTS and names_courier(event, text) and (collects or _takes_there(event, text)):
        return Claim(M.PICKED_UP)
    if event.at is T.POINT and _takes_there(event, text) and clause_has(event, text, T.RECIPIENT):
        return Claim(M.DELIVERED, fetched=True)  # 顾客已到店提货
    if event.aspect in {A.BARE, A.DONE} and _is_of_messages(event, text):
        return None
    if event.aspect is A.PLANNED and event.at is T.RECIPIENT and names_courier(event, text):
        return Claim(M.OUT_FOR_DELIVERY)  # 快递员即将到达您处
    takes = any(other.act is T.TAKE and other.aspect is A.ONGOING for other in text.events)
    if takes and event.at in _POINTS and names_courier(event, text):  # 骑手已到达取货点，正在取件
        return Claim(M.SHIPPED)
    if event.at in {T.DESTINATION, T.BRANCH} and text.tags & {T.FLY, T.PORT} and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)
    if event.aspect in HAPPENED and event.at is T.POINT and _is_post_office(event) and not text.tags & _FETCHED_AT:
        return Claim(M.ARRIVED)
    if event.aspect in HAPPENED and event.at in {None, T.WAREHOUSE} and _is_to_be_booked(event, text):
        return Claim(M.ARRIVED)
    if event.aspect in HAPPENED and event.at is None and _is_announced(text):
        return Claim(M.ARRIVED)
    if event.at is T.DOOR and names_courier(event, text) and event.aspect in HAPPENED:
        return Claim(M.OUT_FOR_DELIVERY)
    lies = event.word in _LIES or (event.word == "at" and event.place.endswith(_AT_HOME))
    if lies and event.at in _LEFT_WITH and event.token and _is_the_parcel(event, text):
        return Claim(M.DELIVERED)  # 包裹在前台
    return claim_by_table(event)


def _is_the_parcel(event: Event, text: Text) -> bool:
    """Whether it is the parcel that lies there, and no courier or van has it (件在车上)."""
    is_carried = names_courier(event, text) or event.place == "车上"
    return text.clauses[event.clause][event.token - 1].tag is T.PARCEL and not is_carried


def _is_to_be_booked(event: Event, text: Text) -> bool:
    """Whether the recipient has to choose a delivery time: 已到本地仓库，请选择送货日期; 到末端仓，等待与您约时间."""
    if text.tags & _BETWEEN or not text.tags.isdisjoint({T.PAID, T.MUST_PAY}):
        return False
    after = [token for clause in text.clauses[event.clause + 1 :] for token in clause]
    asks = any(token.tag in {T.PLEASE, T.WAIT} for token in after)
    return asks and any(word in token.text for token in after for word in _BOOKS)


def _is_of_messages(event: Event, text: Text) -> bool:
    """Whether the text is about arrival messages: 到站短信提醒 announces one, 快递到了秒知道 advertises them."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    if any(token.text.endswith("知道") for token in text.clauses[event.clause][event.token + 1 :]):
        return True
    return bool(after) and after[0].text.startswith(("短信", "提醒", "通知")) and after[0].start == _end(event, text)


def _end(event: Event, text: Text) -> int:
    return text.clauses[event.clause][event.token].end


def _takes_there(event: Event, text: Text) -> bool:
    """Whether somebody takes the parcel at the place of arrival: 快递员已到店取件."""
    after = text.clauses[event.clause][event.token + 1 :]
    tags = [token.tag for token in after if token.tag is not T.POINT]
    return event.aspect is A.DONE and tags[:1] in ([T.TAKE], [T.COLLECT])


def _is_post_office(event: Event) -> bool:
    """Whether the place is a post office, from which the parcel may still be delivered to the door."""
    return event.word != "at" and event.place.endswith(
        ("邮局", "支局", "邮政所", "post office", "ที่ทําการไปรษณีย์", "ที่ทําการ")
    )


def _is_announced(text: Text) -> bool:
    """Whether a courier will call the recipient, so that the parcel is at its last outlet: 派送员将尽快联系您."""
    return not text.tags & {T.FLY, T.PORT, T.CUSTOMS, T.HUB} and any(
        {T.COURIER, T.RECIPIENT} <= tags and tags & {T.WILL, T.PROMISE} for tags in text.clause_tags
    )
