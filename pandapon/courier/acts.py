"""What an act claims where its own place does not decide: who signed, who fetched, to whom it goes back, who asks.

Each act has one function; :mod:`claims` has the table for all that these leave open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier import events as stage
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

A, M, S = Aspect, Milestone, Sign

_POINTS = frozenset({S.POINT, S.LOCKER})
_OUTLETS = frozenset({S.BRANCH, S.LAST_BRANCH})
_COURIERS = frozenset({S.COURIER, S.SENDER})
_RECIPIENTS = frozenset({S.RECIPIENT, S.SELF, S.KIN, S.BY_CODE, S.SIGNER})
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
    if event.aspect is A.BARE and event.act in _ADVERTISED and _in_notice(event, text):
        return None
    match event.act:
        case S.SIGN | S.PROXY:
            return _signed(event, text)
        case S.FETCH:
            return _fetched(event, text)
        case S.TAKE:
            return _taken(event, text)
        case S.CARRY | S.CARRY_NOUN:
            return _carried(event, text)
        case S.RETURN | S.REVERSE:
            return _returned(event, text)
        case S.SHIP if event.aspect in HAPPENED and _is_handed_out(event, text):
            return Claim(M.DELIVERED, fetched=True)
        case S.DELAY | S.LOSE | S.DAMAGE | S.FORBIDDEN if _is_notice(event, text):
            return None
        case S.LOSE if event.aspect is A.BARE and _clause_has(event, text, S.COMPENSATE):
            return None
        case S.DEPART if event.word in {"前往", "赶往"} and _clause_has(event, text, S.COLLECT, S.TAKE):
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
            return _received(event, text)
        case S.ATTEMPT if event.aspect is A.ONGOING:
            return Claim(M.OUT_FOR_DELIVERY)
        case S.CANCEL if text.clauses[event.clause][: event.token] and _of_a_part(event, text):
            return None
        case S.RETURN_SCAN:
            return None
        case S.STORE | S.REACH | S.TRANSFER:
            return _brought(event, text)
        case S.REFUSE if S.DECLARE in text.signs:
            return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
        case S.REFUSE if event.aspect is A.BARE and event.view.again:
            return None
        case S.TO_DEPOT | S.TAKE_BACK if _happened(text, S.COLLECT):
            return Claim(M.IN_TRANSIT) if event.aspect in HAPPENED else None
        case S.COMPENSATE:
            return _compensated(event)
    return claim(event)


def _in_notice(event: Event, text: Text) -> bool:
    """Spoken of before the act, in its clause: an advertisement, a question, a survey."""
    return any(token.sign in {S.NOTICE, S.ASKED} for token in text.clauses[event.clause][: event.token])


def _is_notice(event: Event, text: Text) -> bool:
    return event.aspect is not A.DONE and _clause_has(event, text, S.NOTICE)


def _clause_has(event: Event, text: Text, *signs: Sign) -> bool:
    return any(token.sign in signs for token in text.clauses[event.clause])


def _signed(event: Event, text: Text) -> Claim | None:
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
    if who in _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    if who is S.SENDER or _goes_back(text):
        return Claim(M.RETURNED)
    if S.PART in text.signs:
        return Claim(M.DELIVERED, Reason.PARTIAL)
    return Claim(M.DELIVERED)


def _is_of_another(event: Event, text: Text) -> bool:
    return any(token.text.startswith("另") for token in text.clauses[event.clause])


def _handed_on(event: Event, text: Text) -> bool:
    """Signed by whoever carries it on, or brought to them: not the end."""
    clause = text.clauses[event.clause]
    before, behind = clause[: event.token], clause[event.token + 1 :]
    signs = [token.sign for token in behind]
    to_next = S.TO in signs[:1] and bool({S.PARTNER, S.CARRIER, S.WAREHOUSE, S.HUB, S.PORT} & set(signs))
    return to_next or any(token.sign in {S.PARTNER, S.WAREHOUSE} for token in before)


def _goes_back(text: Text) -> bool:
    return any(one.act in {S.RETURN, S.REVERSE} and one.aspect in HAPPENED for one in text.events)


def _fetched(event: Event, text: Text) -> Claim | None:
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
        return not _in_notice(event, text) or bool(text.signs & (_POINTS | {S.BY_CODE, S.STORE}))
    return bool(text.signs & (_POINTS | {S.BY_CODE, S.STORE, S.NUMBER})) or len(text.clauses[event.clause]) == 1


def _taken(event: Event, text: Text) -> Claim | None:
    """取件: the courier's pick-up, or the recipient's."""
    clause = {token.sign for token in text.clauses[event.clause]}
    if _clause_has(event, text, S.NOTE) and event.aspect is A.BARE:
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
    if event.act is S.CARRY_NOUN and not event.view.again and not _clause_has(event, text, S.WAIT):
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
    if _clause_has(event, text, S.NOTE) and any(
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


def _received(event: Event, text: Text) -> Claim | None:
    clause = text.clauses[event.clause]
    signs = {token.sign for token in clause}
    behind = {token.sign for token in clause[event.token + 1 :]}
    if event.aspect in {A.NEGATED, A.FAILED} and signs & {S.RECIPIENT, S.SELF}:
        return Claim(M.ATTEMPT_FAILED, Reason.REFUSED)
    if (
        event.aspect in HAPPENED
        and S.SENDER in {one.sign for one in clause[: event.token]}
        and _speaks_of_return(clause)
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
    if event.aspect in HAPPENED and signs & {S.RETURN, S.REVERSE, S.NOTE} and _speaks_of_return(clause):
        return Claim(M.RETURNED) if signs & {S.SENDER, S.WAREHOUSE} else Claim(M.RETURNING)
    if event.aspect in HAPPENED and signs & {S.CUSTOMS, S.DECLARE, S.FLY}:
        return Claim(M.IN_TRANSIT)
    return claim(event)


def _speaks_of_return(clause: Sequence[Token]) -> bool:
    return any(token.sign in {S.RETURN, S.REVERSE} or token.text.startswith("退货") for token in clause)


def _brought(event: Event, text: Text) -> Claim | None:
    """Laid down or brought to somebody: by the courier, by the sender for the courier, or back to the sender."""
    found = claim(event)
    if event.aspect in HAPPENED and event.at is S.SENDER and text.signs & {S.RETURN, S.REVERSE}:
        return Claim(M.RETURNED)
    if found is not None and found.milestone is M.READY_FOR_PICKUP and S.SENDER in text.signs and not _goes_back(text):
        return Claim(M.SHIPPED)
    alone = len(text.clauses[event.clause]) == 1 and event.word == "送达"
    given = event.word == "交付" and event.aspect is A.DONE and event.at is None
    if found is None and ((alone and event.aspect is A.BARE) or given):
        return Claim(M.DELIVERED)
    return found


def _happened(text: Text, act: Sign) -> bool:
    return any(one.act is act and one.aspect in HAPPENED for one in text.events)


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
