"""The payment deadline of an unpaid order, which a platform gives as a duration or as a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from pandapon.fields import number
from pandapon.times import parse_time

# Platforms close unpaid orders within days; a deadline further off is an error of the source [inferred].
LONGEST = timedelta(days=30)
_WHOLE_SECOND = 1000  # milliseconds; a duration that is no multiple of it is not in milliseconds


def pay_by(value: object, created_at: datetime | None) -> datetime | None:
    """Return the moment (aware) at which the platform closes the order if it is still unpaid; None: no sensible one.

    1688's ``payTimeout`` is a duration in seconds [upstream], counted from the order's creation [inferred]. In case the
    API sends something else, the value is also tried as an epoch or time text, and as a duration in milliseconds
    [inferred]. The first of these meanings that lies at most :data:`LONGEST` after the creation counts. ``created_at``
    (aware) None: only a moment can be read.
    """
    moments = (_after(created_at, _seconds(value)), parse_time(value)[0], _after(created_at, _milliseconds(value)))
    if created_at is None:
        return moments[1]
    return next((moment for moment in moments if moment and timedelta() < moment - created_at <= LONGEST), None)


def _after(created_at: datetime | None, seconds: float | None) -> datetime | None:
    if created_at is None or seconds is None or not 0 < seconds <= LONGEST.total_seconds():
        return None
    try:
        return created_at + timedelta(seconds=seconds)
    except OverflowError:  # the upstream sends years like 9999
        return None


def _seconds(value: object) -> float | None:
    seconds = number(value)
    return None if seconds is None else float(seconds)


def _milliseconds(value: object) -> float | None:
    length = number(value)
    return None if length is None or length % _WHOLE_SECOND else float(length / _WHOLE_SECOND)
