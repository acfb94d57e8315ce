"""How many messages a channel would have had under other settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  dataclass fields are read by tools at run time
from typing import TYPE_CHECKING

from tracking.channel_settings import Load
from tracking.quiet_hours import hold_until
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracking.channel_settings import ChannelSettings


@dataclass(frozen=True, slots=True)
class NewsEvent:
    """A piece of news without its contents: just enough to count the messages that it would have caused."""

    at: datetime
    severity: Severity
    audience: frozenset[Filter]
    filter: Filter = Filter.ALL  # of the watch that would receive it


def dry_run(news: Iterable[NewsEvent], settings: ChannelSettings, watched: int) -> Load:
    """Count the messages that this news would have caused under these settings. Pure.

    ``news``: oldest first. ``watched``: the number of orders that the channel watches.
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
