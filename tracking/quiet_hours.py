"""When a channel wants to hear nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tracking.values import Severity

if TYPE_CHECKING:
    from datetime import time

    from tracking.channel_settings import ChannelSettings

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


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
