"""The claims of acts whose own place does not decide: on whose way, to whom it goes back, who asks.

Each act has one function; :mod:`claims` has the table for all that these leave open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.around import clause_has, happened, in_notice
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim
from pandapon.courier.handovers import brought, fetched, received, signed, taken
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign

_POINTS = frozenset({S.POINT, S.LOCKER})
_OUTLETS = frozenset({S.BRANCH, S.LAST_BRANCH})
# Words of a return that is over once it is done; 退回 may only have begun.
_GIVEN_BACK = frozenset({"退还", "送还", "归还", "还给", "还回", "返还", "退给商家", "returned", "delivered back to"})
_BACK_HOME = frozenset(
    {
        "returned to sender",
        "returned to shipper",
        "returned to seller",
        "returned to the sender",
        "returned to merchant",
    }
    | {"returned to the seller", "returned to the shipper", "return to sender completed", "return completed"}
    | {"return delivered", "return complete", "return to sender complete", "back with the sender", "back with sender"}
    | {"back at sender", "received by sender", "received by shipper", "back with the seller", "proof of return"}
)
# Acts that notices like to speak of.
_ADVERTISED = frozenset(
    {S.SIGN, S.PROXY, S.CARRY, S.FETCH, S.TAKE, S.COLLECT, S.RETURN, S.RECEIVE, S.REACH, S.SHIP, S.STORE}
)


def claim_of(event: Event, text: Text) -> Claim | None:
    """What an act of a text claims; None where it claims nothing."""
    if event.aspect is A.BARE and event.act in _ADVERTISED and in_notice(event, text):
        return None
    match event.act:
        case S.SIGN | S.PROXY:
            return signed(event, text)
        case S.FETCH:
            return fetched(event, text)
        case S.TAKE:
            return taken(event, text)
        case S.CARRY | S.CARRY_NOUN:
            return _carried(event, text)
        case S.RETURN | S.REVERSE:
            return _returned(event, text)
        case S.SHIP if event.aspect in HAPPENED and _is_handed_out(event, text):
            return Claim(M.DELIVERED, fetched=True)
        case S.DELAY | S.LOSE | S.DAMAGE | S.FORBIDDEN if _is_notice(event, text):
            return None
        case S.LOSE if event.aspect is A.BARE and clause_has(event, text, S.COMPENSATE):
            return None
        case S.DEPART if event.word in {"前往", "赶往"} and clause_has(event, text, S.COLLECT, S.TAKE):
            return None
        case S.SHIP if event.aspect is A.PLANNED and event.view.promised:
            return None
        case S.TROUBLE if event.token and text.clauses[event.clause][event.token - 1].sign is S.CARRY:
            return Claim(M.ATTEMPT_FAILED) if event.aspect in HAPPENED else None
        case S.PAPERS | S.DUTY:
            return customs_wants(event, text)
        case S.COLLECT:
            return _collected(event, text)
        case S.RECEIVE:
            return received(event, text)
        case S.ATTEMPT if event.aspect is A.ONGOING:
            return Claim(M.OUT_FOR_DELIVERY)
        case S.CANCEL if text.clauses[event.clause][: event.token] and _of_a_part(event, text):
            return None
        case S.RETURN_SCAN:
            return None
        case S.STORE | S.REACH | S.TRANSFER:
            return brought(event, text)
        case S.REFUSE if S.DECLARE in text.signs:
            return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
        case S.REFUSE if event.aspect is A.BARE and event.view.again:
            return None
        case S.TO_DEPOT | S.TAKE_BACK if happened(text, S.COLLECT):
            return Claim(M.IN_TRANSIT) if event.aspect in HAPPENED else None
        case S.COMPENSATE:
            return _compensated(event)
    return claim(event)


def _is_notice(event: Event, text: Text) -> bool:
    return event.aspect is not A.DONE and clause_has(event, text, S.NOTICE)


def _carried(event: Event, text: Text) -> Claim | None:
    seen = event.view
    noun = event.act is S.CARRY_NOUN
    if seen.succeeded and seen.aspect is A.DONE:
        return Claim(M.READY_FOR_PICKUP) if event.at in _POINTS else Claim(M.DELIVERED)
    match seen.aspect:
        case A.FAILED:
            return Claim(M.ATTEMPT_FAILED)
        case A.NEGATED if not noun:
            return Claim(M.ATTEMPT_FAILED) if seen.again else None
        case A.PLANNED:
            return _carry_planned(event, text)
        case A.BARE | A.PLANNED if text.signs & {S.CARRIER, S.PARTNER, S.FORWARD} and text.signs & {
            S.FORWARD,
            S.TRANSFER,
        }:
            return Claim(M.IN_TRANSIT)
        case A.BARE if event.word in {"再投", "续送"} and not seen.today:
            return Claim(M.ATTEMPT_FAILED)
        case A.DONE | A.ONGOING | A.BARE if not noun:
            return Claim(M.OUT_FOR_DELIVERY)
        case A.ONGOING:
            return Claim(M.OUT_FOR_DELIVERY)
    return None


def _carry_planned(event: Event, text: Text) -> Claim | None:
    if event.act is S.CARRY_NOUN and not event.view.again and not clause_has(event, text, S.WAIT):
        return None
    if event.view.again:
        return Claim(M.ATTEMPT_FAILED)
    if event.view.promised:
        return None
    return Claim(M.ARRIVED)


def _returned(event: Event, text: Text) -> Claim | None:
    aspect = event.aspect
    if aspect is A.REVOKED:
        return Claim(M.IN_TRANSIT, resumes=True)
    if aspect is A.PLANNED and not event.view.promised:
        waits = any(token.sign is S.WAIT for token in text.clauses[event.clause])
        return Claim(M.RETURNING) if waits and S.FETCH not in text.signs else None
    if aspect not in HAPPENED:
        return None
    if aspect is A.BARE and event.word in {"退货", "return"} and not text.signs & {S.REFUSE, S.SENDER, S.SIGN}:
        return None
    if event.act is S.REVERSE:
        return Claim(M.RETURNING)
    if event.at is S.CARRIER and S.CUSTOMS in text.signs:
        return Claim(M.IN_TRANSIT)
    if aspect is A.DONE and (
        (event.word in _GIVEN_BACK and event.at in {S.SENDER, S.POINT}) or event.word in _BACK_HOME
    ):
        return Claim(M.RETURNED)
    if event.view.succeeded and event.word[0].isascii():
        return Claim(M.RETURNED)
    if clause_has(event, text, S.NOTE) and any(
        "账户" in t.text or "运费" in t.text or "差价" in t.text or "款" in t.text for t in text.clauses[event.clause]
    ):
        return None
    if event.at in _OUTLETS and S.SENDER not in text.signs:
        return Claim(M.ATTEMPT_FAILED)
    if event.at is S.HUB and text.signs & {S.AGAIN, S.CARRY} and S.SENDER not in text.signs:
        return Claim(M.ATTEMPT_FAILED)
    return Claim(M.RETURNING)


def _collected(event: Event, text: Text) -> Claim | None:
    """The courier's pick-up: told to come, on the way, in vain, or done."""
    clause = {token.sign for token in text.clauses[event.clause]}
    if text.signs & {S.CUSTOMS, S.DECLARE} and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)
    if event.word.isascii() and clause & {S.RECIPIENT, S.POINT, S.LOCKER} and event.aspect is not A.CONDITIONAL:
        return Claim(M.DELIVERED, fetched=True) if event.view.succeeded else Claim(M.READY_FOR_PICKUP)
    if event.aspect is A.REVOKED:
        return Claim(M.SHIPPED)
    on_the_way = any(token.text in {"前往", "赶往"} for token in text.clauses[event.clause])
    if (event.view.arranged or on_the_way) and not event.view.succeeded and event.aspect in HAPPENED:
        return Claim(M.SHIPPED)
    return claim(event)


def _of_a_part(event: Event, text: Text) -> bool:
    """A pick-up, a return or an interception is cancelled, not the order."""
    acts = {token.sign for token in text.clauses[event.clause][: event.token]}
    return bool(acts & {S.RETURN, S.COLLECT, S.TAKE, S.INTERCEPT, S.CARRY, S.FORWARD})


def _is_handed_out(event: Event, text: Text) -> bool:
    """出库 of a station: its customer has it."""
    if event.word != "出库":
        return False
    return bool(text.signs & {S.SELF, S.POINT, S.LOCKER}) or "取件人" in {
        token.text for clause in text.clauses for token in clause
    }


def customs_wants(event: Event, text: Text) -> Claim | None:
    """Papers or duty that somebody has to bring; None where they are only spoken of."""
    reason = Reason.PAPERS if event.act is S.PAPERS else Reason.DUTY
    if event.aspect in {A.CONDITIONAL, A.MENTIONED, A.DONE} or text.signs & {S.FETCH, S.TAKE, S.SIGN}:
        return None
    wants = text.signs & {S.PLEASE, S.WAIT, S.MISSING, S.TROUBLE, S.HOLD, S.CANNOT, S.NOT_YET, S.MUST_PAY, S.ASKED}
    return Claim(M.EXCEPTION, reason) if wants else None


def _compensated(event: Event) -> Claim | None:
    if event.aspect is A.DONE:
        return Claim(M.LOST, Reason.COMPENSATED)
    return Claim(M.EXCEPTION, Reason.COMPENSATED) if event.aspect in {A.ONGOING, A.PLANNED} else None
