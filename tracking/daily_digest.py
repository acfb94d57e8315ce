"""A channel's day as values: which orders moved, and which need a look."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One order in a daily digest."""

    key: str
    milestone: str | None
    title: str = ""  # as sent; escaped when it is shown
    news: int = 0  # pieces of it that day
    alarm: str = ""  # the leg of its stall alarm
    reason: str = ""  # why it stands there: one of pandapon.courier.Reason
    status: str = ""  # the platform's code for its state


@dataclass(frozen=True, slots=True)
class DailyDigest:
    """A channel's day."""

    day: str  # local date
    moved: tuple[DigestEntry, ...] = ()
    troubled: tuple[DigestEntry, ...] = field(default=())  # in a problem or silent, whether or not that is new
    watched: int = 0
