"""The claims of bringing (送达), putting down (放) and handing over (交), by who or what gets the parcel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim_by_table
from pandapon.courier.context import clause_has, happened, is_given_to_sender, is_internal_handover, speaks_of_sending
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_POINTS = frozenset({T.POINT, T.LOCKER})
_ON_THE_ROAD = frozenset({T.HUB, T.BRANCH, T.ARRIVE, T.FLY, T.CUSTOMS, T.WAREHOUSE, T.RELEASE, T.DECLARE})
_VEHICLES = frozenset({T.FLY, T.MOVE, T.DEPART, T.DECLARE, T.HANDLE, T.CARRY, T.CARRY_NOUN})
_BACK = frozenset({T.RETURN, T.REVERSE, T.REFUSE})
_NOT_BROUGHT = frozenset(
    {T.RETURN, T.REVERSE, T.REFUSE, T.TO_DEPOT, T.TAKE_BACK, T.OVERDUE, T.SENDER, T.MOVE, T.DEPART, T.HUB}
)
_TAKERS = frozenset({T.COURIER, T.POINT, T.LOCKER, T.RECIPIENT, T.DESK, T.KIN, T.CARRIER, T.PARTNER, T.BRANCH})
_KEEPERS = ("店主", "站主", "站点")
_NOTIFIED = frozenset({None, T.SENDER, T.RECIPIENT, T.SELF})  # who gets a message
_NOT_TO_THE_DOOR = frozenset({T.RETURN, T.REVERSE, T.REFUSE, T.CARRY})


def bringing_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a parcel that was brought or put down somewhere."""
    stated = claim_by_table(event)
    if event.act is T.STORE and event.aspect is A.BARE and {T.OVERDUE, T.WILL} <= text.clause_tags[event.clause]:
        return None
    if _is_offered(event, text):
        return None
    if event.act is T.REACH and event.at is None and event.aspect in HAPPENED and _is_to_a_place(event, text):
        return Claim(M.IN_TRANSIT)
    if event.act is T.REACH and event.at is T.POINT and event.aspect in {A.BARE, A.ONGOING} and _has_left_a_hub(text):
        return Claim(M.IN_TRANSIT)
    if event.token and _is_about_a_slip(event, text):
        return None
    if (
        event.act is T.STORE
        and stated is not None
        and stated.milestone is M.DELIVERED
        and _is_kept_to_fetch(event, text)
    ):
        return Claim(M.READY_FOR_PICKUP)
    if event.act is T.STORE and event.at is None and T.DECLARE in text.tags and not text.tags & (_POINTS | {T.FETCH}):
        return Claim(M.EXCEPTION, Reason.CUSTOMS_HELD)
    if event.act is T.STORE and stated is not None and stated.milestone is M.ARRIVED and text.tags & _POINTS:
        return Claim(M.READY_FOR_PICKUP)
    return _claim_by_holder(event, text, stated)


def _is_offered(event: Event, text: Text) -> bool:
    """Whether the clause before only offers the act: 也可以联系小哥，放到您指定的代收点."""
    if event.act is not T.STORE or event.aspect is not A.BARE or event.token or not event.clause:
        return False
    before = text.clause_tags[event.clause - 1]
    return T.MAY in before and before.isdisjoint({T.DONE, T.FETCH, T.TAKE, T.CANNOT, T.NOT})


def handover_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a handover to the next carrier, a courier, a colleague or the recipient."""
    stated = claim_by_table(event)
    if event.aspect in {A.FAILED, A.NEGATED}:
        return Claim(M.EXCEPTION, Reason.HELD) if T.MUST_PAY in text.tags else _not_handed_over_claim(event)
    if event.at in {T.SENDER, None} and _is_given_by_sender(event, text):
        return Claim(M.SHIPPED)
    if is_internal_handover(event, text):
        return None
    if event.at in _POINTS and text.tags & {T.DECLARE, T.CUSTOMS}:
        return Claim(M.IN_TRANSIT)
    if clause_has(event, text, T.COURIER) and speaks_of_sending(text):
        return Claim(M.PICKED_UP)
    if event.aspect in HAPPENED and _is_sent_by_seller(event, text):
        return Claim(M.SHIPPED)
    if _is_given_out(event, text):
        return Claim(M.OUT_FOR_DELIVERY)
    after = {token.tag for token in text.clauses[event.clause][event.token + 1 :]}
    if stated is None and T.COURIER in after:
        return _given_to_courier(event, text)
    if event.at is None and event.aspect in HAPPENED and after & _VEHICLES:
        return Claim(M.IN_TRANSIT)  # 已交付空运
    return _claim_by_holder(event, text, stated)


def _claim_by_holder(event: Event, text: Text, stated: Claim | None) -> Claim | None:
    """The claim by the new holder: the sender, a point that got the parcel from its sender, or the recipient."""
    is_back = event.at is T.SENDER and (is_given_to_sender(event, text) or bool(text.tags & {T.RETURN, T.REVERSE}))
    if is_back and event.aspect in HAPPENED:
        return Claim(M.RETURNED)
    if (
        stated is not None
        and stated.milestone is M.READY_FOR_PICKUP
        and T.SENDER in text.tags
        and T.RETURN not in text.tags
    ):
        is_awaited = any({T.WAIT, T.COURIER} <= tags for tags in text.clause_tags)
        taken = event.act is T.REACH and event.aspect is A.DONE and not is_awaited
        return Claim(M.PICKED_UP) if taken else Claim(M.SHIPPED)
    alone = len(text.clauses[event.clause]) == 1 and event.word == "送达"
    given = (
        event.word.endswith("交付")
        and event.at is None
        and (event.aspect is A.DONE or (event.aspect is A.BARE and {T.RECIPIENT, T.BY_CODE} <= text.tags))
    )
    if stated is None and ((alone and event.aspect is A.BARE) or given):
        return Claim(M.DELIVERED)
    return stated


def _is_given_out(event: Event, text: Text) -> bool:
    """Whether a point gives the parcel to a courier for delivery: 驿站已将包裹交给配送员.

    The place before the act is the giver; the courier after the act is the taker.
    """
    if event.aspect not in HAPPENED or not text.tags.isdisjoint(_NOT_BROUGHT):
        return False
    clause = text.clauses[event.clause]
    takers = [token.tag for token in clause[event.token + 1 :] if token.tag in _TAKERS]
    is_points = event.at in _POINTS or any(token.text.startswith(_KEEPERS) for token in clause[: event.token])
    return is_points and takers[:1] == [T.COURIER]


def _is_given_by_sender(event: Event, text: Text) -> bool:
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return T.SENDER in before and event.aspect is A.DONE and not text.tags & {T.RETURN, T.REVERSE, T.COURIER, T.BY}


def _is_to_a_place(event: Event, text: Text) -> bool:
    """Whether a town follows the act, by the last character of its name: 已送达【南昌市】."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    return bool(after) and after[0].tag is T.OTHER and after[0].text.endswith(("市", "省", "县", "区", "镇", "州"))


def _has_left_a_hub(text: Text) -> bool:
    """Whether the parcel has left a hub for a shop, and is still on the lorry: 已离开物流中心，配送至门市."""
    return any(other.act is T.DEPART and other.at is T.HUB and other.aspect in HAPPENED for other in text.events)


def _is_sent_by_seller(event: Event, text: Text) -> bool:
    """Whether a seller hands the parcel to its carrier, which means that it was sent: 已出库，交由丹鸟."""
    to_carrier = event.act is T.TRANSFER and event.at is T.CARRIER
    by_seller = happened(text, T.SHIP) or clause_has(event, text, T.SENDER)
    return to_carrier and by_seller and text.tags.isdisjoint(_BACK) and text.tags.isdisjoint(_ON_THE_ROAD)


def _given_to_courier(event: Event, text: Text) -> Claim | None:
    """The claim of a handover to a courier: at the sender (商家已交给快递员) or for the last leg (已交接给派件员)."""
    if event.aspect is A.PLANNED:
        return Claim(M.SHIPPED) if T.SENDER in text.tags else None
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if event.aspect not in HAPPENED or "转" in event.word or T.NOTE in before or text.tags & _NOT_TO_THE_DOOR:
        return None
    if clause_has(event, text, T.MOVE):  # 已交干线司机
        return Claim(M.IN_TRANSIT)
    if clause_has(event, text, T.SENDER) or text.tags & {T.MOVE, T.DEPART}:
        return Claim(M.PICKED_UP)
    return Claim(M.OUT_FOR_DELIVERY, unsure=True)


def _is_about_a_slip(event: Event, text: Text) -> bool:
    """Whether a slip or a message was brought, and no parcel: 通知单已投."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    after = text.clauses[event.clause][event.token + 1 :]
    is_slip = bool(after) and after[-1].tag is T.NOTE and after[-1].text.endswith(("通知单", "通知", "短信"))
    words = is_slip or T.NOTE in before
    return event.act is T.REACH and event.at in _NOTIFIED and words and T.PARCEL not in before


def _is_kept_to_fetch(event: Event, text: Text) -> bool:
    """Whether the parcel is kept to be fetched, as the same clause says: Kept at the office for pickup."""
    return any(
        other.act in {T.FETCH, T.TAKE, T.COLLECT} and other.clause == event.clause and other.token > event.token
        for other in text.events
    )


def _not_handed_over_claim(event: Event) -> Claim | None:
    is_to_recipient = event.word.endswith("交付") and event.at in {None, T.RECIPIENT, T.SELF}
    return Claim(M.ATTEMPT_FAILED) if is_to_recipient else None
