"""The pace at which posts may follow each other, as values that are made from the settings."""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Rate:
    """The limits of a token bucket: ``burst`` events at once, and ``per_second`` in the long run."""

    per_second: float
    burst: int

    @property
    def interval(self) -> int:
        """The microseconds in which the bucket gains one token."""
        return round(SECOND / self.per_second)

    def tokens(self, full_at: int, now: int) -> int:
        """Return the number of tokens in the bucket. ``full_at``, ``now``: microseconds since 1970."""
        return self.burst - -(-max(0, full_at - now) // self.interval)


@dataclass(frozen=True, slots=True)
class Pace:
    """Slack's limits: about a message a second per channel, with short bursts, and several hundred a minute in all."""

    channel: Rate
    workspace: Rate
