"""What the process does for the handlers, as protocols, and the values in which it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from pandapon.models import Order
    from pandapon.shipment import Platform
    from storage.backup import Restored
    from storage.errors import StorageError
    from storage.watch import Watch
    from tracking.daily_digest import DailyDigest
    from tracking.orders import OrderSnapshot


class WatchResult(StrEnum):
    """How one wish to watch an order ended."""

    WATCHING = "watching"
    ALREADY = "already"
    FILTER_CHANGED = "filter_changed"
    QUEUED = "queued"  # stored; Slack has not taken the card yet, it will follow
    NOT_FOUND = "not_found"
    OTHER_PLATFORM = "other_platform"
    UNAVAILABLE = "unavailable"  # PandaPon did not answer, or refused; nothing was stored
    REFUSED = "refused"  # Slack does not let us post in that channel; nothing stays stored


@dataclass(frozen=True, slots=True)
class WatchOutcome:
    """The outcome for one id, with what a person needs to know next."""

    order_id: str
    result: WatchResult
    watch: Watch | None = None
    look: OrderSnapshot | None = None
    platform: Platform | None = None  # OTHER_PLATFORM: where it was found
    reason: str = ""  # REFUSED and QUEUED: Slack's error code; UNAVAILABLE: why, as Slack text


@dataclass(frozen=True, slots=True)
class Joined:
    """How a wish to watch every order went."""

    is_new: bool
    count: int  # orders that joined at once
    later: int = 0  # that are still to be looked at
    never: int = 0  # that lie beyond what is looked at


@dataclass(frozen=True, slots=True)
class Copies:
    """How safe the database is."""

    copied_at: datetime | None = None  # the newest copy
    failed: StorageError | None = None  # why no copy could be made the last time
    is_damaged: bool = False  # found while running
    restored: Restored | None = None  # at this start


@dataclass(frozen=True, slots=True)
class Report:
    """Health in figures, for ``/panda status``."""

    version: str
    started_at: datetime
    pandapon_ok_at: datetime | None
    pandapon_down_since: datetime | None
    pandapon_error: str
    slack_mode: str
    last_tick_at: datetime | None
    poll_interval: timedelta
    puzzles: Mapping[str, int] = field(
        default_factory=dict
    )  # Slack's words that are not known, and in how many channels
    token_refused: str = ""  # Slack's word for what is wrong with the bot's token; nothing can be posted meanwhile
    takes_pushes: bool = False  # PandaPon's messages have an address here
    copies: Copies = Copies()
    stopped: tuple[str, timedelta] | None = None  # the job of the scheduler that stands still, and for how long
    clock_off_by: timedelta | None = None  # PandaPon's clock less this machine's, where that is too much


class Tracker(Protocol):
    """Reads orders through the same decide-and-record path as the poller, so that nothing is told twice."""

    async def lookup(self, text: str, platform: Platform | None = None) -> OrderSnapshot:
        """The order that an id or waybill means, read now; the stored state marked stale when PandaPon fails.

        Raises UnknownOrderError, WrongPlatformError, and PandaPonError when nothing is stored to fall back on.
        """
        ...

    async def stored(self, text: str, platform: Platform | None = None) -> OrderSnapshot | None:
        """The same order as it was last read, without asking anybody; None when it is not stored."""
        ...

    async def listed(self, orders: Sequence[Order]) -> dict[str, OrderSnapshot]:
        """By key, those orders of a list that are stored: as they stand with what the list says of them.

        Nobody is asked, and nothing is recorded.
        """
        ...

    async def watch(
        self,
        ids: Sequence[str],
        *,
        channel: str,
        filter_: Filter | None,
        user: str,
        platform: Platform | None = None,
        default: Filter = Filter.ALL,
    ) -> list[WatchOutcome]:
        """Watch each of these orders in a channel; waits a moment for the cards to be posted.

        ``filter_`` None: none was named. A new watch gets the default then, a standing one keeps its own.
        """
        ...


class Digests(Protocol):
    """Makes daily digests."""

    async def preview(self, channel: str) -> DailyDigest:
        """The one that the channel would get now."""
        ...


class AllOrders(Protocol):
    """Finds the account's orders for channels that watch all of them."""

    async def subscribe(self, channel: str, status: str, filter_: Filter, user: str) -> Joined:
        """Watch all orders in a channel, or all in one state."""
        ...
