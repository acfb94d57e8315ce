"""The third stage: the aspects of an act, such as done, under way, planned, negated, revoked, only mentioned."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Aspect(StrEnum):
    """The aspect of an act in a text."""

    DONE = "done"
    ONGOING = "under way"
    BARE = "stated"  # the bare verb, as in a list of scans
    PLANNED = "planned"
    NEGATED = "negated"
    NOT_YET = "not yet"
    FAILED = "failed"
    REVOKED = "revoked"
    CONDITIONAL = "conditional"
    ASKED = "asked"
    POSSIBLE = "possible"
    MENTIONED = "mentioned"

    @property
    def happened(self) -> bool:
        """Whether the act is stated as a fact of the present or the past."""
        return self in _HAPPENED


_HAPPENED = frozenset({Aspect.DONE, Aspect.ONGOING, Aspect.BARE})


class Modality(NamedTuple):
    """The aspect of an act, with the other facts that the tokens around the act tell."""

    aspect: Aspect
    succeeded: bool = False  # a word of success stands beside the act: 成功, successfully
    arranged: bool = False  # booked or agreed on
    again: bool = False
    today: bool = False
    promised: bool = False  # for a stated day or hour
