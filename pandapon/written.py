"""Reads times as couriers write them for people: with words, without a year, with hour 24, in other calendars.

The forms are taken from public trace samples [inferred]. A time that fits no form, or that has several equally likely
meanings, is not read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

LONGEST = 80  # characters that are read
BUDDHIST = 543  # years by which the Thai calendar is ahead of the Gregorian one
_YEARS = range(1990, 2100)
ZONE = timezone(timedelta(hours=8))  # China's, as for every time without a zone
_EARLIER = 5  # a distance before ``near`` counts this many times as much as the same distance after it
_NEAR = timedelta(days=400)  # the greatest distance from ``near`` at which a time of several meanings is believed

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905  twelve short names read better as one text
_THAI = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()  # noqa: SIM905  the same
_THAI_LONG = "มกรา กุมภา มีนา เมษา พฤษภา มิถุนา กรกฎา สิงหา กันยา ตุลา พฤศจิกา ธันวา".split()  # noqa: SIM905  the same
_NUMBERS = {name: at % 12 + 1 for at, name in enumerate([*_MONTHS, *_THAI, *_THAI_LONG])}
_NAME = "(" + "|".join(re.escape(name) for name in _NUMBERS) + r")[a-zก-๙]*"
_TH = "(?:st|nd|rd|th)?"
_SEP = r"\s*[./\-]\s*"

_EPOCH = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?|\d\.\d{1,18}e\+?\d{1,2}")
_YMD = re.compile(r"(?<!\d)(\d{4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})(?!\d)\s*[日号]?")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)(?:[ t]?(\d\d)(\d\d)(\d\d)?)?(?!\d)")
_DMY = re.compile(rf"(?<!\d)(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}})(?!\d)")
_SHORT_YEAR = re.compile(
    rf"(?<!\d)(\d\d)(?:年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?|{_SEP}(\d\d){_SEP}(\d\d)(?!\d))"
)
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}}){_TH}[ ,\-]*{_NAME}[ .,\-]*(?:(\d{{4}}|\d\d)(?![\d:]))?")
_NAME_FIRST = re.compile(rf"(?<![a-z]){_NAME}[ .,\-]*(\d{{1,2}}){_TH}(?![\d:])(?:[ ,]+(\d{{4}})(?!\d))?")
_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{1,2}})(?:\s*月\s*|{_SEP})(\d{{1,2}})(?!\d)(?!{_SEP}\d)\s*[日号]?")
_LONE_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")  # Fri Nov 27 08:05:00 CST 2026
_AM = r"上午|早上|凌晨|早晨|清晨|a\.?m\b\.?"
_PM = r"下午|中午|晚上|傍晚|夜间|晚|p\.?m\b\.?"
_CLOCK = re.compile(
    rf"(?:({_AM}|{_PM})\s*)?(?<!\d)(\d{{1,2}})\s*(?::\s*(\d{{1,2}})|[时點点時](?:(半)|\s*(\d{{1,2}}))?\s*分?)"
    rf"(?:\s*:?\s*(?<=[:分\s])(\d{{1,2}})(?:[.,]\d{{1,9}})?(?![\d:])\s*秒?)?\s*({_AM}|{_PM})?"
)
_DOTTED = re.compile(r"()(?<![\d.])(\d{1,2})\.(\d\d)()()(?:\.(\d\d))?(?![\d.])()")
_OFFSET = re.compile(r"\s*[(\[]?(?:(?:utc|gmt)\s*([+-])(\d{1,2})(?::?(\d\d))?|(\+)(\d\d):?(\d\d)|(z|utc|gmt)(?![a-z]))")


def read(text: str, near: datetime | None = None) -> datetime | None:
    """Return the time in aware UTC; None: unreadable. Raises nothing.

    ``near`` (aware): about when it was, for a text without a year or with two meanings.
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    folded = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in folded).strip()
    try:
        if _EPOCH.fullmatch(folded):
            return _epoch(float(folded))
        return _dated(folded, near)
    except (ValueError, OverflowError, OSError):
        return None


def gregorian(year: int) -> int:
    """Return the Gregorian year of a Gregorian or a Thai one. Raises ValueError outside of 1990 to 2099."""
    converted = year - BUDDHIST if year - BUDDHIST in _YEARS else year
    if converted not in _YEARS:
        raise ValueError(f"year {year}")
    return converted


def _epoch(value: float) -> datetime:
    while value >= 1e11:  # noqa: PLR2004  milliseconds, microseconds or nanoseconds
        value /= 1000
    at = datetime.fromtimestamp(value, UTC)
    gregorian(at.year)
    return at


def _dated(text: str, near: datetime | None) -> datetime | None:
    for pattern, days in _FORMS:
        if match := pattern.search(text):
            around = f"{text[: match.start()]} {text[match.end() :]}"
            clock, zone = _clock(match, text[match.end() :], around)
            candidates = [at for day in days(match, around, near) if (at := _at(day, clock, zone)) is not None]
            return _best(candidates, near)
    return None


_Day = tuple[int, int, int]


def _year_month_day(match: re.Match[str], around: str, near: datetime | None) -> list[_Day]:
    del around, near
    return [(gregorian(int(match[1])), int(match[2]), int(match[3]))]


def _day_month_year(match: re.Match[str], around: str, near: datetime | None) -> list[_Day]:
    """The possible orders of day and month; a date with a Thai year or with dots is always day first."""
    del around, near
    first, second, year = int(match[1]), int(match[2]), gregorian(int(match[3]))
    days = [(year, second, first), (year, first, second)]
    return days[:1] if year != int(match[3]) or "." in match[0] else [day for day in days if _MIN <= day[1] <= _MAX]


def _short_year(match: re.Match[str], around: str, near: datetime | None) -> list[_Day]:
    del around, near
    if match[2]:
        return [(2000 + int(match[1]), int(match[2]), int(match[3]))]
    first, second, third = int(match[1]), int(match[4]), int(match[5])
    return [(2000 + first, second, third), (2000 + third, second, first)]


def _named_month(match: re.Match[str], around: str, near: datetime | None) -> list[_Day]:
    day, name, year = (match[1], match[2], match[3]) if match[1].isdigit() else (match[2], match[1], match[3])
    if year and len(year) == 2:  # noqa: PLR2004  a year of two digits
        year = str((2500 if name in {*_THAI, *_THAI_LONG} else 2000) + int(year))
    if not year and (lone := _LONE_YEAR.search(around)):
        year = lone[1]
    years = [gregorian(int(year))] if year else _years(near)
    return [(each_year, _NUMBERS[name], int(day)) for each_year in years]


def _no_year(match: re.Match[str], around: str, near: datetime | None) -> list[_Day]:
    del around
    first, second = int(match[1]), int(match[2])
    month, day = (second, first) if first > _MAX else (first, second)
    return [(year, month, day) for year in _years(near)]


_MIN, _MAX = 1, 12  # months
_FORMS = (
    (_YMD, _year_month_day),
    (_COMPACT, _year_month_day),
    (_DMY, _day_month_year),
    (_SHORT_YEAR, _short_year),
    (_DAY_FIRST, _named_month),
    (_NAME_FIRST, _named_month),
    (_MONTH_DAY, _no_year),
)


def _years(near: datetime | None) -> list[int]:
    return [near.year - 1, near.year, near.year + 1] if near else []


def _clock(date: re.Match[str], after: str, around: str) -> tuple[timedelta, timezone]:
    """The time of day, after the date or before it, and its zone; midnight in China if there is no time."""
    if date.re is _COMPACT and date[4]:
        return _span(int(date[4]), int(date[5]), int(date[6] or 0)), _zone(after, 0)
    for text in (after, around):
        if clock := _CLOCK.search(text) or _DOTTED.match(text.strip()):
            hour = _hour(int(clock[2]), clock[1] or clock[7] or "")
            minute = 30 if clock[4] else int(clock[3] or clock[5] or 0)
            return _span(hour, minute, int(clock[6] or 0)), _zone(text, clock.end())
    return timedelta(), ZONE


def _hour(hour: int, half: str) -> int:
    if half == "晚上" and hour == 12:  # noqa: PLR2004  midnight, the day's end
        return 24
    if half == "中午":
        return hour + 12 if hour < 4 else hour  # noqa: PLR2004  noon is from 11 to 3
    if half and re.fullmatch(_PM, half):
        return hour + 12 if hour < 12 else hour  # noqa: PLR2004  12 p.m. is noon
    return 0 if half and hour == 12 else hour  # noqa: PLR2004  12 a.m. is midnight


def _span(hour: int, minute: int, second: int) -> timedelta:
    """The time since midnight. 24:00 is the next day's start, and second 60 the next minute's. Raises ValueError."""
    if hour > 24 or minute > 59 or second > 60:  # noqa: PLR2004  the limits of a clock
        raise ValueError("no time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(text: str, at: int) -> timezone:
    match = _OFFSET.match(text, at)
    if match is None:
        return ZONE
    if match[7]:
        return UTC
    sign, hours, minutes = match[1] or match[4], match[2] or match[5], match[3] or match[6]
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset)


def _at(day: _Day, clock: timedelta, zone: timezone) -> datetime | None:
    try:
        return (datetime(*day, tzinfo=zone) + clock).astimezone(UTC)
    except ValueError:
        return None


def _best(candidates: list[datetime], near: datetime | None) -> datetime | None:
    """The only candidate, or the one nearest to ``near``; None: several without ``near``, or all too far from it.

    ``near`` is the time of the order or of the scan before, so a time after it is likelier than a time before it.
    """
    if len(candidates) == 1:
        return candidates[0]
    if near is None or not candidates:
        return None
    nearest = min(candidates, key=lambda at: at - near if at >= near else _EARLIER * (near - at))
    return nearest if abs(nearest - near) <= _NEAR else None
