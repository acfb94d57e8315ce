"""When an order is read again after a reading, and when its silence is worth an alarm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracking.cadence import Cadence, next_poll, spread
from tracking.refunds import open_until
from tracking.renumber import live
from tracking.stalls import Limits, asks_at, is_pressing, overdue_stalls, pay_alarm_at, silence_name, silences, stall_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Milestone, OrderRef, Parcel
    from tracking.values import Refund, Stall


@dataclass(frozen=True, slots=True)
class Policy:
    """The intervals and limits of this installation."""

    cadence: Cadence = field(default_factory=Cadence)
    limits: Limits = field(default_factory=Limits)
    names: bool = True  # a parcel that only its order names, and no trace shows yet, counts
    trusts_clock: bool = True  # this machine's clock is right; by a clock months ahead every order would be late


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The schedule that follows from a reading. It is stored in the same transaction as the decision."""

    next_poll_at: datetime | None  # aware; None: the order is archived
    silent: tuple[str, ...]  # names (stalls.silence_name) of the silences that are too long already: their alarms stay
    stall_at: datetime | None  # when the order is next checked for silence, aware; None: never
    is_pressing: bool  # a deadline is so near that the channel is told at once


def follow_up(
    ref: OrderRef,
    order: Order | None,
    policy: Policy,
    now: datetime,
    *,
    milestone: Milestone | None,
    parcels: Sequence[Parcel],
    moved_at: datetime | None,
    final_at: datetime | None,
    is_first: bool,
    refunds: Sequence[Refund] = (),
) -> FollowUp:
    """Return the schedule of an order after a reading. All times are aware. Pure.

    ``is_first``: the reading is the order's baseline. An order that was already silent when it was first watched skips
    the early alarms and gets only the final question. A near deadline, of a payment or a refund, is told even then.
    """
    stalls = silences(order, milestone, live(parcels), policy.limits, now, moved_at=moved_at, refunds=refunds)
    presses, due = is_pressing(stalls, now), stall_at(stalls)
    if due is not None and due <= now and is_first and not presses:
        due = asks_at(moved_at, policy.limits, now)
    next_poll_at, _pay_at = next_poll_and_alarm(
        ref,
        order,
        policy,
        now,
        milestone=milestone,
        moved_at=moved_at,
        final_at=final_at,
        open_until=open_until(refunds),
    )
    return FollowUp(next_poll_at, _names(stalls, now), due, presses)


def next_poll_and_alarm(
    ref: OrderRef,
    order: Order | None,
    policy: Policy,
    now: datetime,
    *,
    milestone: Milestone | None,
    moved_at: datetime | None,
    final_at: datetime | None,
    open_until: datetime | None = None,
) -> tuple[datetime | None, datetime | None]:
    """Return when the order is read next (None: it is archived), and when its payment alarm is due (None: no alarm).

    ``open_until``: until when an open refund keeps the order out of the archive. All times are aware. Pure.
    """
    pay_at = pay_alarm_at(order, milestone, policy.limits, now)
    next_poll_at = next_poll(
        policy.cadence,
        milestone=milestone,
        moved_at=moved_at,
        created_at=now,
        final_at=final_at,
        now=now,
        spread=spread(ref.key),
        by=pay_at,
        is_open=open_until is not None and now < open_until,
    )
    return next_poll_at, pay_at


def _names(stalls: Sequence[Stall], now: datetime) -> tuple[str, ...]:
    return tuple(silence_name(stall) for stall in overdue_stalls(stalls, now))
