"""Options after dashes. A wrong option is refused with the corrected command."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.parsing.option_values import READERS, read_value
from handlers.parsing.tokens import Kind, Token
from handlers.parsing.words import FILTERS, nearest
from handlers.wire.text import DASHES, folded
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.parsing.typed_command import TypedCommand
    from handlers.wire.errors import UsageError

_OPTION = re.compile(rf"(?P<dashes>[{DASHES}]+)(?P<name>[^=:＝：]*)(?:[=:＝：](?P<value>.*))?", re.DOTALL)

PLATFORMS = frozenset({"1688", "taobao"})
FLAGS = PLATFORMS | {"all", "csv"}
# All options; ``Verb.options`` says which of them a command takes. The options in ``READERS`` have a value.
OPTIONS = FLAGS | frozenset(READERS)
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
    "shop": "seller",
    "supplier": "seller",
    "卖家": "seller",
    "店铺": "seller",
    "供应商": "seller",
    "商家": "seller",
    "from": "since",
    "after": "since",
    "从": "since",
    "to": "until",
    "before": "until",
    "到": "until",
    "export": "csv",
    "excel": "csv",
    "导出": "csv",
    "last": "days",
    "最近": "days",
    "天数": "days",
}


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one command. Prices are yuan. ``platform`` None: both. ``sort``: a value of ``SORTS``, or empty.

    ``since``, ``until``: days as :mod:`handlers.parsing.days` writes them. ``back``: the command of the list that led
    here, as unread text.
    """

    platform: Platform | None = None
    sort: str = ""
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    page: int = 1
    all_nodes: bool = False
    as_csv: bool = False
    seller: str = ""
    since: str = ""
    until: str = ""
    back: str = ""


def read_options(command: TypedCommand) -> tuple[Options, list[Token]]:
    """The options of a command, and its other tokens. Raises UsageError for an unknown option or a bad value."""
    return _Reader(command).run()


class _Reader:
    """Reads the tokens once, and takes options and their values out."""

    def __init__(self, command: TypedCommand) -> None:
        self._command, self._tokens = command, command.tokens
        self._known = command.declared.options
        self._remaining: list[Token] = []
        self._options = Options()
        self._platforms: set[Platform] = set()
        self._at = 0

    def run(self) -> tuple[Options, list[Token]]:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            option = _option(token)
            if option is None:
                self._remaining.append(token)
            elif option[0] in FILTERS and self._command.declared.takes_filters:
                self._remaining.append(Token(Kind.WORD, option[0]))
            else:
                self._take(*option)
            self._at += 1
        # A command that names both platforms means the same as a command that names none.
        platform = self._platforms.pop() if len(self._platforms) == 1 else None
        return replace(self._options, platform=platform), self._remaining

    def _take(self, name: str, value: str | None) -> None:
        start = self._at
        if name not in self._known:
            raise self._unknown(name, value)
        if name in FLAGS:
            self._set_flag(name)
            return
        if value is None and self._value_follows():
            self._at += 1
            value = self._tokens[self._at].text
        read = read_value(name, " ".join((value or "").split()))
        self._options = replace(self._options, **read.fields)
        if read.problem:
            instead = (Token(Kind.WORD, f"--{name}"), _word(read.instead)) if read.instead else ()
            before, after = self._tokens[:start], self._tokens[self._at + 1 :]
            raise self._command.refuse(read.problem, instead=(*before, *instead, *after))

    def _value_follows(self) -> bool:
        next_tokens = self._tokens[self._at + 1 : self._at + 2]
        return bool(next_tokens) and _option(next_tokens[0]) is None

    def _set_flag(self, name: str) -> None:
        if name == "all":
            self._options = replace(self._options, all_nodes=True)
        elif name == "csv":
            self._options = replace(self._options, as_csv=True)
        else:
            self._platforms.add(Platform(name))

    def _unknown(self, name: str, value: str | None) -> UsageError:
        """Refuse an option. The corrected command replaces it by the nearest known option, or leaves it out."""
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
        instead = [Token(Kind.WORD, f"--{guess}" + (f"={value}" if value else ""))] if guess else []
        if not guess and self._command.declared.takes_words and name not in OPTIONS:
            instead = self._as_words(name, value)
        before, after = self._tokens[: self._at], self._tokens[self._at + 1 :]
        return self._command.refuse(problem, instead=(*before, *instead, *after))

    def _as_words(self, name: str, value: str | None) -> list[Token]:
        """The words that an unknown option probably stands for: its value, or its name if it has no value."""
        if value:
            return [_word(value)]
        return [] if self._value_follows() else [_word(name)]


def _word(text: str) -> Token:
    """A token for a corrected command, quoted unless it is read as exactly one word."""
    return Token(Kind.WORD if text.isalnum() or re.fullmatch(r"\w[\w-]*", text) else Kind.QUOTED, text)


def _option(token: Token) -> tuple[str, str | None] | None:
    """Name and value of an option; None for any other token. A single hyphen counts only before a known name."""
    match = _OPTION.fullmatch(token.text) if token.kind is Kind.WORD else None
    if not match or not folded(match["name"]):
        return None
    name = folded(match["name"])
    name = OPTION_SYNONYMS.get(name, name)
    is_marked = len(match["dashes"]) > 1 or (match["dashes"] in "—―" and not name.isdigit())  # —4 is the end of an id
    return (name, match["value"]) if is_marked or name in OPTIONS else None
