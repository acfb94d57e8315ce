"""A row of the outbox as the sender gets it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from storage.errors import UnreadableError
from tracking.channel_settings import DEFAULTS, ChannelSettings
from tracking.daily_digest import DailyDigest
from tracking.values import News

if TYPE_CHECKING:
    from datetime import datetime

    from storage.watch import WatchState
    from tracking.values import Severity

T = TypeVar("T")


DETAIL_OF = "detail:"  # how the event of a BATCH begins that tells in a thread what another one told in a line
NOTHING_TO_SAY = "nothing to say"  # the error of a failed post by which nothing was lost: its matter was over
TOLD_OF_PARCEL = "told with another order of the same parcel"  # the reason of a skipped post


class PostState(StrEnum):
    """An outbox row's life."""

    PENDING = "pending"
    SENDING = "sending"  # committed before the call leaves; found at start-up it means "maybe sent"
    UNCERTAIN = "uncertain"  # ambiguous failure: look in the channel before sending again
    SENT = "sent"
    HELD = "held"  # waits for a person, or until quiet hours end
    BATCHED = "batched"  # goes out within a batch
    SKIPPED = "skipped"  # not to be said: muted
    FAILED = "failed"  # permanent


class PostKind(StrEnum):
    """What an outbox row asks for."""

    CARD = "card"  # post the parent card of a watch
    REFRESH = "refresh"  # bring the parent card up to date; at most one live row per watch
    NEWS = "news"  # post in the card's thread
    NOTICE = "notice"  # a direct message to a person
    BATCH = "batch"  # several NEWS rows of a channel in one message
    DAILY_DIGEST = "daily_digest"  # the daily digest of a channel
    LINE = "line"  # tells a channel what somebody changed for all in it


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for what could not be decoded, so that one such row keeps no other from being claimed."""

    error: str  # its kind; what the row holds may name people


Content = News | DailyDigest | dict[str, Any] | Unreadable | None  # None: it says what its watch or its members say


@dataclass(frozen=True, slots=True)
class Post:
    """An outbox row leased to the sender, oldest of its channel."""

    id: int
    fence: int
    kind: PostKind
    channel: str
    watch_id: int | None
    key: str  # order key; empty for notices
    content: Content
    attempts: int
    state: PostState
    token: str  # opaque, random; carried in the message's metadata
    created_at: datetime
    claimed_at: datetime | None = None  # when it was first sent or tried: history is searched from here
    restored_at: datetime | None = None  # a copy of before took the database's place then: it may be out until then
    thread_ts: str = ""  # the watch's card, joined in
    watch_state: WatchState | None = None
    event_id: str = ""
    severity: Severity | None = None  # of news; None: it is none
    settings: ChannelSettings = DEFAULTS  # the channel's, joined in
    muted_by: str = ""  # the person who muted the watch or its channel, while that holds
    muted_until: datetime | None = None  # when that ends
    card_held: bool = False  # the watch's first card waits for quiet hours or a mute to end
    was_held: bool = False  # by quiet hours, which are over
    behind: int = 0  # other NEWS of the channel that could go now
    watched: int = 0  # orders that the channel watches; over 100 count as 100

    @property
    def news(self) -> News:
        """What a NEWS says. Raises UnreadableError."""
        return self._content(News)

    @property
    def daily_digest(self) -> DailyDigest:
        """What a DAILY_DIGEST says. Raises UnreadableError."""
        return self._content(DailyDigest)

    @property
    def facts(self) -> dict[str, Any]:
        """What a NOTICE or a LINE says. Raises UnreadableError."""
        return self._content(dict)

    def _content(self, kind: type[T]) -> T:
        if isinstance(self.content, kind):
            return self.content
        raise UnreadableError(self.content.error if isinstance(self.content, Unreadable) else "there is no content")


@dataclass(frozen=True, slots=True)
class Shared:
    """Orders with a parcel of this post's order."""

    watched: tuple[tuple[str, str], ...] = ()  # (key, waybill) of those that the post's channel watches as well
    told: tuple[News, ...] = ()  # their news in the channel, from before this post; oldest first


@dataclass(frozen=True, slots=True)
class BatchRule:
    """Which posts may become one message."""

    fewest: int = 2  # posts that may go, the first of them included; fewer stay as they are
    severities: frozenset[Severity] | None = None  # that may go now; None: all
    shown: frozenset[Severity] | None = None  # orders with nothing of these stay in their threads; None: all are shown


ANY_POSTS = BatchRule()
