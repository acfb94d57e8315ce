"""What the rules speak of: news and how severe it is, steps, silences, and which news a watch is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta  # noqa: TC003  pydantic reads the fields of what is stored
from decimal import Decimal  # noqa: TC003  the same
from enum import StrEnum

from pandapon.shipment import Milestone, Node, OrderRef, Parcel

_TOLD_AGAIN = frozenset({Milestone.ATTEMPT_FAILED, Milestone.EXCEPTION})


class Severity(StrEnum):
    """How loud a piece of news is; the quietest first."""

    EDIT = "edit"  # what was told already, put better
    NODE = "node"  # its order's thread
    STEP = "step"  # a milestone on the way to the next one that matters: the channel's, while its orders are few
    MILESTONE = "milestone"  # the whole channel
    PROBLEM = "problem"  # the whole channel, in quiet hours too


class Filter(StrEnum):
    """Which news a watch is for."""

    ALL = "all"
    MILESTONES = "milestones"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Step:
    """A move from one milestone to another; of a parcel, or of the whole order when ``waybill`` is empty."""

    before: Milestone | None
    after: Milestone
    waybill: str = ""


class Leg(StrEnum):
    """The part of the way on which an order is silent."""

    NOT_PAID = "not_paid"  # ordered, and the platform will close it
    NOT_SHIPPED = "not_shipped"  # paid, and no courier has it
    FIRST_SCAN = "first_scan"  # handed over, not scanned on its way yet
    DOMESTIC = "domestic"
    ABROAD = "abroad"
    PICKUP = "pickup"  # lies ready and is not fetched
    PROBLEM = "problem"  # stands at a problem, which was told
    SILENT = "silent"  # for so long that nobody may be waiting any more


@dataclass(frozen=True, slots=True)
class Stall:
    """An order, or one of its parcels, that has been silent for too long."""

    leg: Leg
    since: datetime  # of its last sign of life, aware
    limit: timedelta  # the silence that is too long
    usual: timedelta | None = None  # the median here, from this installation's own history; None: too little of it
    waybill: str = ""  # empty: the order has no parcel yet
    last: str = ""  # the last entry's place, or its words, as sent
    until: datetime | None = None  # not paid: when the platform closes it, aware; None: it does not say


@dataclass(frozen=True, slots=True)
class News:
    """What one reading of one order found that nobody has been told: one message, however much it holds."""

    ref: OrderRef
    milestone: Milestone | None  # where the order stands now
    nodes: tuple[Node, ...] = ()  # new, oldest first
    edited: tuple[Node, ...] = ()  # known nodes whose content changed
    steps: tuple[Step, ...] = ()
    parcels: tuple[Parcel, ...] = ()  # all parcels with their milestones, without nodes, for "2 of 3 delivered"
    added: tuple[str, ...] = ()  # waybills seen for the first time after the baseline
    renumbered: tuple[tuple[str, str], ...] = ()  # (old, new) waybill of a parcel that the carrier gave another number
    price: tuple[Decimal, Decimal] | None = None  # the total before and after, yuan
    refund: tuple[str, str] | None = None  # the refund's state before and after, as sent; empty: none
    refunded: tuple[Decimal | None, Decimal] | None = None  # what was paid back before and after, yuan, with ``refund``
    settled: bool = False  # it waited for payment and does no longer, while no step says so: a finance team has it
    stall: Stall | None = None  # an alarm: this news is that there is none

    @property
    def has_problem(self) -> bool:
        """True when a step leads to a problem."""
        return any(step.after.is_problem for step in self.steps)

    @property
    def repeats(self) -> tuple[str, ...]:
        """The parcels of which a new entry repeats the problem in which they stand, each once.

        A second failed attempt is worth as much as the first; a parcel on its way back is not a new problem at each
        stop.
        """
        standing = {parcel.waybill: parcel.milestone for parcel in self.parcels}
        again = (node for node in self.nodes if node.milestone in _TOLD_AGAIN)
        return tuple(dict.fromkeys(node.waybill for node in again if standing.get(node.waybill) is node.milestone))

    @property
    def has_milestone(self) -> bool:
        """True when a parcel or the order reached another milestone."""
        return bool(self.steps)


@dataclass(frozen=True, slots=True)
class NewsToPost:
    """News of one order, to be fanned out to its active watches in the transaction that records it."""

    event_id: str  # names what happened, unique per order; a watch is told each once
    news: News
    severity: Severity
    audience: frozenset[Filter]  # watches with one of these filters receive it
