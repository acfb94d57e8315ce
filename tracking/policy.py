"""What follows a reading in time: when the order is read again, and when its silence is worth an alarm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracking.cadence import Cadence, next_poll, spread
from tracking.renumber import live
from tracking.stalls import Limits, asks_at, is_pressing, pay_alarm_at, silence, silences, stall_at, too_long

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Milestone, OrderRef, Parcel
    from tracking.values import Stall


@dataclass(frozen=True, slots=True)
class Policy:
    """This installation's choices, as they are now."""

    cadence: Cadence = field(default_factory=Cadence)
    limits: Limits = field(default_factory=Limits)
    names: bool = True  # whether a parcel that its order names counts before a trace shows it


@dataclass(frozen=True, slots=True)
class FollowUp:
    """To be stored with the decision that it follows from."""

    next_poll_at: datetime | None  # None: the order is archived
    silent: tuple[str, ...]  # names of the silences that are too long already: an alarm for one of them stands
    stall_at: datetime | None  # when silence has to be looked at; None: never
    is_pressing: bool  # a deadline is so near that it has to be told now


def follow_up(  # noqa: PLR0917  what is known of the order
    ref: OrderRef,
    order: Order | None,
    milestone: Milestone | None,
    parcels: Sequence[Parcel],
    moved_at: datetime | None,
    final_at: datetime | None,
    policy: Policy,
    now: datetime,
    *,
    is_first: bool,
) -> FollowUp:
    """Pure. ``is_first``: the reading is the order's baseline.

    An order that was already silent when it was first watched skips the early alarms and gets only the final question.
    A deadline that is near was not over before: of that the channel is told at once.
    """
    found = silences(order, milestone, live(parcels), policy.limits, now, moved_at=moved_at)
    presses, due = is_pressing(found, now), stall_at(found)
    if due is not None and due <= now and is_first and not presses:
        due = asks_at(moved_at, policy.limits, now)
    again, _pay_at = read_again(ref, order, milestone, moved_at, final_at, policy, now)
    return FollowUp(again, _names(found, now), due, presses)


def read_again(  # noqa: PLR0917  the same
    ref: OrderRef,
    order: Order | None,
    milestone: Milestone | None,
    moved_at: datetime | None,
    final_at: datetime | None,
    policy: Policy,
    now: datetime,
) -> tuple[datetime | None, datetime | None]:
    """When the order is read next, and when it has to be paid at the latest to be spared an alarm; each may be None."""
    pay_at = pay_alarm_at(order, milestone, policy.limits, now)
    again = next_poll(
        policy.cadence,
        milestone=milestone,
        moved_at=moved_at,
        created_at=now,
        final_at=final_at,
        now=now,
        spread=spread(ref.key),
        by=pay_at,
    )
    return again, pay_at


def _names(found: Sequence[Stall], now: datetime) -> tuple[str, ...]:
    return tuple(silence(one) for one in too_long(found, now))
