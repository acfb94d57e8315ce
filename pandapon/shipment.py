"""The shipment model of both platforms: order references, parcels, nodes, milestones."""

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
    """The two marketplaces. People type the value after ``--``, and the database stores it."""

    ALIBABA = "1688"
    TAOBAO = "taobao"


class Milestone(StrEnum):
    """How far an order or parcel is: first the steps of its progress, in order, then the problems."""

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
        """Return the milestone of that name; None for an empty or unknown name."""
        return _MILESTONES.get(text)

    @property
    def is_problem(self) -> bool:
        """Whether it is a problem, which needs a person's attention."""
        return self in PROBLEMS

    @property
    def rank(self) -> int:
        """The position in the progress, 0 for ordered; -1 for a problem, which is no progress."""
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
    """How a node's time was read."""

    OFFSET = "offset"  # the text carried its own offset
    CHINA = "china"  # naive text, taken as UTC+8 [inferred, see pandapon.times]
    EPOCH = "epoch"  # seconds or milliseconds since 1970
    BUDDHIST = "buddhist"  # one of the forms above with a Thai year
    WRITTEN = "written"  # as people write it, see pandapon.written; a missing year is inferred
    PLACED = "placed"  # unreadable: the time of the entry before it, else the first one read; the raw text is shown
    UNKNOWN = "unknown"  # unreadable; the raw text is shown instead


_WIDE, _WIDER_BY = re.compile("[\uff01-\uff5e]"), 0xFEE0  # full-width ASCII, and its distance from ASCII
_NEVER = datetime.min.replace(tzinfo=UTC)
_BY_RAW_TIME = frozenset({TimeBasis.WRITTEN, TimeBasis.PLACED})


@dataclass(frozen=True, slots=True)
class OrderRef:
    """The reference of an order: its platform and id. The id is text, because 19 digits do not survive a float."""

    platform: Platform
    order_id: str

    @property
    def key(self) -> str:
        """The reference as one string, such as ``1688:2542285634920880794``: the key of the order everywhere."""
        return f"{self.platform}:{self.order_id}"

    @classmethod
    def from_key(cls, key: str) -> Self:
        """Read :attr:`key` back. Raises ValueError for another text."""
        platform, _, order_id = key.partition(":")
        return cls(Platform(platform), order_id)


@dataclass(frozen=True)
class Node:
    """One trace entry of one parcel."""

    waybill: str
    at: datetime | None  # aware, UTC; None: unreadable, and so is every other time of its list
    raw_time: str  # as sent
    time_basis: TimeBasis
    text: str  # the courier's words, as sent
    code: str = ""  # status or action code, as sent
    place: str = ""  # city, facility; often filled in later
    milestone: Milestone | None = None  # None: the entry claims no milestone
    sequence: int = 0  # the order among equal times, oldest first

    @cached_property
    def identity(self) -> str:
        """The identity: equal for the same parcel, event time and words. Place and code may be added later."""
        return _digest(self.waybill, self._moment, normalise(self.text))

    @property
    def _moment(self) -> str:
        """The time within the identity. Forms that older versions could not read keep their raw text as identity."""
        if self.at is None or self.time_basis in _BY_RAW_TIME:
            return normalise(self.raw_time)
        if self.time_basis is TimeBasis.BUDDHIST:
            return self._buddhist_moment(self.at.astimezone(UTC))
        return self.at.astimezone(UTC).isoformat()

    @staticmethod
    def _buddhist_moment(at: datetime) -> str:
        """The time in the Thai year, as older versions read it: no such year has a 29 February, so it is the 28th."""
        year = at.year + BUDDHIST
        is_leap_day = (at.month, at.day) == (2, 29)
        return (at.replace(year=year, day=28) if is_leap_day else at.replace(year=year)).isoformat()

    @property
    def is_timed(self) -> bool:
        """Whether its time was read, rather than taken from another entry."""
        return self.at is not None and self.time_basis is not TimeBasis.PLACED

    @cached_property
    def shown(self) -> str:
        """The courier's words without markup, as people read them. The identity and the database have the raw words."""
        return plain(self.text)

    @cached_property
    def content(self) -> str:
        """A digest of code, place and exact words: a known identity with new content is an edit, never news again."""
        return _digest(self.code, self.place, self.text.strip())


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel of an order, with its nodes oldest first."""

    waybill: str  # the carrier's number; a placeholder while there is none
    carrier: str = ""
    status_code: str = ""  # as sent
    status_milestone: Milestone | None = None  # claimed by status_code; None: unknown code or none
    nodes: tuple[Node, ...] = ()
    milestone: Milestone | None = None  # decided from nodes and status together; None: unknown
    logistics_id: str = ""  # the platform's own id, by which the order may name the parcel; empty: none

    def with_milestone(self, milestone: Milestone | None) -> Parcel:
        """Return the parcel at this milestone."""
        # dataclasses.replace takes five times as long, and each reading with news makes several parcels.
        facts = self.waybill, self.carrier, self.status_code, self.status_milestone
        return Parcel(*facts, self.nodes, milestone, self.logistics_id)

    def without_nodes(self) -> Parcel:
        """Return the parcel without its nodes."""
        facts = self.waybill, self.carrier, self.status_code, self.status_milestone
        return Parcel(*facts, (), self.milestone, self.logistics_id)


def by_shipping(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """Return the parcels in the order in which they are numbered: by first scan, then waybill; unscanned ones last.

    The API's own order does not count, so "parcel 1 of 2" is the same parcel in every view.
    """
    return tuple(sorted(parcels, key=_shipped))


def _shipped(parcel: Parcel) -> tuple[bool, datetime, str]:
    first = next((node.at for node in parcel.nodes if node.at is not None), None)
    return first is None, first or _NEVER, parcel.waybill


@dataclass(frozen=True, slots=True)
class Shipment:
    """All parcels of one order."""

    ref: OrderRef
    parcels: tuple[Parcel, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes of all parcels, parcel by parcel, oldest first."""
        return tuple(node for parcel in self.parcels for node in parcel.nodes)


def normalise(text: str) -> str:
    """Return the text with width, case and white space folded, so that cosmetic edits keep a node's identity."""
    return " ".join(nfkc(text).casefold().split())


def nfkc(text: str) -> str:
    """Return the NFKC form of a text, several times faster than the standard library for Chinese texts.

    Full-width commas and brackets are replaced first. Without them a Chinese text is mostly in NFKC already, which the
    standard library sees at once; a single such character makes it decompose the whole text.
    """
    return unicodedata.normalize("NFKC", _WIDE.sub(_narrow, text))


def _narrow(wide: re.Match[str]) -> str:
    return chr(ord(wide[0]) - _WIDER_BY)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
