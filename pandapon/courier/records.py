"""What nouns made of acts claim: a signature's record, a pick-up's task, an order's number that is void."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect, View
from pandapon.courier.claims import Claim, Reason
from pandapon.courier.events import Event
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Text
    from pandapon.courier.tokens import Token

A, M, S = Aspect, Milestone, Sign

_NOUNS = frozenset({S.PARCEL, S.NOTE})
_SIGNATURES = frozenset({"签收", "妥投"})
_PICK_UPS = frozenset({"取件", "揽收", "上门", "收寄", "寄件", "揽件"})
_TASKS = ("任务", "指令", "调度", "订单", "单", "请求", "计划", "申请")
_ORDERS = ("订单", "交易", "运单", "寄件单")
_NOT_THE_ORDER = frozenset({S.COLLECT, S.TAKE, S.RETURN, S.CARRY, S.FORWARD, S.SIGN, S.INTERCEPT, S.ADDRESS_FAULT})


def recorded(text: Text) -> list[tuple[Claim, Event]]:
    """Each noun's claim with the noun as its event: a signature's record corrected, a pick-up's task cancelled."""
    return [
        (found, Event(token.sign, View(A.MENTIONED), None, "", number, token.text, at))
        for number, clause in enumerate(text.clauses)
        for at, token in enumerate(clause)
        if token.sign in _NOUNS and (found := _noun(token, clause, at)) is not None
    ]


def _noun(token: Token, clause: Sequence[Token], at: int) -> Claim | None:
    signs = {one.sign for one in clause}
    void = bool(signs & {S.VOID, S.CANCEL})
    if token.sign is S.PARCEL and void and token.text.endswith(_ORDERS) and S.NOT not in signs:
        near = {one.sign for one in clause[max(0, at - 2) : at + 4]}
        return Claim(M.CANCELLED) if S.VOID in near and not signs & _NOT_THE_ORDER else None
    if token.sign is not S.NOTE:
        return None
    head = token.text[:2]
    if head in _SIGNATURES and (void or any("更正" in one.text for one in clause[at:])):
        return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
    if head in _PICK_UPS and token.text.endswith(_TASKS) and (void or signs & {S.ARRANGE, S.DONE, S.LABEL}):
        return Claim(M.SHIPPED)
    if head[:1] == "退" and void:
        return Claim(M.IN_TRANSIT, resumes=True)
    return None
