"""The values of the rules: news and its severity, steps, silences, and the filters of watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal  # noqa: TC003  pydantic reads the fields of what is stored
from enum import StrEnum

from pandapon.refunds import NEEDS_BUYER, OVER, RefundState, refund_state
from pandapon.shipment import Milestone, Node, OrderRef, Parcel

ONE_DAY = timedelta(days=1)
_TOLD_AGAIN = frozenset({Milestone.ATTEMPT_FAILED, Milestone.EXCEPTION})


class Severity(StrEnum):
    """How severe a piece of news is; the quietest first."""

    EDIT = "edit"  # other words for a node that was told
    NODE = "node"  # shown in the order's thread only
    STEP = "step"  # a milestone that nobody acts on: shown in the channel only while the channel watches few orders
    MILESTONE = "milestone"  # shown in the channel
    PROBLEM = "problem"  # shown in the channel, also in quiet hours unless the channel has switched that off


class Filter(StrEnum):
    """The news that a watch receives."""

    ALL = "all"
    MILESTONES = "milestones"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Step:
    """A move from one milestone to another: of a parcel, or of the whole order where ``waybill`` is empty."""

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
    PROBLEM = "problem"  # at a problem that the channel was told of
    SILENT = "silent"  # silent for so long that perhaps nobody waits for it any more
    REFUND = "refund"  # a refund waits for the buyer, and the platform closes it after a deadline


@dataclass(frozen=True, slots=True)
class Stall:
    """A silence of an order or of one of its parcels, whether or not it is too long yet."""

    leg: Leg
    since: datetime  # time of its last sign of life, aware
    limit: timedelta  # after it the silence is too long
    usual: timedelta | None = None  # the median silence of this installation's parcels; None: too few were seen
    waybill: str = ""  # empty: the silence is the order's
    last: str = ""  # the last entry's words without markup, or its place; for a refund, its state code as sent
    until: datetime | None = None  # NOT_PAID, REFUND: when the platform closes it, aware; None: not said


class Basis(StrEnum):
    """The group of journeys from which an expected time was learnt, the most similar first."""

    LANE = "lane"  # of the same carrier, from the same place
    CARRIER = "carrier"  # of the same carrier
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Expected:
    """When an order is expected to arrive at the door or the pick-up point. Times are aware.

    For an order of several parcels, the range is that of the parcel that is expected last.
    """

    first: datetime  # a quarter of the parcels on this way arrived earlier …
    last: datetime  # … and a tenth of them later
    usual: timedelta  # the median time from ``since`` to the arrival
    since: datetime  # the parcel's first scan; without a scan, the order's payment
    basis: Basis
    journeys: int  # the number of journeys from which the range was learnt
    waybill: str = ""  # empty: no parcel is scanned yet
    carrier: str = ""  # short name; empty: unknown
    lane: str = ""  # the place that the parcel left; empty: unknown

    @property
    def late_at(self) -> datetime:
        """When the order becomes late: a day after ``last``, when that date is over in every reader's time zone."""
        return self.last + ONE_DAY

    def is_late(self, now: datetime) -> bool:
        """Whether the order is later than expected."""
        return now >= self.late_at

    def ahead(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the range cut off at ``now``, so that neither end lies in the past."""
        return max(self.first, now), max(self.last, now)


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of an order or of one of its lines, as last read. Times are aware."""

    code: str  # its state as sent, see pandapon.refunds
    since: datetime  # when it was first read in this state
    line: str = ""  # identifies the line within its order; empty: the refund is of the order as a whole
    title: str = ""  # of the line; empty: the refund is of the order as a whole
    refund_id: str = ""  # empty: the platform names no id
    amount: Decimal | None = None  # the amount asked for, in yuan; None: unknown
    until: datetime | None = None  # when the platform ends this state by itself; None: unknown
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
        """Whether the refund waits for the buyer."""
        return self.is_named and self.state in NEEDS_BUYER


@dataclass(frozen=True, slots=True)
class RefundStep:
    """A refund's move from one state to another. Equal codes: only the amount that was paid back changed."""

    before: str  # the former state code as sent; empty: the refund is new
    refund: Refund


@dataclass(frozen=True, slots=True)
class News:
    """Everything new that one reading of one order found. It becomes one message."""

    ref: OrderRef
    milestone: Milestone | None  # where the order stands now
    nodes: tuple[Node, ...] = ()  # new, oldest first
    edited: tuple[Node, ...] = ()  # known nodes whose content changed
    steps: tuple[Step, ...] = ()
    parcels: tuple[Parcel, ...] = ()  # all parcels that count, with milestones, without nodes: "2 of 3 delivered"
    added: tuple[str, ...] = ()  # waybills that appeared after the baseline
    renumbered: tuple[tuple[str, str], ...] = ()  # (old, new) waybill of each parcel that got another number
    price: tuple[Decimal, Decimal] | None = None  # the total before and after, yuan
    refunds: tuple[RefundStep, ...] = ()
    refunded: tuple[Decimal | None, Decimal] | None = None  # the amount paid back before and after, yuan
    settled: bool = False  # the buyer's payment is no longer awaited (a finance team has it), though no step says so
    late: Expected | None = None  # the range that has passed without an arrival; told once
    stall: Stall | None = None  # the silence of an alarm; such news holds nothing else

    @property
    def has_problem(self) -> bool:
        """Whether a step leads to a problem."""
        return any(step.after.is_problem for step in self.steps)

    @property
    def repeats(self) -> tuple[str, ...]:
        """The waybills of the parcels whose problem a new node repeats, each waybill once.

        A second failed attempt counts as much as the first. A parcel on its way back is no new problem at each stop.
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

    event_id: str  # unique within the order; a watch is told each event once
    news: News
    severity: Severity
    audience: frozenset[Filter]  # watches with one of these filters receive it
