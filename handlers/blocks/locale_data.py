"""Numbers, dates, durations and lists as the current language writes them, by Unicode's locale data (CLDR)."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_timedelta, get_timezone_location
from babel.numbers import format_currency, format_decimal

from handlers.blocks.i18n import language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, timedelta
    from decimal import Decimal

Unit = Literal["second", "minute", "hour", "day"]

# The yuan's own sign in every language: CLDR's "CN¥" tells it from the yen, which no order is paid in.
YUAN = "¥#,##0.00;-¥#,##0.00"


def number(value: int | Decimal) -> str:
    """A number with its groups of digits, e.g. ``1,234.5``."""
    return format_decimal(value, locale=locale())


def yuan(amount: Decimal) -> str:
    """An amount of yuan, rounded to fen, e.g. ``¥1,234.50``."""
    return format_currency(amount, "CNY", YUAN, locale=locale(), currency_digits=False)


def duration(length: timedelta, unit: Unit) -> str:
    """A length of time in whole units, e.g. ``3 days``."""
    return format_timedelta(length, unit, threshold=math.inf, locale=locale())


def day_and_time(local: datetime, *, with_year: bool) -> str:
    """A date in short form and the time on a clock of 24 hours, in the datetime's own zone, e.g. ``May 20 16:30``."""
    day = format_skeleton("yMMMd" if with_year else "MMMd", local, tzinfo=local.tzinfo, locale=locale())
    return f"{day} {clock(local)}"


def weekday(local: datetime, *, with_year: bool) -> str:
    """A day with its weekday, e.g. ``Thu, Nov 26``."""
    return format_skeleton("yMMMEd" if with_year else "MMMEd", local, tzinfo=local.tzinfo, locale=locale())


def clock(local: datetime) -> str:
    """The time on a clock of 24 hours, e.g. ``16:30``."""
    return format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=locale())


def days(first: date, last: date) -> str:
    """A range of dates without their year, e.g. ``Dec 2 – 4``; a single date where both are the same."""
    return format_interval(first, last, "MMMd", locale=locale())


def day_in_full(day: date) -> str:
    """A date with its year in short form, e.g. ``Nov 1, 2026``."""
    return format_date(day, "medium", locale=locale())


def listed(items: Iterable[str]) -> str:
    """The items one after the other, e.g. ``a, b, c``: lists may be cut off, so there is no "and" before the last."""
    separator: str = locale().list_patterns["standard"]["middle"].replace("{0}", "").replace("{1}", "")
    return separator.join(items)


def city(time_zone: str) -> str:
    """The city of a time zone in the current language, e.g. 上海 for ``Asia/Shanghai``."""
    return get_timezone_location(time_zone, locale=locale(), return_city=True)


def territory(code: str) -> str:
    """A country or a continent by its code in ISO 3166 or UN M.49, e.g. 亚洲 for ``142``."""
    return str(locale().territories[code])


def locale() -> Locale:
    """CLDR's data of the current language; English for one that CLDR does not have."""
    return _locale(language())


@cache
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")
