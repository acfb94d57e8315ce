"""One shipment model over both platforms: order, parcels, nodes, milestones, and what is new about them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

from pandapon.markup import plain
from pandapon.written import BUDDHIST


class Platform(StrEnum):
    """The two marketplaces. The value is what a person types after ``--`` and what the database keeps."""

    ALIBABA = "1688"
    TAOBAO = "taobao"


class Milestone(StrEnum):
    """Where an order or parcel stands. Progress first, in order; then the problems."""

    ORDERED = "ordered"
    PAID = "paid"
    SHIPPED = "shipped"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    ATTEMPT_FAILED = "attempt_failed"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    LOST = "lost"

    @classmethod
    def parse(cls, text: str) -> Milestone | None:
        """The milestone of that name; None for the empty one, and for one that this version does not know."""
        return _MILESTONES.get(text)

    @property
    def is_problem(self) -> bool:
        """True for the states that want a person's eye."""
        return self in PROBLEMS

    @property
    def rank(self) -> int:
        """Position along the way, 0 for ordered; -1 for a problem, which is no progress."""
        return PROGRESS.index(self) if self in PROGRESS else -1


_MILESTONES = {milestone.value: milestone for milestone in Milestone}
PROGRESS: tuple[Milestone, ...] = (
    Milestone.ORDERED,
    Milestone.PAID,
    Milestone.SHIPPED,
    Milestone.PICKED_UP,
    Milestone.IN_TRANSIT,
    Milestone.ARRIVED,
    Milestone.OUT_FOR_DELIVERY,
    Milestone.READY_FOR_PICKUP,
    Milestone.DELIVERED,
)
PROBLEMS: frozenset[Milestone] = frozenset(Milestone) - frozenset(PROGRESS)
FINAL: frozenset[Milestone] = frozenset(
    {Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED, Milestone.LOST},
)


class TimeBasis(StrEnum):
    """How a node's time was understood."""

    OFFSET = "offset"  # the text carried its own offset
    CHINA = "china"  # naive text, taken as UTC+8 (inferred: shared callbacks agree to the minute)
    EPOCH = "epoch"  # seconds or milliseconds since 1970
    BUDDHIST = "buddhist"  # a Thai year in one of the forms above
    WRITTEN = "written"  # a form for people, see pandapon.written; a missing year is the one that fits best
    PLACED = "placed"  # unreadable: the time is that of the entry before it in the list, and the raw text is shown
    UNKNOWN = "unknown"  # unreadable; the raw text is shown instead


_WIDE, _WIDER_BY = re.compile("[\uff01-\uff5e]"), 0xFEE0  # the wide forms of ASCII, and how far they lie from it
_NEVER = datetime.min.replace(tzinfo=UTC)
_BY_RAW_TIME = frozenset({TimeBasis.WRITTEN, TimeBasis.PLACED})


@dataclass(frozen=True, slots=True)
class OrderRef:
    """Which order, on which platform. The id is text: 19 digits do not survive a float."""

    platform: Platform
    order_id: str

    @property
    def key(self) -> str:
        """The one-string form, ``1688:2542285634920880794``, used as a key everywhere."""
        return f"{self.platform}:{self.order_id}"

    @classmethod
    def from_key(cls, key: str) -> Self:
        """Read :attr:`key` back. Raises ValueError when it is not one."""
        platform, _, order_id = key.partition(":")
        return cls(Platform(platform), order_id)


@dataclass(frozen=True)
class Node:
    """One trace entry of one parcel."""

    waybill: str
    at: datetime | None  # aware, UTC; None when the text was unreadable and nothing says where it belongs
    raw_time: str
    time_basis: TimeBasis
    text: str  # the courier's words, as sent
    code: str = ""  # status or action code, as sent
    place: str = ""  # city, facility; often filled in later
    milestone: Milestone | None = None  # None: this entry claims no state
    sequence: int = 0  # tie-break among equal times, oldest first

    @cached_property
    def identity(self) -> str:
        """What makes it the same node: parcel, event time and words. Enrichment (place, code) is left out."""
        return _digest(self.waybill, self._moment, normalise(self.text))

    @property
    def _moment(self) -> str:
        """The time, in the forms that have always been read; for the others the raw text, as it was stored before."""
        if self.at is None or self.time_basis in _BY_RAW_TIME:
            return normalise(self.raw_time)
        if self.time_basis is TimeBasis.BUDDHIST:
            return self.at.astimezone(UTC).replace(year=self.at.year + BUDDHIST).isoformat()
        return self.at.astimezone(UTC).isoformat()

    @property
    def is_timed(self) -> bool:
        """Whether its time was read, rather than taken from where it stands."""
        return self.at is not None and self.time_basis is not TimeBasis.PLACED

    @cached_property
    def shown(self) -> str:
        """The courier's words as people read them, without markup. The raw ones make the identity, and stay stored."""
        return plain(self.text)

    @cached_property
    def content(self) -> str:
        """What may be filled in later: the same identity with new content is an edit, never news again."""
        return _digest(self.code, self.place, self.text.strip())


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel of an order: its waybill, carrier and nodes, oldest first."""

    waybill: str  # the carrier's number; the vendor's own parcel id where the number is still missing
    carrier: str = ""
    status_code: str = ""  # as sent
    status_milestone: Milestone | None = None  # what status_code claims; None: unknown or absent
    nodes: tuple[Node, ...] = ()
    milestone: Milestone | None = None  # where it stands, decided from nodes and status together
    logistics_id: str = ""  # the platform's own id of it, by which its order may name it; empty: none was said


def by_shipping(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """The one order in which parcels are counted and shown: by their first scan, then by waybill; unscanned ones last.

    What a reading brought first does not matter: parcel 1 of 2 is the same one wherever a person looks.
    """
    return tuple(sorted(parcels, key=_shipped))


def _shipped(parcel: Parcel) -> tuple[bool, datetime, str]:
    first = next((node.at for node in parcel.nodes if node.at is not None), None)
    return first is None, first or _NEVER, parcel.waybill


@dataclass(frozen=True, slots=True)
class Shipment:
    """Every parcel of one order as read at one time."""

    ref: OrderRef
    parcels: tuple[Parcel, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes of all parcels, parcel by parcel, oldest first."""
        return tuple(node for parcel in self.parcels for node in parcel.nodes)


def normalise(text: str) -> str:
    """Fold width, case and white space, so that cosmetic edits keep a node's identity."""
    return " ".join(nfkc(text).casefold().split())


def nfkc(text: str) -> str:
    """NFKC of Unicode, several times faster for Chinese texts.

    Their wide commas and brackets have a plain form of their own. A text without them is mostly in NFKC already, which
    the standard library sees at once; with a single one of them it takes all of the text apart.
    """
    return unicodedata.normalize("NFKC", _WIDE.sub(_narrow, text))


def _narrow(wide: re.Match[str]) -> str:
    return chr(ord(wide[0]) - _WIDER_BY)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
