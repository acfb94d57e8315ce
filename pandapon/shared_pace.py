"""The rate of requests to an account that several processes call: each reserves its requests in a common place."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK_SECONDS = 0.5  # the length of the longest block; a process learns of a pause when it reserves the next block


@dataclass(frozen=True, slots=True)
class Block:
    """Reserved requests: the first may leave in ``wait`` seconds. No request may leave for ``paused`` seconds."""

    wait: float = 0.0
    paused: float = 0.0


class SharedPace(Protocol):
    """Where processes reserve requests. It raises nothing: if it cannot be reached, each process keeps its own pace."""

    async def reserve(self, share: str, count: int, interval: float) -> Block:
        """Reserve ``count`` requests of a share, one every ``interval`` seconds."""
        ...

    async def pause(self, share: str, seconds: float) -> None:
        """Let no process make requests of a share for ``seconds``: the API asked to slow down."""
        ...


class SharedLimiter:
    """Hands out requests one by one, and reserves them in blocks: the busier the process, the longer the blocks."""

    def __init__(self, share: str, rate: float, pace: SharedPace, on_pause: Callable[[float], None]) -> None:
        """``rate``: requests a second, over all processes. ``on_pause`` gets the seconds of a common pause."""
        self._share, self._interval, self._pace, self._on_pause = share, 1 / rate, pace, on_pause
        self._longest = max(1, round(rate * BLOCK_SECONDS))
        self._count = 1  # requests of the next block
        self._times: deque[float] = deque()  # when the reserved requests may leave, in monotonic seconds
        self._asking = asyncio.Lock()

    async def acquire(self) -> None:
        """Wait until one request may leave."""
        async with self._asking:
            self._drop_unused()
            if not self._times:
                await self._take_block()
            at = self._times.popleft()
        await asyncio.sleep(max(0.0, at - time.monotonic()))

    def _drop_unused(self) -> None:
        """Drop reservations that are past: used now, they would add to what other processes have reserved since."""
        oldest = time.monotonic() - BLOCK_SECONDS
        while self._times and self._times[0] < oldest:
            self._times.popleft()
            self._count = 1  # a process that needs little reserves little: unused reservations are lost for all

    async def _take_block(self) -> None:
        block = await self._pace.reserve(self._share, self._count, self._interval)
        begins = time.monotonic() + block.wait
        self._times.extend(begins + number * self._interval for number in range(self._count))
        self._count = min(self._count * 2, self._longest)
        if block.paused > 0:
            self._on_pause(block.paused)
