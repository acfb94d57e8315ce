"""The values of the rules: news and its severity, steps, silences, and the filters of watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal  # noqa: TC003  the same
from enum import StrEnum

from pandapon.refunds import NEEDS_BUYER, OVER, RefundState, refund_state
from pandapon.shipment import Milestone, Node, OrderRef, Parcel

ONE_DAY = timedelta(days=1)
_TOLD_AGAIN = frozenset({Milestone.ATTEMPT_FAILED, Milestone.EXCEPTION})


class Severity(StrEnum):
    """How severe a piece of news is; the quietest first."""

    EDIT = "edit"  # other words for a node that was told
    NODE = "node"  # shown in the order's thread only
    STEP = "step"  # a milestone that nobody acts on: shown in the channel while it watches few orders
    MILESTONE = "milestone"  # shown in the channel
    PROBLEM = "problem"  # shown in the channel, in quiet hours too


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
    """The part of the way on which an order or parcel is."""

    NOT_PAID = "not_paid"  # ordered and unpaid: the platform will close it
    NOT_SHIPPED = "not_shipped"  # paid, not yet with a courier
    FIRST_SCAN = "first_scan"  # handed over, not yet scanned on its way
    DOMESTIC = "domestic"
    ABROAD = "abroad"
    PICKUP = "pickup"  # ready for pick-up and not fetched
    PROBLEM = "problem"  # at a problem that was told
    SILENT = "silent"  # silent for so long that perhaps nobody waits any more
    REFUND = "refund"  # a refund waits for the buyer, and the platform closes it


@dataclass(frozen=True, slots=True)
class Stall:
    """A silence of an order or one of its parcels, too long or not yet."""

    leg: Leg
    since: datetime  # time of its last sign of life, aware
    limit: timedelta  # the silence that is too long
    usual: timedelta | None = None  # the median of this installation's parcels; None: too few seen
    waybill: str = ""  # empty: the order has no parcel yet
    last: str = ""  # the last entry's words without markup, or its place; of a refund its state as sent
    until: datetime | None = None  # not paid, refund: when the platform closes it, aware; None: it does not say


class Basis(StrEnum):
    """The journeys from which a time was learnt, the most alike first."""

    LANE = "lane"  # of the same carrier, from the same place
    CARRIER = "carrier"  # of the same carrier
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Expected:
    """When an order is expected to arrive: at the door or the pick-up point. Times are aware.

    Of several parcels it is the one that is expected last.
    """

    first: datetime  # a quarter of the parcels that went this way came earlier …
    last: datetime  # … and a tenth later
    usual: timedelta  # the median from ``since`` to the arrival
    since: datetime  # when the parcel was first scanned; before that, when the order was paid
    basis: Basis
    journeys: int  # how many it was learnt from
    waybill: str = ""  # empty: no parcel is scanned yet
    carrier: str = ""  # short name; empty: unknown
    lane: str = ""  # the place that it left; empty: unknown

    @property
    def late_at(self) -> datetime:
        """From when on the order is later than expected: the last date is over, in whatever time zone it was read."""
        return self.last + ONE_DAY

    def is_late(self, now: datetime) -> bool:
        """Whether the order is later than expected."""
        return now >= self.late_at

    def ahead(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the range as far as it lies ahead of ``now``: never in the past."""
        return max(self.first, now), max(self.last, now)


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of an order or of one of its lines, as last read. Times are aware."""

    code: str  # its state as sent, see pandapon.refunds
    since: datetime  # when it was first read in this state
    line: str = ""  # names the line within its order; empty: the order as a whole
    title: str = ""  # of the line; empty: the order as a whole
    refund_id: str = ""  # empty: the platform does not name it
    amount: Decimal | None = None  # asked for, yuan; None: unknown
    until: datetime | None = None  # when its state ends by itself; None: unknown
    refusal: str = ""  # why the seller refused, without markup
    is_named: bool = True  # False: the order no longer names it, so that no view shows it

    @property
    def state(self) -> RefundState | None:
        """The state; None for an unknown code."""
        return refund_state(self.code)

    @property
    def is_open(self) -> bool:
        """Whether the platform waits for the seller or the buyer. An unknown state does not count."""
        return self.is_named and self.state is not None and self.state not in OVER

    @property
    def needs_buyer(self) -> bool:
        """Whether it waits for the buyer."""
        return self.is_named and self.state in NEEDS_BUYER


@dataclass(frozen=True, slots=True)
class RefundStep:
    """A refund's move from one state to another. Equal codes: only the amount that was paid back changed."""

    before: str  # the former code as sent; empty: it is new
    refund: Refund


@dataclass(frozen=True, slots=True)
class News:
    """All that one reading of one order found and nobody was told yet. It becomes one message."""

    ref: OrderRef
    milestone: Milestone | None  # where the order stands now
    nodes: tuple[Node, ...] = ()  # new, oldest first
    edited: tuple[Node, ...] = ()  # known nodes whose content changed
    steps: tuple[Step, ...] = ()
    parcels: tuple[Parcel, ...] = ()  # all parcels with their milestones, without nodes, for "2 of 3 delivered"
    added: tuple[str, ...] = ()  # waybills seen for the first time after the baseline
    renumbered: tuple[tuple[str, str], ...] = ()  # (old, new) waybill of a parcel that the carrier gave another number
    price: tuple[Decimal, Decimal] | None = None  # the total before and after, yuan
    refunds: tuple[RefundStep, ...] = ()
    refunded: tuple[Decimal | None, Decimal] | None = None  # what was paid back before and after, yuan
    settled: bool = False  # it no longer waits for the buyer's payment, though no step says so: a finance team has it
    late: Expected | None = None  # it is later than it was expected; told once
    stall: Stall | None = None  # of an alarm, whose news is the silence alone

    @property
    def has_problem(self) -> bool:
        """Whether a step leads to a problem."""
        return any(step.after.is_problem for step in self.steps)

    @property
    def repeats(self) -> tuple[str, ...]:
        """Waybills of the parcels whose problem a new node repeats, each once.

        A second failed attempt is worth as much as the first. A parcel on its way back is not a new problem at each
        stop.
        """
        standing = {parcel.waybill: parcel.milestone for parcel in self.parcels}
        again = (node for node in self.nodes if node.milestone in _TOLD_AGAIN)
        return tuple(dict.fromkeys(node.waybill for node in again if standing.get(node.waybill) is node.milestone))

    @property
    def needs_buyer(self) -> bool:
        """Whether a refund began to wait for the buyer."""
        return any(step.refund.needs_buyer for step in self.refunds if step.before != step.refund.code)

    @property
    def has_milestone(self) -> bool:
        """Whether a parcel or the order reached another milestone."""
        return bool(self.steps)


@dataclass(frozen=True, slots=True)
class NewsToPost:
    """News of one order, to be fanned out to its active watches in the transaction that records it."""

    event_id: str  # unique per order; a watch is told each event once
    news: News
    severity: Severity
    audience: frozenset[Filter]  # watches with one of these filters receive it
