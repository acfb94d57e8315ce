"""Sorts the words after a verb into order ids, waybills and other words, and says why the others are no ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.parsing.numbers import ids_in_text, ids_in_url, ids_in_word, is_name, without_label
from handlers.parsing.tokens import Kind
from handlers.wire.text import DASHES, folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.parsing.tokens import Token

MAX_IDS = 25
SHORTEST, LONGEST = 12, 20  # digits of an order id, from samples (inferred)

ORDER_ID = re.compile(r"[0-9]{12,20}")
# Letters and digits, mostly digits; some couriers number the parcels of a consignment with hyphens.
WAYBILL = re.compile(r"(?=(?:[A-Z-]*[0-9]){5})[A-Z0-9][A-Z0-9-]{6,28}[A-Z0-9]")
_SEPARATORS = re.compile(r"[\s,，、;；|]+")
# A link typed in place of an id means the number in the link.
_IN_LINK = re.compile(r"(?<![0-9])[0-9]{12,20}(?![0-9])")
_DASHES = re.compile(f"[{DASHES}]")
_PIECES = re.compile(r"[0-9]+(?:-+[0-9]+)+")
# A consignment's number of at most 15 digits, followed by the numbers of its parcels, is no id typed in pieces.
_NUMBERED = re.compile(r"[0-9]{10,15}(?:-[0-9]{1,3}){1,2}")
MOST_PIECES = 200  # pieces of ids in one command; nobody types more, and joining them takes time
WHOLE = 19  # digits of the longest id seen; pieces with more digits in total are not one id
# The letters with which carriers' numbers begin. Only such numbers are joined from pieces; other letters are a word.
_CARRIERS = "SF|YT|ZT|ZTO|ST|STO|YD|HT|JT|JD[A-Z]{0,2}|DP|DPK|DBL|EMS|LP|UC|FW|KY|ANE|TT|TTK|CN|QH"
_BEGUN = re.compile(rf"(?:{_CARRIERS})[0-9]*")
_JOINED = re.compile(rf"(?:{_CARRIERS})[0-9]{{10,15}}")


@dataclass(frozen=True, slots=True)
class BadWord:
    """A word that is no id. ``why`` is Slack text."""

    text: str
    why: str
    waybill: str = ""  # the waybill in the word, where the command takes only order ids


@dataclass(frozen=True, slots=True)
class SiftedIds:
    """The ids in the order typed, each once, and the words that are no ids.

    ``rejoined``: all ids, with the ids typed in pieces (2542 2856…) joined. Empty where no id was typed in pieces, and
    where the pieces could be joined in several ways.
    """

    good: tuple[str, ...]
    bad: tuple[BadWord, ...]
    rejoined: tuple[str, ...] = ()


def sift_ids(tokens: Iterable[Token], *, waybills: bool) -> SiftedIds:
    """Sort the words of tokens into ids and others. ``waybills``: whether waybills count as ids."""
    good: dict[str, None] = {}
    bad: dict[str, BadWord] = {}
    typed: list[str] = []  # ids, and words that may be pieces of an id
    for word in (word for token in tokens for word in _words(token)):
        ids, problem = _read(word, waybills=waybills)
        good |= dict.fromkeys(ids)
        if problem:
            bad[word] = problem
        typed += ids or _pieces(word) or _begun(word)
    return SiftedIds(tuple(good), tuple(bad.values()), _rejoined(typed, waybills=waybills) if bad else ())


def _words(token: Token) -> list[str]:
    if token.kind is Kind.LINK:
        return (
            ids_in_url(token.target)
            or _IN_LINK.findall(token.target)
            or list(ids_in_text(token.text))
            or [token.target]
        )
    if token.kind in {Kind.CHANNEL, Kind.PERSON}:
        return [token.typed()]
    pieces = (_DASHES.sub("-", folded(piece)) for piece in _SEPARATORS.split(folded(token.text)))
    return [piece for piece in pieces if not is_name(piece)]


def _read(word: str, *, waybills: bool) -> tuple[list[str], BadWord | None]:
    """The ids in a word, or why the word is no id."""
    core = without_label(word)
    ids = ids_in_word(word)
    if not ids and (ORDER_ID.fullmatch(core) or (WAYBILL.fullmatch(core.upper()) and not _pieces(core))):
        ids = [core.upper()]
    if not ids:
        return [], BadWord(word, _no_id(core, word, waybills=waybills))
    waybill = next((number for number in ids if not ORDER_ID.fullmatch(number)), "")
    if waybill and not waybills:
        return [], BadWord(word, _waybill(waybill), waybill=waybill)
    return ids, None


def _pieces(word: str) -> list[str]:
    """The digits of a word that may be one piece of an id, or several pieces joined by hyphens; else empty."""
    core = without_label(word)
    if core.isascii() and core.isdigit():
        return [core]
    return re.findall("[0-9]+", core) if _PIECES.fullmatch(core) and not _NUMBERED.fullmatch(core) else []


def _begun(word: str) -> list[str]:
    """A word that may be the first piece of a carrier's number, as in YT 8812 3456 78901; else empty."""
    core = without_label(word).upper()
    return [core] if _BEGUN.fullmatch(core) else []


def _rejoined(typed: list[str], *, waybills: bool) -> tuple[str, ...]:
    """The ids that result where neighbouring pieces can be joined in exactly one way; else empty."""
    if len(typed) > MOST_PIECES:
        return ()
    # By position: the ways to join the pieces before it. Two are kept at most, enough to know that there are several.
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(typed) + 1):
        here: list[tuple[str, ...]] = []
        for start in range(end - 1, -1, -1):
            whole = "".join(typed[start:end])
            if len(whole) > LONGEST and end - start > 1:
                break
            if _is_whole(whole, end - start, waybills=waybills):
                here += [(*way, whole) for way in ways[start]]
        ways.append(here[:2])
    only = ways[-1][0] if len(ways[-1]) == 1 else ()
    return only if len(only) < len(typed) else ()


def _is_whole(word: str, pieces: int, *, waybills: bool) -> bool:
    if pieces > 1:
        is_id = word.isdigit() and SHORTEST <= len(word) <= WHOLE
        return is_id or (waybills and bool(_JOINED.fullmatch(word)))
    return bool(ORDER_ID.fullmatch(word) or (not word.isdigit() and WAYBILL.fullmatch(word)))


def _no_id(core: str, word: str, *, waybills: bool) -> str:
    if core.isascii() and core.isdigit():
        return _wrong_length(core)
    if waybills:
        return _("{word} is neither an order ID nor a tracking number").format(word=code(word, 40))
    return _("{word} is not an order ID").format(word=code(word, 40))


def _wrong_length(word: str) -> str:
    words = (
        _("{word} is too short: order IDs have {shortest} to {longest} digits")
        if len(word) < SHORTEST
        else _("{word} is too long: order IDs have {shortest} to {longest} digits")
    )
    return words.format(shortest=SHORTEST, longest=LONGEST, word=code(word, 40))


def _waybill(word: str) -> str:
    return _("{word} is a tracking number, and this needs the order ID, which {command} shows").format(
        word=code(word, 40), command=code(f"/panda track {word}", 60)
    )
