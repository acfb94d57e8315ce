"""Reads one order from PandaPon: chooses the calls, and which of them may fail."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pandapon.errors import ApiError, AuthError, DecodeError, NotFoundError, PandaPonError
from pandapon.shipment import Milestone, OrderRef, Platform, Shipment
from tracking.orders import FetchedOrder

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from bot.orders.refunds import RefundReader
    from pandapon.client import PandaPon, TraceResult
    from pandapon.models import Order
    from pandapon.refunds import RefundDetail
    from pandapon.traces import Trace
    from storage.poll import DueOrder

T = TypeVar("T")

log = logging.getLogger(__name__)

EARLY = frozenset({None, Milestone.ORDERED, Milestone.PAID})  # before shipping, news comes from the order itself
# Every twentieth reading parses the whole answer. So an error in skipping known rows does not last, and neither does an
# older version's interpretation of a courier's words.
READ_AFRESH_EVERY = 20
READ_WHOLE = b""  # stored as the fingerprint of an incomplete reading, so that the next reading reads everything
DETAILS_SECONDS = 3.0  # how long a person waits for the details of refunds
DETAIL_EVERY = 6  # after shipping, every sixth reading asks for the order too: late parcels, refunds, closings


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """One reading of an order. ``fetched`` is None when nothing differs from the stored order."""

    fetched: FetchedOrder | None
    fingerprint: bytes
    trace: Trace | None = None  # of ``fetched``, not yet parsed
    is_whole: bool = False  # parse known rows of the trace too

    def decided_anyway(self, key: str) -> PollOutcome:
        """Return the outcome with a ``fetched`` even if nothing differs: an order becomes late by time alone.

        ``key``: the order's.
        """
        return self if self.fetched else replace(self, fetched=FetchedOrder(OrderRef.from_key(key)))

    def parsed_beside(self, stored: Shipment, ordered_at: datetime | None = None) -> FetchedOrder:
        """Return what differs, with the trace parsed. Rows that ``stored`` has already are skipped, to save time.

        ``ordered_at`` (aware) dates scans without a year. ``fetched`` must not be None.
        """
        assert self.fetched is not None, "nothing differs"
        if self.trace is None:
            return self.fetched
        order = self.fetched.order
        near = (order.created_at if order else None) or ordered_at
        shipment = self.trace.shipment(() if self.is_whole else stored.nodes, near)
        return replace(self.fetched, shipment=shipment)


async def poll_order(api: PandaPon, due: DueOrder, refunds: RefundReader | None = None) -> PollOutcome:
    """Read a due order with as few calls as its state needs. Raises PandaPonError.

    Refund details are read when the order differs from the stored one, and with each reading of everything. When
    PandaPon does not answer for them, the fingerprint is :data:`READ_WHOLE`, so that the next reading, in whichever
    process, reads everything. ``refunds`` None: refund details are never read.
    """
    ref = OrderRef.from_key(due.key)
    known = due.fingerprint if due.polls % READ_AFRESH_EVERY else b""
    order = await _optional(api.order(ref, background=True)) if needs_detail(due) else None
    sub_orders = order.sub_order_ids if order else due.sub_orders
    reading = await api.trace(ref, sub_orders=sub_orders, known=known or None, background=True)
    news_in_order = order is not None and not due.is_same(order)
    details: tuple[RefundDetail, ...] = ()
    fingerprint = reading.fingerprint
    if refunds and order and (news_in_order or not known):
        details = await refunds.details(order, background=True)
        fingerprint = READ_WHOLE if refunds.lacks(due.key) else fingerprint
    if reading.trace is None and not (news_in_order or details):
        return PollOutcome(None, fingerprint)
    fetched = FetchedOrder(ref, order if news_in_order or details else None, None, details)
    return PollOutcome(fetched, fingerprint, reading.trace, is_whole=not known)


async def read_order(api: PandaPon, ref: OrderRef, refunds: RefundReader | None = None) -> PollOutcome:
    """Read everything about an order for a person who waits. Raises PandaPonError, NotFoundError when it is unknown.

    ``refunds`` None: refund details are not read.
    """
    if ref.platform is Platform.ALIBABA:
        order, reading = await asyncio.gather(
            _settled(api.order(ref)),
            _settled(api.trace(ref)),
        )
    else:
        order = await _settled(api.order(ref))
        sub_orders = () if isinstance(order, PandaPonError) else order.sub_order_ids
        reading = await _settled(api.trace(ref, sub_orders=sub_orders))
    outcome = _combined(ref, order, reading)
    if refunds is None or isinstance(order, PandaPonError):
        return outcome
    details = await _in_time(refunds, order)
    if details is None or refunds.lacks(ref.key):
        outcome = replace(outcome, fingerprint=READ_WHOLE)
    return _with_refunds(outcome, details or ())


def needs_detail(due: DueOrder) -> bool:
    """Return whether this poll asks for the order's detail beside its trace."""
    is_early = not due.fingerprint or due.milestone in EARLY or not due.has_parcels
    return is_early or due.refund_open_until is not None or due.polls % DETAIL_EVERY == 0


async def _in_time(refunds: RefundReader, order: Order) -> tuple[RefundDetail, ...] | None:
    """Return the details of refunds; None after :data:`DETAILS_SECONDS`, since the person waits for the order."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DETAILS_SECONDS):
            return await refunds.details(order)
    return None


def _with_refunds(outcome: PollOutcome, details: tuple[RefundDetail, ...]) -> PollOutcome:
    if outcome.fetched is None or not details:
        return outcome
    return replace(outcome, fetched=replace(outcome.fetched, refunds=details))


def _combined(ref: OrderRef, order: Order | PandaPonError, reading: TraceResult | PandaPonError) -> PollOutcome:
    """Combine both answers. One may have failed; an empty trace alone does not prove that the order exists."""
    if isinstance(order, PandaPonError) and isinstance(reading, PandaPonError):
        raise _worse(order, reading)
    if isinstance(order, PandaPonError):
        assert not isinstance(reading, PandaPonError)
        if reading.trace is None or not reading.trace.packages:
            raise order
        return PollOutcome(FetchedOrder(ref, None, reading.trace.shipment()), reading.fingerprint)
    if isinstance(reading, NotFoundError | DecodeError) and not isinstance(reading, AuthError):
        return PollOutcome(FetchedOrder(ref, order, Shipment(ref)), b"")
    if isinstance(reading, PandaPonError):
        raise reading
    shipment = reading.trace.shipment(near=order.created_at) if reading.trace else Shipment(ref)
    return PollOutcome(FetchedOrder(ref, order, shipment), reading.fingerprint)


def _worse(first: PandaPonError, other: PandaPonError) -> PandaPonError:
    """Return a failure other than "not found" if there is one: a failing API must not look like a missing order."""
    return other if isinstance(first, NotFoundError) else first


async def _optional(call: Awaitable[Order]) -> Order | None:
    """Read the detail if possible: its path is inferred, so a refusal must not stop the tracking."""
    try:
        return await call
    except (ApiError, DecodeError) as error:
        log.debug("order detail not read", extra={"error": error})
        return None


async def _settled(call: Awaitable[T]) -> T | PandaPonError:
    try:
        return await call
    except PandaPonError as error:
        return error
