"""A channel's settings and mute, and its delivery log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracking.channel_settings import DEFAULTS, ChannelSettings

if TYPE_CHECKING:
    from datetime import datetime

    from storage.post import PostState
    from tracking.values import Filter, News, Severity


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel's settings and mute; the defaults for a channel without any. Times are aware."""

    channel: str
    settings: ChannelSettings = DEFAULTS
    muted_until: datetime | None = None
    muted_by: str = ""
    digest_day: str = ""  # local date (ISO) of the last daily digest; empty: there was none yet
    updated_by: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLogEntry:
    """One piece of news of an order, and its outcome in one channel. Times are aware."""

    key: str  # the order's key
    event_id: str
    at: datetime
    severity: Severity
    audience: frozenset[Filter]
    news: News
    state: PostState | None = None  # None: no post was made for this channel
    sent_at: datetime | None = None
    error: str = ""
    in_batch: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """The entries of an order in one channel, oldest first, and the number of further entries that are unreadable."""

    entries: tuple[DeliveryLogEntry, ...] = ()
    unreadable: int = 0
