"""A watch of one order in one channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pandapon.courier import Reason
    from pandapon.models import Order
    from pandapon.shipment import Milestone
    from storage.alarm import Alarm
    from tracking.attention import Group
    from tracking.values import Refund


class WatchState(StrEnum):
    """The states of a watch. An ACTIVE watch gets news; a PAUSED one keeps news until it is resumed."""

    OPENING = "opening"  # its parent card is in the outbox and not posted yet
    ACTIVE = "active"
    PAUSED = "paused"  # Slack refused a post to the channel for good; kept with the reason
    ENDED = "ended"  # unwatched, archived, or refused before its card was posted


@dataclass(frozen=True, slots=True)
class NewWatch:
    """A wish to watch one order in one channel."""

    key: str  # of the order
    channel: str
    filter: Filter | None  # None: none was named, so a standing watch keeps its own
    created_by: str  # Slack user id
    default: Filter = Filter.ALL  # the filter of a new watch if none was named


@dataclass(frozen=True, slots=True)
class Watch:
    """A stored watch. Times are aware."""

    id: int
    key: str
    channel: str
    filter: Filter
    state: WatchState
    created_by: str
    created_at: datetime
    card_ts: str = ""  # Slack's id of the parent card; empty until posted
    reason: str = ""  # why it is paused or was ended by the bot
    milestone: Milestone | None = None  # the order's, joined in for lists
    order_reason: Reason | None = None  # why the order stands at a problem or an end, joined in
    pick_up_by: datetime | None = None  # until when the order is to be picked up, joined in; None: unknown
    order: Order | None = None  # joined in for lists; None: never read, or unreadable to this version
    read_at: datetime | None = None  # the order's
    stale_since: datetime | None = None  # the order's
    muted_until: datetime | None = None
    muted_by: str = ""
    ended_at: datetime | None = None  # None: it stands
    subscription: int | None = None  # the id of the subscription (`watch all`) that opened it
    refund: Refund | None = None  # the order's first that waits for the buyer

    @property
    def is_paused(self) -> bool:
        """Whether it keeps its news until it is resumed."""
        return self.state is WatchState.PAUSED


@dataclass(frozen=True, slots=True)
class Opened:
    """The outcome of one wish: a new watch, or the watch that stood already."""

    watch: Watch
    created: bool
    filter_changed: bool = False


@dataclass(frozen=True, slots=True)
class WatchedOrder:
    """An order in a list: its watches in the channels that the list is about, and what the list shows of it."""

    group: Group
    watches: tuple[Watch, ...]  # one or more, the newest first
    alarm: Alarm | None = None  # the live one
    delivered: int = 0  # of its parcels
    parcels: int = 0

    @property
    def watch(self) -> Watch:
        """The newest watch, for what is the same in all of them: the order."""
        return self.watches[0]


@dataclass(frozen=True, slots=True)
class WatchedOrders:
    """One page of a list of watched orders, and how many orders each group has on all pages."""

    orders: tuple[WatchedOrder, ...]
    counts: Mapping[Group, int]

    @property
    def total(self) -> int:
        """The orders of all groups."""
        return sum(self.counts.values())
