"""The contents of a channel's daily digest: the orders that moved, and those that need attention."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One order in a daily digest."""

    key: str  # of the order
    milestone: str | None
    title: str = ""  # as sent; escaped when it is shown
    news: int = 0  # pieces of news about the order that day
    alarm: str = ""  # the leg of the order's stall alarm; empty: it has none
    reason: str = ""  # why it stands there: one of pandapon.courier.Reason
    status: str = ""  # the platform's code for its state


@dataclass(frozen=True, slots=True)
class DailyDigest:
    """One day of a channel."""

    day: str  # local date, ISO
    moved: tuple[DigestEntry, ...] = ()
    troubled: tuple[DigestEntry, ...] = field(default=())  # at a problem or silent, also for longer than this day
    watched: int = 0  # orders that the channel watches
