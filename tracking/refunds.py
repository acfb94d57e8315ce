"""Finds the refunds of an order that are new or changed state. Each state is told once; no reading deletes a refund."""

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

MOST = 20  # refunds that are kept of an order
# An open refund that has not moved for so long no longer keeps its order out of the archive.
OPEN_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class MergedRefunds:
    """The refunds of an order after a reading, those that the order names first, and the steps of those that moved."""

    refunds: tuple[Refund, ...]
    steps: tuple[RefundStep, ...]


def new_refunds(order: Order | None, since: datetime) -> tuple[Refund, ...]:
    """Return the refunds that an order names, as if all were new. ``since``: the time of their state, aware. Pure."""
    return tuple(_new(claim, since) for claim in claims(order))


def merge_refunds(
    known: Sequence[Refund], order: Order | None, details: Sequence[RefundDetail], now: datetime
) -> MergedRefunds:
    """Compare the stored refunds with those that an order names. Pure.

    ``order``: as read and merged; None: it was not read, which says nothing about its refunds. A refund that the order
    no longer names is kept with ``is_named`` False: the upstream's nulls come and go, and the refund's state must not
    be told again.
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
        # A refund of the order as a whole may be the predecessor of several lines' refunds, so it is not used up.
        if former in left and (former.line or not claim.line):
            left.remove(former)
    lines = {refund.line for refund in refunds}
    is_by_line = any(lines)
    gone = [refund for refund in left if refund.line not in lines and not (is_by_line and not refund.line)]
    return MergedRefunds((*refunds, *(replace(refund, is_named=False) for refund in gone))[:MOST], tuple(steps))


def open_until(refunds: Iterable[Refund]) -> datetime | None:
    """Return until when (aware) open refunds keep an order out of the archive; None: no refund is open. Pure."""
    return max((refund.since + OPEN_FOR for refund in refunds if refund.is_open), default=None)


def _is_told_of_order(refund: Refund, known: Sequence[Refund]) -> bool:
    """Whether a line's refund reached a state that was told before of the order as a whole: the line lags behind."""
    whole = [other for other in known if other.is_named and not other.line]
    return bool(refund.line) and any(is_same_state(other.code, refund.code) for other in whole)


def _new(claim: Claim, now: datetime) -> Refund:
    return Refund(claim.code, now, claim.line, claim.title, claim.refund_id)


def _former(claim: Claim, known: Sequence[Refund]) -> Refund | None:
    """The known refund that a claim is about; None: it is new.

    It is found by id, else by line. Else, where one of the two is of the order as a whole, it is a refund in the same
    state or, if there is none, any such refund that the order still named.
    """
    if claim.refund_id and (by_id := [refund for refund in known if refund.refund_id == claim.refund_id]):
        return by_id[0]
    free = [refund for refund in known if not (refund.refund_id and claim.refund_id)]
    if of_line := [refund for refund in free if refund.line == claim.line]:
        return of_line[0]
    of_whole = [refund for refund in free if refund.is_named and not (refund.line and claim.line)]
    same = [refund for refund in of_whole if is_same_state(refund.code, claim.code)]
    return next(iter([*same, *of_whole]), None)


def _moved(former: Refund | None, claim: Claim, now: datetime) -> Refund:
    """The refund in the claimed state; where that is an earlier state, it stays in its former one."""
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
    """The refund with the facts of its detail. A detail in another state has no say on the deadline and the refusal."""
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
    """The detail with the refund's id or, for a refund without an id, the only detail in its state; None: no match."""
    if refund.refund_id:
        return next((detail for detail in details if detail.refund_id == refund.refund_id), None)
    same = [detail for detail in details if is_same_state(detail.code, refund.code)]
    return same[0] if len(same) == 1 else None
