"""When an order is read again: often while it moves, seldom while it waits, never once it is archived."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pandapon.shipment import FINAL, Milestone
from pandapon.times import CHINA

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The order stands still until a person acts: the buyer pays, the seller ships, the receiver fetches the parcel.
_WAITING = frozenset({Milestone.ORDERED, Milestone.PAID, Milestone.READY_FOR_PICKUP})
# People wait for the next scan: it tells a delivery, or that the parcel lies ready.
_NEAR = frozenset({Milestone.ARRIVED, Milestone.OUT_FOR_DELIVERY})
_DAY = (6, 22)  # hours of China's clock


@dataclass(frozen=True, slots=True)
class Cadence:
    """The intervals between two readings of one order."""

    near: timedelta = timedelta(minutes=7)  # at its last stop or out for delivery, by day
    moving: timedelta = timedelta(minutes=60)  # also at a problem, or with an unknown status
    waiting: timedelta = timedelta(hours=4)  # unpaid, not shipped yet, ready for pick-up
    final: timedelta = timedelta(days=1)  # at its end: couriers correct themselves for some days …
    final_for: timedelta = timedelta(days=3)  # … and after this time the order is archived
    silent: timedelta = timedelta(days=1)  # for an order that has not moved for ``silent_after``
    silent_after: timedelta = timedelta(days=30)
    first_retry: timedelta = timedelta(minutes=1)  # after a failed reading; further failures quadruple it
    jitter: float = 0.1  # the share of an interval by which it is lengthened or shortened at most
    grid: timedelta = timedelta(seconds=5)  # due times are rounded up to a multiple, so that orders fall due in batches
    factor: float = 1.0  # multiplies every interval; 0: due at every tick

    def __post_init__(self) -> None:
        if self.factor < 0:
            raise ValueError(f"factor must not be negative: {self.factor!r}")
        if not 0 <= self.jitter < 1:
            raise ValueError(f"jitter must be at least 0 and below 1: {self.jitter!r}")

    @property
    def longest(self) -> timedelta:
        """The longest interval between two readings of an order that is not archived, jitter and rounding included."""
        longest_interval = max(self.near, self.moving, self.waiting, self.final, self.silent)
        return longest_interval * self.factor * (1 + self.jitter) + self.grid


def next_poll(
    cadence: Cadence,
    *,
    milestone: Milestone | None,
    moved_at: datetime | None,
    created_at: datetime,
    final_at: datetime | None,
    now: datetime,
    spread: float,
    by: datetime | None = None,
    is_open: bool = False,
) -> datetime | None:
    """Return when to read an order again after a good reading; None: archive it. All times are aware. Pure.

    ``moved_at``: when the order last moved; where it is None, ``created_at`` counts. ``final_at``: when the order was
    first seen at its end. ``by``: a deadline, such as for payment; while it lies ahead, the order is read no later than
    that. ``is_open``: a refund of the order waits for somebody, so the order is read at least every ``waiting``, and
    not archived. ``spread`` in [0, 1): the order's own place within the jitter, see :func:`spread`.

    With a factor of 0 the answer is always ``now``: a demo archives nothing and shows every late correction.
    """
    if cadence.factor == 0:
        return now
    if milestone in FINAL and is_open:
        return _after(cadence, cadence.waiting, now, spread)
    if milestone in FINAL:
        return _after_the_end(cadence, final_at or now, now, spread)
    interval = _interval(cadence, milestone, now - (moved_at or created_at), now)
    again = _after(cadence, min(interval, cadence.waiting) if is_open else interval, now, spread)
    return min(again, by) if by and by > now else again


def retry_at(cadence: Cadence, fails: int, now: datetime, spread: float) -> datetime:
    """Return when to read an order again after ``fails`` failed readings in a row (from 1).

    The wait begins at ``first_retry`` and grows fourfold up to ``waiting``. It is meant for one order that PandaPon
    refuses; while PandaPon as a whole is down, :class:`tracking.circuit_breaker.CircuitBreaker` holds readings back.
    """
    steps = min(max(fails, 1) - 1, 16)  # 16 steps exceed the cap and do not overflow
    return _after(cadence, min(cadence.first_retry * 4**steps, cadence.waiting), now, spread)


def spread(key: str) -> float:
    """Return a stable number in [0, 1) for an order key, so that the orders of a mass import fall due one by one."""
    return zlib.crc32(key.encode()) / 2**32


def _interval(cadence: Cadence, milestone: Milestone | None, silence: timedelta, now: datetime) -> timedelta:
    if silence > cadence.silent_after:
        return cadence.silent
    if milestone in _NEAR:
        return cadence.near if _is_day(now) else cadence.moving
    return cadence.waiting if milestone in _WAITING else cadence.moving


def _is_day(now: datetime) -> bool:
    """Whether it is day in China, where nearly every parcel is delivered."""
    return _DAY[0] <= now.astimezone(CHINA).hour < _DAY[1]


def _after_the_end(cadence: Cadence, final_at: datetime, now: datetime, spread: float) -> datetime | None:
    """The next reading of an order at its end: every ``final``, a last time after ``final_for``; None: archive it."""
    end = final_at + cadence.final_for
    return None if now >= end else max(now, min(end, _after(cadence, cadence.final, now, spread)))


def _after(cadence: Cadence, interval: timedelta, now: datetime, spread: float) -> datetime:
    if cadence.factor == 0:
        return now
    wait = interval * cadence.factor * (1 + cadence.jitter * (2 * spread - 1))
    grid = min(cadence.grid, wait / 20)  # a demo's short intervals must not be rounded away
    return _round_up(now + wait, grid)


def _round_up(when: datetime, grid: timedelta) -> datetime:
    return when + (_EPOCH - when) % grid if grid else when
