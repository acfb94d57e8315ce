"""The words of all languages, ready to be looked up. The longest word that begins at a place wins.

The words stand in ``words/*.txt``, so that a person who knows couriers can read and mend them without reading code. A
pattern there forms words as its language does: ``{压,摔}{坏,碎}`` is each verb with each result. A word that is
written out goes before a formed one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING

from pandapon.courier.signs import Sign

if TYPE_CHECKING:
    from collections.abc import Callable

Signs = tuple[Sign, ...]
LATIN = re.compile(r"[a-z0-9'&]+")
_PARTS = re.compile(r"\{([^}]*)\}|([^{]+)")
_FORMED = "{"


def sections(language: str) -> dict[Signs, list[str]]:
    """Return the words of a language by their meanings. Raises KeyError for a meaning that is not in the closed set."""
    words_of: dict[Signs, list[str]] = defaultdict(list)
    signs: Signs = ()
    for line in (files(__package__) / "words" / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            signs = tuple(Sign[name] for name in line.strip("[]").split())
        elif line and not line.startswith("#"):
            words = line.split("|") if language == "en" else line.split()
            words_of[signs] += [unicodedata.normalize("NFKC", word.strip()) for word in words if word.strip()]
    return words_of


def formed(pattern: str) -> list[str]:
    """Return the words of a pattern like ``{no,not any}body``; a pattern without braces is its own only word."""
    parts = [inner.split(",") if inner or not plain else [plain] for inner, plain in _PARTS.findall(pattern)]
    return [" ".join("".join(word).split()) for word in product(*parts)]


def _words() -> tuple[dict[str, Signs], dict[str, Signs], frozenset[str]]:
    written: dict[str, Signs] = {}
    made: dict[str, Signs] = {}
    tails: frozenset[str] = frozenset()
    for language in ("zh", "th", "en"):
        for signs, listed in sections(language).items():
            if signs == (Sign.TAIL,):
                tails = frozenset(listed)
                continue
            for pattern in listed:
                (made if _FORMED in pattern else written).update(dict.fromkeys(formed(pattern), signs))
    words = made | written
    latin = {word: signs for word, signs in words.items() if LATIN.match(word)}
    return {word: signs for word, signs in words.items() if word not in latin}, latin, tails


def _lengths(words: dict[str, Signs], key_of: Callable[[str], str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the words that begin alike, the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for word in words:
        lengths[key_of(word)].add(len(word))
    return {key: tuple(sorted(sizes, reverse=True)) for key, sizes in lengths.items()}


def _latin_start(word: str) -> str:
    start = LATIN.match(word)
    assert start is not None
    return start[0]


# A tail makes a noun of the act before it: 签收 + 单 is a slip.
WORDS, LATIN_WORDS, TAILS = _words()
# Keyed by the first two characters, which few words share, so a place of a text is looked up once or twice. A word of
# one character is its own key.
LENGTHS = _lengths(WORDS, lambda word: word[:2])
LATIN_LENGTHS = _lengths(LATIN_WORDS, _latin_start)
LONGEST_TAIL = max(map(len, TAILS))
