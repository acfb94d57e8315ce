"""When a channel's daily digest is due, and from when on it tells the news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import time

    from tracking.channel_settings import ChannelSettings

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def digest_day(settings: ChannelSettings, last_day: str, now: datetime) -> str | None:
    """Return the local date (ISO) whose digest is due and not made yet; None: no digest is due. ``now`` is aware.

    ``last_day``: the local date (ISO) of the last digest; empty: none was made. After downtime only today's digest is
    made, not those of the days before.
    """
    if (at := settings.digest) is None:
        return None
    local = now.astimezone(settings.zone)
    today = local.date().isoformat()
    return today if local.time().replace(tzinfo=None) >= at and last_day < today else None


def digest_since(settings: ChannelSettings, last_day: str, now: datetime) -> datetime:
    """Return the time from which a digest made now tells the news: a day ago, or the end of the last digest if earlier.

    So no news falls between two digests on a day of 25 hours or after downtime. News older than a week is left out.
    """
    if (at := settings.digest) is None or not last_day:
        return now - DAY
    return max(now - WEEK, min(now - DAY, _at(settings, date.fromisoformat(last_day), at)))


def next_digest(settings: ChannelSettings, now: datetime) -> datetime | None:
    """Return when the next digest goes out, in UTC; None: never. ``now`` is aware."""
    if (at := settings.digest) is None:
        return None
    today = now.astimezone(settings.zone).date()
    first = _at(settings, today, at)
    return first if first > now else _at(settings, today + DAY, at)


def _at(settings: ChannelSettings, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, settings.zone).astimezone(UTC)
