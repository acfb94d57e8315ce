"""The faults of the Slack stand-in, and Slack's rate limit for a channel."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """One fault of a method, for its next ``times`` calls."""

    method: str  # "*": any method
    times: int = 1
    error: str = ""  # Slack's error code
    status: int = 0  # the HTTP status
    applied: bool = False  # the call does its work before it fails
    retry_after: int | str = 0  # answer with 429 and this header; a proxy in between may send any text
    delay: float = 0.0  # seconds
    drop: bool = False  # the connection ends without an answer
    text: str = ""  # the body of the answer
    cut: bool = False  # with ``applied``: the connection ends in the middle of the answer
    channel: str = ""  # only for calls about this channel


@dataclass
class Faults:
    """All faults that are switched on."""

    planned: list[Fault] = field(default_factory=list)
    down: bool = False
    late_acks: bool = False  # the app's acknowledgements count as too late
    one_per_second: bool = False  # enforce Slack's pace: one message per second and channel, bursts of four
    # Slack's limit for apps outside its Marketplace: seconds between two calls of a method that shows a history, each
    # with 15 messages at most. 0: no limit.
    history_seconds: float = 0.0
    _history_at: dict[str, float] = field(default_factory=dict)
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def plan(self, fault: Fault) -> None:
        """Add a fault, which the next calls of its method meet."""
        self.planned.append(fault)

    def clear(self) -> None:
        """Switch the faults off. The rate limits stay."""
        self.planned.clear()
        self.down = self.late_acks = False

    def take(self, method: str, channel: str) -> Fault | None:
        """Return the fault that a call meets, and count one use of it; None: the call meets no fault."""
        for fault in self.planned:
            if fault.method in {method, "*"} and fault.channel in {"", channel}:
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def too_fast(self, channel: str) -> bool:
        """Whether a message to this channel comes too soon. If not, it uses up one token of the channel."""
        if not self.one_per_second:
            return False
        tokens, at = self._buckets.get(channel, (4.0, time.monotonic()))
        now = time.monotonic()
        tokens = min(4.0, tokens + now - at)
        self._buckets[channel] = (tokens - (tokens >= 1), now)
        return tokens < 1

    def too_often(self, method: str, arguments: dict[str, Any]) -> bool:
        """Whether a call for a history comes too soon. If not, its ``limit`` is cut to 15 messages."""
        if not self.history_seconds or method not in {"conversations.history", "conversations.replies"}:
            return False
        now = time.monotonic()
        if now - self._history_at.get(method, -self.history_seconds) < self.history_seconds:
            return True
        self._history_at[method] = now
        arguments["limit"] = min(15, int(arguments.get("limit") or 15))
        return False


async def pause(seconds: float) -> None:
    """Wait for ``seconds``. With 0 the event loop gets no turn."""
    if seconds:
        await asyncio.sleep(seconds)
