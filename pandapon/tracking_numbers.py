"""The normal form of carriers' tracking numbers (waybills), by which parcels are found and compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# JD writes the box behind the number of a parcel: JDX012345678901-1-2- is the first box of two. JD's own pages accept
# only the number before it [seen on labels, not documented].
_BOX = re.compile(r"(JD[A-Z]{0,3}[0-9]{8,20})-([0-9]{1,3})-([0-9]{1,3})-?")
_DASH = re.compile(r"[‐‑‒–—―−]")
_OTHER = re.compile(r"[^0-9A-Z]+")
_SEVERAL = re.compile(r"[,;、/|]+")
LONG = 9  # letters and digits; a blank separates pieces of this length, and only groups a number into shorter ones
SHORTEST, DIGITS = 8, 4  # the fewest characters, and the fewest digits among them, of a tracking number


def normal(number: str) -> str:
    """Return the normal form: upper-case ASCII letters and digits, without JD's box; empty if nothing remains."""
    return _parts(number)[0]


def is_same(number: str, other: str) -> bool:
    """Whether two spellings mean one parcel. A number without a box means every box; two boxes are two parcels."""
    if number == other:
        return True
    (normal_number, box), (other_number, other_box) = _parts(number), _parts(other)
    return bool(normal_number) and normal_number == other_number and (box == other_box or not (box and other_box))


def is_number(text: str) -> bool:
    """Whether a text can be a tracking number: sellers also type "self pick-up", "none" or a zero into the field."""
    number = normal(text)
    return len(number) >= SHORTEST and sum(character.isdigit() for character in number) >= DIGITS


def split(text: str) -> tuple[str, ...]:
    """Return the tracking numbers in a field that may hold several, as they were written, each once."""
    numbers: list[str] = []
    for part in _SEVERAL.split(text.replace("，", ",").replace("；", ";")):
        pieces = part.split()
        is_several = len(pieces) > 1 and all(len(normal(piece)) >= LONG for piece in pieces)
        numbers += pieces if is_several else [part.strip()]
    return tuple(dict.fromkeys(number for number in numbers if number))


@lru_cache(maxsize=20_000)
def _parts(number: str) -> tuple[str, str]:
    """The number and its box, such as ``1-2``; the box is empty if the number has none."""
    folded = unicodedata.normalize("NFKC", number).upper()
    packed = _DASH.sub("-", "".join(folded.split()))
    if box := _BOX.fullmatch(packed):
        return box[1], f"{int(box[2])}-{int(box[3])}"
    return _OTHER.sub("", packed), ""
