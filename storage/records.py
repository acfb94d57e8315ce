"""What goes into the store and what comes out: plain values, ids as text, times aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  dataclass fields are read by tools at run time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from storage import codec
from tracking.values import Filter, News, Severity, Stall

if TYPE_CHECKING:
    from pandapon.models import Order
    from storage.errors import StorageError
    from tracking.daily_digest import DailyDigest

DETAIL_OF = "detail:"  # how the name of a DIGEST begins that tells in a thread what another one told in a line
NOTHING_TO_SAY = "nothing to say"  # the error of a failed post by which nothing was lost: its matter was over
TOLD_OF_PARCEL = "told with another order of the same parcel"  # the reason of a skipped post


class WatchState(StrEnum):
    """A watch's life. Only ACTIVE ones receive news."""

    OPENING = "opening"  # its parent card is in the outbox, not yet seen to be posted
    ACTIVE = "active"
    PAUSED = "paused"  # the channel refused for good; kept with its reason, never lost
    ENDED = "ended"  # unwatched, or refused before it ever opened


class PostState(StrEnum):
    """An outbox row's life."""

    PENDING = "pending"
    SENDING = "sending"  # committed before the call leaves; found at start-up it means "maybe sent"
    UNCERTAIN = "uncertain"  # ambiguous failure: look in the channel before sending again
    SENT = "sent"
    HELD = "held"  # waits for a person, or until quiet hours end
    FOLDED = "folded"  # goes out within a digest
    SKIPPED = "skipped"  # not to be said: muted
    FAILED = "failed"  # permanent


class PostKind(StrEnum):
    """What an outbox row asks for."""

    CARD = "card"  # post the parent card of a watch
    REFRESH = "refresh"  # bring the parent card up to date; at most one live row per watch
    NEWS = "news"  # post in the card's thread
    NOTICE = "notice"  # a direct message to a person
    DIGEST = "digest"  # several NEWS rows of a channel in one message
    SUMMARY = "summary"  # the daily digest of a channel
    LINE = "line"  # tells a channel what somebody changed for all in it


class NodeRecord(NamedTuple):  # quicker to make than a dataclass, and an order has dozens
    """A stored node. ``identity`` is unique within the order."""

    waybill: str
    identity: str
    content: str
    at: datetime | None
    raw_time: str
    time_basis: str
    text: str
    code: str = ""
    place: str = ""
    milestone: str | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class ParcelRecord:
    """A stored parcel."""

    waybill: str
    carrier: str = ""
    status_code: str = ""
    status_milestone: str | None = None
    milestone: str | None = None
    logistics_id: str = ""  # the platform's own id of it


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the rules decided about an order; written as a whole."""

    milestone: str | None
    detail: str = ""  # JSON of the order as last read; empty: never read
    sub_orders: tuple[str, ...] = ()
    moved_at: datetime | None = None  # when it last made news, for the cadence
    final_at: datetime | None = None  # when it was first seen delivered, returned, cancelled or lost


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order leased to the poller. Everything needed to poll it and, unchanged, to schedule it again."""

    key: str
    fence: int
    fingerprint: bytes
    state: OrderState
    has_parcels: bool
    polls: int  # readings so far; 0: never read
    fails: int  # failed readings in a row
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """Everything stored about an order."""

    key: str
    state: OrderState
    version: int  # grows by one whenever state, parcels or nodes change
    parcels: tuple[ParcelRecord, ...]
    nodes: tuple[NodeRecord, ...]
    read_at: datetime | None  # last good reading
    stale_since: datetime | None  # first failed reading since then
    next_poll_at: datetime | None  # None: archived
    fence: int = 0


@dataclass(frozen=True, slots=True)
class Announcement:
    """News of one order, to be fanned out to its active watches in the same transaction."""

    what: str  # names what happened, unique per order; the outbox key is (watch, what)
    audience: frozenset[Filter]  # watches with one of these filters receive it
    payload: str  # JSON, rendered when it is sent
    level: Severity = Severity.NODE


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A reading equal to the last one: only the order's own schedule is written."""

    key: str
    fence: int
    next_poll_at: datetime | None
    stall_at: datetime | None = None  # silence is looked at no later than this; None: as it was


@dataclass(frozen=True, slots=True)
class Changed:
    """A reading that says something else than what is stored."""

    key: str
    fence: int
    next_poll_at: datetime | None
    fingerprint: bytes
    state: OrderState
    parcels: tuple[ParcelRecord, ...] = ()  # upserted; a parcel not named stays
    nodes: tuple[NodeRecord, ...] = ()  # new and edited ones, upserted; a node not named stays
    announcement: Announcement | None = None  # None: a baseline, or nothing worth telling
    refresh_cards: bool = True  # enqueue a REFRESH for each active watch
    moved: bool = False  # it clears a stall alarm …
    silent: tuple[str, ...] = ()  # … unless that is of one of these silences, which are still too long
    stall_at: datetime | None = None  # when silence from now on will be worth an alarm; None: never
    is_pressing: bool = False  # that moment counts although it has come: a deadline is near, whatever moved or not


@dataclass(frozen=True, slots=True)
class Failed:
    """A reading that did not succeed. The last state stays; ``stale_since`` is set once."""

    key: str
    fence: int
    next_poll_at: datetime
    error: str


PollResult = Unchanged | Changed | Failed


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch wrote."""

    applied: int
    stale: int  # results dropped because their lease was no longer theirs
    posts: int  # outbox rows added or revived


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
    milestone: str | None = None  # the order's, joined in for lists
    detail: str = ""  # the order's, joined in for lists
    read_at: datetime | None = None  # the order's
    stale_since: datetime | None = None  # the order's
    muted_until: datetime | None = None
    muted_by: str = ""
    subscription: int | None = None  # the `watch all` that brought it

    @property
    def order(self) -> Order | None:
        """The order as it is stored; None when it was never read, or written by another version."""
        try:
            return codec.load_order(self.detail)
        except ValidationError:
            return None


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel chose for itself. One that never chose anything has the defaults."""

    channel: str
    settings: str = ""  # JSON, opaque here
    muted_until: datetime | None = None
    muted_by: str = ""
    digest_day: str = ""  # local date of the last daily digest
    updated_by: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """A piece of news as figures: what a channel would have had to read of it is reckoned from these."""

    at: datetime
    level: Severity
    audience: frozenset[Filter]
    filter: Filter  # of the watch that it concerns


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of news of an order and what became of it in one channel."""

    key: str
    what: str
    at: datetime
    level: Severity
    audience: frozenset[Filter]
    payload: str
    state: PostState | None = None  # None: nothing was to be posted there
    sent_at: datetime | None = None
    error: str = ""
    in_digest: bool = False
    not_before: datetime | None = None

    @property
    def news(self) -> News:
        """What it says. Raises ValidationError where another version wrote it otherwise."""
        return codec.load_news(self.payload)


@dataclass(frozen=True, slots=True)
class Opened:
    """The outcome of one wish: a new watch, or the one that stood there already."""

    watch: Watch
    created: bool
    filter_changed: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """An outbox row leased to the sender, oldest of its channel."""

    id: int
    fence: int
    kind: PostKind
    channel: str
    watch_id: int | None
    key: str  # order key; empty for notices
    payload: str
    attempts: int
    state: PostState
    token: str  # opaque, random; carried in the message's metadata
    created_at: datetime
    claimed_at: datetime | None = None  # when it was first sent or tried: history is searched from here
    restored_at: datetime | None = None  # a copy of before took the database's place then: it may be out until then
    thread_ts: str = ""  # the watch's card, joined in
    watch_state: WatchState | None = None
    what: str = ""
    level: Severity | None = None  # of news; None: it is none
    settings: str = ""  # the channel's, JSON, joined in
    muted_by: str = ""  # the person who muted the watch or its channel, while that holds
    muted_until: datetime | None = None  # when that ends
    card_held: bool = False  # the watch's first card waits for quiet hours or a mute to end
    was_held: bool = False  # by quiet hours, which are over
    behind: int = 0  # other NEWS of the channel that could go now
    watched: int = 0  # orders that the channel watches; over 100 count as 100

    @property
    def news(self) -> News:
        """What a NEWS says. Raises ValidationError where another version wrote it otherwise."""
        return codec.load_news(self.payload)

    @property
    def digest(self) -> DailyDigest:
        """What a SUMMARY says. Raises ValidationError."""
        return codec.load_digest(self.payload)

    @property
    def facts(self) -> dict[str, Any]:
        """What a NOTICE or a LINE says. Raises ValueError."""
        return codec.load_facts(self.payload)


@dataclass(frozen=True, slots=True)
class Shared:
    """Orders with a parcel of this post's order."""

    watched: tuple[tuple[str, str], ...] = ()  # (key, waybill) of those that the post's channel watches as well
    told: tuple[News, ...] = ()  # their news in the channel, from before this post; oldest first


@dataclass(frozen=True, slots=True)
class Folding:
    """Which posts may become one message."""

    fewest: int = 2  # posts that may go, the first of them included; fewer stay as they are
    levels: frozenset[Severity] | None = None  # that may go now; None: all
    shown: frozenset[Severity] | None = None  # orders with nothing of these stay in their threads; None: all are shown


ANY_POSTS = Folding()


class AlarmState(StrEnum):
    """A stall alarm's life. CLEARED when the parcel moved."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ASSIGNED = "assigned"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An order that has been silent for too long."""

    key: str
    what: str  # unique per order: which silence, and whether it was raised again after a snooze
    stall: Stall
    id: int = 0
    state: AlarmState = AlarmState.OPEN
    raised_at: datetime | None = None
    snoozed_until: datetime | None = None
    assignee: str = ""
    actor: str = ""  # who acted last


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that watches every order of the account, or all in one state."""

    channel: str
    status: str  # as the order list takes it; empty: all
    filter: Filter
    created_by: str
    id: int = 0
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order met in the order list: stored unread, its first reading will be its baseline."""

    key: str
    milestone: str | None
    detail: str
    sub_orders: tuple[str, ...]
    first_poll_at: datetime


@dataclass(frozen=True, slots=True)
class Hint:
    """A message that PandaPon pushed. Nothing in it is taken for true: it says which order to look at.

    The rest of it, which may name people, is not kept.
    """

    dedup: str  # the same message again has the same
    kind: str
    ids: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what."""

    at: datetime
    actor: str
    action: str
    channel: str = ""
    key: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """Figures for ``/panda status``, ``/readyz`` and ``/metrics``."""

    orders: int
    watches: int
    paused: int
    due: int
    oldest_due: datetime | None
    outbox: dict[PostState, int] = field(default_factory=dict)  # what was not said: waiting, held, failed
    oldest_post: datetime | None = None
    last_sent_at: datetime | None = None
    lost: int = 0  # news, digests and notices of the last day that Slack refused for good
    stale_orders: int = 0
    alarms: int = 0  # that stand, whatever was done about them
    sqlite_version: str = ""
    trouble: StorageError | None = None  # why nothing can be written; reading goes on
    wal_bytes: int = field(default=0, compare=False)  # of the write-ahead log
    disk_free: int | None = field(default=None, compare=False)  # bytes left on its disk; None: not to be told
