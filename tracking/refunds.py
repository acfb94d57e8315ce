"""Which refunds of an order are new or moved on: each state of a refund is told once, and no reading deletes one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pandapon.refunds import claims, goes_back, is_same_state
from tracking.values import Refund, RefundStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.refunds import Claim, RefundDetail

MOST = 20  # refunds of an order that are kept
OPEN_FOR = timedelta(
    days=60
)  # an open refund that has not moved for so long no longer keeps its order from the archive


@dataclass(frozen=True, slots=True)
class MergedRefunds:
    """The refunds of an order after a reading, those that it names first, and which of them moved."""

    refunds: tuple[Refund, ...]
    steps: tuple[RefundStep, ...]


def new_refunds(order: Order | None, since: datetime) -> tuple[Refund, ...]:
    """Return the refunds that an order names, as if none was known. ``since``: the time that they get, aware. Pure."""
    return tuple(_new(claim, since) for claim in claims(order))


def merge_refunds(
    known: Sequence[Refund], order: Order | None, details: Sequence[RefundDetail], now: datetime
) -> MergedRefunds:
    """Compare the refunds that are stored with those that an order names. Pure.

    ``order``: as read and merged; None: it was not read, which says nothing of its refunds. A refund that the order no
    longer names is kept, marked so: the upstream's nulls come and go, and its state must not be told again.
    """
    if order is None:
        return MergedRefunds(tuple(known), ())
    left, refunds, steps = list(known), [], []
    for claim in claims(order):
        former = _former(claim, left)
        refund = _with_detail(_moved(former, claim, now), details)
        refunds.append(refund)
        is_new = former is None or not is_same_state(former.code, refund.code)
        if is_new and not _is_told_of_order(refund, known):
            steps.append(RefundStep(former.code if former else "", refund))
        # A refund of the order as a whole may be the former one of several lines.
        if former in left and (former.line or not claim.line):
            left.remove(former)
    lines = {refund.line for refund in refunds}
    is_by_line = any(lines)
    gone = [refund for refund in left if refund.line not in lines and not (is_by_line and not refund.line)]
    return MergedRefunds((*refunds, *(replace(refund, is_named=False) for refund in gone))[:MOST], tuple(steps))


def open_until(refunds: Iterable[Refund]) -> datetime | None:
    """Return until when an order is read on, although it may be over: a refund waits for somebody. Pure.

    None: no refund does. Times are aware.
    """
    return max((refund.since + OPEN_FOR for refund in refunds if refund.is_open), default=None)


def _is_told_of_order(refund: Refund, known: Sequence[Refund]) -> bool:
    """Whether a line's refund reached a state that was told of the order as a whole before: the line lags behind."""
    whole = [other for other in known if other.is_named and not other.line]
    return bool(refund.line) and any(is_same_state(other.code, refund.code) for other in whole)


def _new(claim: Claim, now: datetime) -> Refund:
    return Refund(claim.code, now, claim.line, claim.title, claim.refund_id)


def _former(claim: Claim, known: Sequence[Refund]) -> Refund | None:
    """The known refund that a claim is about: by its id, its line, or as the whole order's refund and a line's."""
    if claim.refund_id and (by_id := [refund for refund in known if refund.refund_id == claim.refund_id]):
        return by_id[0]
    free = [refund for refund in known if not (refund.refund_id and claim.refund_id)]
    if of_line := [refund for refund in free if refund.line == claim.line]:
        return of_line[0]
    others = [refund for refund in free if refund.is_named and not (refund.line and claim.line)]
    same = [refund for refund in others if is_same_state(refund.code, claim.code)]
    return next(iter([*same, *others]), None)


def _moved(former: Refund | None, claim: Claim, now: datetime) -> Refund:
    """The refund in the claimed state; in its former one where the claimed state is an earlier one."""
    if former is None:
        return _new(claim, now)
    refund_id = claim.refund_id or former.refund_id
    named = replace(former, line=claim.line, title=claim.title, refund_id=refund_id, is_named=True)
    if is_same_state(former.code, claim.code):
        return replace(named, code=claim.code)
    is_same_refund = bool(claim.refund_id) and claim.refund_id == former.refund_id
    if goes_back(former.code, claim.code, is_same_refund=is_same_refund):
        return named
    return replace(named, code=claim.code, since=now, until=None, refusal="")


def _with_detail(refund: Refund, details: Sequence[RefundDetail]) -> Refund:
    """The refund with the facts of its detail. A deadline or refusal of another state than the order's is left out."""
    if (detail := _detail_of(refund, details)) is None:
        return refund
    is_current = not detail.code or is_same_state(detail.code, refund.code)
    return replace(
        refund,
        refund_id=detail.refund_id,
        amount=detail.amount if detail.amount is not None else refund.amount,
        until=(detail.until or refund.until) if is_current else refund.until,
        refusal=(detail.refusal or refund.refusal) if is_current else refund.refusal,
    )


def _detail_of(refund: Refund, details: Sequence[RefundDetail]) -> RefundDetail | None:
    """The detail with the refund's id. A refund without an id has that of the one refund in its state, if it is one."""
    if refund.refund_id:
        return next((detail for detail in details if detail.refund_id == refund.refund_id), None)
    same = [detail for detail in details if is_same_state(detail.code, refund.code)]
    return same[0] if len(same) == 1 else None
