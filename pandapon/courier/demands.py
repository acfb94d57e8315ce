"""Papers to hand in, or duty or a fee to pay, before the parcel goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.context import clause_has
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import Claim, Reason
from pandapon.courier.tags import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign


def customs_wants(event: Event, text: Text) -> Claim | None:
    """Return the claim of papers or duty that somebody has to bring; None: only mentioned, or handed in already."""
    reason = Reason.PAPERS if event.act is S.PAPERS else Reason.DUTY
    if event.aspect is A.MENTIONED and clause_has(event, text, S.CUSTOMS) and clause_has(event, text, S.ASKED):
        return Claim(M.EXCEPTION, reason)
    if event.aspect in {A.CONDITIONAL, A.MENTIONED, A.DONE, A.NEGATED} or text.signs & {S.FETCH, S.TAKE, S.SIGN}:
        return None
    behind = {token.sign for token in text.clauses[event.clause][event.token + 1 :]}
    if event.act is S.DUTY and {S.DONE, S.MUST_PAY} <= behind:
        return None
    if event.act is S.PAPERS and S.DONE in behind and S.OVERDUE not in behind:
        return Claim(M.IN_TRANSIT) if event.word.startswith(("报关", "清关", "申报")) else None
    before = text.clauses[event.clause][: event.token]
    if clause_has(event, text, S.BY_CODE) or (event.aspect is A.BARE and S.NOTICE in text.signs):
        return None
    if {S.DONE, S.RECEIVE} <= {token.sign for token in before}:
        return None
    wants = text.signs & {
        S.PLEASE,
        S.FAILED,
        S.WAIT,
        S.MISSING,
        S.TROUBLE,
        S.HOLD,
        S.CANNOT,
        S.NOT_YET,
        S.MUST_PAY,
        S.ASKED,
    }
    return Claim(M.EXCEPTION, reason) if wants else None


def must_pay(event: Event, text: Text) -> Claim | None:
    """Return the claim of a parcel that goes on only after a payment: 需付费后出库; None: no payment is due."""
    clause = text.clauses[event.clause]
    before = {token.sign for token in clause[: event.token]}
    behind = {token.sign for token in clause[event.token + 1 :]}
    if before & {S.PLEASE, S.WAIT} and S.AFTER in behind and not text.signs & {S.FETCH, S.TAKE, S.POINT}:
        return Claim(M.EXCEPTION, Reason.HELD)
    return None
