"""Channels whose posts Slack refuses with an error code that we do not know. The status shows them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

# Seconds: three times the longest pause between two tries. A refusal that is not repeated within that time is over.
FORGOTTEN = 900.0


@dataclass(slots=True)
class UnknownRefusals:
    """The last unknown refusal of each channel. Times are monotonic."""

    _refusals: dict[str, tuple[str, float]] = field(default_factory=dict)  # by channel: Slack's error code, and when
    heard: dict[str, str] = field(default_factory=dict)  # the codes of other processes, by channel

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
        return self._known().get(channel, "")

    def channels_by_code(self) -> dict[str, int]:
        """Return how many channels have each of Slack's error codes."""
        codes = list(self._known().values())
        return {code: codes.count(code) for code in sorted(set(codes))}

    def by_channel(self) -> dict[str, str]:
        """Return Slack's error codes by channel, those of this process alone."""
        return self._live()

    def _known(self) -> dict[str, str]:
        return {**self.heard, **self._live()}

    def _live(self) -> dict[str, str]:
        oldest = time.monotonic() - FORGOTTEN
        return {channel: code for channel, (code, at) in self._refusals.items() if at >= oldest}
