"""The objects that the process hands to the listeners: API, store, tracker, settings. There are no globals.

Commands act on an interaction, and an interaction leads through this context to the commands. So these types name each
other. The imports for that serve type checks only, so the modules load without a circle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.admission import Admission
from handlers.access.approvers import Approvers
from handlers.access.writers import WriteGate
from handlers.blocks.links import Links
from handlers.blocks.people import People
from handlers.interactions.deliveries import RecentDeliveries
from handlers.interactions.languages import Languages
from handlers.interactions.newest import Newest
from handlers.interactions.public_web import PublicWeb
from tracking.values import Filter

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from pydantic import SecretStr

    from handlers.commands.registry import Commands
    from handlers.interactions.ports import Connector, Report, Tracker, WatchAllResult
    from handlers.writing.writer import Writer
    from pandapon.client import PandaPon
    from storage.store import Store
    from tracking.daily_digest import DailyDigest


@dataclass(frozen=True, slots=True)
class ChatLogin:
    """The name and the password of the login to PandaPon's account that opens a chat."""

    name: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of the process that a listener may use. The same for all interactions of a workspace."""

    api: PandaPon
    store: Store
    commands: Commands
    tracker: Tracker
    clock: Callable[[], datetime]
    report: Callable[[], Report]
    preview_digest: Callable[[str], Awaitable[DailyDigest]]  # makes the digest that the channel would get now
    # Watches in a channel all orders, or all in one state (empty: any), with a filter, for a person.
    subscribe: Callable[[str, str, Filter, str], Awaitable[WatchAllResult]]
    wake: Callable[[], None]  # makes the sender read the outbox now rather than at the next tick
    writer: Writer  # the only way to change the account
    default_filter: Filter = Filter.ALL
    languages: Languages = field(default_factory=Languages)
    admission: Admission = field(default_factory=Admission)  # decides who may use the bot
    gate: WriteGate = field(default_factory=WriteGate)  # decides who may change the account
    approvers: Approvers = field(default_factory=Approvers)  # decides who may approve an order or a payment
    answer_seconds: float = 15.0  # from the acknowledgement to the answer, at most
    # Gets the seconds that an answer took, and whether it was ready in time.
    answered: Callable[[float, bool], None] = lambda _seconds, _is_in_time: None
    links: Links = field(default_factory=Links)  # to the messages of the workspace
    recent: RecentDeliveries = field(default_factory=RecentDeliveries)
    public_web: PublicWeb = field(default_factory=PublicWeb)  # opens links to pictures
    chat_login: ChatLogin | None = None  # the account's login for chats with Taobao's sellers
    connector: Connector | None = None  # connects the account; None unless one installation serves many workspaces
    newest: Newest = field(default_factory=Newest)  # lets only the newest choice in each open form count
    people: People = field(default_factory=People)
    working_after: float = 1.5  # seconds of silence before a working line is shown
    in_hand: set[asyncio.Future[Any]] = field(default_factory=set)  # answers being worked on; a stop waits for them

    def hold(self, work: asyncio.Future[Any]) -> None:
        """Note work that must end before the process stops."""
        self.in_hand.add(work)
        work.add_done_callback(self.in_hand.discard)
