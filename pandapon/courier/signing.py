"""The claims of signatures, and of parcels taken in on behalf of the recipient (代收)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier import signers
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.context import clause_says, happened, is_given_to_sender, tells_of_return
from pandapon.courier.doubts import weigh_doubts
from pandapon.courier.fetching import is_needless, is_public
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_POINTS = frozenset({T.POINT, T.LOCKER})
_OUTLETS = frozenset({T.BRANCH, T.LAST_BRANCH})
_CARRIED_ON = frozenset({T.PARTNER, T.WAREHOUSE, T.HUB, T.PORT})
# A stamp beside one of these is not the recipient's: 寄件人加盖收件章.
_STAMPING = frozenset({T.SENDER, T.BRANCH, T.LAST_BRANCH, T.HUB, T.COURIER, T.LABEL, T.COLLECT, T.WAREHOUSE, T.CUSTOMS})
_PUBLIC_OR_BACK = frozenset({T.POINT, T.LOCKER, T.BY_CODE, T.SELF, T.RETURN, T.REVERSE})
_FEES = frozenset({T.NOTE, T.MUST_PAY})
_WAREHOUSE_WORK = (
    "入库",
    "入仓",
    "上架",
    "称重",
    "打包",
    "合箱",
    "合包",
    "shelved",
    "weighed",
    "consolidated",
    "repacked",
)
_BRINGS = frozenset({T.REACH, T.STORE})
_LONGEST_NAME = 4  # characters of a person's name


def signature_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a signature (签收) or of taking in (代收), by who signed."""
    aspect = event.aspect
    if aspect is A.REVOKED:
        return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
    if aspect is A.NEGATED and is_needless(event, text):
        return None
    if aspect is A.NEGATED and clause_says(event, text, "并未", "并没"):  # denies a delivery that was claimed
        return Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
    if aspect in {A.FAILED, A.NEGATED}:
        if T.OVERDUE in text.tags:
            return Claim(M.EXCEPTION, Reason.DELAYED)
        return Claim(M.ATTEMPT_FAILED)
    if aspect not in HAPPENED or (event.modality.again and aspect is A.BARE):
        return None
    if aspect is A.ONGOING and event.act is T.SIGN and not event.word.isascii():
        return Claim(M.OUT_FOR_DELIVERY)
    if event.word == "was received" and event.at in _OUTLETS:
        return Claim(M.ARRIVED)
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if event.word.endswith("交件") and before & {T.SENDER, T.BRANCH} and not tells_of_return(text):
        return Claim(M.PICKED_UP) if T.SENDER in before else Claim(M.IN_TRANSIT)
    if event.word in {"收妥", "收讫"} and T.SENDER in text.tags and happened(text, T.COLLECT):
        return Claim(M.PICKED_UP)
    if (event.word.endswith("章") and text.tags & _STAMPING) or _is_a_kind(event, text):
        return None
    if _handed_on(event, text) or _is_received_between(event, text):
        return Claim(M.IN_TRANSIT)
    after = [token.tag for token in text.clauses[event.clause][event.token + 1 :]]
    if after[:2] and after[0] is T.BY and after[1] in {T.NUMBER, T.TODAY, T.FUTURE_DAY}:
        return None
    if T.TO in after[:1] and event.at in _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    if (T.SIGNER in text.tags and signers.is_forwarder(text)) or _is_put_away(event, text):
        return Claim(M.IN_TRANSIT)
    who = signers.signer(text)
    fetches = event.act is T.PROXY and event.word in {"代领", "代取"} and (who not in _POINTS or T.KIN in before)
    if fetches and (event.modality.succeeded or who is not None):
        return Claim(M.DELIVERED, fetched=True)
    if event.act is T.PROXY and who in {None, T.DESK} and T.WAREHOUSE in text.tags and not before & {T.RECIPIENT}:
        return Claim(M.IN_TRANSIT)  # 仓管（集运收货点）代签收
    if event.act is T.PROXY and who is None:
        who = _named_behind(event, text) or _given_to(text)
    if event.act is T.PROXY and who is None:
        who = event.at if event.at in _POINTS else T.POINT
    if aspect is A.BARE and _is_instruction(event, text):
        return None
    if who is None and text.tags & {T.WAREHOUSE, T.FLY, T.MOVE, T.NEXT_STOP} and not is_public(event, text):
        return Claim(M.IN_TRANSIT)
    if aspect is A.BARE and who in {None, T.RECIPIENT} and (_is_a_noun(event, text) or _is_of_a_time(event, text)):
        return None
    if who in _POINTS:
        disputed = Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
        return disputed if _was_not_put_there(event, text) else Claim(M.READY_FOR_PICKUP)
    if T.PART in text.tags and who is not T.SENDER:
        return Claim(M.DELIVERED, Reason.PARTIAL)
    if who is T.SENDER or is_given_to_sender(event, text) or tells_of_return(text):
        return Claim(M.RETURNED)
    return Claim(M.DELIVERED)


def _is_put_away(event: Event, text: Text) -> bool:
    """Whether a forwarder's warehouse signed, as its work or its fee tells: 已签收入库, 已签收，待打包."""
    if event.act is not T.SIGN or not text.tags.isdisjoint(_PUBLIC_OR_BACK):
        return False
    if any(other.act is T.RECEIVE and other.at is T.WAREHOUSE and other.aspect in HAPPENED for other in text.events):
        return signers.explicit_signer(text) not in {T.RECIPIENT, T.SELF}
    works = any(
        other.act is T.HANDLE and other.word.endswith(_WAREHOUSE_WORK) and other.clause >= event.clause
        for other in text.events
    )
    return (works or _names_a_freight(text)) and signers.explicit_signer(text) is None


def _names_a_freight(text: Text) -> bool:
    """Whether the text names the international freight: 国际运费."""
    if text.tags.isdisjoint(_FEES):
        return False
    return any(
        "国际运费" in token.text + following.text for clause in text.clauses for token, following in pairwise(clause)
    )


def _named_behind(event: Event, text: Text) -> Tag | None:
    """The person or place right after the act, who took the parcel in: 已代签收【家人】."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    return after[0].tag if after and after[0].tag in {T.KIN, T.DESK, T.DOOR} else None


def _given_to(text: Text) -> Tag | None:
    """The person or desk to whom the text says that the parcel was brought: 已送到前台，代收."""
    brought = (other for other in text.events if other.act in _BRINGS and other.at in {T.DESK, T.KIN})
    return next((other.at for other in brought if _is_sure(other, text)), None)


def _is_sure(event: Event, text: Text) -> bool:
    delivered = Claim(M.DELIVERED)
    return event.aspect in HAPPENED and weigh_doubts(delivered, event, text) is delivered


def _was_not_put_there(event: Event, text: Text) -> bool:
    """Whether a later clause denies that the parcel was put into the locker that signed: 签收人：快递柜，未入柜."""
    return any(
        other.act is T.STORE
        and other.clause > event.clause
        and (other.aspect is A.FAILED or (other.aspect is A.NEGATED and clause_says(other, text, "未", "没")))
        for other in text.events
    )


def _is_received_between(event: Event, text: Text) -> bool:
    """Whether an outlet received the parcel: สาขา…ได้รับพัสดุแล้ว.

    Thai has the same word for a recipient's receipt.
    """
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return event.word.startswith("ได้รับ") and bool(before & {T.BRANCH, T.LAST_BRANCH, T.HUB, T.WAREHOUSE})


def _is_a_kind(event: Event, text: Text) -> bool:
    """Whether the word is part of a noun: a kind of parcel (面签件，请本人…) or a receipt that was lost."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    if event.word in {"pod", "proof of delivery"} and after and after[0].tag is T.LOSE:
        return True  # the receipt was lost
    is_joined = bool(after) and after[0].start == text.clauses[event.clause][event.token].end
    return event.word.endswith("签") and event.aspect is A.BARE and is_joined and after[0].text == "件"


def _is_a_noun(event: Event, text: Text) -> bool:
    """Whether the act begins a longer noun that is not in the lexicon: 签收争议, 签收问题."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    if any(token.text.endswith("显示") for token in text.clauses[event.clause][: event.token]):
        return False
    return (
        bool(after)
        and after[0].tag is T.OTHER
        and after[0].text[0] not in "一两三四五"
        and "一" <= after[0].text[0] <= "鿿"
    )


def _is_of_a_time(event: Event, text: Text) -> bool:
    """Whether an unknown phrase right before the act is too long for a name, such as a time: 下午三点左右签收."""
    clause = text.clauses[event.clause]
    if not event.token:
        return False
    before = clause[event.token - 1]
    is_joined = before.tag is T.OTHER and before.end == clause[event.token].start
    return is_joined and len(before.text) > _LONGEST_NAME


def _is_instruction(event: Event, text: Text) -> bool:
    """Whether the clause only says what to do at a signature: 签收酒水请出示证件."""
    after = [token.tag for token in text.clauses[event.clause][event.token + 1 :]]
    asked = next((at for at, tag in enumerate(after) if tag in {T.PLEASE, T.MAY}), None)
    return asked is not None and not set(after[:asked]) & {T.IF, T.NOTICE, T.SIGNER, T.DONE, T.POINT, T.LOCKER}


def _handed_on(event: Event, text: Text) -> bool:
    """Whether a carrier, a broker, a warehouse or a courier signed or got the parcel, so that it was not delivered."""
    clause = text.clauses[event.clause]
    before, after = clause[: event.token], clause[event.token + 1 :]
    tags = [token.tag for token in after]
    to_next = T.TO in tags[:1] and bool({T.PARTNER, T.CARRIER, T.WAREHOUSE, T.HUB, T.PORT} & set(tags))
    to_broker = [tag for tag in tags if tag is not T.PARCEL][:2] == [T.TO, T.DECLARE]
    by_courier = bool(before) and before[-1].tag is T.COURIER and before[-1].end == clause[event.token].start
    return to_next or to_broker or by_courier or any(token.tag in _CARRIED_ON for token in before)
