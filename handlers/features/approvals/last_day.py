"""The last day of an absence, as people type it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from handlers.parsing.days import read_day

if TYPE_CHECKING:
    from datetime import tzinfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE = "一二三四五六日"
_YEAR = r"(?:,?\s*(?P<year>[0-9]{4}))?"
_DAY_FIRST = re.compile(rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\.?\s*(?P<month>[a-z]{{3,9}})\.?{_YEAR}")
_MONTH_FIRST = re.compile(rf"(?P<month>[a-z]{{3,9}})\.?\s*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_YEAR}")
_RELATIVE = {"today": "0d", "今天": "0d", "tomorrow": "1d", "明天": "1d"}
_WEEKS = re.compile(r"([0-9]{1,2})\s*(?:w|weeks?|周|星期)")
_CANONICAL = re.compile(r"(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}|[0-9]{1,3}d")
FARTHEST = timedelta(days=366)


def read_last_day(text: str) -> str:
    """The canonical form of a day, such as ``2026-12-05``, ``12-05``, ``friday`` or ``7d``; empty for any other text.

    ``text``: folded by :func:`handlers.wire.text.folded`. ``7d`` means in seven days.
    """
    if text in _RELATIVE:
        return _RELATIVE[text]
    if match := _WEEKS.fullmatch(text):
        return f"{int(match[1]) * 7}d"
    if day := _weekday(text):
        return day
    if match := _DAY_FIRST.fullmatch(text) or _MONTH_FIRST.fullmatch(text):
        return _in_month(match["month"], match["day"], match["year"])
    day = read_day(text)
    return day if _CANONICAL.fullmatch(day) else ""


def end_of(day: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The last second of a day in a time zone; None where it is over, does not exist, or is more than a year away.

    ``day``: as :func:`read_last_day` returns it.
    """
    today = now.astimezone(zone).date()
    last = _date(day, today)
    if last is None:
        return None
    end = datetime.combine(last, time(23, 59, 59), zone)
    return end if now < end <= now + FARTHEST else None


def _date(day: str, today: date) -> date | None:
    if day in _DAYS:
        return today + timedelta(days=(_DAYS.index(day) - today.weekday()) % 7)
    if day.endswith("d"):
        return today + timedelta(days=int(day[:-1]))
    if len(day) > len("12-05"):
        return _parse_date(day)
    days = (_parse_date(f"{year}-{day}") for year in (today.year, today.year + 1))  # 29 February may be in one of them
    return next((each for each in days if each and each >= today), None)


def _parse_date(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _weekday(text: str) -> str:
    match = re.fullmatch(r"(?:周|星期)([一二三四五六日天])", text)
    if match:
        return _DAYS[_CHINESE.index(match[1].replace("天", "日"))]
    return next((day for day in _DAYS if text in {day, day[:3]}), "")


def _in_month(month: str, day: str, year: str | None) -> str:
    at = next((number for number, name in enumerate(_MONTHS, 1) if month.startswith(name)), 0)
    return read_day(f"{year}-{at}-{int(day)}" if year else f"{at:02}-{int(day):02}") if at else ""
