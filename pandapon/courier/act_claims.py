"""The claims of acts that need more than their own place: whose way it is, to whom a parcel goes back, who asks.

Each act has one function. The table in :mod:`claims` holds for everything that these functions leave open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.context import (
    clause_has,
    happened,
    in_notice,
    is_about_else,
    is_on_foot,
    is_without_it,
    says,
    says_of_fees,
    speaks_of_return,
)
from pandapon.courier.arriving import arrived
from pandapon.courier.aspect import Aspect
from pandapon.courier.cancelling import cancelled
from pandapon.courier.delivering import carried
from pandapon.courier.claims import HAPPENED, PACKING, Claim, claim
from pandapon.courier.collecting import collected
from pandapon.courier.departing import departed, is_no_departure
from pandapon.courier.demands import must_pay
from pandapon.courier.problems import PROBLEMS, problem
from pandapon.courier.receiving import brought, handed, received
from pandapon.courier.returns import returned, taken_back
from pandapon.courier.signing import signed
from pandapon.courier.tags import Sign
from pandapon.courier.taking import taken_away
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign

_POINTS = frozenset({S.POINT, S.LOCKER})
_PUT_AWAY = frozenset({"入库", "上架", "验收", "入仓"})
_COUNTS = frozenset("一二两三四五六七八九十半几多最保有夜期时")
_FEW = 2  # words: the act and the 已 before it
_SORTING = frozenset({"分拣", "分流", "扫描", "识别"})
_BETWEEN_LEGS = ("集运", "转运", "海外", "境外", "中转")
_GOODS = frozenset({"商品", "订单", "宝贝", "order"})
_CARRIED = frozenset({S.ARRIVE, S.DEPART, S.HUB, S.BRANCH, S.FLY, S.MOVE, S.PORT, S.RESUME, S.RETURN, S.CARRY})
_LATER = frozenset({S.HUB, S.BRANCH, S.ARRIVE, S.COLLECT, S.FLY, S.CUSTOMS, S.RETURN, S.PORT})
# Notices and advertisements often mention these acts.
_ADVERTISED = frozenset(
    {S.SIGN, S.PROXY, S.CARRY, S.FETCH, S.TAKE, S.COLLECT, S.RETURN, S.RECEIVE, S.REACH, S.SHIP, S.STORE, S.RESUME}
)


def claim_of(event: Event, text: Text) -> Claim | None:
    """Return the claim of an act of a text; None: no claim."""
    if event.aspect is A.BARE and event.act in _ADVERTISED and in_notice(event, text):
        return None
    return _CLAIMS[event.act](event, text) if event.act in _CLAIMS else claim(event)


def _noted(event: Event, text: Text) -> Claim | None:
    """The claim of a payment or a label."""
    if event.word == "接单" and event.at is S.SENDER and event.aspect in HAPPENED:
        return Claim(M.PAID)
    if event.act is S.LABEL and S.RECIPIENT in text.kinds[event.clause] and is_without_it(text.clauses[event.clause]):
        return None  # the recipient has not received it yet, which says nothing of its courier
    if (event.act is S.PAID and says_of_fees(text)) or (event.act is S.LABEL and event.view.again):  # 已重新打印面单
        return None
    return None if is_about_else(text) else claim(event)


def _shipped(event: Event, text: Text) -> Claim | None:
    done = event.aspect in HAPPENED
    if done and event.at is S.WAREHOUSE and event.place.startswith(_BETWEEN_LEGS):
        return Claim(M.IN_TRANSIT)  # 海外仓出库
    if done and event.at is S.HUB:
        return Claim(M.IN_TRANSIT)  # 分拨中心出库
    if done and _is_handed_out(event, text):
        return Claim(M.DELIVERED, fetched=True)
    if is_about_else(text):
        return None
    if done and speaks_of_return(text.clauses[event.clause][event.token + 1 :]):
        return Claim(M.RETURNING)
    if event.aspect is A.BARE and any(other.act is S.PREPARE and other.aspect is A.ONGOING for other in text.events):
        return None  # 生产中，完工后安排发货
    if event.aspect is A.PLANNED and says_of_fees(text):
        return Claim(M.IN_TRANSIT)  # 运费已收到，排队出库
    return None if event.aspect is A.PLANNED and event.view.promised else claim(event)


def _prepared(event: Event, text: Text) -> Claim | None:
    if is_about_else(text) or (event.word == "审核" and happened(text, S.ORDER)):
        return None
    if text.signs & {S.CUSTOMS, S.DECLARE}:
        return Claim(M.IN_TRANSIT) if event.aspect in HAPPENED else None
    if event.word.endswith("接单") and text.signs & {S.BRANCH, S.COURIER, S.CARRIER} and event.aspect in HAPPENED:
        return Claim(M.SHIPPED)
    return None if text.signs & {S.PARTNER, S.CARRIER} else claim(event)


def _handled(event: Event, text: Text) -> Claim | None:
    if event.at is S.LAST_BRANCH and event.aspect in HAPPENED:
        leaves = any(other.act is S.SHIP and other.aspect is A.PLANNED for other in text.events)
        return Claim(M.IN_TRANSIT if leaves else M.ARRIVED)  # 在揽投部完成分拣，准备发出
    if event.word.endswith("处理") and event.at not in {S.HUB, S.BRANCH, S.LAST_BRANCH, S.WAREHOUSE, S.PORT}:
        return None  # 正在处理 names no object
    if event.word == "收入" and event.aspect in HAPPENED and _is_by_courier(event, text):
        return Claim(M.PICKED_UP)
    if happened(text, S.PREPARE) or (event.word == "交接" and happened(text, S.SHIP) and not text.signs & _LATER):
        return None  # 仓库已出库，正在交接快递
    if event.word == "装货" and event.aspect is A.PLANNED:
        return None
    if event.word == "集货" and event.aspect is A.DONE and len(text.clauses) == 1 and len(text.clauses[0]) <= _FEW:
        return Claim(M.PICKED_UP)  # 已集货, as Taiwan's couriers say
    if event.word in _PUT_AWAY and event.aspect is A.DONE and _is_of_returns(event, text):
        return Claim(M.RETURNED)
    if event.word in PACKING:
        awaited = any(other.act is S.TRANSFER and other.aspect is A.PLANNED for other in text.events)
        if awaited and not text.signs & _LATER:  # 等待交接给快递
            return Claim(M.SHIPPED)
        if _is_before_collection(text):
            return Claim(M.PAID)
    if event.at is S.LOCKER and event.word in _SORTING and text.signs & {S.HUB, S.COURIER}:
        return Claim(M.ARRIVED if S.COURIER in text.signs else M.IN_TRANSIT)  # 分拣至派送员格口
    return claim(event)


def _is_by_courier(event: Event, text: Text) -> bool:
    return any(token.sign is S.COURIER for token in text.clauses[event.clause][: event.token])


def _is_of_returns(event: Event, text: Text) -> bool:
    """Whether the parcel is back in the seller's warehouse: 退货入库完成."""
    before = text.clauses[event.clause][: event.token]
    return bool(before) and before[-1].text in {"退货", "退件", "退货件", "退货包裹"}


def _is_before_collection(text: Text) -> bool:
    """Whether the seller packs goods or an order before a courier takes the parcel."""
    if S.COLLECT in text.signs or says_of_fees(text):
        return False
    is_sellers = any(token.text in _GOODS for clause in text.clauses for token in clause)
    return bool(text.signs & {S.LABEL, S.SENDER, S.PAID}) or (is_sellers and not text.signs & _CARRIED)


def _departs(event: Event, text: Text) -> Claim | None:
    if is_no_departure(event, text):
        return None
    if event.word.endswith("送往") and _is_to_the_door(event, text) and event.aspect in HAPPENED:
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word.endswith(("on the way", "on its way")) and is_on_foot(event, text) and event.aspect in HAPPENED:
        return Claim(M.OUT_FOR_DELIVERY)
    return _back_to_sender(event, text) if _is_towards_sender(event, text) else departed(event, text) or claim(event)


def _is_to_the_door(event: Event, text: Text) -> bool:
    behind = text.clauses[event.clause][event.token + 1 :][:1]
    has_address = bool(behind) and behind[0].text.startswith(("收货地址", "收件地址"))
    return has_address or event.at in {S.RECIPIENT, S.DOOR}


def _moves(event: Event, text: Text) -> Claim | None:
    if event.word.endswith(("路上", "途中")) and S.COURIER in text.signs and is_on_foot(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word == "已过" and not _passes_a_place(event, text):
        return None
    return _back_to_sender(event, text) if _is_towards_sender(event, text) else claim(event)


def _passes_a_place(event: Event, text: Text) -> bool:
    """Whether a place was passed: 已过武汉, but not 已过三天 or an hour that is over."""
    behind = text.clauses[event.clause][event.token + 1 :][:1]
    return bool(behind) and behind[0].sign in {S.OTHER, S.CITY, S.HUB, S.BRANCH} and behind[0].text[0] not in _COUNTS


def _is_towards_sender(event: Event, text: Text) -> bool:
    return event.at is S.SENDER and bool(text.signs & {S.REFUSE, S.RETURN, S.REVERSE})


def _back_to_sender(event: Event, _: Text) -> Claim | None:
    return Claim(M.RETURNING) if event.aspect in HAPPENED else None


def _flies(event: Event, text: Text) -> Claim | None:
    """The claim of a flight or a ship. A seller who "will ship" names no vessel."""
    is_sellers = event.word == "ship" and clause_has(event, text, S.SENDER) and event.aspect not in HAPPENED
    return None if is_sellers else claim(event)


def _forwarded(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that is sent on. 已转投驿站 has arrived at its point; 派送超区，转由…代理 has not."""
    if event.at in _POINTS and event.aspect in {A.DONE, A.BARE} and event.word in {"转投", "改投", "转送", "改送"}:
        return Claim(M.READY_FOR_PICKUP)
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    if event.word.endswith("地址") and S.RECIPIENT in before:
        return None  # 您已修改收货地址
    is_pick_up = clause_has(event, text, S.NOTE) and says(event, text, "揽收", "取件", "收件", "揽件")
    return Claim(M.SHIPPED) if is_pick_up else claim(event)


def _attempted(event: Event, _: Text) -> Claim | None:
    return Claim(M.OUT_FOR_DELIVERY) if event.aspect is A.ONGOING else claim(event)


def _declared(event: Event, text: Text) -> Claim | None:
    """The claim of a customs clearance. An order that was just paid has not come that far: 支付成功，等待清关."""
    return None if event.aspect is A.PLANNED and happened(text, S.PAID) else claim(event)


def _scanned_back(event: Event, text: Text) -> Claim | None:
    """The claim of 退 as the only word."""
    back = event.aspect is A.ONGOING or (event.aspect is A.DONE and text.signs & {S.REFUSE, S.ABSENT})
    return Claim(M.RETURNING) if back else None


def _is_handed_out(event: Event, text: Text) -> bool:
    """Whether 出库 means that a pick-up point gave the parcel to its customer."""
    if event.word != "出库":
        return False
    return bool(text.signs & {S.SELF, S.POINT, S.LOCKER}) or "取件人" in {
        token.text for clause in text.clauses for token in clause
    }


_CLAIMS: dict[Sign, Callable[[Event, Text], Claim | None]] = {
    **dict.fromkeys(PROBLEMS, problem),
    **dict.fromkeys((S.SIGN, S.PROXY), signed),
    **dict.fromkeys((S.CARRY, S.CARRY_NOUN), carried),
    **dict.fromkeys((S.RETURN, S.REVERSE), returned),
    **dict.fromkeys((S.STORE, S.REACH), brought),
    **dict.fromkeys((S.TO_DEPOT, S.TAKE_BACK), taken_back),
    **dict.fromkeys((S.FETCH, S.TAKE), taken_away),
    **dict.fromkeys((S.PAID, S.LABEL), _noted),
    S.TRANSFER: handed,
    S.COLLECT: collected,
    S.RECEIVE: received,
    S.SHIP: _shipped,
    S.PREPARE: _prepared,
    S.HANDLE: _handled,
    S.DEPART: _departs,
    S.FLY: _flies,
    S.MOVE: _moves,
    S.ARRIVE: arrived,
    S.FORWARD: _forwarded,
    S.ATTEMPT: _attempted,
    S.DECLARE: _declared,
    S.CANCEL: cancelled,
    S.RETURN_SCAN: _scanned_back,
    S.MUST_PAY: must_pay,
}
