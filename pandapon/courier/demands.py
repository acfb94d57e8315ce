"""The claims of demands: papers to hand in, or duty or a fee to pay, before the parcel goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import Claim, Reason
from pandapon.courier.context import clause_has
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag


def customs_demand_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of papers or duty that somebody demands; None: only mentioned, or handed in already.

    :mod:`reading` finds by it, too, which action is asked of the buyer.
    """
    reason = Reason.PAPERS if event.act is T.PAPERS else Reason.DUTY
    if event.aspect is A.MENTIONED and clause_has(event, text, T.CUSTOMS) and clause_has(event, text, T.ASKED):
        return Claim(M.EXCEPTION, reason)
    if event.aspect in {A.CONDITIONAL, A.MENTIONED, A.DONE, A.NEGATED} or text.tags & {T.FETCH, T.TAKE, T.SIGN}:
        return None
    after = {token.tag for token in text.clauses[event.clause][event.token + 1 :]}
    if event.act is T.DUTY and {T.DONE, T.MUST_PAY} <= after:
        return None
    if event.act is T.PAPERS and T.DONE in after and T.OVERDUE not in after:
        return Claim(M.IN_TRANSIT) if event.word.startswith(("报关", "清关", "申报")) else None
    before = text.clauses[event.clause][: event.token]
    if clause_has(event, text, T.BY_CODE) or (event.aspect is A.BARE and T.NOTICE in text.tags):
        return None
    if {T.DONE, T.RECEIVE} <= {token.tag for token in before}:
        return None
    demands = text.tags & {
        T.PLEASE,
        T.FAILED,
        T.WAIT,
        T.MISSING,
        T.TROUBLE,
        T.HOLD,
        T.CANNOT,
        T.NOT_YET,
        T.MUST_PAY,
        T.ASKED,
    }
    return Claim(M.EXCEPTION, reason) if demands else None


def payment_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a parcel that goes on only after a payment: 需付费后出库; None: no such payment."""
    clause = text.clauses[event.clause]
    before = {token.tag for token in clause[: event.token]}
    after = {token.tag for token in clause[event.token + 1 :]}
    if before & {T.PLEASE, T.WAIT} and T.AFTER in after and not text.tags & {T.FETCH, T.TAKE, T.POINT}:
        return Claim(M.EXCEPTION, Reason.HELD)
    return None
