"""The settings that a channel can choose for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracking.values import Filter, Severity

Threads = Literal["auto", "milestones", "broadcast", "problems", "thread", "channel"]
THREADS: tuple[str, ...] = get_args(Threads)
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
DEFAULT_ZONE = "Asia/Shanghai"
# With up to so many watched orders, people know each order, and every milestone is worth a line in the channel. With
# more orders, "shipped" and "arrived" would drown the news that somebody has to act on.
FEW = 20
# By mode, the severities that are shown in the channel's main view as well as in the order's thread.
_SHOWN: dict[str, frozenset[Severity]] = {
    "broadcast": frozenset({Severity.MILESTONE, Severity.PROBLEM}),
    "milestones": frozenset({Severity.STEP, Severity.MILESTONE, Severity.PROBLEM}),
    "problems": frozenset({Severity.PROBLEM}),
    "thread": frozenset(),
}


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel's settings. Times are wall-clock times ``HH:MM`` in ``time_zone``; an empty time is switched off."""

    filter: Filter | Literal[""] = ""  # of new watches; empty: the bot's own default
    threads: Threads = "auto"
    quiet_from: str = ""
    quiet_to: str = ""
    break_through: bool = True  # problems are posted in quiet hours, too
    digest_at: str = ""
    language: Literal["", "en", "zh_CN", "th"] = ""  # empty: the bot's own default
    time_zone: str = DEFAULT_ZONE

    def shows(self, severity: Severity | None, watched: int) -> bool:
        """Whether news of this severity is shown in the channel's main view.

        ``watched``: the number of orders that the channel watches. With ``auto`` a channel that watches up to
        :data:`FEW` orders shows every milestone.
        """
        mode = self.threads if self.threads != "auto" else ("milestones" if watched <= FEW else "broadcast")
        return mode == "channel" or severity in _SHOWN[mode]

    @property
    def zone(self) -> ZoneInfo:
        """The channel's time zone; China's where this machine does not know the zone's name."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(DEFAULT_ZONE)

    @property
    def quiet(self) -> tuple[time, time] | None:
        """Begin and end of the quiet hours, which may span midnight; None: the channel has none."""
        begin, end = clock(self.quiet_from), clock(self.quiet_to)
        return (begin, end) if begin is not None and end is not None and begin != end else None

    @property
    def digest(self) -> time | None:
        """The local time at which the daily digest goes out; None: the channel has no digest."""
        return clock(self.digest_at)


DEFAULTS = ChannelSettings()
# The groups of settings that are undone together, since they make sense only together.
_TOGETHER: tuple[tuple[str, ...], ...] = (
    ("filter",),
    ("threads",),
    ("quiet_from", "quiet_to"),
    ("break_through",),
    ("digest_at",),
    ("language",),
    ("time_zone",),
)


def revert_change(present: ChannelSettings, chosen: ChannelSettings, former: ChannelSettings) -> ChannelSettings:
    """Return the present settings without a change that somebody made from ``former`` to ``chosen``. Pure.

    A setting that differs from ``chosen`` was changed again since then, and stays.
    """
    back: dict[str, Any] = {}
    for names in _TOGETHER:
        was, became, now = ({name: getattr(settings, name) for name in names} for settings in (former, chosen, present))
        back |= was if now == became != was else {}
    return replace(present, **back)


@dataclass(frozen=True, slots=True)
class Load:
    """The number of messages that a channel gets in its main view, and in threads only."""

    channel: int = 0
    thread: int = 0


def clock(text: str) -> time | None:
    """Read a wall-clock time ``HH:MM``; None for any other text."""
    return time.fromisoformat(text) if CLOCK.fullmatch(text) else None
