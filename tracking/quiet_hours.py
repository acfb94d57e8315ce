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
    """Return the end of the quiet hours that hold now, in UTC; None outside them. ``now`` is aware.

    The hours are those of the wall clock in the channel's zone, also on a day with a change to or from summer time.
    Where the clock shows the end twice, the next occurrence counts, so the end always lies ahead.
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
    """Return until when (UTC) news of this severity waits; None: it may be posted now. ``now`` is aware."""
    if settings.break_through and severity is Severity.PROBLEM:
        return None
    return quiet_until(settings, now)


def _end(settings: ChannelSettings, day: date, clock: time, now: datetime) -> datetime:
    """Return the first moment after ``now`` at which the channel's clock shows this time or leaps over it."""
    moments = [datetime.combine(day, clock, settings.zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    if moments[1] < moments[0]:  # the clock leaps over this time: the end is the moment of the leap
        return _leap(settings, *moments[::-1])
    return next((moment for moment in moments if moment > now), moments[1])


def _leap(settings: ChannelSettings, before: datetime, after: datetime) -> datetime:
    """Return the moment, to the second, between these two at which the channel's clock leaps."""
    offset = before.astimezone(settings.zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(settings.zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
