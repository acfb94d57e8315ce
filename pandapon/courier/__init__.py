"""Reads courier language: what one scan claims about its parcel, and where a parcel stands after all its scans.

A scan is read in stages, each a module that can be looked into alone: :mod:`form` (one form for what reads alike),
:mod:`tokens` (words and their meanings, names whole), :mod:`aspect` (whether it happened), :mod:`events` (acts, who
and where), :mod:`claims` (the table of what an act claims), :mod:`reading` (the one claim of a text), :mod:`codes` (the
platforms' codes), :mod:`fold` (the parcel's milestone). The patterns are our own reading of courier texts [inferred];
words that they do not know claim nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pandapon.courier.claims import Reason
from pandapon.courier.codes import scan_code, together
from pandapon.courier.events import read
from pandapon.courier.fold import fold, oldest_first, precedes
from pandapon.courier.form import LONGEST_RAW
from pandapon.courier.form import fold as fold_text
from pandapon.courier.reading import Action, Holder, Reading, decide
from pandapon.courier.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.shipment import Milestone

__all__ = ["RULES", "Action", "Holder", "Reading", "Reason", "asked_action", "read_entry", "read_trace"]

RULES = "5"  # grows with each change that alters the claims of stored entries, which are then read again
_LONGEST_CODE = 40
_LONG_NUMBER = re.compile(r"[0-9]{6,}")


def read_entry(text: str, status: str = "", action: str = "") -> Reading:
    """Return the claim of one entry: of its words, and of its codes as the platform sent them, in any case.

    A field that is None claims nothing. Raises nothing, however odd or long the text. Every claim of words is inferred.
    """
    words = _reading(text[:LONGEST_RAW])
    alone = scan_code(text[: _LONGEST_CODE + 1])
    if alone is not None:
        words = replace(words, milestone=alone, understood=True)
    if not (status or action):
        return words
    milestone = together(status[:_LONGEST_CODE], action[:_LONGEST_CODE], words.milestone)
    return words if milestone is words.milestone else replace(words, milestone=milestone)


def asked_action(text: str) -> Action | None:
    """Return what an entry asks of a person now; None: nothing. A pick-up counts once the parcel is to go back."""
    reading = read_entry(text)
    return reading.action if reading.action is not Action.PICK_UP or reading.is_urgent else None


@lru_cache(maxsize=16_384)  # every reading of an order repeats the scans of the reading before
def _reading(text: str) -> Reading:
    """The reading of a text. Texts that differ only in a long number, which has no meaning, are read once."""
    alike = _LONG_NUMBER.sub(lambda number: "0" * len(number[0]), text)
    reading = _read(alike)
    has_number = reading.place is not None and _LONG_NUMBER.search(reading.place) is not None
    return _read(text) if has_number and alike != text else reading


@lru_cache(maxsize=16_384)
def _read(text: str) -> Reading:
    return decide(read(tokens(fold_text(text))))


@dataclass(frozen=True, slots=True)
class _Row:
    reading: Reading

    @property
    def milestone(self) -> Milestone | None:
        return self.reading.milestone


def read_trace(
    rows: Sequence[tuple[datetime | None, str, str]], ordered_at: datetime | None = None
) -> Milestone | None:
    """Return the milestone of a parcel after rows (aware time or None, text, status) in any order; None: unknown.

    ``ordered_at``: aware time of the order; entries from before it claim nothing.
    """
    in_order = (rows[place] for place in oldest_first([at for at, _, _ in rows]))
    ours = (read_entry(text, status) for at, text, status in in_order if not precedes(at, ordered_at))
    return fold(_Row(reading) for reading in ours).place
