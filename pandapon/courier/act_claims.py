"""The rule of each act: a function where aspect and place do not decide, and the table of :mod:`claims` otherwise.

The functions of most acts have modules of their own; the short ones stand here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.arriving import arrival_claim
from pandapon.courier.aspect import Aspect
from pandapon.courier.cancelling import cancellation_claim
from pandapon.courier.claims import HAPPENED, PACKING, Claim, claim_by_table
from pandapon.courier.collecting import pick_up_claim
from pandapon.courier.context import (
    clause_has,
    clause_says,
    denies_receipt,
    happened,
    is_about_another_matter,
    is_in_notice,
    mentions_return,
    names_courier,
    names_forwarding_fee,
)
from pandapon.courier.delivering import delivery_claim
from pandapon.courier.demands import payment_claim
from pandapon.courier.departing import departure_claim, is_no_departure
from pandapon.courier.handing_over import bringing_claim, handover_claim
from pandapon.courier.problems import PROBLEMS, problem_claim
from pandapon.courier.receiving import receipt_claim
from pandapon.courier.returns import return_claim, taken_back_claim
from pandapon.courier.signing import signature_claim
from pandapon.courier.tags import Tag
from pandapon.courier.taking import taking_claim
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_POINTS = frozenset({T.POINT, T.LOCKER})
_PUT_AWAY = frozenset({"入库", "上架", "验收", "入仓"})
_COUNTS = frozenset("一二两三四五六七八九十半几多最保有夜期时")
_SHORTEST = 2  # tokens: 已 and the act
_SORTING = frozenset({"分拣", "分流", "扫描", "识别"})
_BETWEEN_LEGS = ("集运", "转运", "海外", "境外", "中转")
_GOODS = frozenset({"商品", "订单", "宝贝", "order"})
_CARRIED = frozenset({T.ARRIVE, T.DEPART, T.HUB, T.BRANCH, T.FLY, T.MOVE, T.PORT, T.RESUME, T.RETURN, T.CARRY})
_LATER = frozenset({T.HUB, T.BRANCH, T.ARRIVE, T.COLLECT, T.FLY, T.CUSTOMS, T.RETURN, T.PORT})
# Acts that notices and advertisements often mention.
_ADVERTISED = frozenset(
    {T.SIGN, T.PROXY, T.CARRY, T.FETCH, T.TAKE, T.COLLECT, T.RETURN, T.RECEIVE, T.REACH, T.SHIP, T.STORE, T.RESUME}
)


def claim_of(event: Event, text: Text) -> Claim | None:
    """Return the claim of an act of a text; None: no claim."""
    if event.aspect is A.BARE and event.act in _ADVERTISED and is_in_notice(event, text):
        return None
    return _CLAIMS[event.act](event, text) if event.act in _CLAIMS else claim_by_table(event)


def _payment_or_label_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a payment, or of a waybill that was made."""
    if event.word == "接单" and event.at is T.SENDER and event.aspect in HAPPENED:
        return Claim(M.PAID)
    if (
        event.act is T.LABEL
        and T.RECIPIENT in text.clause_tags[event.clause]
        and denies_receipt(text.clauses[event.clause])
    ):
        return None  # the recipient has not received the parcel, which does not tell where it is
    if event.act is T.PAID and names_forwarding_fee(text):
        return None
    if event.act is T.LABEL and event.modality.again:  # 已重新打印面单
        return None
    return None if is_about_another_matter(text) else claim_by_table(event)


def _shipment_claim(event: Event, text: Text) -> Claim | None:
    done = event.aspect in HAPPENED
    if done and event.at is T.WAREHOUSE and event.place.startswith(_BETWEEN_LEGS):
        return Claim(M.IN_TRANSIT)  # 海外仓出库
    if done and event.at is T.HUB:
        return Claim(M.IN_TRANSIT)  # 分拨中心出库
    if done and _is_handed_out(event, text):
        return Claim(M.DELIVERED, fetched=True)
    if is_about_another_matter(text):
        return None
    if done and mentions_return(text.clauses[event.clause][event.token + 1 :]):
        return Claim(M.RETURNING)
    if event.aspect is A.BARE and any(other.act is T.PREPARE and other.aspect is A.ONGOING for other in text.events):
        return None  # 生产中，完工后安排发货
    if event.aspect is A.PLANNED and names_forwarding_fee(text):
        return Claim(M.IN_TRANSIT)  # 运费已收到，排队出库
    return None if event.aspect is A.PLANNED and event.modality.promised else claim_by_table(event)


def _preparation_claim(event: Event, text: Text) -> Claim | None:
    if is_about_another_matter(text) or (event.word == "审核" and happened(text, T.ORDER)):
        return None
    if text.tags & {T.CUSTOMS, T.DECLARE}:
        return Claim(M.IN_TRANSIT) if event.aspect in HAPPENED else None
    if event.word.endswith("接单") and text.tags & {T.BRANCH, T.COURIER, T.CARRIER} and event.aspect in HAPPENED:
        return Claim(M.SHIPPED)
    return None if text.tags & {T.PARTNER, T.CARRIER} else claim_by_table(event)


def _handling_claim(event: Event, text: Text) -> Claim | None:
    if event.at is T.LAST_BRANCH and event.aspect in HAPPENED:
        leaves = any(other.act is T.SHIP and other.aspect is A.PLANNED for other in text.events)
        return Claim(M.IN_TRANSIT if leaves else M.ARRIVED)  # 在揽投部完成分拣，准备发出
    if event.word.endswith("处理") and event.at not in {T.HUB, T.BRANCH, T.LAST_BRANCH, T.WAREHOUSE, T.PORT}:
        return None  # 正在处理 names no object
    if event.word == "收入" and event.aspect in HAPPENED and _is_by_courier(event, text):
        return Claim(M.PICKED_UP)
    if happened(text, T.PREPARE) or (event.word == "交接" and happened(text, T.SHIP) and not text.tags & _LATER):
        return None  # 仓库已出库，正在交接快递
    if event.word == "装货" and event.aspect is A.PLANNED:
        return None
    if event.word == "集货" and event.aspect is A.DONE and len(text.clauses) == 1 and len(text.clauses[0]) <= _SHORTEST:
        return Claim(M.PICKED_UP)  # 已集货, as Taiwan's couriers say
    if event.word in _PUT_AWAY and event.aspect is A.DONE and _is_of_returns(event, text):
        return Claim(M.RETURNED)
    if event.word in PACKING:
        awaited = any(other.act is T.TRANSFER and other.aspect is A.PLANNED for other in text.events)
        if awaited and not text.tags & _LATER:  # 等待交接给快递
            return Claim(M.SHIPPED)
        if _is_before_collection(text):
            return Claim(M.PAID)
    if event.at is T.LOCKER and event.word in _SORTING and text.tags & {T.HUB, T.COURIER}:
        return Claim(M.ARRIVED if T.COURIER in text.tags else M.IN_TRANSIT)  # 分拣至派送员格口
    return claim_by_table(event)


def _is_by_courier(event: Event, text: Text) -> bool:
    return any(token.tag is T.COURIER for token in text.clauses[event.clause][: event.token])


def _is_of_returns(event: Event, text: Text) -> bool:
    """Whether the word before the act names a returned parcel, which is back with the seller: 退货入库完成."""
    before = text.clauses[event.clause][: event.token]
    return bool(before) and before[-1].text in {"退货", "退件", "退货件", "退货包裹"}


def _is_before_collection(text: Text) -> bool:
    """Whether the seller packs goods before a courier collects the parcel."""
    if T.COLLECT in text.tags or names_forwarding_fee(text):
        return False
    is_sellers = any(token.text in _GOODS for clause in text.clauses for token in clause)
    return bool(text.tags & {T.LABEL, T.SENDER, T.PAID}) or (is_sellers and not text.tags & _CARRIED)


def _departure_or_return_claim(event: Event, text: Text) -> Claim | None:
    if is_no_departure(event, text):
        return None
    if event.word.endswith("送往") and _is_to_the_door(event, text) and event.aspect in HAPPENED:
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word.endswith(("on the way", "on its way")) and names_courier(event, text) and event.aspect in HAPPENED:
        return Claim(M.OUT_FOR_DELIVERY)
    if _is_towards_sender(event, text):
        return _return_way_claim(event, text)
    return departure_claim(event, text) or claim_by_table(event)


def _is_to_the_door(event: Event, text: Text) -> bool:
    after = text.clauses[event.clause][event.token + 1 :][:1]
    has_address = bool(after) and after[0].text.startswith(("收货地址", "收件地址"))
    return has_address or event.at in {T.RECIPIENT, T.DOOR}


def _movement_claim(event: Event, text: Text) -> Claim | None:
    if event.word.endswith(("路上", "途中")) and T.COURIER in text.tags and names_courier(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word == "已过" and not _passes_a_place(event, text):
        return None
    return _return_way_claim(event, text) if _is_towards_sender(event, text) else claim_by_table(event)


def _passes_a_place(event: Event, text: Text) -> bool:
    """Whether the parcel passed a place: 已过武汉, but not 已过三天, where a time has passed."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    return bool(after) and after[0].tag in {T.OTHER, T.CITY, T.HUB, T.BRANCH} and after[0].text[0] not in _COUNTS


def _is_towards_sender(event: Event, text: Text) -> bool:
    return event.at is T.SENDER and bool(text.tags & {T.REFUSE, T.RETURN, T.REVERSE})


def _return_way_claim(event: Event, _: Text) -> Claim | None:
    return Claim(M.RETURNING) if event.aspect in HAPPENED else None


def _flight_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a flight or a voyage. A seller who "will ship" names no vessel."""
    is_sellers = event.word == "ship" and clause_has(event, text, T.SENDER) and event.aspect not in HAPPENED
    return None if is_sellers else claim_by_table(event)


def _forwarding_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that is forwarded. 已转投驿站 lies ready at its point; 转由…代理 is on its way."""
    if event.at in _POINTS and event.aspect in {A.DONE, A.BARE} and event.word in {"转投", "改投", "转送", "改送"}:
        return Claim(M.READY_FOR_PICKUP)
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if event.word.endswith("地址") and T.RECIPIENT in before:
        return None  # 您已修改收货地址
    is_pick_up = clause_has(event, text, T.NOTE) and clause_says(event, text, "揽收", "取件", "收件", "揽件")
    return Claim(M.SHIPPED) if is_pick_up else claim_by_table(event)


def _attempt_claim(event: Event, _: Text) -> Claim | None:
    return Claim(M.OUT_FOR_DELIVERY) if event.aspect is A.ONGOING else claim_by_table(event)


def _customs_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a customs clearance, unless the order was only just paid: 支付成功，等待清关."""
    return None if event.aspect is A.PLANNED and happened(text, T.PAID) else claim_by_table(event)


def _return_scan_claim(event: Event, text: Text) -> Claim | None:
    """The claim of 退 alone."""
    back = event.aspect is A.ONGOING or (event.aspect is A.DONE and text.tags & {T.REFUSE, T.ABSENT})
    return Claim(M.RETURNING) if back else None


def _is_handed_out(event: Event, text: Text) -> bool:
    """Whether 出库 means that a pick-up point gave the parcel to its recipient, and not that it left a warehouse."""
    if event.word != "出库":
        return False
    return bool(text.tags & {T.SELF, T.POINT, T.LOCKER}) or "取件人" in {
        token.text for clause in text.clauses for token in clause
    }


_CLAIMS: dict[Tag, Callable[[Event, Text], Claim | None]] = {
    **dict.fromkeys(PROBLEMS, problem_claim),
    **dict.fromkeys((T.SIGN, T.PROXY), signature_claim),
    **dict.fromkeys((T.CARRY, T.CARRY_NOUN), delivery_claim),
    **dict.fromkeys((T.RETURN, T.REVERSE), return_claim),
    **dict.fromkeys((T.STORE, T.REACH), bringing_claim),
    **dict.fromkeys((T.TO_DEPOT, T.TAKE_BACK), taken_back_claim),
    **dict.fromkeys((T.FETCH, T.TAKE), taking_claim),
    **dict.fromkeys((T.PAID, T.LABEL), _payment_or_label_claim),
    T.TRANSFER: handover_claim,
    T.COLLECT: pick_up_claim,
    T.RECEIVE: receipt_claim,
    T.SHIP: _shipment_claim,
    T.PREPARE: _preparation_claim,
    T.HANDLE: _handling_claim,
    T.DEPART: _departure_or_return_claim,
    T.FLY: _flight_claim,
    T.MOVE: _movement_claim,
    T.ARRIVE: arrival_claim,
    T.FORWARD: _forwarding_claim,
    T.ATTEMPT: _attempt_claim,
    T.DECLARE: _customs_claim,
    T.CANCEL: cancellation_claim,
    T.RETURN_SCAN: _return_scan_claim,
    T.MUST_PAY: payment_claim,
}
