"""The words around an act: in its clause, or anywhere in the text. Each function returns whether something holds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED
from pandapon.courier.signs import Sign
from pandapon.courier.view import is_as_asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

S = Sign

_OTHER_MATTERS = ("退货", "退款", "理赔", "拦截", "截件", "售后", "退换", "发票", "换货", "旧件", "赔", "仅退")
_SLIPS = ("回单", "签收单", "签单", "底单", "回执")
_NOT_RECEIVED = ("ยังไม่ได้รับ", "ไม่ได้รับ")
_RECEIVES = ("รับ", "เซ็นรับ", "ได้รับ")
_DENIALS = frozenset({S.NOT, S.NOT_YET})
_SPOKEN = frozenset({S.NOTICE, S.ASKED})


def clause_has(event: Event, text: Text, *signs: Sign) -> bool:
    """Whether the act's clause has a word with one of these meanings."""
    return not text.kinds[event.clause].isdisjoint(signs)


def goes_back(text: Text) -> bool:
    """Whether the text tells of a return that is done or under way."""
    back = any(other.act in {S.RETURN, S.REVERSE} and other.aspect in HAPPENED for other in text.events)
    return back and not is_of_a_slip(text) and not is_fetched_after_all(text)


def is_fetched_after_all(text: Text) -> bool:
    """Whether the recipient takes the parcel, which ends a return: 退件在网点被买家领走."""
    return any(
        other.act in {S.FETCH, S.TAKE} and other.aspect is Aspect.DONE and _is_by_recipient(other, text)
        for other in text.events
    )


def _is_by_recipient(event: Event, text: Text) -> bool:
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    is_named = any(name in event.word for name in ("收件人", "客户", "买家", "顾客", "用户"))
    return (is_named or bool(before & {S.RECIPIENT, S.SELF})) and not before & {S.SENDER, S.COURIER, S.WAREHOUSE}


def is_of_a_slip(text: Text) -> bool:
    """Whether only the receipt goes back, and the parcel was handed over: 回单已签，待返还寄方."""
    return any(token.text.startswith(_SLIPS) for clause in text.clauses for token in clause)


def happened(text: Text, act: Sign) -> bool:
    """Whether an act is done, under way or stated."""
    return any(other.act is act and other.aspect in HAPPENED for other in text.events)


def speaks_of_return(clause: Sequence[Token]) -> bool:
    """Whether a clause names a return, by a verb or by a noun."""
    return any(token.sign in {S.RETURN, S.REVERSE} or token.text.startswith("退货") for token in clause)


def in_notice(event: Event, text: Text) -> bool:
    """Whether the act is only mentioned, by a notice, a question or a survey before it in its clause.

    A return that a sender asked for is not only mentioned.
    """
    if text.kinds[event.clause].isdisjoint(_SPOKEN):
        return False
    clause = text.clauses[event.clause]
    before = {token.sign for token in clause[: event.token]}
    if S.NOTICE in before or (event.act in {S.TAKE, S.FETCH} and S.NOTICE in text.kinds[event.clause]):
        return True
    is_ordered = event.act is S.RETURN and S.SENDER in before and not happened(text, S.CARRY)
    return S.ASKED in before and not is_ordered and not is_as_asked(clause[: event.token])


def says(event: Event, text: Text, *words: str) -> bool:
    """Whether one of these words is in the act's clause."""
    return any(word in token.text for token in text.clauses[event.clause] for word in words)


def says_of_fees(text: Text) -> bool:
    """Whether the text names a fee of a forwarder's warehouse: a parcel that waits there is on its way already."""
    return any(token.text.startswith(("运费", "仓储费", "集运费")) for clause in text.clauses for token in clause)


def is_on_foot(event: Event, text: Text) -> bool:
    """Whether a courier has the parcel in hand."""
    return clause_has(event, text, S.COURIER)


def is_for_the_sender(text: Text) -> bool:
    """Whether the courier is one who comes to the sender: 取件员, 揽收员."""
    return any(
        token.sign is S.COURIER and token.text.startswith(("取件", "揽", "收件", "收派"))
        for c in text.clauses
        for token in c
    )


def is_about_else(text: Text) -> bool:
    """Whether the text is about a refund, a claim or a requested interception, and not about the parcel."""
    return S.COMPENSATE in text.signs or (
        S.NOTE in text.signs
        and any(
            token.sign is S.NOTE and token.text.startswith(_OTHER_MATTERS)
            for clause in text.clauses
            for token in clause
        )
    )


def is_wrongly_sorted(event: Event, text: Text) -> bool:
    """Whether the parcel goes back to the hub that sorted it wrongly, or to be sorted again."""
    if text.signs & {S.MISSORT, S.OUT_OF_AREA} or says(event, text, "上一站", "上级", "上一环节"):
        return True
    behind = text.clauses[event.clause][event.token + 1 :]
    sorts = any(other.act is S.HANDLE and other.view.again for other in text.events if other.clause >= event.clause)
    return event.at is S.HUB and sorts and bool(behind)


def is_without_it(clause: Sequence[Token]) -> bool:
    """Return whether the recipient stands before a denied receipt, as Thai couriers write it: ลูกค้ายังไม่ได้รับของ."""
    at = next((place for place, token in enumerate(clause) if token.sign is S.RECIPIENT), len(clause))
    return any(token.text.startswith(_NOT_RECEIVED) for token in clause[at:]) or any(
        before.sign in _DENIALS and behind.text.startswith(_RECEIVES) and not behind.text.startswith("รับสาย")
        for before, behind in pairwise(clause[at:])
    )
