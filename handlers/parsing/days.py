"""Days as people type them, and the span of days that each means. Days are in China time, as on both platforms."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DAYS = 366
YEARS = range(1999, 2100)  # 1688 opened in 1999
LEAP_YEAR = 2024  # any leap year, so that the 29th of February can be typed without a year

# Words, each with the canonical day that it names.
WORDS: dict[str, str] = {
    "today": "today",
    "今天": "today",
    "今日": "today",
    "yesterday": "yesterday",
    "昨天": "yesterday",
    "昨日": "yesterday",
    "week": "week",
    "this week": "week",
    "this-week": "week",
    "本周": "week",
    "这周": "week",
    "last week": "last-week",
    "last-week": "last-week",
    "上周": "last-week",
    "month": "month",
    "this month": "month",
    "this-month": "month",
    "本月": "month",
    "这个月": "month",
    "last month": "last-month",
    "last-month": "last-month",
    "上月": "last-month",
    "上个月": "last-month",
}
# Words that also mean a span when they stand alone, without an option. A bare "week" may be a word of a title.
SPANS = {word: day for word, day in WORDS.items() if word not in {"week", "month"}}

_FULL = re.compile(
    r"([0-9]{4})(?P<sign>[-/.年])([0-9]{1,2})(?:(?P=sign)|月)([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_NO_YEAR = re.compile(r"([0-9]{1,2})(?:月([0-9]{1,2})[日号]?|-([0-9]{1,2}))")
_COUNT = re.compile(r"(?:last |past |最近|近)?([0-9]{1,3})\s*(?:d|day|days|天|日)")


def read_day(text: str) -> str:
    """The canonical day of a folded text: ``2026-11-01``, ``11-01``, ``yesterday``, ``7d``; empty for any other text.

    ``7d`` means the last seven days, including today. A day without a year means its latest date up to today.
    """
    if word := WORDS.get(text):
        return word
    if match := _FULL.fullmatch(text):
        numbers = [int(number) for number in match.groups() if number and number.isdigit()]
        return _iso(*numbers)
    if match := _NO_YEAR.fullmatch(text):
        month, day = (int(number) for number in match.groups() if number)
        return _iso(LEAP_YEAR, month, day)[5:]
    return _last_days(text)


def nearest_day(text: str) -> str:
    """The last day of the month for a day that the month does not have, such as the 31st of November; else empty."""
    match = _FULL.fullmatch(text)
    numbers = [int(number) for number in match.groups() if number and number.isdigit()] if match else []
    if not numbers or numbers[1] not in range(1, 13) or numbers[0] not in YEARS:
        return ""
    return _iso(numbers[0], numbers[1], monthrange(numbers[0], numbers[1])[1])


def span_of(words: Sequence[str]) -> str:
    """The canonical day for whole words that mean a span of days, such as "this week" or "最近7天"; else empty."""
    text = " ".join(words)
    return SPANS.get(text) or ("" if text.isascii() and not text.startswith(("last ", "past ")) else _last_days(text))


def first_and_last(day: str, today: date) -> tuple[date, date]:
    """The first and the last date that a canonical day means. ``today``: the date in China. Weeks begin on Monday."""
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    yesterday, last_month = today - timedelta(days=1), (first - timedelta(days=1)).replace(day=1)
    named = {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "week": (monday, monday + timedelta(days=6)),
        "last-week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "month": (first, _month_end(first)),
        "last-month": (last_month, _month_end(last_month)),
    }
    if day in named:
        return named[day]
    if day.endswith("d"):
        return today - timedelta(days=int(day[:-1]) - 1), today
    exact = date.fromisoformat(day) if len(day) > len("11-01") else _latest(day, today)
    return exact, exact


def _iso(year: int, month: int, day: int) -> str:
    """The day in ISO form; empty for a day that does not exist or is out of ``YEARS``."""
    try:
        return date(year, month, day).isoformat() if year in YEARS else ""
    except ValueError:
        return ""


def _last_days(text: str) -> str:
    match = _COUNT.fullmatch(text)
    return f"{int(match[1])}d" if match and 1 <= int(match[1]) <= MOST_DAYS else ""


def _latest(day: str, today: date) -> date:
    """The latest date with this month and day that is not after today."""
    years = range(today.year, today.year - 9, -1)  # leap years may be eight years apart
    days = (_iso(year, *(int(part) for part in day.split("-"))) for year in years)
    return next(latest for text in days if text and (latest := date.fromisoformat(text)) <= today)


def _month_end(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])
