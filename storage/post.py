"""A row of the outbox as the sender claims it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from storage.errors import UnreadableError
from tracking.channel_settings import DEFAULTS, ChannelSettings
from tracking.daily_digest import DailyDigest
from tracking.messages import ChannelChange, Notice, WatchList
from tracking.values import News

if TYPE_CHECKING:
    from datetime import datetime

    from storage.watch import WatchState
    from tracking.values import Severity

T = TypeVar("T")


DETAIL_OF = "detail:"  # begins the event_id of a BATCH for a thread, whose news another BATCH lists in the channel
NOTHING_TO_SAY = "nothing to say"  # the error of a failed post whose contents no longer applied: nothing was lost
TOLD_OF_PARCEL = "told with another order of the same parcel"  # the error of a skipped post
QUIET_HOURS = "quiet hours"  # the error of a post that they hold
_MUTED_BY = "muted by "  # begins the error of a post that a mute holds or skips; the person's id follows


def muted_by(person: str) -> str:
    """Return the error of a post that a mute holds or skips. ``person``: the Slack user id of who muted."""
    return f"{_MUTED_BY}{person}"


def who_muted(error: str) -> str | None:
    """Return the Slack user id in an error of :func:`muted_by`; None for every other error."""
    return error.removeprefix(_MUTED_BY) if error.startswith(_MUTED_BY) else None


class PostState(StrEnum):
    """The states of an outbox row; :mod:`storage.transitions` lists the states that can follow each."""

    PENDING = "pending"
    SENDING = "sending"  # committed before the call to Slack; found at a start it means "perhaps sent"
    UNCERTAIN = "uncertain"  # perhaps sent: the channel is searched before it is sent again
    SENT = "sent"
    HELD = "held"  # waits for a person, or for the end of quiet hours or a mute
    BATCHED = "batched"  # sent as part of a BATCH
    SKIPPED = "skipped"  # never sent: muted, or told with another order
    FAILED = "failed"  # refused for good


class PostKind(StrEnum):
    """The task of an outbox row."""

    CARD = "card"  # post the parent card of a watch
    REFRESH = "refresh"  # bring the parent card up to date; at most one live row per watch
    NEWS = "news"  # post in the card's thread
    NOTICE = "notice"  # a direct message to a person
    BATCH = "batch"  # several NEWS rows of a channel in one message
    DAILY_DIGEST = "daily_digest"  # the daily digest of a channel
    LIST = "list"  # tell a channel which orders were watched at once; their cards come with their first news
    LINE = "line"  # tell a channel of a change that somebody made for everybody in it
    APPROVAL = "approval"  # ask a channel for an approval, or answer in the thread of the request
    APPROVAL_EDIT = "approval_edit"  # bring the request for an approval up to date


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a payload that could not be decoded, so that its row can be claimed and does not block its channel."""

    error: str  # the error's class and the post's kind only: a payload may name people


# None: the contents follow from the post's watch, or from the members of a BATCH.
Content = News | DailyDigest | ChannelChange | Notice | WatchList | Unreadable | None


@dataclass(frozen=True, slots=True)
class Post:
    """An outbox row leased to the sender: the oldest one of its channel. Times are aware."""

    id: int
    fence: int
    kind: PostKind
    channel: str
    watch_id: int | None
    key: str  # order key; empty for notices
    content: Content
    attempts: int
    state: PostState
    token: str  # opaque; the message's metadata carries it, and the message is found by it
    created_at: datetime
    claimed_at: datetime | None = None  # when it was first claimed: the channel's history is searched from then on
    restored_at: datetime | None = None  # when an older backup was restored: the post may have been sent by then
    thread_ts: str = ""  # Slack's ts of the watch's card (joined in), or of the request for an approval
    watch_state: WatchState | None = None
    event_id: str = ""
    severity: Severity | None = None  # None: the post is no news
    settings: ChannelSettings = DEFAULTS  # of the channel, joined in
    muted_by: str = ""  # Slack id of the person who muted the watch or its channel; empty: it is not muted now
    muted_until: datetime | None = None  # when that mute ends
    told_by_card: bool = False  # the watch's card was posted because of this news, and shows it
    card_held: bool = False  # the watch's first card waits for quiet hours or a mute to end
    was_held: bool = False  # quiet hours or a mute, which are over, held the post
    behind: int = 0  # the number of other NEWS of the channel that could be sent now
    watched: int = 0  # the number of orders that the channel watches, counted up to 100

    @property
    def opens(self) -> list[int]:
        """The ids of the watches that a CARD or a LIST opens; empty for other posts."""
        if isinstance(self.content, WatchList):
            return list(self.content.watches)
        return [self.watch_id] if self.kind is PostKind.CARD and self.watch_id is not None else []

    @property
    def news(self) -> News:
        """The contents of a NEWS. Raises UnreadableError."""
        return self._content(News)

    @property
    def daily_digest(self) -> DailyDigest:
        """The contents of a DAILY_DIGEST. Raises UnreadableError."""
        return self._content(DailyDigest)

    @property
    def change(self) -> ChannelChange:
        """The contents of a LINE. Raises UnreadableError."""
        return self._content(ChannelChange)

    @property
    def watch_list(self) -> WatchList:
        """The contents of a LIST. Raises UnreadableError."""
        return self._content(WatchList)

    @property
    def notice(self) -> Notice:
        """The contents of a NOTICE, an APPROVAL or an APPROVAL_EDIT. Raises UnreadableError."""
        return self._content(Notice)

    def _content(self, kind: type[T]) -> T:
        if isinstance(self.content, kind):
            return self.content
        raise UnreadableError(self.content.error if isinstance(self.content, Unreadable) else "there is no content")


@dataclass(frozen=True, slots=True)
class Shared:
    """The other orders that share a parcel with a post's order, and their news in the post's channel."""

    watched: tuple[tuple[str, str], ...] = ()  # (key, waybill) of the orders that the channel watches as well
    told: tuple[News, ...] = ()  # their news in the channel before this post, oldest first


@dataclass(frozen=True, slots=True)
class BatchRule:
    """The posts that may be sent as one message."""

    fewest: int = 2  # with fewer posts, the first one included, each is sent by itself
    severities: frozenset[Severity] | None = None  # the severities that may be sent now; None: all
    shown: frozenset[Severity] | None = None  # only orders with news of these severities are listed; None: all orders


ANY_POSTS = BatchRule()
