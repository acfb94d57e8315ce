"""Which of the words after a verb are order ids or waybills, and what is wrong with the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.i18n import _, ngettext
from handlers.text import code
from handlers.tokens import Kind, folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.tokens import Token

MAX_IDS = 25
SHORTEST, LONGEST = 12, 20  # digits of an order id, from the samples seen (inferred)

ORDER_ID = re.compile(r"[0-9]{12,20}")
# Letters and digits, mostly digits; some couriers number the parcels of a consignment with hyphens.
WAYBILL = re.compile(r"(?=(?:[A-Z-]*[0-9]){5})[A-Z0-9][A-Z0-9-]{6,28}[A-Z0-9]")
_SEPARATORS = re.compile(r"[\s,，、;；|]+")
_WRAPPING = "#№.。!！:：()（）[]【】「」<>\"'“”‘’*_~`"
_IN_URL = re.compile(r"(?:order|trade)_?(?:id|no)=([0-9]{12,20})(?![0-9])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![0-9])[0-9]{12,20}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Bad:
    """A word that is no id, and why, as Slack text."""

    text: str
    why: str
    waybill: str = ""  # set when it is a waybill where an order id is wanted


@dataclass(frozen=True, slots=True)
class Sifted:
    """Ids in the order typed, each once; and what is not one."""

    good: tuple[str, ...]
    bad: tuple[Bad, ...]

    @property
    def rejoined(self) -> str:
        """The one id that was typed with spaces in it; empty when that is not what happened."""
        pieces = [bad.text for bad in self.bad]
        whole = "".join(pieces)
        spaced = len(pieces) > 1 and not self.good and all(piece.isdigit() for piece in pieces)
        return whole if spaced and ORDER_ID.fullmatch(whole) else ""


def sift(tokens: Iterable[Token], *, waybills: bool) -> Sifted:
    """Sort the words into ids and others. ``waybills``: whether a waybill will do."""
    good: dict[str, None] = {}
    bad: dict[str, Bad] = {}
    for token in tokens:
        for word in _words(token):
            problem = _problem(word, waybills=waybills)
            if problem:
                bad[word] = problem
            else:
                good[word.upper()] = None
    return Sifted(tuple(good), tuple(bad.values()))


def ids_in_url(url: str) -> list[str]:
    """Order ids named as such in an address."""
    return _IN_URL.findall(url)


def _words(token: Token) -> list[str]:
    if token.kind is Kind.LINK:
        return ids_in_url(token.target) or _DIGITS.findall(token.target) or [token.target]
    if token.kind in {Kind.CHANNEL, Kind.PERSON}:
        return [token.typed()]
    pieces = (folded(piece).strip(_WRAPPING) for piece in _SEPARATORS.split(folded(token.text)))
    return [piece for piece in pieces if piece]


def _problem(word: str, *, waybills: bool) -> Bad | None:
    if word.isascii() and word.isdigit():
        return None if ORDER_ID.fullmatch(word) else Bad(word, _wrong_length(word))
    if WAYBILL.fullmatch(word.upper()):
        return None if waybills else Bad(word, _waybill(word.upper()), waybill=word.upper())
    if waybills:
        return Bad(word, _("{word} is neither an order id nor a waybill").format(word=code(word, 40)))
    return Bad(word, _("{word} is not an order id").format(word=code(word, 40)))


def _wrong_length(word: str) -> str:
    n = len(word)
    return ngettext(
        "an order id has {shortest} to {longest} digits, {word} has {n}",
        "an order id has {shortest} to {longest} digits, {word} has {n}",
        n,
    ).format(shortest=SHORTEST, longest=LONGEST, word=code(word, 40), n=n)


def _waybill(word: str) -> str:
    return _("{word} is a courier's waybill, and this needs the order id, which {command} shows").format(
        word=code(word, 40), command=code(f"/panda track {word}", 60)
    )
