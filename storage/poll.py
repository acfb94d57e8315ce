"""An order leased to the poller, and the results that the poller records.

Every poll makes a leased order and mostly an unchanged reading, so these are named tuples, which are made in a quarter
of a dataclass's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage import codec

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Milestone
    from tracking.decide import Decision


class DueOrder(NamedTuple):
    """An order leased to the poller, with the facts needed to poll it and, if it is unchanged, to schedule it again.

    Times are aware.
    """

    key: str
    fence: int
    fingerprint: bytes  # of the last answer, 16 bytes; empty: read everything
    milestone: Milestone | None
    order_json: str
    sub_orders_json: str
    moved_at: datetime | None
    final_at: datetime | None
    has_parcels: bool
    polls: int  # readings so far; 0: never read
    fails: int  # failed readings in a row
    created_at: datetime
    due_at: datetime | None = None  # when it fell due; None: unknown
    late_at: datetime | None = None  # when it becomes later than expected, which is told then; None: never
    refund_open_until: datetime | None = None  # an open refund keeps it out of the archive until then; None: none does

    @property
    def order(self) -> Order | None:
        """The order as last read. Raises pydantic's ValidationError if this version cannot read it.

        It is decoded only on demand: hundreds of orders are leased at a time, and most turn out to be unchanged.
        """
        return codec.load_order(self.order_json)

    @property
    def sub_orders(self) -> tuple[str, ...]:
        """The ids of the sub-orders as last read, decoded on demand. Raises ValueError for a damaged row."""
        return codec.load_ids(self.sub_orders_json)

    def is_same(self, order: Order) -> bool:
        """Whether the order equals the stored one."""
        return codec.dump_order(order) == self.order_json


class Unchanged(NamedTuple):
    """A reading equal to the last one: only the order's own schedule is written."""

    key: str
    fence: int
    next_poll_at: datetime | None
    stall_at: datetime | None = None  # the order is checked for silence then at the latest; None: as before


@dataclass(frozen=True, slots=True)
class Changed:
    """A reading that differs from the stored order: its decision is written."""

    decision: Decision
    fence: int
    fingerprint: bytes
    is_archived: bool = False  # the order is archived, and stays archived

    @property
    def key(self) -> str:
        """The key of the order."""
        return self.decision.key

    @property
    def next_poll_at(self) -> datetime | None:
        """When the order is read next (aware); None: it is archived."""
        return None if self.is_archived else self.decision.follow_up.next_poll_at


@dataclass(frozen=True, slots=True)
class Failed:
    """A reading that failed. The stored order stays as it is; the first failure in a row sets ``stale_since``."""

    key: str
    fence: int
    next_poll_at: datetime
    error: str  # the name of the error's class


PollResult = Unchanged | Changed | Failed


@dataclass(frozen=True, slots=True)
class Recorded:
    """The counts of a recorded batch."""

    applied: int  # results that were recorded
    stale: int  # results that were dropped because their lease had been lost
    posts: int  # outbox rows added or revived
