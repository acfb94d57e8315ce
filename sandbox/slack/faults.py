"""Faults that can be switched on: slow, failing, rate-limited, hanging, down; and the real pace of a channel."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass
class Fault:
    """One thing that goes wrong with a method, for so many calls. ``applied``: the call does its work all the same.

    ``text`` stands in the place of the answer. With ``applied``, ``cut`` ends the connection in the middle of it.
    ``retry_after`` may be any words: what a proxy in between makes of it.
    """

    method: str
    times: int = 1
    error: str = ""
    status: int = 0
    applied: bool = False
    retry_after: int | str = 0
    delay: float = 0.0
    drop: bool = False
    text: str = ""
    cut: bool = False
    channel: str = ""


@dataclass
class Faults:
    """All that is switched on."""

    planned: list[Fault] = field(default_factory=list)
    down: bool = False
    late_acks: bool = False  # what the app acknowledges is held back until the timer has run out
    one_per_second: bool = False  # enforce Slack's pace: a message a second and channel, bursts of four
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def plan(self, fault: Fault) -> None:
        """The next calls of a method meet this."""
        self.planned.append(fault)

    def clear(self) -> None:
        """All is well again."""
        self.planned.clear()
        self.down = self.late_acks = False

    def take(self, method: str, channel: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for fault in self.planned:
            if fault.method in {method, "*"} and fault.channel in {"", channel}:
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def too_fast(self, channel: str) -> bool:
        """Whether a message to this channel comes too soon; takes a token when it does not."""
        if not self.one_per_second:
            return False
        tokens, at = self._buckets.get(channel, (4.0, time.monotonic()))
        now = time.monotonic()
        tokens = min(4.0, tokens + now - at)
        self._buckets[channel] = (tokens - (tokens >= 1), now)
        return tokens < 1


async def pause(seconds: float) -> None:
    """Be slow."""
    if seconds:
        await asyncio.sleep(seconds)
