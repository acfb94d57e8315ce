"""Reads courier language: the claim of one scan about its parcel, and the state of a parcel after all its scans.

A scan is read in stages. Each stage is a module that can be used alone: :mod:`normalization` (texts that read alike get the same
form), :mod:`tokens` (words and their meanings; a name is one word), :mod:`aspect` (whether an act happened),
:mod:`events` (acts, with who took part and where), :mod:`claims` (the table of the claims of each act), :mod:`reading`
(the one claim of a text), :mod:`pickup_deadlines` (the times until which a parcel is to be picked up), :mod:`codes` (the
platforms' codes), :mod:`parcel_state` (the parcel's milestone). The patterns are our own reading of courier texts [inferred];
unknown words claim nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pandapon.courier.account import Account, Statement, read_account
from pandapon.courier.claims import Reason
from pandapon.courier.codes import LONGEST_CODE, scan_code, together
from pandapon.courier.deeds import Deed
from pandapon.courier.events import parse
from pandapon.courier.parcel_state import oldest_first, precedes, state_of
from pandapon.courier.normalization import LONGEST_RAW, normalize
from pandapon.courier.keepers import Keeper
from pandapon.courier.places import Place, PlaceKind
from pandapon.courier.reading import Action, Holder, Reading, decide
from pandapon.courier.pickup_deadlines import only_threatens
from pandapon.courier.tokens import tokenize
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = [
    "RULES",
    "Account",
    "Action",
    "Deed",
    "Holder",
    "Keeper",
    "Place",
    "PlaceKind",
    "Reading",
    "Reason",
    "Statement",
    "asked_action",
    "read_account",
    "read_entry",
    "read_trace",
]

RULES = "8"  # grows with each change that alters the claims of stored entries, which are then read again
_LONG_NUMBER = re.compile(r"[0-9]{6,}")


def read_entry(text: str, status: str = "", action: str = "") -> Reading:
    """Return the claim of one entry. ``status`` and ``action``: the platform's codes as sent, in any case.

    A field of the result that is None claims nothing. Odd and long texts raise nothing. Every claim of words is
    inferred.
    """
    return _entry(text[:LONGEST_RAW], status[:LONGEST_CODE], action[:LONGEST_CODE])


def asked_action(text: str) -> Action | None:
    """Return the action that an entry asks of a person now; None: no action.

    A pick-up counts only when the entry warns that the parcel goes back soon.
    """
    reading = read_entry(text)
    return reading.action if reading.action is not Action.PICK_UP or reading.is_urgent else None


@lru_cache(maxsize=16_384)  # several rules ask for the reading of a new scan, and the next polls repeat it
def _entry(text: str, status: str, action: str) -> Reading:
    reading = _reading(text)
    code_alone = scan_code(text[: LONGEST_CODE + 1])
    if code_alone is not None:
        reading = replace(reading, milestone=code_alone, understood=True)
    if not (status or action):
        return reading
    milestone = together(status, action, reading.milestone)
    return reading if milestone is reading.milestone else replace(reading, milestone=milestone)


@lru_cache(maxsize=2_048)  # the same words with and without their code
def _reading(text: str) -> Reading:
    """Return the reading of a text. Texts that differ only in a long number, which has no meaning, are read once."""
    blotted = _LONG_NUMBER.sub(lambda number: "0" * len(number[0]), text)
    reading = _read(blotted)
    has_number = reading.place is not None and _LONG_NUMBER.search(reading.place) is not None
    return _read(text) if has_number and blotted != text else reading


@lru_cache(maxsize=16_384)
def _read(text: str) -> Reading:
    normalized = normalize(text)
    reading = decide(parse(tokenize(normalized)))
    if reading.milestone is Milestone.RETURNING and only_threatens(normalized):
        return replace(
            reading, milestone=Milestone.READY_FOR_PICKUP, action=Action.PICK_UP, reason=None, is_urgent=True
        )
    return reading


@dataclass(frozen=True, slots=True)
class _Row:
    reading: Reading

    @property
    def milestone(self) -> Milestone | None:
        return self.reading.milestone


def read_trace(
    rows: Sequence[tuple[datetime | None, str, str]], ordered_at: datetime | None = None
) -> Milestone | None:
    """Return the milestone of a parcel after these rows, in any order; None: unknown.

    ``rows``: time (aware or None), text and status. ``ordered_at``: aware time of the order; older entries claim
    nothing, beyond the tolerance of :data:`pandapon.courier.parcel_state.RECYCLED`.
    """
    in_order = (rows[place] for place in oldest_first([at for at, _, _ in rows]))
    readings = (read_entry(text, status) for at, text, status in in_order if not precedes(at, ordered_at))
    return state_of((_Row(reading) for reading in readings), lambda row: row).milestone
