"""What the listeners need, handed to them by the process: API, store, tracker, settings. No globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.admission import Admission
from handlers.blocks.people import People
from handlers.interactions.deliveries import Recent
from handlers.interactions.languages import Languages
from tracking.values import Filter

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime

    from handlers.commands.registry import Commands
    from handlers.interactions.ports import AllOrders, Digests, Report, Tracker
    from pandapon.client import PandaPon
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a listener may touch."""

    api: PandaPon
    store: Store
    commands: Commands
    tracker: Tracker
    clock: Callable[[], datetime]
    report: Callable[[], Report]
    digests: Digests
    all_orders: AllOrders
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
