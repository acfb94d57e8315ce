"""The claims of phrases without a verb of the lexicon: nouns made of acts, shelf numbers, wishes, a courier's label.

Such a noun is the record of a signature that is corrected, a pick-up task that is cancelled, or a void order number.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect, Modality
from pandapon.courier.cancelling import is_of_no_goods
from pandapon.courier.claims import Claim, Reason
from pandapon.courier.context import denies_receipt
from pandapon.courier.events import Event
from pandapon.courier.losses import PAID_OUT
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandapon.courier.events import Text
    from pandapon.courier.tokens import Token

A, M, T = Aspect, Milestone, Tag

_SIGNATURES = ("签收", "妥投", "delivery scan", "delivered scan", "delivery event", "delivered event")
_PICK_UPS = frozenset({"取件", "揽收", "上门", "收寄", "寄件", "揽件"})
_LAST_LEG = frozenset({"派件", "派送", "配送", "投递"})
_DECLARATIONS = frozenset({"报关", "清关", "申报"})
_NEEDS = frozenset({"需", "需要", "须"})
_NOUNS = frozenset({T.PARCEL, T.NOTE, T.VOID})
_NO_WISH = frozenset({T.FETCH, T.TAKE, T.COLLECT, T.POINT, T.NOTICE, T.IF, T.SENDER})
_NOT_STUCK = frozenset({T.NOTICE, T.IF, T.MAY, T.FETCH, T.SIGN})
_UNABLE = frozenset({T.CANNOT, T.SENDER})
_CODED = frozenset({T.NUMBER, T.BY_CODE, T.DONE})
_CALLED_OFF = frozenset({T.VOID, T.CANCEL})
_RETURNS = frozenset({"退回", "退件"})
_NUMBERS = frozenset({"运单号", "面单号", "单号"})
_NOT_GOT = frozenset({"未收到", "没收到", "没有收到"})
_REPORTS = ("แจ้ง", "ร้องเรียน", "ปฏิเสธ", "อ้าง", "ยืนยัน")
_PAYMENTS = ("赔", "理赔款", "理赔金", "保价赔")
_CODES = frozenset(
    {"取件码", "取货码", "提货码", "货架号", "货号", "取件号", "取货号", "提货号", "开箱码", "开柜码", "货位号"}
    | {"库位号", "货架", "开箱密码", "取件密码", "开柜密码", "取货密码", "取件编号", "取货编号", "货架编号", "货架码"}
)
_NEW_CODES = ("新码", "新取", "新货", "新提")  # 原货架码失效，新码见短信: the parcel lies ready on another shelf
_ON_ITS_WAY = frozenset(
    {T.WAREHOUSE, T.COURIER, T.SENDER, T.COLLECT, T.CARRY, T.DEPART, T.LABEL, T.FETCH, T.SIGN, T.CUSTOMS}
)
_NOT_THERE = frozenset({A.NOT_YET, A.NEGATED, A.PLANNED, A.CONDITIONAL, A.FAILED, A.MENTIONED})
_TASKS = ("任务", "指令", "调度", "订单", "单", "请求", "计划", "申请")
_LEGS = (
    (("揽", "取件员", "收件员", "收寄员"), M.PICKED_UP),
    (("派", "投递员", "投送员", "配送", "送货", "送件", "骑手"), M.OUT_FOR_DELIVERY),
)
_NO_LEG = frozenset(
    {T.NOT, T.NOTICE, T.IF, T.WILL, T.WAIT, T.PROMISE, T.PLEASE, T.ARRANGE, T.ASKED, T.POINT, T.RECIPIENT}
)
_OFF_AND_REFUNDED = frozenset({T.DONE, T.VOID, T.CANCEL, T.OTHER, T.NOTE, T.SENDER, T.BY, T.PARCEL, T.SERVICE, T.OK})
_SELLER_IS_OUT = frozenset({T.SENDER, T.MISSING, T.PARCEL, T.DONE})
_AND = frozenset("并且同及")
_SENT = frozenset(
    {T.COLLECT, T.TAKE, T.CARRY, T.SIGN, T.RETURN, T.REVERSE, T.INTERCEPT, T.HUB, T.BRANCH, T.ARRIVE, T.DEPART, T.PART}
    | {T.ASKED, T.NOT, T.IF, T.WILL, T.MAY, T.REFUSE, T.POINT, T.SHIP}
)
_ORDERS = ("订单", "交易", "运单", "寄件单")
_NOT_THE_ORDER = frozenset(
    {T.COLLECT, T.TAKE, T.RETURN, T.CARRY, T.FORWARD, T.SIGN, T.INTERCEPT, T.ADDRESS_FAULT, T.PART}
)


def noun_claims(text: Text) -> list[tuple[Claim, Event]]:
    """Return the claims that no event of the text makes, each with an event that stands for its words."""
    claims = _coded(text) + _wishes(text) + _cannot(text) + _unpaid(text) + _labelled(text) + _denied(text)
    if text.tags.isdisjoint(_NOUNS):
        return claims
    for number, (clause, tags) in enumerate(zip(text.clauses, text.clause_tags, strict=True)):
        if not tags.isdisjoint(_NOUNS):
            claims += _nouns(clause, tags, number)
    return claims


def has_another_number(text: Text) -> bool:
    """Return whether the parcel goes on under a new number: 原单号作废，新单号…."""
    return any(
        token.tag is T.NOTE and token.text.endswith("单号") and before.text.endswith(("新", "换"))
        for clause in text.clauses
        for before, token in pairwise(clause)
    )


def _nouns(clause: Sequence[Token], tags: frozenset[Tag], number: int) -> Iterator[tuple[Claim, Event]]:
    for at, token in enumerate(clause):
        claim = _noun(token, clause, at, tags) if token.tag in _NOUNS else None
        if claim is not None:
            yield claim, Event(token.tag, Modality(A.MENTIONED), None, "", number, token.text, at)


def _wishes(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of what the recipient wants, other than the parcel now: 客户让周六再来, 收件人…不要, a complaint."""
    if T.RECIPIENT not in text.tags or not text.tags.isdisjoint(_NO_WISH):
        return []
    for number, clause in enumerate(text.clauses):
        tags = [token.tag for token in clause]
        if T.RECIPIENT not in tags:
            continue
        at = tags.index(T.RECIPIENT)
        after = tags[at + 1 :]
        later = T.ASKED in after and bool({T.FUTURE_DAY, T.AGAIN} & set(after[after.index(T.ASKED) :]))
        event = Event(T.ABSENT, Modality(A.BARE), None, "", number, clause[at].text, at)
        if clause[-1].text in {"投诉", "投诉受理"}:
            return [(Claim(M.EXCEPTION, Reason.OTHER), event)]
        if clause[-1].text == "不要":
            return [(Claim(M.ATTEMPT_FAILED, Reason.REFUSED), event)]
        if later:
            return [(Claim(M.ATTEMPT_FAILED, Reason.ABSENT), event)]
    return []


def _denied(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a recipient who reports that the parcel was not received: ผู้รับแจ้งว่าไม่ได้รับพัสดุ."""
    if T.RECIPIENT not in text.tags:
        return []
    for number, clause in enumerate(text.clauses):
        at = next((at for at, token in enumerate(clause) if token.text.startswith(_REPORTS)), None)
        if at is not None and denies_receipt(clause):
            event = Event(T.SIGN, Modality(A.REVOKED), None, "", number, clause[at].text, at)
            return [(Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED), event)]
    return []


def _cannot(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a problem with an unknown verb: 无法确定 ("cannot …"), 需发件人说明 ("the sender must …")."""
    if text.tags.isdisjoint(_UNABLE) or not text.tags.isdisjoint(_NOT_STUCK):
        return []
    for number, clause in enumerate(text.clauses):
        for at, (before, after) in enumerate(pairwise(clause)):
            joined = before.end == after.start
            fails = before.tag is T.CANNOT and after.tag is T.OTHER and joined
            needs = before.text in _NEEDS and after.tag is T.SENDER
            if (fails and "一" <= after.text[0] <= "鿿") or needs:
                return [
                    (
                        Claim(M.EXCEPTION, Reason.OTHER),
                        Event(T.TROUBLE, Modality(A.BARE), None, "", number, before.text, at),
                    )
                ]
    return []


def _labelled(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a text that only names a courier, by the courier's leg: 派件员：小周, 揽收扫描员：小王."""
    if text.events or T.COURIER not in text.tags or not text.tags.isdisjoint(_NO_LEG):
        return []
    for number, clause in enumerate(text.clauses):
        for at, (token, after) in enumerate(pairwise(clause)):
            if token.tag is not T.COURIER or after.tag not in {T.COLON, T.OTHER}:
                continue
            leg = next((leg for heads, leg in _LEGS if token.text.startswith(heads)), None)
            if leg is not None:
                return [(Claim(leg), Event(token.tag, Modality(A.BARE), None, "", number, token.text, at))]
    return []


def _unpaid(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of an unpaid order that a later clause cancels: 订单…未付款，已取消."""
    if text.tags.isdisjoint(_CALLED_OFF):
        return []
    refunded = _refunded(text)
    if refunded or text.tags.isdisjoint({T.MUST_PAY, T.PAID}):
        return refunded
    of_order = any(token.text.endswith(_ORDERS) for clause in text.clauses for token in clause if token.tag is T.PARCEL)
    for number, (clause, tags) in enumerate(zip(text.clauses, text.clause_tags, strict=True)):
        if of_order and number and T.DONE in tags and tags <= _CALLED_OFF | {T.DONE, T.BY, T.SERVICE}:
            event = Event(T.CANCEL, Modality(A.BARE), None, "", number, clause[-1].text, len(clause) - 1)
            return [(Claim(M.CANCELLED), event)]
    return []


def _refunded(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of an order that the seller cancels and refunds before anything was sent: 商家缺货，已取消并退款."""
    if T.SENDER not in text.tags or not text.tags.isdisjoint(_SENT):
        return []
    if any(_is_another_matter(token) for clause in text.clauses for token in clause):
        return []
    for number, (clause, tags) in enumerate(zip(text.clauses, text.clause_tags, strict=True)):
        words = [token.text for token in clause]
        is_off = T.DONE in tags and any(
            word.endswith("取消") and after[0] in _AND for word, after in pairwise(words)
        )  # 已取消退款 takes the refund back
        if is_off and words[-1].endswith("退款") and _is_plainly_out(text, number) and tags <= _OFF_AND_REFUNDED:
            event = Event(T.CANCEL, Modality(A.BARE), None, "", number, clause[-1].text, len(clause) - 1)
            return [(Claim(M.CANCELLED), event)]
    return []


def _is_plainly_out(text: Text, number: int) -> bool:
    """Whether nothing but 商家缺货 stands before the cancellation, and nothing after it takes it back."""
    before, after = text.clause_tags[:number], text.clause_tags[number + 1 :]
    return all(tags <= _SELLER_IS_OUT for tags in before) and all(T.VOID not in tags for tags in after)


def _is_another_matter(token: Token) -> bool:
    """Whether the token names something other than the order: 售后单已取消并退款, 运费已取消并退款."""
    return (token.tag is T.NOTE and not token.text.endswith("退款")) or token.text.startswith(("售后", "理赔"))


def _coded(text: Text) -> list[tuple[Claim, Event]]:
    """The claim of a shelf number, or of a locker with a code: the parcel lies ready. 货架号 5-1.

    A text that names a courier, a sender or a step of the way makes no such claim.
    """
    if (text.tags.isdisjoint(_CODED) and T.NOTE not in text.tags) or not text.tags.isdisjoint(_ON_ITS_WAY):
        return []
    if any(other.aspect in _NOT_THERE for other in text.events):
        return []
    at_point = bool(text.tags & {T.POINT, T.LOCKER})
    for number, clause in enumerate(text.clauses):
        for at, token in enumerate(clause):
            is_new = token.text.startswith(_NEW_CODES)
            has_code = is_new or token.text in _CODES or (at_point and token.text.endswith("位置"))
            opens = token.tag is T.BY_CODE and at_point and not text.events
            if not has_code and not opens:
                continue
            after = {other.tag for other in clause[at + 1 : at + 3]}
            was_sent = token.text in _CODES and at_point and T.DONE in after
            if (has_code and T.NUMBER in after) or opens or was_sent or is_new:
                event = Event(token.tag, Modality(A.BARE), T.POINT, "", number, token.text, at)
                return [(Claim(M.READY_FOR_PICKUP), event)]
    return []


def _not_got(tags: frozenset[Tag]) -> Claim | None:
    """The claim of a parcel that did not arrive: 仓库未收到该单, 客户反映没收到."""
    if T.WAREHOUSE in tags:
        return Claim(M.EXCEPTION, Reason.MISSING)
    return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED) if {T.RECIPIENT, T.ASKED} <= tags else None


def _is_paid_out(clause: Sequence[Token]) -> bool:
    return any(word in token.text for token in clause for word in PAID_OUT)


def _noun(token: Token, clause: Sequence[Token], at: int, tags: frozenset[Tag]) -> Claim | None:
    void = not tags.isdisjoint(_CALLED_OFF)
    if token.tag is T.PARCEL and void and token.text.endswith(_ORDERS) and T.NOT not in tags:
        near = {other.tag for other in clause[max(0, at - 2) : at + 4]}
        closed = T.VOID in near or any(
            other.tag is T.VOID and before.tag is T.DONE for before, other in pairwise(clause)
        )
        is_other = bool(tags & _NOT_THE_ORDER) or is_of_no_goods(clause, at)
        return Claim(M.CANCELLED) if closed and not is_other else None
    if token.text in _NOT_GOT:
        return _not_got(tags)
    if token.tag is not T.NOTE:
        return None
    head = token.text[:2]
    if head in _DECLARATIONS and void:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
    if token.text in _NUMBERS and any(other.tag in _CALLED_OFF for other in clause[at:]) and not tags & _NOT_THE_ORDER:
        return Claim(M.CANCELLED)
    if token.text.startswith(_PAYMENTS) and (T.PAID in tags or (T.DONE in tags and _is_paid_out(clause))):
        return Claim(M.LOST, Reason.COMPENSATED)
    if token.text.startswith(_SIGNATURES) and (void or any("更正" in other.text for other in clause[at:])):
        return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
    if head == "寄件" and void:
        return Claim(M.CANCELLED)
    if head in _PICK_UPS and token.text.endswith(_TASKS) and (void or tags & {T.ARRANGE, T.DONE, T.LABEL, T.OK}):
        return Claim(M.SHIPPED)
    if head in _LAST_LEG and token.text.endswith("任务") and tags & {T.ONGOING} and not void:
        return Claim(M.OUT_FOR_DELIVERY)
    if head[:1] == "退" and head != "退款" and void:
        return Claim(M.IN_TRANSIT, resumes=True)
    if head in _RETURNS and token.text.endswith(("登记", "操作", "申请")):
        return Claim(M.RETURNING) if T.ASKED not in tags else None
    return None
