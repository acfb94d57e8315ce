"""The claims of nouns made of acts: a signature's record, a pick-up's task, an order number that is void."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier.context import is_without_it
from pandapon.courier.aspect import Aspect, View
from pandapon.courier.cancelling import is_of_no_goods
from pandapon.courier.claims import Claim, Reason
from pandapon.courier.events import Event
from pandapon.courier.losses import PAID_OUT
from pandapon.courier.tags import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandapon.courier.events import Text
    from pandapon.courier.tokens import Token

A, M, S = Aspect, Milestone, Sign

_SIGNATURES = ("签收", "妥投", "delivery scan", "delivered scan", "delivery event", "delivered event")
_PICK_UPS = frozenset({"取件", "揽收", "上门", "收寄", "寄件", "揽件"})
_LAST_LEG = frozenset({"派件", "派送", "配送", "投递"})
_DECLARATIONS = frozenset({"报关", "清关", "申报"})
_NEEDS = frozenset({"需", "需要", "须"})
_NOUNS = frozenset({S.PARCEL, S.NOTE, S.VOID})
_NO_WISH = frozenset({S.FETCH, S.TAKE, S.COLLECT, S.POINT, S.NOTICE, S.IF, S.SENDER})
_NOT_STUCK = frozenset({S.NOTICE, S.IF, S.MAY, S.FETCH, S.SIGN})
_UNABLE = frozenset({S.CANNOT, S.SENDER})
_CODED = frozenset({S.NUMBER, S.BY_CODE, S.DONE})
_CALLED_OFF = frozenset({S.VOID, S.CANCEL})
_RETURNS = frozenset({"退回", "退件"})
_NUMBERS = frozenset({"运单号", "面单号", "单号"})
_NOT_GOT = frozenset({"未收到", "没收到", "没有收到"})
_REPORTS = ("แจ้ง", "ร้องเรียน", "ปฏิเสธ", "อ้าง", "ยืนยัน")
_PAYMENTS = ("赔", "理赔款", "理赔金", "保价赔")
_CODES = frozenset(
    {"取件码", "取货码", "提货码", "货架号", "货号", "取件号", "取货号", "提货号", "开箱码", "开柜码", "货位号"}
    | {"库位号", "货架", "开箱密码", "取件密码", "开柜密码", "取货密码", "取件编号", "取货编号", "货架编号", "货架码"}
)
_NEW_CODES = ("新码", "新取", "新货", "新提")  # 原货架码失效，新码见短信: the parcel was moved and lies ready
_ON_ITS_WAY = frozenset(
    {S.WAREHOUSE, S.COURIER, S.SENDER, S.COLLECT, S.CARRY, S.DEPART, S.LABEL, S.FETCH, S.SIGN, S.CUSTOMS}
)
_NOT_THERE = frozenset({A.NOT_YET, A.NEGATED, A.PLANNED, A.CONDITIONAL, A.FAILED, A.MENTIONED})
_TASKS = ("任务", "指令", "调度", "订单", "单", "请求", "计划", "申请")
_LEGS = (
    (("揽", "取件员", "收件员", "收寄员"), M.PICKED_UP),
    (("派", "投递员", "投送员", "配送", "送货", "送件", "骑手"), M.OUT_FOR_DELIVERY),
)
_NO_LEG = frozenset(
    {S.NOT, S.NOTICE, S.IF, S.WILL, S.WAIT, S.PROMISE, S.PLEASE, S.ARRANGE, S.ASKED, S.POINT, S.RECIPIENT}
)
_OFF_AND_REFUNDED = frozenset({S.DONE, S.VOID, S.CANCEL, S.OTHER, S.NOTE, S.SENDER, S.BY, S.PARCEL, S.SERVICE, S.OK})
_SELLER_IS_OUT = frozenset({S.SENDER, S.MISSING, S.PARCEL, S.DONE})
_AND = frozenset("并且同及")
_SENT = frozenset(
    {S.COLLECT, S.TAKE, S.CARRY, S.SIGN, S.RETURN, S.REVERSE, S.INTERCEPT, S.HUB, S.BRANCH, S.ARRIVE, S.DEPART, S.PART}
    | {S.ASKED, S.NOT, S.IF, S.WILL, S.MAY, S.REFUSE, S.POINT, S.SHIP}
)
_ORDERS = ("订单", "交易", "运单", "寄件单")
_NOT_THE_ORDER = frozenset(
    {S.COLLECT, S.TAKE, S.RETURN, S.CARRY, S.FORWARD, S.SIGN, S.INTERCEPT, S.ADDRESS_FAULT, S.PART}
)


def recorded(text: Text) -> list[tuple[Claim, Event]]:
    """Return the claim of each noun, with the noun as its event.

    Such nouns are a signature's record that is corrected, or a pick-up's task that is cancelled.
    """
    claims = _coded(text) + _wishes(text) + _cannot(text) + _unpaid(text) + _labelled(text) + _denied(text)
    if text.signs.isdisjoint(_NOUNS):
        return claims
    for number, (clause, signs) in enumerate(zip(text.clauses, text.kinds, strict=True)):
        if not signs.isdisjoint(_NOUNS):
            claims += _nouns(clause, signs, number)
    return claims


def has_another_number(text: Text) -> bool:
    """Return whether the parcel goes on under another number: 原单号作废，新单号…."""
    return any(
        token.sign is S.NOTE and token.text.endswith("单号") and before.text.endswith(("新", "换"))
        for clause in text.clauses
        for before, token in pairwise(clause)
    )


def _nouns(clause: Sequence[Token], signs: frozenset[Sign], number: int) -> Iterator[tuple[Claim, Event]]:
    for at, token in enumerate(clause):
        claim = _noun(token, clause, at, signs) if token.sign in _NOUNS else None
        if claim is not None:
            yield claim, Event(token.sign, View(A.MENTIONED), None, "", number, token.text, at)


def _wishes(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a recipient's wish instead of the parcel now: 客户让周六再来, 收件人…不要."""
    if S.RECIPIENT not in text.signs or not text.signs.isdisjoint(_NO_WISH):
        return []
    for number, clause in enumerate(text.clauses):
        signs = [token.sign for token in clause]
        if S.RECIPIENT not in signs:
            continue
        at = signs.index(S.RECIPIENT)
        behind = signs[at + 1 :]
        later = S.ASKED in behind and bool({S.FUTURE_DAY, S.AGAIN} & set(behind[behind.index(S.ASKED) :]))
        event = Event(S.ABSENT, View(A.BARE), None, "", number, clause[at].text, at)
        if clause[-1].text in {"投诉", "投诉受理"}:
            return [(Claim(M.EXCEPTION, Reason.OTHER), event)]
        if clause[-1].text == "不要":
            return [(Claim(M.ATTEMPT_FAILED, Reason.REFUSED), event)]
        if later:
            return [(Claim(M.ATTEMPT_FAILED, Reason.ABSENT), event)]
    return []


def _denied(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a recipient's report that the parcel was not received: ผู้รับแจ้งว่าไม่ได้รับพัสดุ."""
    if S.RECIPIENT not in text.signs:
        return []
    for number, clause in enumerate(text.clauses):
        at = next((at for at, token in enumerate(clause) if token.text.startswith(_REPORTS)), None)
        if at is not None and is_without_it(clause):
            event = Event(S.SIGN, View(A.REVOKED), None, "", number, clause[at].text, at)
            return [(Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED), event)]
    return []


def _cannot(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a problem with an unknown verb: it cannot be done, or the sender has to: 无法确定, 需发件人说明."""
    if text.signs.isdisjoint(_UNABLE) or not text.signs.isdisjoint(_NOT_STUCK):
        return []
    for number, clause in enumerate(text.clauses):
        for at, (before, behind) in enumerate(pairwise(clause)):
            joined = before.end == behind.start
            fails = before.sign is S.CANNOT and behind.sign is S.OTHER and joined
            needs = before.text in _NEEDS and behind.sign is S.SENDER
            if (fails and "一" <= behind.text[0] <= "鿿") or needs:
                return [
                    (
                        Claim(M.EXCEPTION, Reason.OTHER),
                        Event(S.TROUBLE, View(A.BARE), None, "", number, before.text, at),
                    )
                ]
    return []


def _labelled(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a text that only names who has the parcel, by that person's leg: 派件员：小周, 揽收扫描员：小王."""
    if text.events or S.COURIER not in text.signs or not text.signs.isdisjoint(_NO_LEG):
        return []
    for number, clause in enumerate(text.clauses):
        for at, (token, behind) in enumerate(pairwise(clause)):
            if token.sign is not S.COURIER or behind.sign not in {S.COLON, S.OTHER}:
                continue
            leg = next((leg for heads, leg in _LEGS if token.text.startswith(heads)), None)
            if leg is not None:
                return [(Claim(leg), Event(token.sign, View(A.BARE), None, "", number, token.text, at))]
    return []


def _unpaid(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of an unpaid order that a later clause cancels: 订单…未付款，已取消."""
    if text.signs.isdisjoint(_CALLED_OFF):
        return []
    refunded = _refunded(text)
    if refunded or text.signs.isdisjoint({S.MUST_PAY, S.PAID}):
        return refunded
    of_order = any(
        token.text.endswith(_ORDERS) for clause in text.clauses for token in clause if token.sign is S.PARCEL
    )
    for number, (clause, signs) in enumerate(zip(text.clauses, text.kinds, strict=True)):
        if of_order and number and S.DONE in signs and signs <= _CALLED_OFF | {S.DONE, S.BY, S.SERVICE}:
            event = Event(S.CANCEL, View(A.BARE), None, "", number, clause[-1].text, len(clause) - 1)
            return [(Claim(M.CANCELLED), event)]
    return []


def _refunded(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of an order that the seller refunds before anything was sent: 商家缺货，已取消并退款."""
    if S.SENDER not in text.signs or not text.signs.isdisjoint(_SENT):
        return []
    if any(_is_another_matter(token) for clause in text.clauses for token in clause):
        return []
    for number, (clause, signs) in enumerate(zip(text.clauses, text.kinds, strict=True)):
        words = [token.text for token in clause]
        is_off = S.DONE in signs and any(
            word.endswith("取消") and behind[0] in _AND for word, behind in pairwise(words)
        )  # 已取消退款 takes the refund back
        if is_off and words[-1].endswith("退款") and _is_plainly_out(text, number) and signs <= _OFF_AND_REFUNDED:
            event = Event(S.CANCEL, View(A.BARE), None, "", number, clause[-1].text, len(clause) - 1)
            return [(Claim(M.CANCELLED), event)]
    return []


def _is_plainly_out(text: Text, number: int) -> bool:
    """Whether only 商家缺货 stands before the cancellation: a doubt cancels nothing."""
    before, behind = text.kinds[:number], text.kinds[number + 1 :]
    return all(signs <= _SELLER_IS_OUT for signs in before) and all(S.VOID not in signs for signs in behind)


def _is_another_matter(token: Token) -> bool:
    """Whether something else than the order was cancelled: 售后单已取消并退款, 运费已取消并退款."""
    return (token.sign is S.NOTE and not token.text.endswith("退款")) or token.text.startswith(("售后", "理赔"))


def _coded(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a shelf number, or of a locker with a code: 货架号 5-1.

    The parcel lies ready, unless the text names a courier or a sender.
    """
    if (text.signs.isdisjoint(_CODED) and S.NOTE not in text.signs) or not text.signs.isdisjoint(_ON_ITS_WAY):
        return []
    if any(other.aspect in _NOT_THERE for other in text.events):
        return []
    at_point = bool(text.signs & {S.POINT, S.LOCKER})
    for number, clause in enumerate(text.clauses):
        for at, token in enumerate(clause):
            is_new = token.text.startswith(_NEW_CODES)
            has_code = is_new or token.text in _CODES or (at_point and token.text.endswith("位置"))
            opens = token.sign is S.BY_CODE and at_point and not text.events
            if not has_code and not opens:
                continue
            behind = {other.sign for other in clause[at + 1 : at + 3]}
            was_sent = token.text in _CODES and at_point and S.DONE in behind
            if (has_code and S.NUMBER in behind) or opens or was_sent or is_new:
                event = Event(token.sign, View(A.BARE), S.POINT, "", number, token.text, at)
                return [(Claim(M.READY_FOR_PICKUP), event)]
    return []


def _not_got(signs: frozenset[Sign]) -> Claim | None:
    """The claim of a parcel that did not come: 仓库未收到该单, 客户反映没收到."""
    if S.WAREHOUSE in signs:
        return Claim(M.EXCEPTION, Reason.MISSING)
    return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED) if {S.RECIPIENT, S.ASKED} <= signs else None


def _is_paid_out(clause: Sequence[Token]) -> bool:
    return any(word in token.text for token in clause for word in PAID_OUT)


def _noun(token: Token, clause: Sequence[Token], at: int, signs: frozenset[Sign]) -> Claim | None:
    void = not signs.isdisjoint(_CALLED_OFF)
    if token.sign is S.PARCEL and void and token.text.endswith(_ORDERS) and S.NOT not in signs:
        near = {other.sign for other in clause[max(0, at - 2) : at + 4]}
        closed = S.VOID in near or any(
            other.sign is S.VOID and before.sign is S.DONE for before, other in pairwise(clause)
        )
        is_other = bool(signs & _NOT_THE_ORDER) or is_of_no_goods(clause, at)
        return Claim(M.CANCELLED) if closed and not is_other else None
    if token.text in _NOT_GOT:
        return _not_got(signs)
    if token.sign is not S.NOTE:
        return None
    head = token.text[:2]
    if head in _DECLARATIONS and void:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
    if (
        token.text in _NUMBERS
        and any(other.sign in _CALLED_OFF for other in clause[at:])
        and not signs & _NOT_THE_ORDER
    ):
        return Claim(M.CANCELLED)
    if token.text.startswith(_PAYMENTS) and (S.PAID in signs or (S.DONE in signs and _is_paid_out(clause))):
        return Claim(M.LOST, Reason.COMPENSATED)
    if token.text.startswith(_SIGNATURES) and (void or any("更正" in other.text for other in clause[at:])):
        return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
    if head == "寄件" and void:
        return Claim(M.CANCELLED)
    if head in _PICK_UPS and token.text.endswith(_TASKS) and (void or signs & {S.ARRANGE, S.DONE, S.LABEL, S.OK}):
        return Claim(M.SHIPPED)
    if head in _LAST_LEG and token.text.endswith("任务") and signs & {S.ONGOING} and not void:
        return Claim(M.OUT_FOR_DELIVERY)
    if head[:1] == "退" and head != "退款" and void:
        return Claim(M.IN_TRANSIT, resumes=True)
    if head in _RETURNS and token.text.endswith(("登记", "操作", "申请")):
        return Claim(M.RETURNING) if S.ASKED not in signs else None
    return None
