"""An event loop on which people's work goes first: background work runs in short turns between people's steps.

Asyncio runs callbacks in the order in which they became ready. With a hundred answers of PandaPon at hand, each of the
dozen steps of an acknowledgement waits behind a hundred steps of the poller. Here the steps of background work wait in
a queue of their own, and take one turn in each round of the loop.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections import deque
from contextvars import Context, ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

from pandapon import budget

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

TURN = 0.001  # seconds of background work in one round of the loop; a step that has begun is finished

# Seconds that a thread keeps the interpreter while another thread waits for it. Each round of the loop releases it to
# poll the sockets; the database's thread, decoding rows, would then keep it for Python's default of 5 ms each time.
SWITCH = 0.0005

_is_background: ContextVar[bool] = ContextVar("is_background", default=False)


def background() -> Context:
    """Return a copy of this context for work that nobody waits for: people go first, and it has no time limit.

    The tasks that such work starts are background work, too. On any other loop the work has no lower priority.
    """
    context = budget.unlimited()
    context.run(_is_background.set, True)  # noqa: FBT003  a value, not an option
    return context


class PeopleFirstLoop(asyncio.SelectorEventLoop):
    """Runs one turn of background work in each round: a single step while people's steps come, else up to ``TURN``.

    Neither side starves the other. Background work keeps its order. Timers, sockets and other threads only wake
    tasks, so their callbacks need no queue; the steps of the woken tasks are queued.
    """

    def __init__(self) -> None:
        super().__init__()
        self._steps: deque[asyncio.Handle] = deque()
        self._is_turn_planned = False
        self._is_somebody_here = False  # a step of a person's work was planned since the last turn
        self._goes_on = False  # the next planned step belongs to the task that gives way, and goes to the front

    def call_soon(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """See asyncio. A callback whose context is background work waits for a turn."""
        if not (_is_background.get() if context is None else context.get(_is_background, False)):
            self._is_somebody_here = True
            return super().call_soon(callback, *args, context=context)
        handle = asyncio.Handle(callback, args, self, context)
        if self._goes_on:
            self._steps.appendleft(handle)
        else:
            self._steps.append(handle)
        self._goes_on = False
        if not self._is_turn_planned:
            self._plan_turn()
        return handle

    async def give_way(self) -> None:
        """See :func:`give_way`."""
        self._goes_on = _is_background.get()
        await asyncio.sleep(0)  # asyncio plans this task's next step at once, before any other callback runs

    def _plan_turn(self) -> None:
        self._is_turn_planned = True
        super().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        until = 0.0 if self._is_somebody_here else time.perf_counter() + TURN
        self._is_somebody_here = False  # a step of this turn may wake a person's task; the turn then ends
        try:
            while self._steps:
                handle = self._steps.popleft()
                if not handle.cancelled():
                    handle._run()  # noqa: SLF001  it catches and reports errors as the loop does; asyncio has no public way
                    if self._is_somebody_here or time.perf_counter() >= until:
                        break
        finally:  # a step can raise SystemExit
            self._is_turn_planned = False
            if self._steps:
                self._plan_turn()


async def give_way() -> None:
    """Let people go first in the midst of long background work; other background work waits until this has a pause.

    A plain ``asyncio.sleep(0)`` would let all other background work go first, too. A task that sleeps for each of a
    hundred readings, beside a hundred requests in flight, would make hardly any progress.
    """
    loop = asyncio.get_running_loop()
    if isinstance(loop, PeopleFirstLoop):
        await loop.give_way()
    else:
        await asyncio.sleep(0)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` as asyncio.run does, on a loop on which people go first. Sets the interpreter's switch interval."""
    sys.setswitchinterval(SWITCH)
    with asyncio.Runner(loop_factory=PeopleFirstLoop) as runner:
        return runner.run(main)


def stop_on_signals() -> asyncio.Event:
    """Return an event of the running loop that Ctrl-C or SIGTERM sets."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
