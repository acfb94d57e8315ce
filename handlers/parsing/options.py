"""Options after dashes: platform, sorting, prices, page. A wrong option is refused with the corrected command."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.parsing.tokens import Kind, Token
from handlers.parsing.words import FILTERS, nearest
from handlers.wire.text import DASHES, folded
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.errors import UsageError
    from handlers.parsing.typed_command import TypedCommand

MAX_PAGE = 1000
MAX_PRICE = 9_999_999  # yuan

_OPTION = re.compile(rf"(?P<dashes>[{DASHES}]+)(?P<name>[^=:＝：]*)(?:[=:＝：](?P<value>.*))?", re.DOTALL)
_PRICE = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"^(?:¥|￥|rmb|cny)\s*|\s*(?:元|块|yuan|rmb|cny)$")

# All options; True: it takes a value. ``Verb.options`` says which of them a command takes.
OPTIONS: dict[str, bool] = {
    "1688": False,
    "taobao": False,
    "sort": True,
    "min": True,
    "max": True,
    "page": True,
    "all": False,
}
PLATFORMS = frozenset({"1688", "taobao"})
OPTION_SYNONYMS: dict[str, str] = {
    "alibaba": "1688",
    "阿里巴巴": "1688",
    "tb": "taobao",
    "淘宝": "taobao",
    "p": "page",
    "页": "page",
    "order-by": "sort",
    "排序": "sort",
    "min-price": "min",
    "price-min": "min",
    "最低": "min",
    "max-price": "max",
    "price-max": "max",
    "最高": "max",
    "all-nodes": "all",
    "全部": "all",
}
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
class Options:
    """Options of one command. Prices are yuan. ``platform`` None: both. ``sort``: a value of ``SORTS``, or empty."""

    platform: Platform | None = None
    sort: str = ""
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    page: int = 1
    all_nodes: bool = False


def read_options(command: TypedCommand) -> tuple[Options, list[Token]]:
    """The options of a command, and its other tokens. Raises UsageError for an unknown option or a bad value."""
    return _Reader(command).run()


class _Reader:
    """Reads the tokens once, and takes options and their values out."""

    def __init__(self, command: TypedCommand) -> None:
        self._command, self._tokens = command, command.tokens
        self._known = command.declared.options
        self._rest: list[Token] = []
        self._options = Options()
        self._platforms: set[Platform] = set()
        self._at = 0

    def run(self) -> tuple[Options, list[Token]]:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            option = _option(token)
            if option is None:
                self._rest.append(token)
            elif option[0] in FILTERS and self._command.declared.takes_filters:
                self._rest.append(Token(Kind.WORD, option[0]))
            else:
                self._take(*option)
            self._at += 1
        platform = (
            self._platforms.pop() if len(self._platforms) == 1 else None
        )  # naming both is the same as naming none
        return replace(self._options, platform=platform), self._rest

    def _take(self, name: str, value: str | None) -> None:
        start = self._at
        if name not in self._known:
            raise self._unknown(name, value)
        if not OPTIONS[name]:
            self._set_flag(name)
            return
        if value is None and self._value_follows():
            self._at += 1
            value = self._tokens[self._at].text
        problem = self._set(name, value or "")
        if problem:
            other_tokens = (*self._tokens[:start], *self._tokens[self._at + 1 :])
            raise self._command.refuse(problem, instead=other_tokens)

    def _value_follows(self) -> bool:
        next_tokens = self._tokens[self._at + 1 : self._at + 2]
        return bool(next_tokens) and _option(next_tokens[0]) is None

    def _set_flag(self, name: str) -> None:
        if name == "all":
            self._options = replace(self._options, all_nodes=True)
        else:
            self._platforms.add(Platform(name))

    def _set(self, name: str, value: str) -> str:
        """Store a value. Returns the problem with it; empty for a good value."""
        match name:
            case "sort":
                sort = SORTS.get(_minus(folded(value)))
                self._options = replace(self._options, sort=sort or "")
                return "" if sort else _bad_sort(value)
            case "page":
                page = _page(value)
                self._options = replace(self._options, page=page or 1)
                return "" if page else _bad_page(value)
            case _:
                price = _price(value)
                if name == "min":
                    self._options = replace(self._options, price_min=price)
                else:
                    self._options = replace(self._options, price_max=price)
                return "" if price else _bad_price(name, value)

    def _unknown(self, name: str, value: str | None) -> UsageError:
        """Refuse an option. The corrected command has the nearest known option in its place, or none."""
        shown = code(f"--{name}", 40)
        if name in OPTIONS:
            problem = _("{option} is not an option of {verb}").format(option=shown, verb=code(self._command.verb))
        else:
            problem = _("there is no option {option}").format(option=shown)
        known = {
            **{option: option for option in sorted(self._known)},
            **{synonym: option for synonym, option in OPTION_SYNONYMS.items() if option in self._known},
        }
        guess = nearest(name, known) if name not in OPTIONS else None
        tail = f"={value}" if value else ""
        instead = [Token(Kind.WORD, f"--{guess}{tail}")] if guess else []
        if not guess and self._command.declared.takes_words and name not in OPTIONS:
            instead = [Token(Kind.QUOTED, f"{name}{tail}")]  # it may be meant as a word to search for
        before, after = self._tokens[: self._at], self._tokens[self._at + 1 :]
        return self._command.refuse(problem, instead=(*before, *instead, *after))


def _option(token: Token) -> tuple[str, str | None] | None:
    """Name and value of an option; None for any other token. A single hyphen counts only before a known name."""
    match = _OPTION.fullmatch(token.text) if token.kind is Kind.WORD else None
    if not match or not folded(match["name"]):
        return None
    name = folded(match["name"])
    name = OPTION_SYNONYMS.get(name, name)
    is_marked = len(match["dashes"]) > 1 or (match["dashes"] in "—―" and not name.isdigit())  # —4 is the end of an id
    return (name, match["value"]) if is_marked or name in OPTIONS else None


def _minus(text: str) -> str:
    return re.sub(rf"^[{DASHES}]+", "-", text)


def _price(text: str) -> Decimal | None:
    """Yuan from 80, ¥80, 80元 or 1,200.50; None for any other text, and for zero."""
    amount = _CURRENCY.sub("", _CURRENCY.sub("", folded(text))).replace(",", "")
    if not _PRICE.fullmatch(amount) or not Decimal(amount):
        return None
    price = Decimal(amount).normalize()
    return price.quantize(Decimal(1)) if price == price.to_integral_value() else price


def _page(text: str) -> int:
    """A page's number, from 1; 0 for any other text."""
    number = folded(text)
    page = int(number) if re.fullmatch(r"[0-9]{1,6}", number) else 0
    return page if page <= MAX_PAGE else 0


def _bad_sort(value: str) -> str:
    problem = _("results can be sorted by {choices}").format(
        choices=", ".join(f"`{choice}`" for choice in ("price", "-price", "sales"))
    )
    return problem + (_(", not by {value}").format(value=code(value, 40)) if value else "")


def _bad_page(value: str) -> str:
    if not value:
        return _("{option} needs a number, e.g. {example}").format(option="`--page`", example="`--page 2`")
    return _("{value} is not a page: pages are numbered from 1 to {last}").format(value=code(value, 40), last=MAX_PAGE)


def _bad_price(name: str, value: str) -> str:
    option, example = f"`--{name}`", f"`--{name} 80`"
    if not value:
        return _("{option} needs a price in yuan, e.g. {example}").format(option=option, example=example)
    return _("{option} takes a price in yuan above 0 and up to {most}, e.g. {example}; {value} is not one").format(
        option=option, most=MAX_PRICE, example=example, value=code(value, 40)
    )
