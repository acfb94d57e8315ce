"""The words of all languages with their tags, ready for a look-up by longest match.

The words stand in ``words/*.txt``, so that a person who knows couriers can read and mend them without reading code. A
pattern there stands for many words: ``{压,摔}{坏,碎}`` is each verb with each result. A word that is listed by itself
overrules the same word from a pattern.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING

from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

Tags = tuple[Tag, ...]
LATIN = re.compile(r"[a-z0-9'&]+")
_PARTS = re.compile(r"\{([^}]*)\}|([^{]+)")
_FORMED = "{"


def sections(language: str) -> dict[Tags, list[str]]:
    """Return the words and patterns of a language by their tags. ``language``: ``zh``, ``en`` or ``th``.

    Raises KeyError for a heading that is no :class:`Tag`.
    """
    words_of: dict[Tags, list[str]] = defaultdict(list)
    tags: Tags = ()
    for line in (files(__package__) / "words" / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            tags = tuple(Tag[name] for name in line.strip("[]").split())
        elif line and not line.startswith("#"):
            words = line.split("|") if language == "en" else line.split()
            words_of[tags] += [unicodedata.normalize("NFKC", word.strip()) for word in words if word.strip()]
    return words_of


def expand(pattern: str) -> list[str]:
    """Return the words of a pattern like ``{no,not any}body``. A pattern without braces stands for itself."""
    parts = [inner.split(",") if inner or not plain else [plain] for inner, plain in _PARTS.findall(pattern)]
    return [" ".join("".join(word).split()) for word in product(*parts)]


def expand_words(char: str) -> None:
    """Expand the patterns of :data:`UNEXPANDED` that begin with a character, and add their words to the look-up."""
    words, key_of = (LATIN_WORDS, _latin_start) if LATIN.match(char) else (WORDS, _first_two)
    expanded = {word: tags for pattern, tags in UNEXPANDED.get(char, ()) for word in expand(pattern)}
    lengths: dict[str, set[int]] = defaultdict(set)
    for word in expanded:
        lengths[key_of(word)].add(len(word))
    words.update(expanded)
    (LATIN_LENGTHS if words is LATIN_WORDS else LENGTHS).update(
        {key: tuple(sorted(sizes, reverse=True)) for key, sizes in lengths.items()}
    )
    UNEXPANDED.pop(char, None)  # last, so that a second thread expands the same words again and misses none


def is_word(text: str) -> bool:
    """Return whether a text is a word of the lexicon."""
    if text[:1] in UNEXPANDED:
        expand_words(text[0])
    return text in WORDS or text in LATIN_WORDS


def _read() -> tuple[dict[str, list[tuple[str, Tags]]], frozenset[str]]:
    """The patterns by the first character of their words, single words after patterns; and the tails.

    A later word overwrites an earlier one, so single words win.
    """
    made: dict[str, list[tuple[str, Tags]]] = defaultdict(list)
    written: dict[str, list[tuple[str, Tags]]] = defaultdict(list)
    tails: frozenset[str] = frozenset()
    for language in ("zh", "th", "en"):
        for tags, listed in sections(language).items():
            if tags == (Tag.TAIL,):
                tails = frozenset(listed)
                continue
            for pattern in listed:
                for opened in _by_first_character(pattern):
                    (made if _FORMED in pattern else written)[opened[0]].append((opened, tags))
    return {char: made[char] + written[char] for char in made | written}, tails


def _by_first_character(pattern: str) -> Iterator[str]:
    """The pattern, split so that each part begins with a plain character: ``{ab,c}d`` gives ``abd`` and ``cd``."""
    if not pattern.startswith(_FORMED):
        yield pattern
        return
    choices, _, remainder = pattern.removeprefix(_FORMED).partition("}")
    for choice in choices.split(","):
        yield from _by_first_character((choice + remainder).lstrip())


def _first_two(word: str) -> str:
    return word[:2]


def _latin_start(word: str) -> str:
    start = LATIN.match(word)
    assert start is not None
    return start[0]


# A tail makes a noun of the act before it: 签收 + 单 is a receipt.
UNEXPANDED, TAILS = _read()
LONGEST_TAIL = max(map(len, TAILS))
# The words that :func:`expand_words` has made so far. To make all 100,000 would take a fifth of the start, and most
# commands read no courier text.
WORDS: dict[str, Tags] = {}
LATIN_WORDS: dict[str, Tags] = {}
# The lengths of the words that begin with two characters, the longest first. Few words share them, so each index of a
# text needs only one or two look-ups. A word of one character is its own key.
LENGTHS: dict[str, tuple[int, ...]] = {}
LATIN_LENGTHS: dict[str, tuple[int, ...]] = {}  # keyed by the first word of several
