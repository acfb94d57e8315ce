"""Until when an unpaid order can be paid: the platform says it as a length of time, or as a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from pandapon.fields import number
from pandapon.times import parse_time

# Platforms close unpaid orders within days; whatever lies further off is no deadline but a slip [inferred].
LONGEST = timedelta(days=30)
_WHOLE_SECOND = 1000  # milliseconds: a length that is counted in them is one of whole seconds


def pay_by(value: object, created_at: datetime | None) -> datetime | None:
    """The moment (aware) at which the order is closed if it is still unpaid; None for what makes no sense.

    1688's ``payTimeout`` is a length in seconds [upstream]; that it runs from the order's creation is inferred. Epochs,
    times as text and milliseconds are taken as well, should the API turn out to send them: of all readings the first
    counts that lies after the creation and at most :data:`LONGEST` after it. Without a time of creation (aware) a
    length says nothing.
    """
    moments = (_after(created_at, _seconds(value)), parse_time(value)[0], _after(created_at, _milliseconds(value)))
    if created_at is None:
        return moments[1]
    return next((one for one in moments if one and timedelta() < one - created_at <= LONGEST), None)


def _after(created_at: datetime | None, seconds: float | None) -> datetime | None:
    if created_at is None or seconds is None or not 0 < seconds <= LONGEST.total_seconds():
        return None
    try:
        return created_at + timedelta(seconds=seconds)
    except OverflowError:  # the upstream sends years like 9999
        return None


def _seconds(value: object) -> float | None:
    found = number(value)
    return None if found is None else float(found)


def _milliseconds(value: object) -> float | None:
    found = number(value)
    return None if found is None or found % _WHOLE_SECOND else float(found / _WHOLE_SECOND)
