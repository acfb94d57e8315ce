"""What the listeners need, handed to them by the process: API, store, tracker, settings. No globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from handlers.admission import Admission
from handlers.deliveries import Recent
from handlers.languages import Languages
from handlers.people import People
from tracking.values import Filter

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from handlers.outcomes import Joined, Report, WatchOutcome
    from pandapon.client import PandaPon
    from pandapon.models import Order
    from pandapon.shipment import Platform
    from storage.channel import DeliveryLogEntry
    from storage.store import Store
    from tracking.channel_settings import ChannelSettings, Load
    from tracking.daily_digest import DailyDigest
    from tracking.orders import OrderSnapshot
    from tracking.values import News


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


class Desk(Protocol):
    """What a channel decides for itself, worked out by the rules."""

    async def preview(self, channel: str) -> DailyDigest:
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

    async def history(self, key: str, log: Sequence[DeliveryLogEntry]) -> tuple[OrderSnapshot, list[News]]:
        """A stored order as it stands, and what the pieces of its log said."""
        ...

    async def subscribe(self, channel: str, status: str, filter_: Filter, user: str) -> Joined:
        """Watch all orders in a channel."""
        ...


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
    default_filter: Filter = Filter.ALL
    languages: Languages = field(default_factory=Languages)
    admission: Admission = field(default_factory=Admission)  # who may use the bot at all
    answer_seconds: float = 15.0  # that a question may take in all, its answer included
    recent: Recent = field(default_factory=Recent)
    people: People = field(default_factory=People)
    working_after: float = 1.0  # seconds of silence before a working line is shown
    in_hand: set[asyncio.Future[Any]] = field(default_factory=set)  # answers being worked on; a stop waits for them

    def hold(self, work: asyncio.Future[Any]) -> None:
        """Something is being worked on: a stop waits for it."""
        self.in_hand.add(work)
        work.add_done_callback(self.in_hand.discard)
