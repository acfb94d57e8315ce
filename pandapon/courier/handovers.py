"""Acts by which a parcel passes to somebody: signed for, fetched, received, laid down. Who it is decides the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier import events as stage
from pandapon.courier.around import clause_has, goes_back, in_notice, speaks_of_return
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign

_POINTS = frozenset({S.POINT, S.LOCKER})
_COURIERS = frozenset({S.COURIER, S.SENDER})
_RECIPIENTS = frozenset({S.RECIPIENT, S.SELF, S.KIN, S.BY_CODE, S.SIGNER})


def signed(event: Event, text: Text) -> Claim | None:
    """Who has it by a signature, or by taking it in for somebody else."""
    aspect = event.aspect
    if aspect is A.REVOKED:
        return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
    if aspect in {A.FAILED, A.NEGATED}:
        if S.OVERDUE in text.signs:
            return Claim(M.EXCEPTION, Reason.DELAYED)
        return Claim(M.ATTEMPT_FAILED)
    if aspect not in HAPPENED or (event.view.again and aspect is A.BARE) or _is_of_another(event, text):
        return None
    if _handed_on(event, text):
        return Claim(M.IN_TRANSIT)
    behind = [token.sign for token in text.clauses[event.clause][event.token + 1 :]]
    if behind[:2] and behind[0] is S.BY and behind[1] in {S.NUMBER, S.TODAY, S.FUTURE_DAY}:
        return None
    if S.TO in behind[:1] and event.at in _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    who = stage.signer(text)
    if event.act is S.PROXY and who is None:
        who = event.at if event.at in _POINTS else S.POINT
    if aspect is A.BARE and _is_instruction(event, text):
        return None
    if who is None and S.WAREHOUSE in text.signs:
        return Claim(M.IN_TRANSIT)
    if who in _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    if who is S.SENDER or goes_back(text):
        return Claim(M.RETURNED)
    if S.PART in text.signs:
        return Claim(M.DELIVERED, Reason.PARTIAL)
    return Claim(M.DELIVERED)


def _is_instruction(event: Event, text: Text) -> bool:
    """签收酒水请出示证件: what to do at a signature that may come."""
    behind = [token.sign for token in text.clauses[event.clause][event.token + 1 :]]
    asked = next((at for at, sign in enumerate(behind) if sign in {S.PLEASE, S.MAY}), None)
    return asked is not None and not set(behind[:asked]) & {S.IF, S.NOTICE, S.SIGNER, S.DONE, S.POINT, S.LOCKER}


def _is_of_another(event: Event, text: Text) -> bool:
    return any(token.text.startswith("另") for token in text.clauses[event.clause])


def _handed_on(event: Event, text: Text) -> bool:
    """Signed by whoever carries it on, or brought to them: not the end."""
    clause = text.clauses[event.clause]
    before, behind = clause[: event.token], clause[event.token + 1 :]
    signs = [token.sign for token in behind]
    to_next = S.TO in signs[:1] and bool({S.PARTNER, S.CARRIER, S.WAREHOUSE, S.HUB, S.PORT} & set(signs))
    return to_next or any(token.sign in {S.PARTNER, S.WAREHOUSE} for token in before)


def fetched(event: Event, text: Text) -> Claim | None:
    """自提, 领取: it lies ready, or the recipient has it."""
    clause = {token.sign for token in text.clauses[event.clause]}
    if S.SENDER in clause and event.aspect in HAPPENED and text.signs & {S.RETURN, S.REVERSE}:
        return Claim(M.RETURNED)
    if S.COURIER in clause and not clause & {S.PLEASE, S.WAIT}:
        return Claim(M.ARRIVED)
    if event.word.isascii() and S.BY in clause and clause & {S.COURIER, S.CARRIER, S.PARTNER}:
        return Claim(M.SHIPPED)
    match event.aspect:
        case A.DONE:
            return Claim(M.DELIVERED, fetched=True)
        case A.BARE if clause & {S.SIGNER, S.SIGN} or (S.SELF in clause and event.at not in {None, S.RECIPIENT}):
            return Claim(M.DELIVERED, fetched=True)
        case A.CONDITIONAL | A.REVOKED | A.MENTIONED:
            return None
    return Claim(M.READY_FOR_PICKUP) if _is_ready(event, text) else None


def _is_ready(event: Event, text: Text) -> bool:
    """Whether it is: 'fetch it' is said of a parcel that lies somewhere; the bare word may be an advertisement's."""
    if event.aspect in {A.ASKED, A.PLANNED, A.NEGATED, A.NOT_YET}:
        return not in_notice(event, text) or bool(text.signs & (_POINTS | {S.BY_CODE, S.STORE}))
    return bool(text.signs & (_POINTS | {S.BY_CODE, S.STORE, S.NUMBER})) or len(text.clauses[event.clause]) == 1


def taken(event: Event, text: Text) -> Claim | None:
    """取件: the courier's pick-up, or the recipient's."""
    clause = {token.sign for token in text.clauses[event.clause]}
    if clause_has(event, text, S.NOTE) and event.aspect is A.BARE:
        return None
    for_recipient = event.token > 0 and text.clauses[event.clause][event.token - 1].sign is S.RECIPIENT
    if for_recipient and event.view.arranged:
        return Claim(M.READY_FOR_PICKUP)
    by_courier = (bool(clause & _COURIERS) or S.ARRANGE in clause) and not (for_recipient and S.ARRANGE in clause)
    if text.signs & {S.FLY, S.PORT} and event.aspect in HAPPENED | {A.PLANNED}:
        return Claim(M.IN_TRANSIT)
    if event.view.succeeded and event.aspect is A.DONE:
        return Claim(M.PICKED_UP) if S.COURIER in text.signs else Claim(M.DELIVERED, fetched=True)
    if event.aspect is A.REVOKED:
        return Claim(M.SHIPPED)
    if event.aspect is A.FAILED:
        return Claim(M.EXCEPTION, Reason.NOT_COLLECTED)
    if event.aspect in {A.CONDITIONAL, A.MENTIONED}:
        return None
    if (
        event.aspect is A.BARE
        and not clause & (_RECIPIENTS | _POINTS)
        and not text.signs & (_POINTS | {S.PLEASE, S.BY_CODE})
    ):
        return Claim(M.PICKED_UP, unsure=True)
    if event.aspect not in HAPPENED or (event.aspect is A.BARE and not by_courier):
        if by_courier and S.LOCKER not in text.signs:
            return Claim(M.SHIPPED)
        taken_away = event.word == "取走" and S.RECIPIENT in clause
        if event.aspect is A.BARE and (taken_away or clause & {S.SELF, S.KIN, S.SIGNER, S.SIGN}):
            return Claim(M.DELIVERED, fetched=True)
        return Claim(M.READY_FOR_PICKUP) if _is_ready(event, text) else None
    if by_courier:
        return Claim(M.OUT_FOR_DELIVERY) if S.CARRY in text.signs else Claim(M.PICKED_UP)
    if clause & _RECIPIENTS or event.at in _POINTS:
        return Claim(M.DELIVERED, fetched=True)
    return Claim(M.PICKED_UP, unsure=True)


def received(event: Event, text: Text) -> Claim | None:
    """收到: by the courier, a hub, the recipient, or the sender of a return."""
    clause = text.clauses[event.clause]
    signs = {token.sign for token in clause}
    behind = {token.sign for token in clause[event.token + 1 :]}
    if S.TO_DEPOT in text.signs:
        return None
    if event.aspect in {A.NEGATED, A.FAILED} and signs & {S.RECIPIENT, S.SELF}:
        return Claim(M.ATTEMPT_FAILED, Reason.REFUSED)
    if (
        event.aspect in HAPPENED
        and S.SENDER in {one.sign for one in clause[: event.token]}
        and speaks_of_return(clause)
    ):
        return Claim(M.RETURNED)
    if event.aspect in HAPPENED and S.SENDER in signs and text.signs & {S.RETURN, S.REVERSE}:
        return Claim(M.RETURNED)
    if event.aspect in HAPPENED and S.LABEL in signs:
        return Claim(M.SHIPPED)
    if event.aspect in HAPPENED and behind & {S.NOTE, S.PAPERS, S.INTERCEPT}:
        return Claim(M.SHIPPED) if S.INTERCEPT not in behind else None
    if event.aspect in {A.NOT_YET, A.NEGATED}:
        return Claim(M.SHIPPED)
    before = stage.best([token.sign for token in clause[: event.token]])
    if event.aspect in HAPPENED and before in _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    if event.aspect in HAPPENED and signs & {S.RETURN, S.REVERSE, S.NOTE} and speaks_of_return(clause):
        return Claim(M.RETURNED) if signs & {S.SENDER, S.WAREHOUSE} else Claim(M.RETURNING)
    if event.aspect in HAPPENED and signs & {S.CUSTOMS, S.DECLARE, S.FLY}:
        return Claim(M.IN_TRANSIT)
    return claim(event)


def brought(event: Event, text: Text) -> Claim | None:
    """Laid down or brought to somebody: by the courier, by the sender for the courier, or back to the sender."""
    found = claim(event)
    if event.aspect in HAPPENED and event.at is S.SENDER and text.signs & {S.RETURN, S.REVERSE}:
        return Claim(M.RETURNED)
    if found is not None and found.milestone is M.READY_FOR_PICKUP and S.SENDER in text.signs and not goes_back(text):
        return Claim(M.SHIPPED)
    alone = len(text.clauses[event.clause]) == 1 and event.word == "送达"
    given = event.word == "交付" and event.aspect is A.DONE and event.at is None
    if found is None and ((alone and event.aspect is A.BARE) or given):
        return Claim(M.DELIVERED)
    return found
