"""The claims of taking (取件): by the courier at the sender, by the recipient at a point, or by nobody who is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.context import clause_says, happened
from pandapon.courier.fetching import (
    EN_ROUTE,
    POINTS,
    PUBLIC,
    RECIPIENTS,
    SHORT,
    fetching_claim,
    is_awaited_courier,
    is_needless,
    is_public,
    is_ready,
    success_claim,
)
from pandapon.courier.other_takers import CLAIM_BY_TAKER, other_taker
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_COURIERS = frozenset({T.COURIER, T.SENDER, T.CARRIER, T.PARTNER})
_CARRYING = _COURIERS - {T.SENDER}
_BIDDING = frozenset({T.PLEASE, T.MAY, T.IF, T.WAIT, T.WILL, T.COURIER, T.NOTICE, T.CANNOT, T.PROMISE})
_BACK = frozenset({T.RETURN, T.REVERSE, T.REFUSE})
_PREPARED = frozenset({T.LABEL, T.PREPARE, T.PAID})


class _Taking(NamedTuple):
    """An act of taking, with the facts by which the rules decide who takes the parcel."""

    event: Event
    text: Text
    clause_tags: frozenset[Tag]  # of the act's clause
    for_recipient: bool  # the recipient stands right before the act
    by_courier: bool  # the text names a courier, a sender or an appointment

    @property
    def aspect(self) -> Aspect:
        return self.event.aspect

    @property
    def tags(self) -> frozenset[Tag]:
        return self.text.tags


def taking_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of 取件, 自提 or 提走. A taker other than recipient and courier decides first."""
    taker = other_taker(event, text)
    if taker is not None:
        return CLAIM_BY_TAKER[taker]
    return fetching_claim(event, text) if event.act is T.FETCH else unnamed_taking_claim(event, text)


def unnamed_taking_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of 取件, which is the courier's pick-up or the recipient's."""
    act = _taking(event, text)
    for holds, claim in _RULES:
        if holds(act):
            return claim
    if act.aspect is A.DONE and event.modality.succeeded:
        return success_claim(text)
    for holds, claim in _LATER_RULES:
        if holds(act):
            return claim
    return _claim_by_taker(act)


def _taking(event: Event, text: Text) -> _Taking:
    clause_tags = text.clause_tags[event.clause]
    for_recipient = event.token > 0 and text.clauses[event.clause][event.token - 1].tag is T.RECIPIENT
    takers = _COURIERS if not clause_tags & (POINTS | {T.BY_CODE}) else _COURIERS - {T.CARRIER, T.PARTNER}
    by_courier = bool(clause_tags & takers) or T.SENDER in text.tags or T.ARRANGE in clause_tags
    return _Taking(
        event, text, clause_tags, for_recipient, by_courier and not (for_recipient and T.ARRANGE in clause_tags)
    )


def _is_a_noun(act: _Taking) -> bool:
    return T.NOTE in act.clause_tags and act.aspect is A.BARE and not act.clause_tags >= {T.BY_CODE, T.POINT}


def _is_for_later(act: _Taking) -> bool:
    """Whether the pick-up is only possible after a later event: 到达后会有短信通知取件."""
    before = act.text.clauses[act.event.clause][: act.event.token]
    return act.aspect is A.PLANNED and any(token.tag is T.AFTER and token.text == "后" for token in before)


def _is_on_its_way(act: _Taking) -> bool:
    return bool(act.tags & EN_ROUTE and not is_public(act.event, act.text) and act.aspect in HAPPENED | {A.PLANNED})


def _is_to_be_collected(act: _Taking) -> bool:
    """Whether the parcel waits to be collected: 待收取."""
    return act.event.token > 0 and act.text.clauses[act.event.clause][act.event.token - 1].text == "待收"


def _comes(act: _Taking) -> bool:
    """Whether a courier comes to collect the parcel: 快递员来取."""
    comes = act.event.word.startswith(("来", "上门")) or (act.event.modality.arranged and T.SENDER in act.clause_tags)
    sent = act.by_courier or T.SHIP in act.tags
    return comes and sent and act.aspect in {A.BARE, A.ONGOING} and T.DONE not in act.clause_tags


def _is_agreed(act: _Taking) -> bool:
    """Whether the recipient agreed to fetch the parcel later: 收件人约定晚些来取."""
    return act.event.word.startswith("来") and T.RECIPIENT in act.tags and clause_says(act.event, act.text, "约定")


def _was_in_vain(act: _Taking) -> bool:
    visits = T.COLLECT in act.tags or clause_says(act.event, act.text, "上门")
    return act.aspect in {A.NEGATED, A.FAILED} and visits


def _goes_back(act: _Taking) -> bool:
    """Whether a courier is still bringing the parcel back: Courier picked it up and is returning it to the sender."""
    clause = act.text.clauses[act.event.clause]
    by_courier = any(token.tag in _CARRYING for token in clause[: act.event.token])
    return by_courier and any(other.act is T.RETURN and other.aspect is A.ONGOING for other in act.text.events)


def _is_offered(act: _Taking) -> bool:
    """Whether a short clause says that the parcel can be fetched: 可提货."""
    return act.aspect is A.POSSIBLE and len(act.text.clauses[act.event.clause]) <= SHORT


def _is_by_nobody(act: _Taking) -> bool:
    named = act.clause_tags & (RECIPIENTS | POINTS) or act.tags & (POINTS | {T.PLEASE, T.BY_CODE, T.CALL_BUYER})
    return act.aspect is A.BARE and not named


# The first rule that holds decides. 取件成功 is read between the two tables.
_RULES: tuple[tuple[Callable[[_Taking], bool], Claim | None], ...] = (
    (_is_a_noun, None),
    (_is_for_later, None),
    (
        lambda act: happened(act.text, T.ARRIVE) and is_awaited_courier(act.event, act.text),
        Claim(M.ARRIVED),
    ),
    (
        lambda act: act.aspect is A.PLANNED and bool(act.tags & _PREPARED) and not act.tags & PUBLIC,
        Claim(M.SHIPPED),
    ),
    (lambda act: act.for_recipient and act.event.modality.arranged, Claim(M.READY_FOR_PICKUP)),
    (_is_on_its_way, Claim(M.IN_TRANSIT)),
    (lambda act: is_needless(act.event, act.text), None),
    (_is_to_be_collected, Claim(M.SHIPPED)),
    (_comes, Claim(M.SHIPPED)),
    (_is_agreed, Claim(M.READY_FOR_PICKUP)),
    (_was_in_vain, Claim(M.EXCEPTION, Reason.NOT_COLLECTED)),
    (_is_offered, Claim(M.READY_FOR_PICKUP)),
)
_LATER_RULES: tuple[tuple[Callable[[_Taking], bool], Claim | None], ...] = (
    (lambda act: act.aspect is A.REVOKED, Claim(M.SHIPPED)),
    (
        lambda act: (
            act.aspect is A.DONE and T.SENDER in act.clause_tags and bool(act.tags & _BACK) and not _goes_back(act)
        ),
        Claim(M.RETURNED),
    ),
    (lambda act: act.aspect is A.FAILED, Claim(M.EXCEPTION, Reason.NOT_COLLECTED)),
    (lambda act: act.aspect in {A.CONDITIONAL, A.MENTIONED}, None),
    (_is_by_nobody, Claim(M.PICKED_UP, unsure=True)),
)


def _claim_by_taker(act: _Taking) -> Claim | None:
    if act.aspect not in HAPPENED or (act.aspect is A.BARE and not act.by_courier):
        return _claim_without_fact(act)
    if act.by_courier:
        brings = T.CARRY in act.tags or any(
            token.tag is T.COURIER and token.text.startswith(("送", "派", "配", "投"))
            for token in act.text.clauses[act.event.clause]
        )
        return Claim(M.OUT_FOR_DELIVERY) if brings else Claim(M.PICKED_UP)
    if act.clause_tags & RECIPIENTS or act.event.at in POINTS or T.BY_CODE in act.tags:
        return Claim(M.DELIVERED, fetched=True)
    return Claim(M.PICKED_UP, unsure=True)


def _claim_without_fact(act: _Taking) -> Claim | None:
    """The claim of an act that is only stated, or still to come.

    It means a courier's visit to the sender, a parcel that the recipient has, or one that lies ready.
    """
    if act.by_courier and T.LOCKER not in act.tags:
        return Claim(M.SHIPPED)
    is_away = act.event.word == "取走" and (
        T.RECIPIENT in act.clause_tags or (act.event.at in POINTS and not act.tags & _BIDDING)
    )
    if act.aspect is A.BARE and (is_away or act.clause_tags & {T.SELF, T.KIN, T.SIGNER, T.SIGN}):
        return Claim(M.DELIVERED, fetched=True)
    return Claim(M.READY_FOR_PICKUP) if is_ready(act.event, act.text) else None
