"""Reads courier language: the claim of one scan about its parcel, and the state of a parcel after all its scans.

A rule engine for Chinese, English and Thai. The words and rules are our own reading of courier texts [inferred]; a word
that no list knows claims nothing. A text passes through these modules in this order:

1. Normalization. :mod:`normalization` gives texts that a person reads alike the same form.
2. Tokens. :mod:`tags` is the closed set of meanings, :mod:`lexicon` holds the words of each tag (``words/*.txt``),
   :mod:`person_names` finds people's names, and :mod:`tokens` cuts the text into tokens by longest match.
3. Aspect. :mod:`aspect` is the closed set of aspects (done, planned, negated …), :mod:`right_context` reads the aspect
   of an act from the tokens after it, and :mod:`left_context` adds the tokens before it.
4. Events. :mod:`events` splits the tokens into clauses and finds each act with its aspect and its place, and
   :mod:`signers` finds who signed.
5. Claims of acts. :mod:`claims` is the table from act, aspect and place to a milestone, and :mod:`context` answers
   questions about the words around an act. :mod:`act_claims` chooses the rule of each act:

   - before the last leg: :mod:`collecting` (the courier's pick-up at the sender), :mod:`departing`, :mod:`arriving`;
   - the last leg: :mod:`delivering` (out for delivery), :mod:`other_legs` (delivery verbs about another leg),
     :mod:`bookings` (delivery verbs that only book or promise);
   - the parcel changes hands: :mod:`signing`, :mod:`receiving`, :mod:`handing_over` (brought, put down, handed over),
     :mod:`fetching` (自提), :mod:`taking` (取件, which may be the courier's or the recipient's), :mod:`other_takers`
     (police, customs, the next carrier, a stranger);
   - troubles and ends: :mod:`problems` chooses among its own rules and :mod:`absences`, :mod:`losses`,
     :mod:`demands` (papers, duty, fees) and :mod:`opening_hours`; :mod:`returns` and :mod:`cancelling`.

6. Claims of the text. :mod:`noun_claims` reads nouns made of acts (签收记录), :mod:`doubts` and :mod:`hedges` weaken an
   end that the text leaves open, and :mod:`text_claims` drops what a later clause takes back.
7. Reading. :mod:`reading` chooses the strongest claim, with its reason, its holder and the action asked of the buyer.
   :mod:`codes` decides where the platform's code and the words disagree.
8. State. :mod:`entry_order` sorts the scans of a parcel and drops those from before the order, and :mod:`parcel_state`
   folds their claims into the state of the parcel.

Two side tracks start from the same text. :mod:`pickup_deadlines`, with :mod:`time_expressions`, finds until when a
parcel is to be picked up. :mod:`account` tells people who cannot read the text what it says: :mod:`claim_deeds` gives
each claim a deed (:mod:`deeds`), :mod:`places` finds the places, and :mod:`keepers` who has the parcel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pandapon.courier.account import Account, Statement, read_account
from pandapon.courier.claims import Reason
from pandapon.courier.codes import LONGEST_CODE, combined_claim, scan_code
from pandapon.courier.deeds import Deed
from pandapon.courier.entry_order import oldest_first, precedes
from pandapon.courier.events import parse
from pandapon.courier.keepers import Keeper
from pandapon.courier.normalization import LONGEST_RAW, normalize
from pandapon.courier.parcel_state import state_of
from pandapon.courier.pickup_deadlines import only_threatens
from pandapon.courier.places import Place, PlaceKind
from pandapon.courier.reading import Action, Holder, Reading, decide
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
    """Return the claim of one entry. ``status`` and ``action``: the platform's codes as sent, in any letter case.

    A field of the result that is None claims nothing. No text raises an error: characters beyond ``LONGEST_RAW`` are
    cut off. A claim that rests on words is inferred [inferred].
    """
    return _entry(text[:LONGEST_RAW], status[:LONGEST_CODE], action[:LONGEST_CODE])


def asked_action(text: str) -> Action | None:
    """Return the action that an entry asks of the buyer now; None: no action.

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
    milestone = combined_claim(status, action, reading.milestone)
    return reading if milestone is reading.milestone else replace(reading, milestone=milestone)


@lru_cache(maxsize=2_048)  # a text comes with and without its code
def _reading(text: str) -> Reading:
    """Return the reading of a text. Texts that differ only in a long number share one reading.

    A long number (a waybill, a telephone) has no meaning. It is kept only where it stands in the place's name.
    """
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

    ``rows``: time (aware or None), text and status code. ``ordered_at``: aware time of the order. A row that is older
    than the order by more than :data:`pandapon.courier.entry_order.RECYCLED` claims nothing.
    """
    in_order = (rows[place] for place in oldest_first([at for at, _, _ in rows]))
    readings = (read_entry(text, status) for at, text, status in in_order if not precedes(at, ordered_at))
    return state_of((_Row(reading) for reading in readings), lambda row: row).milestone
