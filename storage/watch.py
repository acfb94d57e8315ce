"""A watch of one order in one channel, and the wish to watch all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracking.values import Filter

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.courier import Reason
    from pandapon.models import Order
    from pandapon.shipment import Milestone


class WatchState(StrEnum):
    """A watch's life. Only ACTIVE ones receive news."""

    OPENING = "opening"  # its parent card is in the outbox, not yet seen to be posted
    ACTIVE = "active"
    PAUSED = "paused"  # the channel refused for good; kept with its reason, never lost
    ENDED = "ended"  # unwatched, or refused before it ever opened


@dataclass(frozen=True, slots=True)
class NewWatch:
    """A wish to watch one order in one channel."""

    key: str
    channel: str
    filter: Filter | None  # None: none was named, so a standing watch keeps its own
    created_by: str  # Slack user id
    default: Filter = Filter.ALL  # what a new watch gets where none was named


@dataclass(frozen=True, slots=True)
class Watch:
    """A stored watch."""

    id: int
    key: str
    channel: str
    filter: Filter
    state: WatchState
    created_by: str
    created_at: datetime
    card_ts: str = ""  # Slack's id of the parent card; empty until posted
    reason: str = ""  # why it is paused or was refused
    milestone: Milestone | None = None  # the order's, joined in for lists
    order_reason: Reason | None = None  # why the order stands at a problem or an end, joined in
    order: Order | None = None  # joined in for lists; None: never read, or another version wrote it otherwise
    read_at: datetime | None = None  # the order's
    stale_since: datetime | None = None  # the order's
    muted_until: datetime | None = None
    muted_by: str = ""
    subscription: int | None = None  # the `watch all` that brought it


@dataclass(frozen=True, slots=True)
class Opened:
    """The outcome of one wish: a new watch, or the one that stood there already."""

    watch: Watch
    created: bool
    filter_changed: bool = False
