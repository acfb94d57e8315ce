"""Channels whose posts Slack refuses with an error code that we do not know. The status shows them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

# Seconds, three times the longest pause between two tries: a refusal that is not repeated by then is over.
FORGOTTEN = 900.0


@dataclass(slots=True)
class UnknownRefusals:
    """The last unknown refusal of each channel. Times are monotonic."""

    _refusals: dict[str, tuple[str, float]] = field(default_factory=dict)  # by channel: Slack's error code, and when

    def note(self, channel: str, code: str) -> bool:
        """Record a refusal. Returns whether this code is new for the channel."""
        is_new = self._live().get(channel) != code
        self._refusals[channel] = (code, time.monotonic())
        return is_new

    def forget(self, channel: str) -> None:
        """Forget the channel's refusal: it takes posts again."""
        self._refusals.pop(channel, None)

    def code_of(self, channel: str) -> str:
        """Return Slack's error code for a channel; empty when the channel takes posts."""
        return self._live().get(channel, "")

    def channels_by_code(self) -> dict[str, int]:
        """Return how many channels have each of Slack's error codes."""
        codes = list(self._live().values())
        return {code: codes.count(code) for code in sorted(set(codes))}

    def _live(self) -> dict[str, str]:
        oldest = time.monotonic() - FORGOTTEN
        return {channel: code for channel, (code, at) in self._refusals.items() if at >= oldest}
