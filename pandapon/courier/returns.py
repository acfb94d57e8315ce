"""The claims of returns: to the sender, to the depot, to the hub that sorted a parcel wrongly, or stopped again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.context import (
    clause_has,
    happened,
    is_collected_before,
    is_fetched_after_all,
    is_of_a_slip,
    is_wrongly_sorted,
)
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim
from pandapon.courier.tags import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign

_OUTLETS = frozenset({S.BRANCH, S.LAST_BRANCH})
_ON_THE_WAY = frozenset({S.HUB, S.WAREHOUSE, S.BRANCH, S.LAST_BRANCH, S.PORT})
_KEEPERS = frozenset({S.PARTNER, S.CARRIER, S.POINT, S.LOCKER})
# Words of a return that ends with the act; 退回 may only be its beginning.
_GIVEN_BACK = ("还", "给", "returned", "delivered back to")
_POINTS = frozenset({S.POINT, S.LOCKER})
_MONEY = ("账户", "运费", "差价", "款")


def returned(event: Event, text: Text) -> Claim | None:
    """Return the claim of a return: planned, taken back, on its way, only to the depot, or over."""
    aspect = event.aspect
    if aspect is A.REVOKED:
        return Claim(M.IN_TRANSIT, resumes=True)
    if aspect is A.PLANNED and not event.view.promised:
        waits = clause_has(event, text, S.WAIT)
        return Claim(M.RETURNING) if waits and S.FETCH not in text.signs else None
    if aspect is A.POSSIBLE and S.WAIT in text.signs and text.signs & {S.CARRY, S.DESTROY, S.ABANDON}:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD if S.CUSTOMS in text.signs else None)  # a person has to choose
    if event.word.endswith("件") and _is_stopped(event, text):
        return Claim(M.IN_TRANSIT, resumes=True)
    if aspect not in HAPPENED or _is_of_something_else(event, text) or is_of_a_slip(text):
        return None
    if is_fetched_after_all(text):
        return None
    if event.word.isascii() and (direction := _customs_way(event, text)) is not None:
        return direction
    if text.signs & {S.CUSTOMS} and clause_has(event, text, S.DECLARE) and S.SENDER not in text.signs:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)  # 海关退回申报
    if event.act is S.REVERSE and S.MISSORT in text.signs:
        return Claim(M.EXCEPTION, Reason.MISSORTED)
    if _is_in_their_store(event, text):
        return Claim(M.RETURNED)
    if event.act is S.REVERSE:
        return Claim(M.RETURNING)
    if is_collected_before(event, text):
        return None
    if text.signs & {S.CUSTOMS, S.DECLARE} and event.at in _KEEPERS:
        return Claim(M.IN_TRANSIT)
    is_stored = event.aspect is A.DONE and clause_has(event, text, S.WAREHOUSE)
    if _is_over(event, text) or (is_stored and S.REVERSE in text.signs):
        return Claim(M.RETURNED)
    return _not_to_the_sender(event, text) or Claim(M.RETURNING)


def _customs_way(event: Event, text: Text) -> Claim | None:
    """The claim of what comes back from customs, or goes back to them: Item returned to the carrier from customs."""
    if S.SENDER in text.signs:
        return None
    behind = text.clauses[event.clause][event.token + 1 :]
    customs = next((at for at, token in enumerate(behind) if token.text.endswith("customs")), None)
    if customs is None:
        return None
    ways = [token.text for token in behind[:customs] if token.sign in {S.TO, S.FROM}]
    if ways[-1:] == ["from"]:
        return Claim(M.IN_TRANSIT, resumes=True)
    return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD) if ways[-1:] == ["to"] else None


def _is_stopped(event: Event, text: Text) -> bool:
    """Whether the return is stopped and the parcel goes to its recipient: 已截停退回件，发往收件地."""
    clause = text.clauses[event.clause]
    stopped = event.token > 0 and clause[event.token - 1].text in {"截停", "追回", "截回", "拦下"}
    return stopped and bool(text.signs & {S.DESTINATION, S.RECIPIENT}) and S.SENDER not in text.signs


def _is_in_their_store(event: Event, text: Text) -> bool:
    """Whether the return is in the seller's warehouse: 退货已入商家仓."""
    behind = text.clauses[event.clause][event.token + 1 :]
    signs = [token.sign for token in behind]
    return signs[:2] == [S.DONE, S.TO] and behind[1].text in {"入", "进"} and signs[2:3] == [S.SENDER]


def _is_of_something_else(event: Event, text: Text) -> bool:
    """Whether something else is returned: goods that the buyer asks to return, papers, money."""
    clause = text.clauses[event.clause]
    if (
        event.aspect is A.BARE
        and event.word in {"退货", "return"}
        and not text.signs & {S.REFUSE, S.SENDER, S.SIGN, S.MOVE}
    ):
        return True
    if clause[event.token + 1 :][:1] and clause[event.token + 1].sign is S.PAPERS:
        return True
    return clause_has(event, text, S.NOTE) and any(word in token.text for token in clause for word in _MONEY)


def _is_over(event: Event, text: Text) -> bool:
    clause = text.clauses[event.clause]
    if _is_still_on_the_road(event, text):
        return False
    if event.view.succeeded and event.aspect is A.DONE and _names_the_sender_next(event, text):
        return True  # 成功退回至商家
    ends = clause[-1].sign is S.OK and event.at is S.SENDER
    if ends and event.aspect in HAPPENED and event.word.endswith(_GIVEN_BACK):
        return True  # 返还商家成功
    if (event.view.succeeded or ends) and not "一" <= event.word[0] <= "鿿":  # 退回成功 may be said of its beginning
        return True
    if event.aspect is not A.DONE or not event.word.endswith(_GIVEN_BACK):
        return False
    if any(token.sign is S.COURIER for token in clause[event.token + 1 :]):
        return False  # 交还业务员: the return only begins
    return event.at in {S.SENDER, S.POINT} or (event.at is S.RECIPIENT and event.place == "您")


def _is_still_on_the_road(event: Event, text: Text) -> bool:
    """Whether the text tells afterwards that it is under way to the sender: returned, now enroute to the sender."""
    return event.word.isascii() and any(
        other.act in {S.MOVE, S.DEPART}
        and other.at is S.SENDER
        and (other.clause, other.token) > (event.clause, event.token)
        and other.aspect in HAPPENED
        for other in text.events
    )


def _names_the_sender_next(event: Event, text: Text) -> bool:
    behind = [token.sign for token in text.clauses[event.clause][event.token + 1 :]]
    return behind[:2] == [S.TO, S.SENDER]


def _not_to_the_sender(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that goes back, but not to its sender; None: it does go back to the sender."""
    clause = text.clauses[event.clause]
    before = {token.sign for token in clause[: event.token]}
    behind = {token.sign for token in clause[event.token + 1 :]}
    if S.SENDER in text.signs or event.word.endswith("件"):
        return None
    if event.at in _POINTS and text.signs & {S.FETCH, S.TAKE, S.BY_CODE} and S.RECIPIENT not in before:
        return Claim(M.READY_FOR_PICKUP)  # 退至驿站，请前往领取
    was_tried = text.signs & {S.REFUSE, S.ABSENT, S.NO_CONTACT, S.CARRY}
    goes_on = event.at in _ON_THE_WAY and bool(text.signs & {S.FLY, S.PORT} or happened(text, S.COLLECT))
    if goes_on and not was_tried:
        return Claim(M.IN_TRANSIT)
    if is_wrongly_sorted(event, text):
        return Claim(M.EXCEPTION, Reason.MISSORTED)
    if text.signs & {S.PARTNER, S.CARRIER, S.POINT} and S.REFUSE in text.signs and S.RECIPIENT not in text.signs:
        return Claim(M.EXCEPTION, Reason.REFUSED)  # the next carrier does not take the parcel
    if S.POINT in before and (S.CARRY in text.signs or event.at in {S.CARRIER, S.COURIER, *_OUTLETS}):
        return Claim(M.EXCEPTION, Reason.NOT_FETCHED)
    if event.word == "返仓" and S.CARRY in before:
        return Claim(M.ATTEMPT_FAILED)
    if behind & _OUTLETS or (S.COURIER in before and event.at in {None, S.HUB, S.COURIER, *_OUTLETS}):
        return Claim(M.ATTEMPT_FAILED)
    if event.at is S.HUB and text.signs & {S.AGAIN, S.CARRY}:
        return Claim(M.ATTEMPT_FAILED)
    return None


def taken_back(event: Event, text: Text) -> Claim | None:
    """Return the claim when a parcel is taken out of a locker, brought to the depot, or taken back by its sender."""
    collected = S.COLLECT in text.signs
    if event.act is S.TO_DEPOT and is_collected_before(event, text):
        return None
    if event.act is S.TAKE_BACK and _is_of_sending(event, text):
        return Claim(M.PICKED_UP)  # 智能柜寄件已被快递员取出
    if (
        event.act is S.TO_DEPOT
        and clause_has(event, text, S.REFUSE)
        and clause_has(event, text, S.WAREHOUSE, S.ONGOING)
    ):
        return Claim(M.RETURNING)  # 拒收后正在返回仓库
    if event.act is S.TO_DEPOT and event.at is S.SENDER and event.aspect in HAPPENED:
        return Claim(M.RETURNING)  # 原车拉回发货人处
    if event.aspect in HAPPENED and S.MISSORT in text.signs and text.signs.isdisjoint({S.CARRY, S.RECIPIENT}):
        return Claim(M.EXCEPTION, Reason.MISSORTED)  # 误卸，随下一班车带回
    if event.act is S.TAKE_BACK and event.aspect in HAPPENED and _is_brought_now(event, text):
        return Claim(M.ARRIVED)
    by_sender = event.act is S.TAKE_BACK and event.aspect in HAPPENED and _is_taken_by_sender(event, text)
    if by_sender and not collected:
        return Claim(M.RETURNED)
    if collected and happened(text, S.COLLECT):
        return Claim(M.IN_TRANSIT) if event.aspect in HAPPENED else None
    return claim(event)


def _is_brought_now(event: Event, text: Text) -> bool:
    """Whether a courier takes the parcel out of a point to bring it: 业务员已取回，准备上门."""
    return S.COURIER in text.signs and any(
        clause[-1].text.endswith("上门") and S.WILL in signs
        for clause, signs in zip(text.clauses[event.clause + 1 :], text.kinds[event.clause + 1 :], strict=True)
    )


def _is_of_sending(event: Event, text: Text) -> bool:
    sends = any(token.text in {"寄", "寄件"} for token in text.clauses[event.clause])
    return sends and text.signs.isdisjoint({S.RETURN, S.REVERSE, S.SENDER})


def _is_taken_by_sender(event: Event, text: Text) -> bool:
    """Whether the sender has the parcel again: 寄件人已取回退件."""
    before = {token.sign for token in text.clauses[event.clause][: event.token]}
    return S.SENDER in before and not before & {S.COURIER, S.RECIPIENT}
