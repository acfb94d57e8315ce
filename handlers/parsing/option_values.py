"""The values of options: each value is read into fields of ``Options``, or a sentence says what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.parsing.days import MOST_DAYS, nearest_day, read_day
from handlers.wire.requests import FILTER_TEXT
from handlers.wire.text import DASHES, folded

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PAGE = 1000
MAX_PRICE = 9_999_999  # yuan

_PRICE = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"^(?:¥|￥|rmb|cny)\s*|\s*(?:元|块|yuan|rmb|cny)$")

SORTS: dict[str, str] = {
    "price": "price",
    "cheap": "price",
    "price-asc": "price",
    "价格": "price",
    "-price": "-price",
    "price-desc": "-price",
    "sales": "sales",
    "sold": "sales",
    "销量": "sales",
}


@dataclass(frozen=True, slots=True)
class OptionValue:
    """A value as it was read: the fields of the options that it sets, or the problem with it as Slack text.

    ``instead``: the value that the person probably meant; empty where it cannot be guessed.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    instead: str = ""


def read_value(option: str, text: str) -> OptionValue:
    """Read the value of an option. ``option``: a name that ``READERS`` has; ``text``: empty where none was typed."""
    return READERS[option](text)


def _sort(text: str) -> OptionValue:
    if sort := SORTS.get(re.sub(rf"^[{DASHES}]+", "-", folded(text))):
        return OptionValue({"sort": sort})
    problem = _("results can be sorted by {choices}").format(
        choices=", ".join(f"`{choice}`" for choice in ("price", "-price", "sales"))
    )
    return OptionValue(problem=problem + (_(", not by {value}").format(value=code(text, 40)) if text else ""))


def _page(text: str) -> OptionValue:
    number = folded(text)
    page = int(number) if re.fullmatch(r"[0-9]{1,6}", number) else 0
    if 1 <= page <= MAX_PAGE:
        return OptionValue({"page": page})
    if not text:
        return OptionValue(
            problem=_("{option} needs a number, e.g. {example}").format(option="`--page`", example="`--page 2`")
        )
    problem = _("{value} is not a page: pages are numbered from 1 to {last}")
    return OptionValue(problem=problem.format(value=code(text, 40), last=MAX_PAGE))


def _price(option: str, name: str) -> Callable[[str], OptionValue]:
    def read(text: str) -> OptionValue:
        price = _yuan(text)
        return OptionValue({name: price}) if price else OptionValue(problem=_bad_price(option, text))

    return read


def _yuan(text: str) -> Decimal | None:
    """The yuan in 80, ¥80, 80元 or 1,200.50; None for any other text, and for zero."""
    amount = _CURRENCY.sub("", _CURRENCY.sub("", folded(text))).replace(",", "")
    if not _PRICE.fullmatch(amount) or not Decimal(amount):
        return None
    price = Decimal(amount).normalize()
    return price.quantize(Decimal(1)) if price == price.to_integral_value() else price


def _bad_price(name: str, value: str) -> str:
    option, example = f"`--{name}`", f"`--{name} 80`"
    if not value:
        return _("{option} needs a price in yuan, e.g. {example}").format(option=option, example=example)
    return _("{option} takes a price in yuan above 0 and up to {most}, e.g. {example}; {value} is not one").format(
        option=option, most=MAX_PRICE, example=example, value=code(value, 40)
    )


def _day(name: str) -> Callable[[str], OptionValue]:
    def read(text: str) -> OptionValue:
        day, option, example = read_day(folded(text)), f"`--{name}`", f"`--{name} 2026-11-01`"
        if day:
            return OptionValue({name: day})
        if not text:
            return OptionValue(problem=_("{option} needs a day, e.g. {example}").format(option=option, example=example))
        problem = _("{value} is not a date that I can read: write it like {example}, or {words}").format(
            value=code(text, 40), example=example, words="`today`, `yesterday`, `7d`"
        )
        return OptionValue(problem=problem, instead=nearest_day(folded(text)))

    return read


def _days(text: str) -> OptionValue:
    days = read_day(f"{folded(text)}d") if folded(text).isdigit() else read_day(folded(text))
    if days.endswith("d"):
        return OptionValue({"since": days})
    problem = _("{option} takes a number of days from 1 to {most}, e.g. {example}")
    return OptionValue(problem=problem.format(option="`--days`", most=MOST_DAYS, example="`--days 7`"))


def _seller(text: str) -> OptionValue:
    if not text:
        return OptionValue(problem=_("{option} needs a part of a seller's name").format(option="`--seller`"))
    if len(text) > FILTER_TEXT:
        problem = _("a seller's name to look for has at most {most} characters").format(most=FILTER_TEXT)
        return OptionValue(problem=problem, instead=text[:FILTER_TEXT].rstrip())
    return OptionValue({"seller": text})


def _back(text: str) -> OptionValue:
    return OptionValue({"back": text})


READERS: dict[str, Callable[[str], OptionValue]] = {
    "sort": _sort,
    "page": _page,
    "min": _price("min", "price_min"),
    "max": _price("max", "price_max"),
    "since": _day("since"),
    "until": _day("until"),
    "days": _days,
    "seller": _seller,
    "back": _back,
}
