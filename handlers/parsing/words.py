"""The words that start a command, and those of filters; mistyped ones find the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    options: frozenset[str] = frozenset()  # of handlers.parsing.options.OPTIONS
    takes_filters: bool = False  # --problems is as good as problems
    takes_words: bool = False  # any words: an unknown option may be meant as one
    takes_one_id: bool = False
    ids_shown_by: str = "orders"  # the verb of the list in which the ids stand that may follow


class Vocabulary:
    """All verbs, and all topics on which there is help. Both keep the order in which they are listed for people."""

    def __init__(self, verbs: Mapping[str, Verb], topics: tuple[str, ...]) -> None:
        self.verbs = verbs
        self.topics = topics
        self.meanings: dict[str, str] = {name: name for name in verbs}
        self.meanings |= {word: verb.name for verb in verbs.values() for word in verb.synonyms}

    def meaning(self, word: str) -> str | None:
        """The name of the verb that a folded word means."""
        return self.meanings.get(word.rstrip(":,。，：") or word)

    def split(self, word: str) -> tuple[str, str] | None:
        """A Chinese verb and what is written right behind it: 搜索连衣裙 is 搜索 连衣裙."""
        for verb in self._chinese:
            if word.startswith(verb) and len(word) > len(verb):
                return verb, word[len(verb) :]
        return None

    def nearest_verb(self, word: str) -> str | None:
        """The verb that was mistyped. Synonyms are short and near to anything, and a wrong guess may watch an id."""
        return nearest(word, {name: name for name in self.verbs})

    @cached_property
    def _chinese(self) -> list[str]:
        """Chinese has no spaces: a verb of two characters or more may stand right before what it is about."""
        words = (word for word in self.meanings if len(word) > 1 and not word.isascii())
        return sorted(words, key=len, reverse=True)


def nearest(word: str, known: Mapping[str, str]) -> str | None:
    """What the best match of a mistyped word means; None when nothing is close."""
    cutoff = 0.6 if len(word) > 3 else 0.66  # noqa: PLR2004  short words match by chance
    matches = get_close_matches(word, known, n=1, cutoff=cutoff)
    return known[matches[0]] if matches else None
