"""An order leased to the poller, and the results that the poller records.

Of a leased order and an unchanged reading there is one for each poll, so they are tuples, which are made in a quarter
of the time.
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
    """An order leased to the poller: all that is needed to poll it and, if it is unchanged, to schedule it again.

    Times are aware.
    """

    key: str
    fence: int
    fingerprint: bytes  # 16 bytes of the last answer; empty: read everything
    milestone: Milestone | None
    order_json: str
    sub_orders_json: str
    moved_at: datetime | None
    final_at: datetime | None
    has_parcels: bool
    polls: int  # readings so far; 0: never read
    fails: int  # failed readings in a row
    created_at: datetime
    due_at: datetime | None = None  # since when it had been due; None: not known
    late_at: datetime | None = None  # from when on it is later than expected, which is to be told; None: never
    refund_open_until: datetime | None = None  # a refund of it waits for somebody, and is read on until then

    @property
    def order(self) -> Order | None:
        """The order as last read. Raises pydantic's ValidationError for one that this version cannot read.

        It is decoded on demand: hundreds of orders are leased at a time, and most turn out to be unchanged.
        """
        return codec.load_order(self.order_json)

    @property
    def sub_orders(self) -> tuple[str, ...]:
        """The ids of its sub-orders as last read, decoded on demand. Raises ValueError for a damaged row."""
        return codec.load_ids(self.sub_orders_json)

    def is_same(self, order: Order) -> bool:
        """Whether the order equals the stored one."""
        return codec.dump_order(order) == self.order_json


class Unchanged(NamedTuple):
    """A reading equal to the last one: only the order's own schedule is written."""

    key: str
    fence: int
    next_poll_at: datetime | None
    stall_at: datetime | None = None  # the order is checked for silence no later than this; None: as before


@dataclass(frozen=True, slots=True)
class Changed:
    """A reading that differs from what is stored: its decision is written."""

    decision: Decision
    fence: int
    fingerprint: bytes
    is_archived: bool = False  # the order is archived, and stays so

    @property
    def key(self) -> str:
        """The key of the order."""
        return self.decision.key

    @property
    def next_poll_at(self) -> datetime | None:
        """When the order is read next; None: it is archived."""
        return None if self.is_archived else self.decision.follow_up.next_poll_at


@dataclass(frozen=True, slots=True)
class Failed:
    """A reading that failed. The last state stays; ``stale_since`` is set by the first failure."""

    key: str
    fence: int
    next_poll_at: datetime
    error: str  # the name of the error's class


PollResult = Unchanged | Changed | Failed


@dataclass(frozen=True, slots=True)
class Recorded:
    """The counts of what a batch wrote."""

    applied: int  # results that were recorded
    stale: int  # results that were dropped because their lease had been lost
    posts: int  # outbox rows added or revived
