"""What became of a wish: a watch that opened or did not, why not, and how the bot is doing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from handlers.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from pandapon.shipment import OrderRef, Platform
    from storage.backup import Restored
    from storage.errors import StorageError
    from storage.watch import Watch
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


class UnknownOrderError(LookupError):
    """No platform knows this id, and no stored parcel bears this number."""

    def __init__(self, text: str) -> None:
        super().__init__(f"no order or parcel {text!r}")
        self.text = text


class WrongPlatformError(LookupError):
    """The id exists, on the platform that was not asked for."""

    def __init__(self, ref: OrderRef, asked: Platform) -> None:
        super().__init__(f"{ref.order_id!r} is on {ref.platform}, not on {asked}")
        self.ref = ref
        self.asked = asked
        self.try_ = ""  # the whole corrected command, once it is known what was asked


class ForbiddenError(Exception):
    """The person may not do that; the message says why, in words meant for them."""


class OutdatedError(ForbiddenError):
    """A button or form carries what this version does not understand."""

    def __str__(self) -> str:
        return _("This button is from an older version of me. Run the command again.")


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
