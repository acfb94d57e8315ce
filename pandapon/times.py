"""Reads the vendor's times: four machine forms, two of them without a zone, and times as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from pandapon.shipment import TimeBasis
from pandapon.written import BUDDHIST, ZONE, read

CHINA = ZONE

# yyyyMMddHHmmss, optional milliseconds, optional offset: 20180614101942000+0800 [upstream]
_COMPACT = re.compile(r"^(\d{14})(\d{3})?(?:([+-])(\d{2}):?(\d{2})|(Z))?$")
_LONE_DIGIT = re.compile(r"(?<![0-9.])[0-9](?![0-9])")  # lacks its zero, as in 2018/7/4 9:05:03; but not in 03.5
THAI_YEARS = range(1990, 2100)  # Gregorian years whose Thai numbers, 543 higher, are read
_EPOCH_MS, _EPOCH_S = 13, 10  # digits


def parse_time(value: object, near: datetime | None = None) -> tuple[datetime | None, TimeBasis]:
    """Return the time in aware UTC, and how it was read; (None, UNKNOWN) for an unreadable one. Raises nothing.

    An offset in the text is honoured. A naive time is China time [inferred: a naive ``payTime`` lay minutes before the
    epoch stamp of its callback]. 10 or 13 digits are an epoch in s or ms. ``near`` (aware): about when it was, for
    texts without a year.
    """
    text = str(value).strip() if value is not None and not isinstance(value, bool) else ""
    if not text:
        return None, TimeBasis.UNKNOWN
    try:
        return _epoch(text) or _of_machine(text)
    except (ValueError, OverflowError, OSError):
        written = read(text, near)
        return written, TimeBasis.WRITTEN if written else TimeBasis.UNKNOWN


def _of_machine(text: str) -> tuple[datetime, TimeBasis]:
    """Read a time with a Gregorian or a Thai year: 2569 is 2026. Raises ValueError for other texts.

    The year is converted before the zone, because the numbers of leap years differ between the calendars.
    """
    year = int(text[:4]) - BUDDHIST if text[:4].isdecimal() else 0
    if year not in THAI_YEARS:
        return _compact(text) or _iso(text)
    gregorian = f"{year}{text[4:]}"
    at, _basis = _compact(gregorian) or _iso(gregorian)
    return at, TimeBasis.BUDDHIST if _has_day(text) else TimeBasis.WRITTEN


def _has_day(text: str) -> bool:
    """Whether the day exists in the year as written and in the Gregorian one: a leap day may exist in one only.

    A node's identity holds the time in the year as written, or the raw text where no such day exists.
    """
    try:
        at, _basis = _compact(text) or _iso(text)
        at.replace(year=at.year - BUDDHIST)
    except ValueError:
        return False
    return True


def _epoch(text: str) -> tuple[datetime, TimeBasis] | None:
    if not (text.isascii() and text.isdigit()) or len(text) not in {_EPOCH_S, _EPOCH_MS}:
        return None
    seconds = int(text) / 1000 if len(text) == _EPOCH_MS else int(text)
    return datetime.fromtimestamp(seconds, UTC), TimeBasis.EPOCH


def _compact(text: str) -> tuple[datetime, TimeBasis] | None:
    match = _COMPACT.match(text)
    if match is None:
        return None
    naive = datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(microsecond=int(match[2] or 0) * 1000)  # noqa: DTZ007  the zone is set below
    if match[6]:
        return naive.replace(tzinfo=UTC), TimeBasis.OFFSET
    if match[3] is None:
        return naive.replace(tzinfo=CHINA).astimezone(UTC), TimeBasis.CHINA
    offset = timedelta(hours=int(match[4]), minutes=int(match[5]))
    zone = timezone(-offset if match[3] == "-" else offset)
    return naive.replace(tzinfo=zone).astimezone(UTC), TimeBasis.OFFSET


def _iso(text: str) -> tuple[datetime, TimeBasis]:
    parsed = datetime.fromisoformat(_LONE_DIGIT.sub(r"0\g<0>", text.replace("/", "-")))
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=CHINA).astimezone(UTC), TimeBasis.CHINA
    return parsed.astimezone(UTC), TimeBasis.OFFSET
