"""The pace at which posts may follow each other. The settings make it, so it stands apart from the tables."""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may happen: ``burst`` times at once, and ``per_second`` in the long run."""

    per_second: float
    burst: int

    @property
    def interval(self) -> int:
        """The microseconds that one token takes."""
        return round(SECOND / self.per_second)

    def tokens(self, full_at: int, now: int) -> int:
        """Return how many tokens are there. Times in microseconds since 1970."""
        return self.burst - -(-max(0, full_at - now) // self.interval)


@dataclass(frozen=True, slots=True)
class Pace:
    """Slack's limits: about a message a second and channel with short bursts, and several hundred a minute in all."""

    channel: Rate
    workspace: Rate
