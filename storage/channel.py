"""What a channel chose, and what became of the news in it."""

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
    """What a channel chose for itself. One that never chose anything has the defaults."""

    channel: str
    settings: ChannelSettings = DEFAULTS
    muted_until: datetime | None = None
    muted_by: str = ""
    digest_day: str = ""  # local date of the last daily digest
    updated_by: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLogEntry:
    """One piece of news of an order and what became of it in one channel."""

    key: str
    event_id: str
    at: datetime
    severity: Severity
    audience: frozenset[Filter]
    news: News
    state: PostState | None = None  # None: nothing was to be posted there
    sent_at: datetime | None = None
    error: str = ""
    in_batch: bool = False
    not_before: datetime | None = None
