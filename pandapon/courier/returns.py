"""The claims of returns: to the sender, to the outlet, to the hub that sorted a parcel wrongly, or called off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim_by_table
from pandapon.courier.context import (
    clause_has,
    happened,
    is_about_a_receipt,
    is_back_from_pick_up,
    is_fetched_by_recipient,
    is_missorted,
)
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_OUTLETS = frozenset({T.BRANCH, T.LAST_BRANCH})
_ON_THE_WAY = frozenset({T.HUB, T.WAREHOUSE, T.BRANCH, T.LAST_BRANCH, T.PORT})
_KEEPERS = frozenset({T.PARTNER, T.CARRIER, T.POINT, T.LOCKER})
# Verbs of a return that is over with the act. 退回 may only begin one.
_GIVEN_BACK = ("还", "给", "returned", "delivered back to")
_POINTS = frozenset({T.POINT, T.LOCKER})
_MONEY = ("账户", "运费", "差价", "款")


def return_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a return: planned, called off, on its way, only to the outlet, or over."""
    aspect = event.aspect
    if aspect is A.REVOKED:
        return Claim(M.IN_TRANSIT, resumes=True)
    if aspect is A.PLANNED and not event.modality.promised:
        waits = clause_has(event, text, T.WAIT)
        return Claim(M.RETURNING) if waits and T.FETCH not in text.tags else None
    if aspect is A.POSSIBLE and T.WAIT in text.tags and text.tags & {T.CARRY, T.DESTROY, T.ABANDON}:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD if T.CUSTOMS in text.tags else None)  # a person has to choose
    if event.word.endswith("件") and _is_stopped(event, text):
        return Claim(M.IN_TRANSIT, resumes=True)
    if aspect not in HAPPENED or _is_of_something_else(event, text) or is_about_a_receipt(text):
        return None
    if is_fetched_by_recipient(text):
        return None
    if event.word.isascii() and (direction := _customs_way(event, text)) is not None:
        return direction
    if text.tags & {T.CUSTOMS} and clause_has(event, text, T.DECLARE) and T.SENDER not in text.tags:
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)  # 海关退回申报
    if event.act is T.REVERSE and T.MISSORT in text.tags:
        return Claim(M.EXCEPTION, Reason.MISSORTED)
    if _is_in_their_store(event, text):
        return Claim(M.RETURNED)
    if event.act is T.REVERSE:
        return Claim(M.RETURNING)
    if is_back_from_pick_up(event, text):
        return None
    if text.tags & {T.CUSTOMS, T.DECLARE} and event.at in _KEEPERS:
        return Claim(M.IN_TRANSIT)
    is_stored = event.aspect is A.DONE and clause_has(event, text, T.WAREHOUSE)
    if _is_over(event, text) or (is_stored and T.REVERSE in text.tags):
        return Claim(M.RETURNED)
    return _not_to_the_sender(event, text) or Claim(M.RETURNING)


def _customs_way(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that comes back from customs, or goes back to customs; None: neither.

    Item returned to the carrier from customs is a release.
    """
    if T.SENDER in text.tags:
        return None
    after = text.clauses[event.clause][event.token + 1 :]
    customs = next((at for at, token in enumerate(after) if token.text.endswith("customs")), None)
    if customs is None:
        return None
    ways = [token.text for token in after[:customs] if token.tag in {T.TO, T.FROM}]
    if ways[-1:] == ["from"]:
        return Claim(M.IN_TRANSIT, resumes=True)
    return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD) if ways[-1:] == ["to"] else None


def _is_stopped(event: Event, text: Text) -> bool:
    """Whether the return is stopped and the parcel goes to its recipient after all: 已截停退回件，发往收件地."""
    clause = text.clauses[event.clause]
    stopped = event.token > 0 and clause[event.token - 1].text in {"截停", "追回", "截回", "拦下"}
    return stopped and bool(text.tags & {T.DESTINATION, T.RECIPIENT}) and T.SENDER not in text.tags


def _is_in_their_store(event: Event, text: Text) -> bool:
    """Whether the returned parcel is in the seller's warehouse: 退货已入商家仓."""
    after = text.clauses[event.clause][event.token + 1 :]
    tags = [token.tag for token in after]
    return tags[:2] == [T.DONE, T.TO] and after[1].text in {"入", "进"} and tags[2:3] == [T.SENDER]


def _is_of_something_else(event: Event, text: Text) -> bool:
    """Whether no parcel is returned, but goods that a buyer wants to return, papers or money."""
    clause = text.clauses[event.clause]
    if (
        event.aspect is A.BARE
        and event.word in {"退货", "return"}
        and not text.tags & {T.REFUSE, T.SENDER, T.SIGN, T.MOVE}
    ):
        return True
    if clause[event.token + 1 :][:1] and clause[event.token + 1].tag is T.PAPERS:
        return True
    return clause_has(event, text, T.NOTE) and any(word in token.text for token in clause for word in _MONEY)


def _is_over(event: Event, text: Text) -> bool:
    clause = text.clauses[event.clause]
    if _is_still_on_the_road(event, text):
        return False
    if event.modality.succeeded and event.aspect is A.DONE and _names_the_sender_next(event, text):
        return True  # 成功退回至商家
    ends = clause[-1].tag is T.OK and event.at is T.SENDER
    if ends and event.aspect in HAPPENED and event.word.endswith(_GIVEN_BACK):
        return True  # 返还商家成功
    is_chinese = "一" <= event.word[:1] <= "鿿"  # 退回成功 may be said when a return begins
    if (event.modality.succeeded or ends) and not is_chinese:
        return True
    if event.aspect is not A.DONE or not event.word.endswith(_GIVEN_BACK):
        return False
    if any(token.tag is T.COURIER for token in clause[event.token + 1 :]):
        return False  # 交还业务员: the return only begins
    return event.at in {T.SENDER, T.POINT} or (event.at is T.RECIPIENT and event.place == "您")


def _is_still_on_the_road(event: Event, text: Text) -> bool:
    """Whether a later act says that the parcel is under way to the sender: returned, now enroute to the sender."""
    return event.word.isascii() and any(
        other.act in {T.MOVE, T.DEPART}
        and other.at is T.SENDER
        and (other.clause, other.token) > (event.clause, event.token)
        and other.aspect in HAPPENED
        for other in text.events
    )


def _names_the_sender_next(event: Event, text: Text) -> bool:
    after = [token.tag for token in text.clauses[event.clause][event.token + 1 :]]
    return after[:2] == [T.TO, T.SENDER]


def _not_to_the_sender(event: Event, text: Text) -> Claim | None:
    """The claim of a parcel that goes back to somebody other than its sender; None: it goes back to its sender."""
    clause = text.clauses[event.clause]
    before = {token.tag for token in clause[: event.token]}
    after = {token.tag for token in clause[event.token + 1 :]}
    if T.SENDER in text.tags or event.word.endswith("件"):
        return None
    if event.at in _POINTS and text.tags & {T.FETCH, T.TAKE, T.BY_CODE} and T.RECIPIENT not in before:
        return Claim(M.READY_FOR_PICKUP)  # 退至驿站，请前往领取
    was_tried = text.tags & {T.REFUSE, T.ABSENT, T.NO_CONTACT, T.CARRY}
    goes_on = event.at in _ON_THE_WAY and bool(text.tags & {T.FLY, T.PORT} or happened(text, T.COLLECT))
    if goes_on and not was_tried:
        return Claim(M.IN_TRANSIT)
    if is_missorted(event, text):
        return Claim(M.EXCEPTION, Reason.MISSORTED)
    if text.tags & {T.PARTNER, T.CARRIER, T.POINT} and T.REFUSE in text.tags and T.RECIPIENT not in text.tags:
        return Claim(M.EXCEPTION, Reason.REFUSED)  # the next carrier does not take the parcel
    if T.POINT in before and (T.CARRY in text.tags or event.at in {T.CARRIER, T.COURIER, *_OUTLETS}):
        return Claim(M.EXCEPTION, Reason.NOT_FETCHED)
    if event.word == "返仓" and T.CARRY in before:
        return Claim(M.ATTEMPT_FAILED)
    if after & _OUTLETS or (T.COURIER in before and event.at in {None, T.HUB, T.COURIER, *_OUTLETS}):
        return Claim(M.ATTEMPT_FAILED)
    if event.at is T.HUB and text.tags & {T.AGAIN, T.CARRY}:
        return Claim(M.ATTEMPT_FAILED)
    return None


def taken_back_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a parcel brought back to the outlet, taken out of a locker, or taken back by its sender."""
    collected = T.COLLECT in text.tags
    if event.act is T.TO_DEPOT and is_back_from_pick_up(event, text):
        return None
    if event.act is T.TAKE_BACK and _is_of_sending(event, text):
        return Claim(M.PICKED_UP)  # 智能柜寄件已被快递员取出
    if (
        event.act is T.TO_DEPOT
        and clause_has(event, text, T.REFUSE)
        and clause_has(event, text, T.WAREHOUSE, T.ONGOING)
    ):
        return Claim(M.RETURNING)  # 拒收后正在返回仓库
    if event.act is T.TO_DEPOT and event.at is T.SENDER and event.aspect in HAPPENED:
        return Claim(M.RETURNING)  # 原车拉回发货人处
    if event.aspect in HAPPENED and T.MISSORT in text.tags and text.tags.isdisjoint({T.CARRY, T.RECIPIENT}):
        return Claim(M.EXCEPTION, Reason.MISSORTED)  # 误卸，随下一班车带回
    if event.act is T.TAKE_BACK and event.aspect in HAPPENED and _is_brought_now(event, text):
        return Claim(M.ARRIVED)
    by_sender = event.act is T.TAKE_BACK and event.aspect in HAPPENED and _is_taken_by_sender(event, text)
    if by_sender and not collected:
        return Claim(M.RETURNED)
    if collected and happened(text, T.COLLECT):
        return Claim(M.IN_TRANSIT) if event.aspect in HAPPENED else None
    return claim_by_table(event)


def _is_brought_now(event: Event, text: Text) -> bool:
    """Whether a courier takes the parcel out of a point to deliver it: 业务员已取回，准备上门."""
    return T.COURIER in text.tags and any(
        clause[-1].text.endswith("上门") and T.WILL in tags
        for clause, tags in zip(text.clauses[event.clause + 1 :], text.clause_tags[event.clause + 1 :], strict=True)
    )


def _is_of_sending(event: Event, text: Text) -> bool:
    sends = any(token.text in {"寄", "寄件"} for token in text.clauses[event.clause])
    return sends and text.tags.isdisjoint({T.RETURN, T.REVERSE, T.SENDER})


def _is_taken_by_sender(event: Event, text: Text) -> bool:
    """Whether the sender has taken the parcel back: 寄件人已取回退件."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return T.SENDER in before and not before & {T.COURIER, T.RECIPIENT}
