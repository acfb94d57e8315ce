"""Questions about the words around an act, in its clause or anywhere in the text, which several rules ask."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED
from pandapon.courier.left_context import is_as_asked
from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

T = Tag

_OTHER_MATTERS = ("退货", "退款", "理赔", "拦截", "截件", "售后", "退换", "发票", "换货", "旧件", "赔", "仅退")
_SLIPS = ("回单", "签收单", "签单", "底单", "回执")
_PREPOSITIONS = (" to", "达", "到", "至")
_COLLEAGUES = frozenset({T.KIN, T.DESK, T.SERVICE})
_DEPARTMENTS = ("部门", "仓管", "安检")
_EXAMINED = (
    *("处理", "核查", "核实", "核对", "复核", "复查", "检查", "调查", "审核", "查", "跟进", "称重", "重新打包"),
    *("investigat", "check", "review"),
)
_LAST_LEG = frozenset(
    {T.CARRY, T.CARRY_NOUN, T.REFUSE, T.ABSENT, T.NO_CONTACT, T.NOT, T.NOT_YET, T.POINT, T.LOCKER, T.OVERDUE, T.REVERSE}
)
_OUTLETS = frozenset({T.BRANCH, T.LAST_BRANCH, T.HUB, T.WAREHOUSE})
_NOT_RECEIVED = ("ยังไม่ได้รับ", "ไม่ได้รับ")
_RECEIVES = ("รับ", "เซ็นรับ", "ได้รับ")
_DENIALS = frozenset({T.NOT, T.NOT_YET})
_SPOKEN = frozenset({T.NOTICE, T.ASKED})


def clause_has(event: Event, text: Text, *tags: Tag) -> bool:
    """Whether the act's clause has a token with one of these tags."""
    return not text.clause_tags[event.clause].isdisjoint(tags)


def tells_of_return(text: Text) -> bool:
    """Whether the parcel's return is done or under way."""
    back = any(other.act in {T.RETURN, T.REVERSE} and other.aspect in HAPPENED for other in text.events)
    return back and not is_about_a_receipt(text) and not is_fetched_by_recipient(text)


def is_fetched_by_recipient(text: Text) -> bool:
    """Whether the recipient has taken the parcel, which ends a return: 退件在网点被买家领走."""
    return any(
        other.act in {T.FETCH, T.TAKE} and other.aspect is Aspect.DONE and _is_by_recipient(other, text)
        for other in text.events
    )


def _is_by_recipient(event: Event, text: Text) -> bool:
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    is_named = any(name in event.word for name in ("收件人", "客户", "买家", "顾客", "用户"))
    return (is_named or bool(before & {T.RECIPIENT, T.SELF})) and not before & {T.SENDER, T.COURIER, T.WAREHOUSE}


def is_about_a_receipt(text: Text) -> bool:
    """Whether the text names a signed receipt, which goes back while the parcel is delivered: 回单已签，待返还寄方."""
    return any(token.text.startswith(_SLIPS) for clause in text.clauses for token in clause)


def happened(text: Text, act: Tag) -> bool:
    """Whether the text has this act, and it is done, under way or stated."""
    return any(other.act is act and other.aspect in HAPPENED for other in text.events)


def mentions_return(clause: Sequence[Token]) -> bool:
    """Whether a clause names a return, by a verb or by a noun."""
    return any(token.tag in {T.RETURN, T.REVERSE} or token.text.startswith("退货") for token in clause)


def is_in_notice(event: Event, text: Text) -> bool:
    """Whether a notice or a question before the act, in its clause, only mentions the act.

    A return that a sender asked for counts as a fact.
    """
    if text.clause_tags[event.clause].isdisjoint(_SPOKEN):
        return False
    clause = text.clauses[event.clause]
    before = {token.tag for token in clause[: event.token]}
    if T.NOTICE in before or (event.act in {T.TAKE, T.FETCH} and T.NOTICE in text.clause_tags[event.clause]):
        return True
    is_ordered = event.act is T.RETURN and T.SENDER in before and not happened(text, T.CARRY)
    return T.ASKED in before and not is_ordered and not is_as_asked(clause[: event.token])


def clause_says(event: Event, text: Text, *words: str) -> bool:
    """Whether one of these strings is within a token of the act's clause."""
    return any(word in token.text for token in text.clauses[event.clause] for word in words)


def names_forwarding_fee(text: Text) -> bool:
    """Whether the text names a freight or storage fee: the parcel lies at a forwarder, and is already on its way."""
    return any(token.text.startswith(("运费", "仓储费", "集运费")) for clause in text.clauses for token in clause)


def names_courier(event: Event, text: Text) -> bool:
    """Whether the act's clause names a courier, who then has the parcel in hand."""
    return clause_has(event, text, T.COURIER)


def is_back_from_pick_up(event: Event, text: Text) -> bool:
    """Whether a courier goes back to the outlet with a parcel just collected at the sender: 快递员已取件，正返回网点.

    Words of the last leg speak against it: then the courier comes back from a recipient or a point.
    """
    if event.at is T.SENDER or not text.tags.isdisjoint(_LAST_LEG):
        return False
    if event.word.isascii() and event.at not in _OUTLETS:
        return False
    by_courier = T.COURIER in text.tags or any(t.text == "courier" for t in text.clauses[event.clause])
    return by_courier and any(
        other.act in {T.TAKE, T.COLLECT, T.FETCH} and other.aspect is Aspect.DONE and other.clause <= event.clause
        for other in text.events
    )


def names_pick_up_courier(text: Text) -> bool:
    """Whether the text names a courier who collects at the sender: 取件员, 揽收员."""
    return any(
        token.tag is T.COURIER and token.text.startswith(("取件", "揽", "收件", "收派"))
        for c in text.clauses
        for token in c
    )


def has_internal_handover(text: Text) -> bool:
    """Whether the parcel is handed to the carrier's own people: 已交给夜班同事，明日派送."""
    return any(is_internal_handover(event, text) for event in text.events if event.act is T.TRANSFER)


def is_internal_handover(event: Event, text: Text) -> bool:
    """Whether the act hands the parcel to the carrier's own people, who deliver, examine or keep it."""
    if event.aspect not in HAPPENED or event.at not in _COLLEAGUES:
        return False
    clause = text.clauses[event.clause]
    if any(token.text.startswith(_EXAMINED) for token in clause[event.token + 1 :]):
        return True
    if any(
        (other.act in {T.CARRY, T.RESUME} or (other.act is T.CARRY_NOUN and other.clause == event.clause))
        and (other.clause, other.token) > (event.clause, event.token)
        and other.aspect is not Aspect.DONE
        for other in text.events
    ):
        return True
    is_recipients = T.PLEASE in text.tags or any(
        token.tag is T.RECIPIENT and following.tag is not T.OF for token, following in pairwise(clause)
    )
    return event.place.endswith(_DEPARTMENTS) and not is_recipients


def is_given_to_sender(event: Event, text: Text) -> bool:
    """Whether the words after the act name the sender as the new holder: delivered to seller, 已送达寄件人."""
    clause = text.clauses[event.clause]
    if T.SENDER not in text.clause_tags[event.clause]:
        return False
    after = [token for token in clause[event.token + 1 :] if token.tag not in {T.PARCEL, T.OTHER}]
    if not event.word.endswith(_PREPOSITIONS):
        after = after[1:] if after and after[0].text == "to" else []
    is_of_a_code = any(token.tag is T.NOTE for token in clause[: event.token])  # 取件码已送达商家
    return bool(after) and after[0].tag is T.SENDER and not is_of_a_code


def is_about_another_matter(text: Text) -> bool:
    """Whether the text is about another matter than the parcel: a refund, a compensation, a requested interception."""
    return T.COMPENSATE in text.tags or (
        T.NOTE in text.tags
        and any(
            token.tag is T.NOTE and token.text.startswith(_OTHER_MATTERS) for clause in text.clauses for token in clause
        )
    )


def is_missorted(event: Event, text: Text) -> bool:
    """Whether the parcel goes back to where it was sorted wrongly, or is to be sorted again."""
    if text.tags & {T.MISSORT, T.OUT_OF_AREA} or clause_says(event, text, "上一站", "上级", "上一环节"):
        return True
    after = text.clauses[event.clause][event.token + 1 :]
    sorts = any(other.act is T.HANDLE and other.modality.again for other in text.events if other.clause >= event.clause)
    return event.at is T.HUB and sorts and bool(after)


def denies_receipt(clause: Sequence[Token]) -> bool:
    """Whether the clause says that the recipient did not get the parcel, in Thai: ลูกค้ายังไม่ได้รับของ."""
    at = next((place for place, token in enumerate(clause) if token.tag is T.RECIPIENT), len(clause))
    return any(token.text.startswith(_NOT_RECEIVED) for token in clause[at:]) or any(
        before.tag in _DENIALS and after.text.startswith(_RECEIVES) and not after.text.startswith("รับสาย")
        for before, after in pairwise(clause[at:])
    )


def speaks_of_sending(text: Text) -> bool:
    """Whether the text speaks of sending a parcel, so that its acts belong to the first leg: 裹裹寄件."""
    return any("寄" in token.text for clause in text.clauses for token in clause)
