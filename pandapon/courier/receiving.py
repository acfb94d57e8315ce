"""Acts by which a parcel comes to somebody: received, put down, brought. The person decides the claim."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier import signers
from pandapon.courier.context import (
    clause_has,
    goes_back,
    happened,
    is_about_else,
    is_given_to_sender,
    is_handed_within,
    speaks_of_return,
)
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim
from pandapon.courier.tags import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign

_POINTS = frozenset({S.POINT, S.LOCKER})
_ON_THE_ROAD = frozenset({S.HUB, S.BRANCH, S.ARRIVE, S.FLY, S.CUSTOMS, S.WAREHOUSE, S.RELEASE, S.DECLARE})
_VEHICLES = frozenset({S.FLY, S.MOVE, S.DEPART, S.DECLARE, S.HANDLE, S.CARRY, S.CARRY_NOUN})
_MONEY = ("运费", "费用", "邮费", "款", "税")
_BACK = frozenset({S.RETURN, S.REVERSE, S.REFUSE})
_NOT_BROUGHT = frozenset(
    {S.RETURN, S.REVERSE, S.REFUSE, S.TO_DEPOT, S.TAKE_BACK, S.OVERDUE, S.SENDER, S.MOVE, S.DEPART, S.HUB}
)
_TAKERS = frozenset({S.COURIER, S.POINT, S.LOCKER, S.RECIPIENT, S.DESK, S.KIN, S.CARRIER, S.PARTNER, S.BRANCH})
_KEEPERS = ("店主", "站主", "站点")
_TOLD = frozenset({None, S.SENDER, S.RECIPIENT, S.SELF})  # who gets a message
_NOT_TO_THE_DOOR = frozenset({S.RETURN, S.REVERSE, S.REFUSE, S.CARRY})
_COLLECTORS = frozenset({S.BRANCH, S.COURIER, S.CARRIER})


def received(event: Event, text: Text) -> Claim | None:
    """Return the claim of 收到: by the courier, a hub, the recipient, or the sender of a return."""
    clause = text.clauses[event.clause]
    signs = text.kinds[event.clause]
    behind = {token.sign for token in clause[event.token + 1 :]}
    if S.TO_DEPOT in text.signs or any(token.text.startswith(("元", "块钱")) for token in clause[event.token + 1 :]):
        return None  # 每12小时收取0.5元
    if _is_of_money(event, text):
        return None
    if any(token.text.startswith("总包") for token in clause) and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)
    if event.word == "验收" and S.HUB in text.signs and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)  # 进验收(物流中心)
    if event.aspect is A.PLANNED and event.place.startswith(("航", "船", "港")):
        return Claim(M.IN_TRANSIT)  # 等待航司接收
    if event.word == "承运" and event.aspect is A.NEGATED:
        return Claim(M.EXCEPTION, Reason.FORBIDDEN)
    if event.word == "承运" and (S.BY in signs or happened(text, S.TRANSFER)) and event.at in {S.CARRIER, S.PARTNER}:
        return None if happened(text, S.SHIP) or S.SENDER in text.signs else Claim(M.IN_TRANSIT)
    if event.view.arranged or clause[max(0, event.token - 1)].text in {"前往", "赶往"}:
        return None if S.RECIPIENT in signs else Claim(M.SHIPPED)
    if event.aspect in HAPPENED and S.COURIER in behind and _is_for_delivery(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    if event.aspect is A.BARE and signs & {S.PLEASE, S.MAY}:
        return None
    if event.aspect in {A.NEGATED, A.FAILED} and signs & {S.RECIPIENT, S.SELF}:
        return Claim(M.ATTEMPT_FAILED, Reason.REFUSED)
    if event.aspect in HAPPENED and S.SENDER in signs:
        if S.SENDER in {other.sign for other in clause[: event.token]} and speaks_of_return(clause):
            return Claim(M.RETURNED)
        if text.signs & {S.RETURN, S.REVERSE}:
            return Claim(M.RETURNING) if event.word == "收" and event.aspect is A.BARE else Claim(M.RETURNED)
    if event.aspect in HAPPENED and (S.LABEL in signs or _is_of_data(event, text)):
        return Claim(M.SHIPPED)
    if event.aspect in HAPPENED and any(token.text.endswith("货款") for token in clause[event.token + 1 :]):
        return Claim(M.PAID)
    if event.word == "收货" and event.at is S.BRANCH and event.aspect in HAPPENED and S.TO in signs:
        return Claim(M.ARRIVED)  # 您的快件在X营业部收货完成
    if event.aspect in HAPPENED and {S.SENDER, S.ASKED} <= behind and text.signs.isdisjoint(_BACK):
        return Claim(M.SHIPPED)  # 已收到发件人请求
    if event.aspect in HAPPENED and event.at is S.DOOR and _is_at_the_senders(event, text):
        return Claim(M.PICKED_UP)
    if event.aspect in HAPPENED and behind & {S.NOTE, S.PAPERS, S.INTERCEPT}:
        return None if S.INTERCEPT in behind or is_about_else(text) else Claim(M.SHIPPED)
    if event.aspect in {A.NOT_YET, A.NEGATED}:
        return Claim(M.EXCEPTION, Reason.MISSING) if S.WAREHOUSE in signs else _not_come(signs, text)
    return _received_there(event, text)


def _received_there(event: Event, text: Text) -> Claim | None:
    """Return the claim of a parcel that somebody received: at a point, a branch, the recipient's, on the way."""
    clause, signs = text.clauses[event.clause], text.kinds[event.clause]
    before = signers.best([token.sign for token in clause[: event.token]])
    if event.aspect in HAPPENED and before in _POINTS:
        from_sender = S.SENDER in text.signs and not goes_back(text)
        by_courier = S.COURIER in signs and _is_sent_off(text)
        return Claim(M.PICKED_UP) if from_sender or by_courier else Claim(M.READY_FOR_PICKUP)
    brings = any(other.act is S.CARRY or (other.act is S.SIGN and other.aspect is A.PLANNED) for other in text.events)
    if event.aspect in HAPPENED and event.at is S.BRANCH and (brings or S.LAST_BRANCH in text.signs):
        return Claim(M.ARRIVED)
    if event.aspect in HAPPENED and signs & {S.RETURN, S.REVERSE, S.NOTE} and speaks_of_return(clause):
        return Claim(M.RETURNED) if signs & {S.SENDER, S.WAREHOUSE} else Claim(M.RETURNING)
    takers = {other.sign for other in clause[: event.token]}
    if event.word == "收下" and event.aspect is A.DONE and takers & {S.RECIPIENT, S.SELF, S.KIN}:
        return Claim(M.DELIVERED)
    if event.aspect in HAPPENED and event.at is S.RECIPIENT and takers & _COLLECTORS and S.RECIPIENT not in takers:
        return Claim(M.PICKED_UP)
    if event.aspect in HAPPENED and event.at is None and happened(text, S.DEPART) and S.SENDER not in text.signs:
        return Claim(M.IN_TRANSIT)
    if event.aspect in HAPPENED and (S.PARTNER in takers or (event.at is None and takers & {S.HUB, S.FLY, S.CARRIER})):
        return Claim(M.IN_TRANSIT)
    if event.aspect in HAPPENED and signs & {S.CUSTOMS, S.DECLARE, S.FLY}:
        return Claim(M.IN_TRANSIT)
    return claim(event)


def _is_for_delivery(event: Event, text: Text) -> bool:
    """Whether the text says what for, in this clause or as the next one: Received by rider, for delivery."""
    here = text.clauses[event.clause][event.token + 1 :]
    told = [*here, *(token for clause in text.clauses[event.clause + 1 : event.clause + 2] for token in clause)]
    return any(one.text == "for" and two.sign is S.CARRY_NOUN for one, two in pairwise(told))


def _is_at_the_senders(event: Event, text: Text) -> bool:
    """Whether the place before the act is one of the sender's: 已至寄件人指定地点收取包裹."""
    before = text.clauses[event.clause][: event.token]
    return any(one.sign is S.SENDER and two.sign is S.DOOR for one, two in pairwise(before))


def _is_of_money(event: Event, text: Text) -> bool:
    """Whether money was received: 运费已收到."""
    before = [token for token in text.clauses[event.clause][: event.token] if token.sign is not S.DONE]
    return bool(before) and before[-1].text.startswith(_MONEY) and event.aspect in HAPPENED


def brought(event: Event, text: Text) -> Claim | None:
    """Return the claim of a parcel put down or brought: by the courier, or back to the sender."""
    stated = claim(event)
    if event.act is S.STORE and event.aspect is A.BARE and {S.OVERDUE, S.WILL} <= text.kinds[event.clause]:
        return None
    if _is_offered(event, text):
        return None
    if event.act is S.REACH and event.at is None and event.aspect in HAPPENED and _is_to_a_place(event, text):
        return Claim(M.IN_TRANSIT)
    if event.act is S.REACH and event.at is S.POINT and event.aspect in {A.BARE, A.ONGOING} and _has_left_a_hub(text):
        return Claim(M.IN_TRANSIT)
    if event.token and _is_about_a_slip(event, text):
        return None
    if (
        event.act is S.STORE
        and stated is not None
        and stated.milestone is M.DELIVERED
        and _is_kept_to_fetch(event, text)
    ):
        return Claim(M.READY_FOR_PICKUP)
    if event.act is S.STORE and event.at is None and S.DECLARE in text.signs and not text.signs & (_POINTS | {S.FETCH}):
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
    if event.act is S.STORE and stated is not None and stated.milestone is M.ARRIVED and text.signs & _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    return _with_whom(event, text, stated)


def _is_offered(event: Event, text: Text) -> bool:
    """Whether the clause before offers it: 也可以联系小哥，放到您指定的代收点."""
    if event.act is not S.STORE or event.aspect is not A.BARE or event.token or not event.clause:
        return False
    before = text.kinds[event.clause - 1]
    return S.MAY in before and before.isdisjoint({S.DONE, S.FETCH, S.TAKE, S.CANNOT, S.NOT})


def handed(event: Event, text: Text) -> Claim | None:
    """Return the claim of a handover: to the next carrier, to a courier, within the carrier, or to the recipient."""
    stated = claim(event)
    if event.aspect in {A.FAILED, A.NEGATED}:
        return Claim(M.EXCEPTION, Reason.HELD) if S.MUST_PAY in text.signs else _not_given(event)
    if event.at in {S.SENDER, None} and _is_given_by_sender(event, text):
        return Claim(M.SHIPPED)
    if is_handed_within(event, text):
        return None
    if event.at in _POINTS and text.signs & {S.DECLARE, S.CUSTOMS}:
        return Claim(M.IN_TRANSIT)
    if clause_has(event, text, S.COURIER) and _is_sent_off(text):
        return Claim(M.PICKED_UP)
    if event.aspect in HAPPENED and _is_sent_by_seller(event, text):
        return Claim(M.SHIPPED)
    if _is_given_out(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    behind = {token.sign for token in text.clauses[event.clause][event.token + 1 :]}
    if stated is None and S.COURIER in behind:
        return _given_to_courier(event, text)
    if event.at is None and event.aspect in HAPPENED and behind & _VEHICLES:
        return Claim(M.IN_TRANSIT)  # 已交付空运
    return _with_whom(event, text, stated)


def _with_whom(event: Event, text: Text, stated: Claim | None) -> Claim | None:
    """The claim by who has the parcel after the act: its sender, a point for the sender, or the recipient."""
    is_back = event.at is S.SENDER and (is_given_to_sender(event, text) or bool(text.signs & {S.RETURN, S.REVERSE}))
    if is_back and event.aspect in HAPPENED:
        return Claim(M.RETURNED)
    if (
        stated is not None
        and stated.milestone is M.READY_FOR_PICKUP
        and S.SENDER in text.signs
        and S.RETURN not in text.signs
    ):
        is_awaited = any({S.WAIT, S.COURIER} <= signs for signs in text.kinds)
        taken = event.act is S.REACH and event.aspect is A.DONE and not is_awaited
        return Claim(M.PICKED_UP) if taken else Claim(M.SHIPPED)
    alone = len(text.clauses[event.clause]) == 1 and event.word == "送达"
    given = (
        event.word.endswith("交付")
        and event.at is None
        and (event.aspect is A.DONE or (event.aspect is A.BARE and {S.RECIPIENT, S.BY_CODE} <= text.signs))
    )
    if stated is None and ((alone and event.aspect is A.BARE) or given):
        return Claim(M.DELIVERED)
    return stated


def _is_given_out(event: Event, text: Text) -> bool:
    """Whether a point gives the parcel to a courier who brings it: 驿站已将包裹交给配送员.

    The place before the act is the giver. The courier behind it has the parcel.
    """
    if event.aspect not in HAPPENED or not text.signs.isdisjoint(_NOT_BROUGHT):
        return False
    clause = text.clauses[event.clause]
    takers = [token.sign for token in clause[event.token + 1 :] if token.sign in _TAKERS]
    is_points = event.at in _POINTS or any(token.text.startswith(_KEEPERS) for token in clause[: event.token])
    return is_points and takers[:1] == [S.COURIER]


def _is_given_by_sender(event: Event, text: Text) -> bool:
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    return S.SENDER in before and event.aspect is A.DONE and not text.signs & {S.RETURN, S.REVERSE, S.COURIER, S.BY}


def _is_to_a_place(event: Event, text: Text) -> bool:
    """Whether the parcel was brought to a town, by the last character of its name: 已送达【南昌市】."""
    behind = text.clauses[event.clause][event.token + 1 :][:1]
    return bool(behind) and behind[0].sign is S.OTHER and behind[0].text.endswith(("市", "省", "县", "区", "镇", "州"))


def _has_left_a_hub(text: Text) -> bool:
    """Whether a lorry brings the parcel from a hub to a shop: 已离开物流中心，配送至门市."""
    return any(other.act is S.DEPART and other.at is S.HUB and other.aspect in HAPPENED for other in text.events)


def _is_sent_by_seller(event: Event, text: Text) -> bool:
    """Whether a seller says in this way that the parcel was sent: 已出库，交由丹鸟."""
    to_carrier = event.act is S.TRANSFER and event.at is S.CARRIER
    by_seller = happened(text, S.SHIP) or clause_has(event, text, S.SENDER)
    return to_carrier and by_seller and text.signs.isdisjoint(_BACK) and text.signs.isdisjoint(_ON_THE_ROAD)


def _given_to_courier(event: Event, text: Text) -> Claim | None:
    """The claim of a handover to a courier: 商家已交给快递员 at the start, 已交接给派件员 on the last leg."""
    if event.aspect is A.PLANNED:
        return Claim(M.SHIPPED) if S.SENDER in text.signs else None
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    if event.aspect not in HAPPENED or "转" in event.word or S.NOTE in before or text.signs & _NOT_TO_THE_DOOR:
        return None
    if clause_has(event, text, S.MOVE):  # 已交干线司机
        return Claim(M.IN_TRANSIT)
    if clause_has(event, text, S.SENDER) or text.signs & {S.MOVE, S.DEPART}:
        return Claim(M.PICKED_UP)
    return Claim(M.OUT_FOR_DELIVERY, unsure=True)


def _is_of_data(event: Event, text: Text) -> bool:
    """Whether the courier received the order's data and no parcel: 订单信息已接收."""
    near = text.clauses[event.clause][max(0, event.token - 2) : event.token]
    return any(token.sign is S.NOTE and token.text.endswith("信息") for token in near)


def _is_about_a_slip(event: Event, text: Text) -> bool:
    """Whether a slip was brought: 通知单已投."""
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    behind = text.clauses[event.clause][event.token + 1 :]
    is_slip = bool(behind) and behind[-1].sign is S.NOTE and behind[-1].text.endswith(("通知单", "通知", "短信"))
    told = is_slip or S.NOTE in before
    return event.act is S.REACH and event.at in _TOLD and told and S.PARCEL not in before


def _is_kept_to_fetch(event: Event, text: Text) -> bool:
    """Whether the clause also says that the parcel is to be fetched: Kept at the office for pickup."""
    return any(
        other.act in {S.FETCH, S.TAKE, S.COLLECT} and other.clause == event.clause and other.token > event.token
        for other in text.events
    )


def _not_come(signs: frozenset[Sign], text: Text) -> Claim | None:
    if S.REFUSE in text.signs:
        return Claim(M.ATTEMPT_FAILED, Reason.REFUSED)
    return None if S.NOTE in signs else Claim(M.SHIPPED)


def _not_given(event: Event) -> Claim | None:
    is_to_recipient = event.word.endswith("交付") and event.at in {None, S.RECIPIENT, S.SELF}
    return Claim(M.ATTEMPT_FAILED) if is_to_recipient else None


def _is_sent_off(text: Text) -> bool:
    """Whether the act belongs to the sender's part of the way: 裹裹寄件."""
    return any("寄" in token.text for clause in text.clauses for token in clause)
