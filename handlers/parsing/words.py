"""The words that start a command or name a filter, and the nearest known word to a mistyped one."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_WORD = 3  # letters; words up to this length resemble others by chance, so only a closer match counts
FILTERS: dict[str, Filter] = {
    "all": Filter.ALL,
    "everything": Filter.ALL,
    "全部": Filter.ALL,
    "milestones": Filter.MILESTONES,
    "milestone": Filter.MILESTONES,
    "里程碑": Filter.MILESTONES,
    "problems": Filter.PROBLEMS,
    "problem": Filter.PROBLEMS,
    "异常": Filter.PROBLEMS,
    "问题": Filter.PROBLEMS,
}


@dataclass(frozen=True, slots=True)
class Verb:
    """A word that starts a command, the words that mean the same, and the options that may follow it."""

    name: str
    synonyms: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()  # names from handlers.parsing.options.OPTIONS
    takes_filters: bool = False  # filters such as "problems", also typed as an option, ``--problems``
    takes_words: bool = False  # free text, so that an unknown option may be one of its words
    takes_one_id: bool = False
    ids_shown_by: str = "orders"  # the verb that lists the ids this command takes


class Vocabulary:
    """All verbs and all help topics, both in the order in which people see them."""

    def __init__(self, verbs: Mapping[str, Verb], topics: tuple[str, ...]) -> None:
        self.verbs = verbs
        self.topics = topics
        self.meanings: dict[str, str] = {name: name for name in verbs}
        self.meanings |= {word: verb.name for verb in verbs.values() for word in verb.synonyms}

    def meaning(self, word: str) -> str | None:
        """The name of the verb that a word means; None where the word is no verb. ``word``: a folded text."""
        return self.meanings.get(word.rstrip(":,。，：") or word)

    def split(self, word: str) -> tuple[str, str] | None:
        """A Chinese verb and the text right behind it: 搜索连衣裙 is 搜索 and 连衣裙. None for any other word."""
        for verb in self._chinese:
            if word.startswith(verb) and len(word) > len(verb):
                return verb, word[len(verb) :]
        return None

    def nearest_verb(self, word: str) -> str | None:
        """The verb nearest to a mistyped word; None where no verb is near.

        Synonyms are left out: many are so short that they resemble any word, and a wrong guess may suggest to watch an
        order.
        """
        return nearest(word, {name: name for name in self.verbs})

    @cached_property
    def _chinese(self) -> list[str]:
        """The Chinese verbs of two characters or more, the longest first. Chinese puts no space behind them."""
        words = (word for word in self.meanings if len(word) > 1 and not word.isascii())
        return sorted(words, key=len, reverse=True)


def nearest(word: str, known: Mapping[str, str]) -> str | None:
    """The value in ``known`` of the key nearest to a mistyped word; None where no key is near."""
    cutoff = 0.6 if len(word) > SHORT_WORD else 0.66
    matches = get_close_matches(word, known, n=1, cutoff=cutoff)
    return known[matches[0]] if matches else None
