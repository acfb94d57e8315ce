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
    """The states of a watch. An ACTIVE watch gets news; a PAUSED watch holds its news until it is resumed."""

    OPENING = "opening"  # its parent card, or a list, is in the outbox and not posted yet
    ACTIVE = "active"
    PAUSED = "paused"  # Slack refused a post to the channel for good; kept with the reason
    ENDED = "ended"  # unwatched, archived, or refused before its card was posted


class EndReason(StrEnum):
    """The bot's reasons to end a watch. A refused card ends it with Slack's error code instead."""

    ARCHIVED = "archived"  # the order is over
    SILENT = "silent"  # the order was silent for too long, and nobody answered


@dataclass(frozen=True, slots=True)
class NewWatch:
    """A wish to watch one order in one channel."""

    key: str  # the order's key
    channel: str
    filter: Filter | None  # None: the person named no filter, so an existing watch keeps its own
    created_by: str  # Slack user id
    default: Filter = Filter.ALL  # the filter of a new watch if the person named none


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
    card_ts: str = ""  # Slack's ts of the parent card; empty until it is posted
    reason: str = ""  # why it is paused, or why the bot ended it (see EndReason); else empty
    milestone: Milestone | None = None  # the order's, joined in for lists
    order_reason: Reason | None = None  # why the order is at a problem or an end, joined in
    pick_up_by: datetime | None = None  # the order's deadline for the pick-up, joined in; None: unknown
    order: Order | None = None  # joined in for lists; None: never read, or unreadable to this version
    read_at: datetime | None = None  # when the order was last read, joined in
    stale_since: datetime | None = None  # since when readings of the order fail, joined in; None: it is fresh
    muted_until: datetime | None = None
    muted_by: str = ""
    ended_at: datetime | None = None  # None: the watch is live
    subscription: int | None = None  # the id of the subscription (`watch all`) that it belongs to; None: a person's
    refund: Refund | None = None  # the order's first refund that waits for the buyer; None: no refund does

    @property
    def is_paused(self) -> bool:
        """Whether the watch holds its news until it is resumed."""
        return self.state is WatchState.PAUSED


@dataclass(frozen=True, slots=True)
class Opened:
    """The outcome of one wish: a new watch, or the watch that existed already."""

    watch: Watch
    created: bool
    filter_changed: bool = False


@dataclass(frozen=True, slots=True)
class WatchedOrder:
    """An order in a list: its watches in the channels of the list, and the facts that the list shows."""

    group: Group
    watches: tuple[Watch, ...]  # one or more, the newest first
    alarm: Alarm | None = None  # the order's live alarm
    delivered: int = 0  # the number of delivered parcels
    parcels: int = 0  # the number of parcels that count

    @property
    def watch(self) -> Watch:
        """The newest watch, for the facts of the order, which are the same in all its watches."""
        return self.watches[0]


@dataclass(frozen=True, slots=True)
class WatchedOrders:
    """One page of a list of watched orders, and the number of orders of each group on all pages."""

    orders: tuple[WatchedOrder, ...]
    counts: Mapping[Group, int]

    @property
    def total(self) -> int:
        """The number of orders of all groups."""
        return sum(self.counts.values())
