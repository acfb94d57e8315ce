"""Days that do not count as silence: a weekend of the couriers, the days around the Spring Festival."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pandapon.times import CHINA

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
LONGEST = 60  # days of one range; a typing error in the year must not silence every alarm
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?")


@dataclass(frozen=True, slots=True)
class RestDays:
    """Weekdays (0 is Monday) and ranges of dates, both ends included. Days begin at midnight in China."""

    weekdays: frozenset[int] = frozenset()
    spans: tuple[tuple[date, date], ...] = ()

    def extend(self, since: datetime, limit: timedelta) -> timedelta:
        """Return the time from ``since`` (aware) until ``limit`` has passed, not counting rest days."""
        if not self.weekdays and not self.spans:
            return limit
        at, left = since.astimezone(CHINA), limit
        while True:
            midnight = datetime.combine(at.date() + DAY, datetime.min.time(), CHINA)
            if not self._rests(at.date()):
                if left <= midnight - at:
                    return at + left - since
                left -= midnight - at
            at = midnight

    def _rests(self, day: date) -> bool:
        return day.weekday() in self.weekdays or any(first <= day <= last for first, last in self.spans)


def parse(text: str) -> RestDays:
    """Read weekdays, dates and ranges, separated by spaces or commas, such as ``sun 2027-02-05..2027-02-12``.

    Raises ValueError with a sentence for the person who wrote the text.
    """
    weekdays: set[int] = set()
    spans: list[tuple[date, date]] = []
    for word in text.lower().replace(",", " ").split():
        if word in WEEKDAYS:
            weekdays.add(WEEKDAYS.index(word))
        else:
            spans.append(_span(word))
    if len(weekdays) == len(WEEKDAYS):
        raise ValueError("at least one day of the week must count")
    return RestDays(frozenset(weekdays), tuple(spans))


def _span(word: str) -> tuple[date, date]:
    match = _SPAN.fullmatch(word)
    try:
        first = date.fromisoformat(match[1] if match else "")
        last = date.fromisoformat(match[2]) if match and match[2] else first
    except ValueError:
        raise ValueError(f"{word!r} is neither a weekday (mon … sun) nor dates like 2027-02-05..2027-02-12") from None
    if not first <= last < first + LONGEST * DAY:
        raise ValueError(f"{word!r} must run forwards, over {LONGEST} days at most")
    return first, last
