"""The claims of taking (取件): by the courier at the sender, by the recipient at a point, or by whoever came for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.around import happened, says
from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.handovers import (
    EN_ROUTE,
    POINTS,
    PUBLIC,
    RECIPIENTS,
    SHORT,
    is_awaited_courier,
    is_needless,
    is_public,
    is_ready,
    success,
)
from pandapon.courier.signs import Sign
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.courier.events import Event, Text

A, M, S = Aspect, Milestone, Sign

_COURIERS = frozenset({S.COURIER, S.SENDER, S.CARRIER, S.PARTNER})
_BIDDING = frozenset({S.PLEASE, S.MAY, S.IF, S.WAIT, S.WILL, S.COURIER, S.NOTICE, S.CANNOT, S.PROMISE})
_BACK = frozenset({S.RETURN, S.REVERSE, S.REFUSE})
_PREPARED = frozenset({S.LABEL, S.PREPARE, S.PAID})


class _Taking(NamedTuple):
    """An act of taking with what decides who takes."""

    event: Event
    text: Text
    kinds: frozenset[Sign]  # of its clause
    for_recipient: bool
    by_courier: bool

    @property
    def aspect(self) -> Aspect:
        return self.event.aspect

    @property
    def signs(self) -> frozenset[Sign]:
        return self.text.signs


def taken(event: Event, text: Text) -> Claim | None:
    """取件: the courier's pick-up, or the recipient's."""
    one = _taking(event, text)
    for holds, claim in _ROWS:
        if holds(one):
            return claim
    if one.aspect is A.DONE and event.view.succeeded:
        return success(text)
    for holds, claim in _LATER_ROWS:
        if holds(one):
            return claim
    return _by_whom(one)


def _taking(event: Event, text: Text) -> _Taking:
    kinds = text.kinds[event.clause]
    for_recipient = event.token > 0 and text.clauses[event.clause][event.token - 1].sign is S.RECIPIENT
    takers = _COURIERS if not kinds & (POINTS | {S.BY_CODE}) else _COURIERS - {S.CARRIER, S.PARTNER}
    by_courier = bool(kinds & takers) or S.SENDER in text.signs or S.ARRANGE in kinds
    return _Taking(event, text, kinds, for_recipient, by_courier and not (for_recipient and S.ARRANGE in kinds))


def _is_a_noun(one: _Taking) -> bool:
    return S.NOTE in one.kinds and one.aspect is A.BARE and not one.kinds >= {S.BY_CODE, S.POINT}


def _is_for_later(one: _Taking) -> bool:
    """到达后会有短信通知取件."""
    before = one.text.clauses[one.event.clause][: one.event.token]
    return one.aspect is A.PLANNED and any(token.sign is S.AFTER and token.text == "后" for token in before)


def _is_on_its_way(one: _Taking) -> bool:
    return bool(one.signs & EN_ROUTE and not is_public(one.event, one.text) and one.aspect in HAPPENED | {A.PLANNED})


def _is_to_be_collected(one: _Taking) -> bool:
    """待收取."""
    return one.event.token > 0 and one.text.clauses[one.event.clause][one.event.token - 1].text == "待收"


def _comes(one: _Taking) -> bool:
    """快递员来取."""
    comes = one.event.word.startswith(("来", "上门")) or (one.event.view.arranged and S.SENDER in one.kinds)
    sent = one.by_courier or S.SHIP in one.signs
    return comes and sent and one.aspect in {A.BARE, A.ONGOING} and S.DONE not in one.kinds


def _is_agreed(one: _Taking) -> bool:
    """收件人约定晚些来取."""
    return one.event.word.startswith("来") and S.RECIPIENT in one.signs and says(one.event, one.text, "约定")


def _was_in_vain(one: _Taking) -> bool:
    visits = S.COLLECT in one.signs or says(one.event, one.text, "上门")
    return one.aspect in {A.NEGATED, A.FAILED} and visits


def _is_offered(one: _Taking) -> bool:
    """可提货."""
    return one.aspect is A.POSSIBLE and len(one.text.clauses[one.event.clause]) <= SHORT


def _is_by_nobody(one: _Taking) -> bool:
    named = one.kinds & (RECIPIENTS | POINTS) or one.signs & (POINTS | {S.PLEASE, S.BY_CODE, S.CALL_BUYER})
    return one.aspect is A.BARE and not named


# The first row that holds decides; the second table comes behind a success.
_ROWS: tuple[tuple[Callable[[_Taking], bool], Claim | None], ...] = (
    (_is_a_noun, None),
    (_is_for_later, None),
    (lambda one: happened(one.text, S.ARRIVE) and is_awaited_courier(one.event, one.text), Claim(M.ARRIVED)),
    (lambda one: one.aspect is A.PLANNED and bool(one.signs & _PREPARED) and not one.signs & PUBLIC, Claim(M.SHIPPED)),
    (lambda one: one.for_recipient and one.event.view.arranged, Claim(M.READY_FOR_PICKUP)),
    (_is_on_its_way, Claim(M.IN_TRANSIT)),
    (lambda one: is_needless(one.event, one.text), None),
    (_is_to_be_collected, Claim(M.SHIPPED)),
    (_comes, Claim(M.SHIPPED)),
    (_is_agreed, Claim(M.READY_FOR_PICKUP)),
    (_was_in_vain, Claim(M.EXCEPTION, Reason.NOT_COLLECTED)),
    (_is_offered, Claim(M.READY_FOR_PICKUP)),
)
_LATER_ROWS: tuple[tuple[Callable[[_Taking], bool], Claim | None], ...] = (
    (lambda one: one.aspect is A.REVOKED, Claim(M.SHIPPED)),
    (lambda one: one.aspect is A.DONE and S.SENDER in one.kinds and bool(one.signs & _BACK), Claim(M.RETURNED)),
    (lambda one: one.aspect is A.FAILED, Claim(M.EXCEPTION, Reason.NOT_COLLECTED)),
    (lambda one: one.aspect in {A.CONDITIONAL, A.MENTIONED}, None),
    (_is_by_nobody, Claim(M.PICKED_UP, unsure=True)),
)


def _by_whom(one: _Taking) -> Claim | None:
    if one.aspect not in HAPPENED or (one.aspect is A.BARE and not one.by_courier):
        return _not_told(one)
    if one.by_courier:
        brings = S.CARRY in one.signs or any(
            token.sign is S.COURIER and token.text.startswith(("送", "派", "配", "投"))
            for token in one.text.clauses[one.event.clause]
        )
        return Claim(M.OUT_FOR_DELIVERY) if brings else Claim(M.PICKED_UP)
    if one.kinds & RECIPIENTS or one.event.at in POINTS or S.BY_CODE in one.signs:
        return Claim(M.DELIVERED, fetched=True)
    return Claim(M.PICKED_UP, unsure=True)


def _not_told(one: _Taking) -> Claim | None:
    """Stated or still to come: the courier's visit, the recipient who has it, or a parcel that lies ready."""
    if one.by_courier and S.LOCKER not in one.signs:
        return Claim(M.SHIPPED)
    is_away = one.event.word == "取走" and (
        S.RECIPIENT in one.kinds or (one.event.at in POINTS and not one.signs & _BIDDING)
    )
    if one.aspect is A.BARE and (is_away or one.kinds & {S.SELF, S.KIN, S.SIGNER, S.SIGN}):
        return Claim(M.DELIVERED, fetched=True)
    return Claim(M.READY_FOR_PICKUP) if is_ready(one.event, one.text) else None
