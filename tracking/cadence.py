"""When an order is looked at again: often while it moves, seldom while it waits, never once it is over."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pandapon.shipment import FINAL, Milestone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Nothing moves until somebody acts: the buyer pays, the seller sends, the receiver fetches it.
_WAITING = frozenset({Milestone.ORDERED, Milestone.PAID, Milestone.READY_FOR_PICKUP})
# The next scan is the one that people wait for.
_NEAR = frozenset({Milestone.ARRIVED, Milestone.OUT_FOR_DELIVERY})
_CHINA, _DAY = timedelta(hours=8), (6, 22)


@dataclass(frozen=True, slots=True)
class Cadence:
    """The intervals between two looks at one order."""

    near: timedelta = timedelta(minutes=7)  # at its last stop or out for delivery, by day
    moving: timedelta = timedelta(minutes=60)  # also while it has a problem, or a status nobody knows
    waiting: timedelta = timedelta(hours=4)  # unpaid, not shipped yet, ready for pick-up
    final: timedelta = timedelta(days=1)  # couriers correct themselves for some days …
    final_for: timedelta = timedelta(days=3)  # … after which the order is archived
    silent: timedelta = timedelta(days=1)
    silent_after: timedelta = timedelta(days=30)  # without any move
    first_retry: timedelta = timedelta(minutes=1)  # after a failed reading; four times longer with each further one
    jitter: float = 0.1  # of the interval, either way
    grid: timedelta = timedelta(seconds=5)  # times are rounded up to it, so that due orders come in batches
    factor: float = 1.0  # multiplies every interval; 0: due at every tick

    def __post_init__(self) -> None:
        if self.factor < 0:
            raise ValueError(f"factor must not be negative: {self.factor!r}")
        if not 0 <= self.jitter < 1:
            raise ValueError(f"jitter must be at least 0 and below 1: {self.jitter!r}")

    @property
    def longest(self) -> timedelta:
        """No reading puts an order off for longer."""
        most = max(self.near, self.moving, self.waiting, self.final, self.silent)
        return most * self.factor * (1 + self.jitter) + self.grid


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
) -> datetime | None:
    """When to look again after a good reading, None to archive. All times are aware.

    ``by``: no later than that, as long as it lies ahead: a deadline does not wait for the order's turn.

    ``spread`` in [0, 1) is the order's own place within the jitter, the same every time. With factor 0 the answer is
    always ``now``: nothing is archived, a demo shows every late correction.
    """
    if cadence.factor == 0:
        return now
    if milestone in FINAL:
        return _after_the_end(cadence, final_at or now, now, spread)
    again = _after(cadence, _interval(cadence, milestone, now - (moved_at or created_at), now), now, spread)
    return min(again, by) if by and by > now else again


def retry_at(cadence: Cadence, fails: int, now: datetime, spread: float) -> datetime:
    """When to look again after ``fails`` failed readings in a row (from 1): soon at first, then as when waiting.

    This is about one order that the source refuses; a source that is down is the breaker's matter.
    """
    steps = min(max(fails, 1) - 1, 16)  # far beyond the cap, and no overflow
    return _after(cadence, min(cadence.first_retry * 4**steps, cadence.waiting), now, spread)


def spread(key: str) -> float:
    """A stable number in [0, 1) for an order, so that a mass import does not fall due all at once."""
    return zlib.crc32(key.encode()) / 2**32


def _interval(cadence: Cadence, milestone: Milestone | None, quiet: timedelta, now: datetime) -> timedelta:
    if quiet > cadence.silent_after:
        return cadence.silent
    if milestone in _NEAR:
        return cadence.near if _is_day(now) else cadence.moving
    return cadence.waiting if milestone in _WAITING else cadence.moving


def _is_day(now: datetime) -> bool:
    """Whether couriers in China work, where nearly every door is."""
    return _DAY[0] <= (now.astimezone(UTC) + _CHINA).hour < _DAY[1]


def _after_the_end(cadence: Cadence, final_at: datetime, now: datetime, spread: float) -> datetime | None:
    """Slowly until the archive, with one last look on its eve."""
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
