"""How long tests wait. A test names its condition and never a time, as the machine may be busy."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import TypeVar

    T = TypeVar("T")

# A test that passes waits no longer for a high limit, so this only has to be shorter than pytest's own timeout.
PATIENCE = 180.0  # seconds
PATIENCE_MS = PATIENCE * 1000  # the same for Playwright
STEP = 0.01  # seconds between two checks of the condition
# Seconds. The bot itself acknowledges after 2.5 what no listener has acknowledged, and Slack waits for 3.
AT_ONCE = 2.4


async def until(predicate: Callable[[], object]) -> None:
    """Wait until the predicate holds. Raises TimeoutError if it never does."""
    async with asyncio.timeout(PATIENCE):
        while not predicate():  # noqa: ASYNC110  it may hang on the bot, the database, a process or either stand-in
            await asyncio.sleep(STEP)


async def in_time(work: Awaitable[T]) -> T:
    """Return the result of work that ends. Raises TimeoutError if it never does."""
    return await asyncio.wait_for(work, PATIENCE)


@asynccontextmanager
async def timed(most: float) -> AsyncIterator[None]:
    """Fail if the block waits for longer than ``most`` seconds.

    The time in which this process got no turn from a busy machine does not count.
    """
    lost = 0.0

    async def notice() -> None:
        nonlocal lost
        while True:
            began = time.monotonic()
            await asyncio.sleep(STEP)
            lost += time.monotonic() - began - STEP

    noticing, began = asyncio.create_task(notice()), time.monotonic()
    try:
        yield
    finally:
        noticing.cancel()
    assert time.monotonic() - began - lost < most
