"""The closed set of deeds, which are finer than milestones and reasons, and the words that name some of them.

A deed follows from a claim, its act and the act's word (:mod:`claim_deeds`). ``words/deeds.txt`` lists the words that
say more than their tag: 装车 and 分拣 are both HANDLE, but people read "loaded" and "sorted".
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from enum import StrEnum, auto
from functools import cache
from importlib.resources import files

from pandapon.courier.tags import Tag


class Deed(StrEnum):
    """An act done with a parcel, or the trouble that it has."""

    # --- at the shop
    ORDER_PLACED = auto()
    UNPAID = auto()
    PAID = auto()
    PREPARING = auto()
    ORDER_CHECKED = auto()
    PACKING = auto()
    MAKING = auto()
    PRESALE = auto()
    TO_SHIP = auto()
    LABEL_MADE = auto()
    AWAITING_COLLECTION = auto()
    SHIPPED = auto()
    PICKED_UP = auto()
    # --- on the way
    ARRIVED = auto()
    LEFT = auto()
    TOWARDS = auto()
    NEXT_STOP = auto()
    MOVING = auto()
    HANDLED = auto()
    LOADED = auto()
    UNLOADED = auto()
    SORTED = auto()
    BAGGED = auto()
    UNBAGGED = auto()
    WEIGHED = auto()
    MERGED = auto()
    SECURITY = auto()
    CHECKED = auto()
    STOCKED = auto()
    PACKED = auto()
    RELABELLED = auto()
    SCANNED = auto()
    RECEIVED = auto()
    TRANSFERRED = auto()
    REDIRECTED = auto()
    FORWARDED = auto()
    BY_AIR = auto()
    BY_SEA = auto()
    BY_RAIL = auto()
    BY_ROAD = auto()
    TOOK_OFF = auto()
    LANDED = auto()
    SAILED = auto()
    BERTHED = auto()
    AT_AIRLINE = auto()
    LEFT_COUNTRY = auto()
    ENTERED_COUNTRY = auto()
    CLEARING = auto()
    CLEARED = auto()
    AWAITING_RELEASE = auto()
    INSPECTED = auto()
    RESUMED = auto()
    RETURN_CALLED_OFF = auto()
    # --- the last leg
    AT_LAST_OUTLET = auto()
    AWAITING_DELIVERY = auto()
    OUT_FOR_DELIVERY = auto()
    READY = auto()
    DELIVERED = auto()
    COLLECTED = auto()
    # --- problems
    REFUSED = auto()
    NOT_ACCEPTED = auto()  # by a station, an outlet or another carrier
    NO_CONTACT = auto()
    WRONG_NUMBER = auto()
    ABSENT = auto()
    ANOTHER_TIME = auto()
    CLOSED = auto()
    NO_ENTRY = auto()
    UNPAID_COD = auto()
    ATTEMPT_FAILED = auto()
    BACK_AT_DEPOT = auto()
    TAKEN_BACK = auto()
    NOT_FETCHED = auto()
    ADDRESS = auto()
    MOVED = auto()
    OUT_OF_AREA = auto()
    STUCK = auto()
    DELAYED = auto()
    WEATHER = auto()
    HOLIDAY = auto()
    TRAFFIC = auto()
    BACKLOG = auto()
    NO_FLIGHT = auto()
    CLOSURE = auto()
    BREAKDOWN = auto()
    STRIKE = auto()
    NO_UPDATE = auto()
    DAMAGED = auto()
    PACKAGING = auto()
    WET = auto()
    LEAKING = auto()
    BROKEN = auto()
    CRUSHED = auto()
    BURNT = auto()
    OPENED = auto()
    MISSING = auto()
    OUT_OF_STOCK = auto()
    MISSORTED = auto()
    FORBIDDEN = auto()
    HELD = auto()
    CUSTOMS_HELD = auto()
    PAPERS = auto()
    DUTY = auto()
    INTERCEPTED = auto()
    RECALLED = auto()
    NOT_COLLECTED = auto()
    SIGNATURE_DISPUTED = auto()
    WRONGLY_SIGNED = auto()
    MISDELIVERED = auto()
    MAYBE_LOST = auto()
    MAYBE_DESTROYED = auto()
    MAYBE_SEIZED = auto()
    UNCLAIMED = auto()
    COMPENSATED = auto()
    PARTIAL = auto()
    REGISTERED = auto()
    LOCKER_FULL = auto()
    LABEL_LOST = auto()
    OVERSIZE = auto()
    SEARCHING = auto()
    GOODS_DECLARED = auto()
    DISPUTE = auto()
    PROBLEM = auto()
    # --- ends
    RETURNING = auto()
    TO_RETURN = auto()
    RETURNED = auto()
    LOST = auto()
    DESTROYED = auto()
    SEIZED = auto()
    ABANDONED = auto()
    CANCELLED = auto()


@cache
def _words() -> dict[Tag, list[tuple[str, Deed]]]:
    """The words of each tag with their deeds, the longest first. Raises KeyError for an unknown heading."""
    deeds: dict[Tag, dict[str, Deed]] = defaultdict(dict)
    tag, deed = Tag.OTHER, Deed.PROBLEM
    for line in (files(__package__) / "words" / "deeds.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]").split()
            tag, deed = Tag[heading[0]], Deed[heading[1]]
        elif line and not line.startswith("#"):
            words = line.split("|") if line.isascii() else line.split()
            deeds[tag] |= {unicodedata.normalize("NFKC", word.strip()): deed for word in words}
    return {of: sorted(words.items(), key=lambda word: -len(word[0])) for of, words in deeds.items()}


def deed_by_word(tag: Tag, words: str) -> Deed | None:
    """Return the deed of the longest listed word of a tag that is within ``words``; None: no such word is."""
    return next((deed for word, deed in _words().get(tag, ()) if word in words), None)
