"""The protocols of the parts that the process lends to the handlers, and the values that they return.

The reader of orders, for example, is implemented in :mod:`bot.orders.tracker`: it waits for the sender of posts, a part
of the process, and handlers may not import the process. So the protocols repeat the signatures and state the contract
on which handlers rely.
"""

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
    from storage.errors import StorageError
    from storage.sqlite.backup import Restored
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot


class WatchResult(StrEnum):
    """The outcome of the request to watch one order."""

    WATCHING = "watching"
    ALREADY = "already"
    FILTER_CHANGED = "filter_changed"
    QUEUED = "queued"  # stored; Slack has not taken the card yet, and the sender tries again
    NOT_FOUND = "not_found"
    OTHER_PLATFORM = "other_platform"
    UNAVAILABLE = "unavailable"  # PandaPon did not answer, or refused; nothing was stored
    REFUSED = "refused"  # Slack does not let the bot post in that channel; nothing stays stored


@dataclass(frozen=True, slots=True)
class WatchOutcome:
    """The outcome for one id, with the facts for its line in the answer."""

    order_id: str
    result: WatchResult
    watch: Watch | None = None
    snapshot: OrderSnapshot | None = None
    platform: Platform | None = None  # OTHER_PLATFORM: the platform on which the order was found
    reason: str = ""  # REFUSED and QUEUED: Slack's error code; UNAVAILABLE: why, as Slack text


@dataclass(frozen=True, slots=True)
class WatchAllResult:
    """The outcome of ``watch all``."""

    is_new: bool
    count: int  # orders that joined at once
    later: int = 0  # orders that the bot reads in the next minutes
    never: int = 0  # orders beyond the greatest number that the bot reads
    subscription: int = 0  # the id of the stored subscription


@dataclass(frozen=True, slots=True)
class BackupState:
    """The state of the database and of its backup copies."""

    copied_at: datetime | None = None  # the newest copy
    failed: StorageError | None = None  # why the last copy could not be made
    is_damaged: bool = False  # found while running
    restored: Restored | None = None  # the copy that was restored at this start; None: none was


@dataclass(frozen=True, slots=True)
class Report:
    """The health of the process, for ``/panda status``. Times are aware."""

    version: str
    started_at: datetime
    pandapon_ok_at: datetime | None
    pandapon_down_since: datetime | None
    pandapon_error: str
    slack_mode: str
    last_tick_at: datetime | None
    poll_interval: timedelta
    unknown_refusals: Mapping[str, int] = field(default_factory=dict)  # number of channels by unknown error code
    token_refused: str = ""  # the error code with which Slack refuses the bot's token; nothing can be posted meanwhile
    takes_pushes: bool = False  # whether PandaPon can push messages to this process
    refunds_refused: Mapping[str, str] = field(default_factory=dict)  # the error of each operation that reads refunds
    copies: BackupState | None = BackupState()  # None: the database is on a server, and its operator makes the copies
    polls: bool = True  # whether this process reads orders; if not, other processes do
    stopped: tuple[str, timedelta] | None = None  # the scheduler's job that hangs, and for how long
    clock_off_by: timedelta | None = None  # PandaPon's clock less this machine's; None: too little to matter


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """The keys of a PandaPon account, as its console shows them."""

    access_key: str = field(repr=False)
    access_secret: str = field(repr=False)
    user_id: str = field(repr=False)


class Connector(Protocol):
    """Connects a workspace to its PandaPon account, where one installation serves many workspaces."""

    @property
    def installer(self) -> str:
        """The id of the person who installed the app in this workspace."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether the workspace has an account."""
        ...

    async def connect(self, keys: AccountKeys, person: str) -> str:
        """Try the keys with a call that only reads, and store them for this workspace. ``person``: who entered them.

        Returns the web address to which PandaPon can push messages, empty where the bot does not know its own address.
        Raises PandaPonError; then nothing was stored.
        """
        ...


class Tracker(Protocol):
    """Reads orders on the same path as the poller (decide, record), so that no news is posted twice."""

    async def lookup(self, text: str, platform: Platform | None = None) -> OrderSnapshot:
        """Read the order that an id or waybill names; where PandaPon fails, return the stored state, marked stale.

        Raises UnknownOrderError, WrongPlatformError, and PandaPonError where the order is not stored.
        """
        ...

    async def stored(self, text: str, platform: Platform | None = None) -> OrderSnapshot | None:
        """Return the order that an id or waybill names as it was last read; None: it is not stored. Asks nobody."""
        ...

    async def listed(self, orders: Sequence[Order]) -> dict[str, OrderSnapshot]:
        """Return the stored ones of the listed orders, by order key, brought up to date by the list. Asks nobody."""
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
        """Watch orders in a channel, and wait a moment for their cards to be posted. Returns an outcome for each id.

        ``filter_`` None: a new watch gets ``default``, and an existing watch keeps its filter.
        """
        ...
