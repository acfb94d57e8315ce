"""The claims of problems: delay, damage, refusal, interception and the like, and problems that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier import signers
from pandapon.courier.absences import absence_claim, no_contact_claim
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim_by_table
from pandapon.courier.context import clause_has, clause_says, is_about_another_matter
from pandapon.courier.demands import customs_demand_claim
from pandapon.courier.losses import compensation_claim, is_compensation_rule, loss_claim
from pandapon.courier.opening_hours import states_opening_hours
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

PROBLEMS = frozenset(
    {T.DELAY, T.LOSE, T.DAMAGE, T.FORBIDDEN, T.MISSING, T.TROUBLE, T.PAPERS, T.DUTY, T.REFUSE, T.NO_CONTACT, T.ABSENT}
    | {T.COMPENSATE, T.INTERCEPT, T.RESUME, T.HOLD, T.DESTROY, T.SEIZE, T.ADDRESS_FAULT}
    | {T.MISSORT}
)
_WRONG_HANDS = frozenset({T.KIN, T.DESK, T.DOOR, T.PERSON})
_SUSPECTED = {T.MISSING: Reason.MISSING, T.DAMAGE: Reason.DAMAGED, T.FORBIDDEN: Reason.FORBIDDEN}
# Words of a delivery at the wrong door, and not of a parcel sorted to the wrong outlet.
_BROUGHT = ("送错", "派错", "投错", "放错", "交错", "错送", "错派", "错投", "误送", "误派", "误投", "delivered")
_PLACES = ("网点", "站点", "站", "城市", "区域", "分拨", "hub", "branch", "depot", "city", "facility", "station")
_MENDS = frozenset({T.RESUME, T.CARRY, T.TAKE_BACK, T.FORWARD})
_CARRIED = ("送", "派", "投", "派件", "派送", "配送", "投递")
_CAN_END = frozenset({T.DELAY, T.LOSE, T.DAMAGE, T.FORBIDDEN, T.MISSING, T.TROUBLE, T.HOLD, T.ADDRESS_FAULT})
_NOTICED = frozenset({T.DELAY, T.LOSE, T.DAMAGE, T.FORBIDDEN})
_RULED = frozenset({T.LOSE, T.DAMAGE, T.MISSING, T.DESTROY})
_UNTOLD = frozenset({A.BARE, A.PLANNED})


def problem_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of an act of trouble. A problem that is over, a notice, a rule and opening hours come first."""
    if event.act in _CAN_END and _is_over(event, text):
        return Claim(M.IN_TRANSIT, resumes=True)
    if event.act in _NOTICED and event.aspect is not A.DONE and clause_has(event, text, T.NOTICE):
        return None
    if event.act in _RULED and event.aspect in _UNTOLD and is_compensation_rule(event, text):
        return None
    if event.act in {T.ABSENT, T.DELAY} and states_opening_hours(event, text):
        return None
    return _BY_ACT.get(event.act, _table_claim)(event, text)


def _table_claim(event: Event, _: Text) -> Claim | None:
    return claim_by_table(event)


def _delay_claim(event: Event, text: Text) -> Claim | None:
    if event.aspect is A.PLANNED and clause_says(event, text, "可能") and _begins_as_notice(event, text):
        return None
    if event.word.startswith("排队") and _is_next(event, text):
        return None
    if event.word.endswith("拖车") and any("柜" in other.word for other in text.events):
        return None
    if event.word == "延长" and clause_has(event, text, T.POINT, T.LOCKER, T.NOTE):
        return None
    return claim_by_table(event)


def _missing_parcel_claim(event: Event, text: Text) -> Claim | None:
    return None if event.word == "找不到" and clause_has(event, text, T.SENDER) else loss_claim(event, text)


def _suspicion_claim(event: Event, text: Text) -> Claim | None:
    """The claim of damage, a missing piece or forbidden goods. A suspicion (疑似) is a problem, too."""
    if event.word == "缺货" and T.PREPARE in text.tags:
        return Claim(M.PAID)
    if event.aspect is A.POSSIBLE and clause_has(event, text, T.SUSPECT):
        return Claim(M.EXCEPTION, _SUSPECTED[event.act])
    return claim_by_table(event)


def _destruction_claim(event: Event, text: Text) -> Claim | None:
    is_damaged = event.word == "报废" and event.aspect is A.BARE and T.DAMAGE in text.tags
    return Claim(M.EXCEPTION, Reason.DAMAGED) if is_damaged else claim_by_table(event)


def _trouble_claim(event: Event, text: Text) -> Claim | None:
    if event.word.endswith("处理") and (text.tags & {T.PAID, T.ORDER} or is_about_another_matter(text)):
        return None
    if event.word.endswith("expired"):
        return Claim(M.ATTEMPT_FAILED, Reason.NOT_FETCHED) if event.aspect in HAPPENED else None
    if event.word.startswith("核对") and _is_at_a_shop(event, text):
        return None
    if event.aspect in {A.POSSIBLE, A.PLANNED} and _is_feared(event, text):
        return Claim(M.EXCEPTION, Reason.OTHER)
    if event.token and text.clauses[event.clause][event.token - 1].tag is T.CARRY:
        return Claim(M.ATTEMPT_FAILED) if event.aspect in HAPPENED else None
    return claim_by_table(event)


def _is_at_a_shop(event: Event, text: Text) -> bool:
    """Whether a shop checks a parcel that it has just received: 店主收件核对中."""
    return clause_has(event, text, T.POINT) and clause_has(event, text, T.COLLECT, T.RECEIVE)


def _is_feared(event: Event, text: Text) -> bool:
    """Whether somebody is only suspected of the trouble: 疑似被错拿, 可能被他人错拿."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return T.BY in before and (T.SUSPECT in before or clause_says(event, text, "可能"))


def _misrouting_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that was sorted wrongly, or brought to the wrong person, which disputes a delivery."""
    stated = claim_by_table(event)
    is_with_another = event.at in _WRONG_HANDS or _is_signed_by_another(event, text)
    return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED) if stated and is_with_another else stated


def _is_signed_by_another(event: Event, text: Text) -> bool:
    """Whether somebody else signed at the wrong door, and no later act set it right: 送错楼栋，已被他人签收."""
    if not event.word.startswith(_BROUGHT) or event.word.endswith(_PLACES):
        return False
    later = [other for other in text.events if other.clause > event.clause and other.aspect in HAPPENED]
    is_mended = any(other.act in _MENDS for other in later)
    is_signed = any(other.act in {T.SIGN, T.PROXY} for other in later)
    return is_signed and not is_mended and signers.signer(text) in _WRONG_HANDS | {None}


def _holding_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that is held: for its sender, by customs, or at a point for its recipient."""
    if _goes_out(event, text):
        return None  # 滞留件出仓
    is_told = event.aspect in HAPPENED
    if event.word.endswith(("拦下", "被拦", "拦住")) and is_told and text.tags & {T.RETURN, T.SENDER}:
        return Claim(M.EXCEPTION, Reason.INTERCEPTED)
    if is_told and _is_customs(event, text):
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
    if event.at in {T.POINT, T.LOCKER} and event.word in {"留存", "停放", "留置"}:
        return Claim(M.READY_FOR_PICKUP) if is_told else None
    if event.word.isascii() and _is_to_be_fetched(text):
        return Claim(M.READY_FOR_PICKUP)
    return claim_by_table(event)


def _goes_out(event: Event, text: Text) -> bool:
    """Whether the word only names a held parcel, which goes out now: 滞留件出仓."""
    clause = text.clauses[event.clause]
    after = clause[event.token + 1 :][:1]
    is_joined = bool(after) and after[0].start == clause[event.token].end
    return event.word.endswith("件") and is_joined and after[0].tag in {T.CARRY, T.DEPART}


def _interception_claim(event: Event, text: Text) -> Claim | None:
    return None if _is_only_asked(event, text) else claim_by_table(event)


def _resumption_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that goes on. The correction of a signature is no movement."""
    is_told = event.aspect in HAPPENED
    if is_told and event.word.endswith(_CARRIED) and _is_brought(event, text):
        return Claim(M.OUT_FOR_DELIVERY, resumes=True)
    if event.word.endswith(_CARRIED) and _was_misread(text):
        return Claim(M.ARRIVED, resumes=True) if is_told else None
    if event.word.endswith(("更正", "纠正", "改正", "corrected")) and _was_misread(text):
        return None
    return claim_by_table(event)


def _address_claim(event: Event, text: Text) -> Claim | None:
    """The claim of a wrong address. An outlet or a point that moved makes none: 站点搬迁，请到新址取件."""
    moved = event.word.endswith("搬迁") and T.RECIPIENT not in text.tags
    is_points = event.at in {T.BRANCH, T.POINT} and (moved or bool(text.tags & {T.FETCH, T.TAKE}))
    return None if is_points else claim_by_table(event)


def _is_next(event: Event, text: Text) -> bool:
    """Whether the parcel only waits for its turn: 排队等待卸货."""
    after = text.clauses[event.clause][event.token + 1 :]
    return any(token.tag in {T.HANDLE, T.SHIP, T.FLY, T.DECLARE} for token in after)


def _is_to_be_fetched(text: Text) -> bool:
    """Whether the parcel waits for its recipient: Held at a shop, bring ID to collect."""
    fetches = any(other.act in {T.FETCH, T.TAKE, T.COLLECT} and other.word.startswith("to ") for other in text.events)
    return fetches and not text.tags & {T.CUSTOMS, T.DECLARE, T.DUTY, T.PAPERS, T.SENDER}


def _is_customs(event: Event, text: Text) -> bool:
    return "customs" in event.word or "关" in event.word or clause_has(event, text, T.CUSTOMS, T.DECLARE)


def _begins_as_notice(event: Event, text: Text) -> bool:
    """Whether a word of a notice stands before the problem: 双十一…可能延迟. A greeting after it does not count."""
    return any(token.tag is T.NOTICE for clause in text.clauses[: event.clause + 1] for token in clause)


def _is_over(event: Event, text: Text) -> bool:
    """Whether the words after the problem say that it is over: 异常已处理, 误会已排除."""
    return any(token.tag is T.NO_LONGER for token in text.clauses[event.clause][event.token + 1 :])


def _is_brought(event: Event, text: Text) -> bool:
    return event.modality.today or T.COURIER in text.tags


def _refusal_claim(event: Event, text: Text) -> Claim | None:
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if text.tags & {T.DECLARE, T.CUSTOMS}:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
    if event.aspect is A.BARE and event.modality.again:
        return None
    keepers = before & {T.PARTNER, T.CARRIER}
    if keepers and not before & {T.RECIPIENT, T.SELF, T.KIN} and event.aspect in HAPPENED:
        return Claim(M.EXCEPTION, Reason.REFUSED)
    if T.SENDER in before and not before & {T.RECIPIENT, T.SELF, T.KIN}:  # a seller may refuse a refund
        return Claim(M.EXCEPTION) if text.tags & {T.RETURN, T.REVERSE} and event.aspect is A.DONE else None
    return claim_by_table(event)


def _is_only_asked(event: Event, text: Text) -> bool:
    """Whether somebody only asks for the interception, so that nothing has happened to the parcel yet."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return event.aspect is A.BARE and T.ASKED in before and not event.modality.succeeded


def _was_misread(text: Text) -> bool:
    """Whether the text names a signature or a delivery, so that a correction is of that and not of an address."""
    return any(other.act is T.SIGN for other in text.events) or any(
        token.text.startswith(("签收", "妥投", "签字")) for clause in text.clauses for token in clause
    )


_BY_ACT: dict[Tag, Callable[[Event, Text], Claim | None]] = {
    **dict.fromkeys((T.MISSING, T.DAMAGE, T.FORBIDDEN), _suspicion_claim),
    **dict.fromkeys((T.PAPERS, T.DUTY), customs_demand_claim),
    T.DELAY: _delay_claim,
    T.LOSE: _missing_parcel_claim,
    T.MISSORT: _misrouting_claim,
    T.DESTROY: _destruction_claim,
    T.COMPENSATE: compensation_claim,
    T.TROUBLE: _trouble_claim,
    T.REFUSE: _refusal_claim,
    T.NO_CONTACT: no_contact_claim,
    T.ABSENT: absence_claim,
    T.HOLD: _holding_claim,
    T.INTERCEPT: _interception_claim,
    T.RESUME: _resumption_claim,
    T.ADDRESS_FAULT: _address_claim,
}
