"""Channels whose posts Slack refuses for a reason that we do not know; the status tells of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

FORGOTTEN = 900.0  # seconds; three times the longest pause between two tries: what is not met again is over


@dataclass(slots=True)
class Puzzles:
    """Times are monotonic."""

    _met: dict[str, tuple[str, float]] = field(default_factory=dict)  # by channel: Slack's word, and when

    def note(self, channel: str, code: str) -> bool:
        """It was met. Returns whether that is news."""
        is_new = self._live().get(channel) != code
        self._met[channel] = (code, time.monotonic())
        return is_new

    def solved(self, channel: str) -> None:
        """The channel takes posts."""
        self._met.pop(channel, None)

    def of(self, channel: str) -> str:
        """Slack's word for a channel; empty where nothing is the matter."""
        return self._live().get(channel, "")

    def told(self) -> dict[str, int]:
        """How many channels there are for each of Slack's words."""
        codes = list(self._live().values())
        return {code: codes.count(code) for code in sorted(set(codes))}

    def _live(self) -> dict[str, str]:
        oldest = time.monotonic() - FORGOTTEN
        return {channel: code for channel, (code, at) in self._met.items() if at >= oldest}
