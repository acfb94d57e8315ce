"""What the poller leases, and what it records of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import codec

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Milestone
    from tracking.decide import Decision


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order leased to the poller. Everything needed to poll it and, unchanged, to schedule it again."""

    key: str
    fence: int
    fingerprint: bytes
    milestone: Milestone | None
    order_json: str
    sub_orders: tuple[str, ...]
    moved_at: datetime | None
    final_at: datetime | None
    has_parcels: bool
    polls: int  # readings so far; 0: never read
    fails: int  # failed readings in a row
    created_at: datetime

    @property
    def order(self) -> Order | None:
        """As last read. Decoded when asked: hundreds are leased at a time, and most turn out to be unchanged.

        Raises pydantic's ValidationError.
        """
        return codec.load_order(self.order_json)

    def is_same(self, order: Order) -> bool:
        """Whether the order says what is stored."""
        return codec.dump_order(order) == self.order_json


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A reading equal to the last one: only the order's own schedule is written."""

    key: str
    fence: int
    next_poll_at: datetime | None
    stall_at: datetime | None = None  # silence is looked at no later than this; None: as it was


@dataclass(frozen=True, slots=True)
class Changed:
    """A reading that says something else than what is stored: what was decided of it is written."""

    decision: Decision
    fence: int
    fingerprint: bytes
    is_archived: bool = False  # the order is not read any more, and this does not change that

    @property
    def key(self) -> str:
        """Of the order."""
        return self.decision.key

    @property
    def next_poll_at(self) -> datetime | None:
        """None: the order is archived."""
        return None if self.is_archived else self.decision.follow_up.next_poll_at


@dataclass(frozen=True, slots=True)
class Failed:
    """A reading that did not succeed. The last state stays; ``stale_since`` is set once."""

    key: str
    fence: int
    next_poll_at: datetime
    error: str


PollResult = Unchanged | Changed | Failed


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch wrote."""

    applied: int
    stale: int  # results dropped because their lease was no longer theirs
    posts: int  # outbox rows added or revived
