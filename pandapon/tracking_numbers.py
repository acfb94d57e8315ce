"""Carriers' tracking numbers (waybills) in one normal form, by which they are found, matched and told apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# JD numbers the boxes of a parcel behind its number, JDX012345678901-1-2-: the first of two. What its own pages
# accept is the number in front (seen on labels; not documented).
_BOX = re.compile(r"(JD[A-Z]{0,3}[0-9]{8,20})-([0-9]{1,3})-([0-9]{1,3})-?")
_DASH = re.compile(r"[‐‑‒–—―−]")
_OTHER = re.compile(r"[^0-9A-Z]+")
_SEVERAL = re.compile(r"[,;、/|]+")
LONG = 9  # letters and digits: blanks between pieces this long part two numbers, between shorter ones they group one
SHORTEST, DIGITS = 8, 4  # of anything that a carrier could look up; sellers also write words into the field


def normal(number: str) -> str:
    """Letters and digits only, full-width ones folded, upper case, without JD's box. Empty where there are none."""
    return _parts(number)[0]


def is_same(one: str, other: str) -> bool:
    """Whether two spellings mean one parcel. A number without its box means every box; two boxes are two parcels."""
    if one == other:
        return True
    (ours, our_box), (theirs, their_box) = _parts(one), _parts(other)
    return bool(ours) and ours == theirs and (our_box == their_box or not (our_box and their_box))


def is_number(text: str) -> bool:
    """Whether a carrier could know it: sellers write "self pick-up", "none" or a zero into the field as well."""
    number = normal(text)
    return len(number) >= SHORTEST and sum(one.isdigit() for one in number) >= DIGITS


def split(text: str) -> tuple[str, ...]:
    """The numbers of a field that may hold several, as they were written."""
    found: list[str] = []
    for part in _SEVERAL.split(text.replace("，", ",").replace("；", ";")):
        pieces = part.split()
        is_several = len(pieces) > 1 and all(len(normal(piece)) >= LONG for piece in pieces)
        found += pieces if is_several else [part.strip()]
    return tuple(dict.fromkeys(one for one in found if one))


@lru_cache(maxsize=20_000)
def _parts(number: str) -> tuple[str, str]:
    """The number and its box, such as ``1-2``; empty where it has none."""
    folded = unicodedata.normalize("NFKC", number).upper()
    packed = _DASH.sub("-", "".join(folded.split()))
    if box := _BOX.fullmatch(packed):
        return box[1], f"{int(box[2])}-{int(box[3])}"
    return _OTHER.sub("", packed), ""
