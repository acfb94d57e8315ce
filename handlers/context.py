"""What the listeners need, handed to them by the process: API, store, tracker, settings. No globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from handlers.languages import Languages

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from handlers.channel_settings import ChannelSettings, Load
    from handlers.views.digest import Summary
    from pandapon.client import PandaPon
    from pandapon.models import Order
    from pandapon.shipment import Milestone, News, OrderRef, Platform, Shipment
    from storage.backup import Restored
    from storage.errors import StorageError
    from storage.protocol import Store
    from storage.records import Filter, Told, Watch


@dataclass(frozen=True, slots=True)
class Look:
    """An order as it stands now, from a fresh reading or, when PandaPon failed, from the store."""

    ref: OrderRef
    order: Order | None  # None: its detail could not be read, its logistics could
    shipment: Shipment
    milestone: Milestone | None
    read_at: datetime | None  # when the data was good
    stale_since: datetime | None = None  # first failed reading after read_at; None: fresh


class WatchResult(StrEnum):
    """How one wish to watch an order ended."""

    WATCHING = "watching"
    ALREADY = "already"
    FILTER_CHANGED = "filter_changed"
    QUEUED = "queued"  # stored; Slack has not taken the card yet, it will follow
    NOT_FOUND = "not_found"
    OTHER_PLATFORM = "other_platform"
    UNAVAILABLE = "unavailable"  # PandaPon did not answer; nothing was stored
    REFUSED = "refused"  # Slack does not let us post in that channel; nothing stays stored


@dataclass(frozen=True, slots=True)
class WatchOutcome:
    """The outcome for one id, with what a person needs to know next."""

    order_id: str
    result: WatchResult
    watch: Watch | None = None
    look: Look | None = None
    platform: Platform | None = None  # OTHER_PLATFORM: where it was found
    reason: str = ""  # REFUSED: Slack's error code; UNAVAILABLE: in words


class Tracker(Protocol):
    """Reads orders through the same decide-and-record path as the poller, so that nothing is told twice."""

    async def look(self, text: str, platform: Platform | None = None) -> Look:
        """The order that an id or waybill means, read now; the stored state marked stale when PandaPon fails.

        Raises UnknownOrderError, WrongPlatformError, and PandaPonError when nothing is stored to fall back on.
        """
        ...

    async def watch(
        self,
        ids: Sequence[str],
        *,
        channel: str,
        filter_: Filter,
        user: str,
        platform: Platform | None = None,
    ) -> list[WatchOutcome]:
        """Watch each of these orders in a channel; waits a moment for the cards to be posted."""
        ...


class Desk(Protocol):
    """What a channel decides for itself, worked out by the rules."""

    async def preview(self, channel: str) -> Summary:
        """The digest that the channel would get now."""
        ...

    def next_digest(self, settings: ChannelSettings) -> datetime | None:
        """When it comes next; None: never."""
        ...

    def quiet_until(self, settings: ChannelSettings) -> datetime | None:
        """The end of the quiet hours that hold now; None: none do."""
        ...

    async def dry_run(self, channel: str, settings: ChannelSettings, *, filter_: Filter | None = None) -> Load:
        """How many messages last week's news would have meant; ``filter_`` None: each watch's own."""
        ...

    async def save(self, channel: str, settings: ChannelSettings, user: str, *, filter_all: bool) -> None:
        """Keep settings; ``filter_all``: the filter goes for the orders watched already, too."""
        ...

    async def history(self, key: str, log: Sequence[Told]) -> tuple[Look, list[News]]:
        """A stored order as it stands, and what the pieces of its log said."""
        ...

    async def subscribe(self, channel: str, status: str, filter_: Filter, user: str) -> tuple[bool, int]:
        """Watch all orders in a channel. Returns whether that is new, and how many orders joined at once."""
        ...


class UnknownOrderError(LookupError):
    """No platform knows this id, and no stored parcel bears this number."""

    def __init__(self, text: str, *, waybill: bool = False) -> None:
        super().__init__(f"no order or parcel {text!r}")
        self.text = text
        self.waybill = waybill  # it looks like a waybill rather than an order id


class WrongPlatformError(LookupError):
    """The id exists, on the platform that was not asked for."""

    def __init__(self, ref: OrderRef, asked: Platform) -> None:
        super().__init__(f"{ref.order_id!r} is on {ref.platform}, not on {asked}")
        self.ref = ref
        self.asked = asked


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
    next_poll_at: datetime | None = None
    takes_pushes: bool = False  # PandaPon's messages have an address here
    copies: Copies = Copies()


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a listener may touch."""

    api: PandaPon
    store: Store
    tracker: Tracker
    clock: Callable[[], datetime]
    report: Callable[[], Report]
    desk: Desk
    wake: Callable[[], None]  # something entered the outbox: deliver now rather than at the next tick
    default_filter: Filter = "all"
    languages: Languages = field(default_factory=Languages)
    working_after: float = 1.0  # seconds of silence before a working line is shown
    in_hand: set[asyncio.Task[Any]] = field(default_factory=set)  # answers being worked on; a stop waits for them
