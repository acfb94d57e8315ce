"""When a channel wants to hear nothing, when its digest is due, and how many messages other settings would mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tracking.channel_settings import Load
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import time

    from tracking.channel_settings import ChannelSettings

SECOND, DAY, WEEK = timedelta(seconds=1), timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewsEvent:
    """A piece of news as figures: what a channel would have had to read of it is reckoned from these."""

    at: datetime
    severity: Severity
    audience: frozenset[Filter]
    filter: Filter = Filter.ALL  # of the watch it would reach


def quiet_until(settings: ChannelSettings, now: datetime) -> datetime | None:
    """The end of the quiet hours that hold now, None outside them. ``now`` is aware; the answer is in UTC.

    Reckoned on the wall clock of the channel's zone, so that a change to or from summer time moves nothing. Of an hour
    that comes twice each time counts by itself: the end lies in the same one as now, and is never over.
    """
    if (hours := settings.quiet) is None:
        return None
    begin, end = hours
    local = now.astimezone(settings.zone)
    clock = local.time().replace(tzinfo=None)
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return None
    day = local.date() if clock < end else local.date() + DAY
    return _end(settings, day, end, now)


def hold_until(settings: ChannelSettings, severity: Severity | None, now: datetime) -> datetime | None:
    """Until when news of this severity waits; None: it may go now."""
    if settings.break_through and severity is Severity.PROBLEM:
        return None
    return quiet_until(settings, now)


def digest_day(settings: ChannelSettings, last_day: str, now: datetime) -> str | None:
    """The local date whose digest is due and was not made; None: none is. After downtime only today's is caught up."""
    if (at := settings.digest) is None:
        return None
    local = now.astimezone(settings.zone)
    today = local.date().isoformat()
    return today if local.time().replace(tzinfo=None) >= at and last_day < today else None


def digest_since(settings: ChannelSettings, last_day: str, now: datetime) -> datetime:
    """Where a digest that is made now begins: a day ago, or where the last one ended if that is longer ago.

    So nothing falls between two of them, on a day of 25 hours or after downtime; but for what is older than a week.
    """
    if (at := settings.digest) is None or not last_day:
        return now - DAY
    return max(now - WEEK, min(now - DAY, _at(settings, date.fromisoformat(last_day), at)))


def next_digest(settings: ChannelSettings, now: datetime) -> datetime | None:
    """When the next digest goes out, in UTC; None: never."""
    if (at := settings.digest) is None:
        return None
    today = now.astimezone(settings.zone).date()
    first = _at(settings, today, at)
    return first if first > now else _at(settings, today + DAY, at)


def dry_run(news: Iterable[NewsEvent], settings: ChannelSettings, watched: int) -> Load:
    """What these pieces of news would have meant under these settings. Pure.

    ``news``: oldest first. ``watched``: how many orders the channel watches.
    """
    channel = thread = 0
    held: set[datetime] = set()
    days: set[str] = set()
    for event in news:
        days.add(event.at.astimezone(settings.zone).date().isoformat())
        if event.filter not in event.audience:
            continue
        if (until := hold_until(settings, event.severity, event.at)) is not None:
            held.add(until)
        elif settings.shows(event.severity, watched):
            channel += 1
        else:
            thread += 1
    digests = len(days) if settings.digest else 0
    return Load(channel + len(held) + digests, thread)


def _end(settings: ChannelSettings, day: date, clock: time, now: datetime) -> datetime:
    """The first moment after ``now`` at which the channel's clock shows this time of this day, or has passed it."""
    both = [datetime.combine(day, clock, settings.zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    if both[1] < both[0]:  # the clock skips it: the zone's data tell both sides of the gap, and the end is their seam
        return _seam(settings, *both[::-1])
    return next((one for one in both if one > now), both[1])


def _seam(settings: ChannelSettings, before: datetime, after: datetime) -> datetime:
    """Between these two moments the channel's clock leaps: the moment at which it does, to the second."""
    offset = before.astimezone(settings.zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(settings.zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _at(settings: ChannelSettings, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, settings.zone).astimezone(UTC)
