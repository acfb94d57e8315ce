"""People's requests go first: between two steps of theirs the loop runs one step of background work, whatever waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.patience import in_time

from bot.process import loop
from bot.process.loop import PeopleFirstLoop, background, give_way
from bot.process.scheduler import Job, Scheduler

if TYPE_CHECKING:
    from collections.abc import Coroutine

TASKS, STEPS = 200, 5


class ManyTasks:
    """Many tasks at once, as the poller has them, and how many of their steps were run."""

    def __init__(self) -> None:
        self.steps = 0
        self.has_begun = asyncio.Event()

    async def task(self) -> None:
        """Do some steps; each wakes a future and a task, as an answer on a socket does."""
        for _ in range(STEPS):
            await asyncio.create_task(self._step())

    async def _step(self) -> None:
        await asyncio.sleep(0)
        self.steps += 1
        self.has_begun.set()

    async def all(self) -> None:
        await asyncio.gather(*(self.task() for _ in range(TASKS)))


async def _asked(steps: int) -> None:
    """Do a person's request of so many steps."""
    for _ in range(steps):
        await asyncio.sleep(0)


async def _meanwhile(work: ManyTasks, beginning: Coroutine[Any, Any, Any]) -> int:
    """Begin the work, make a request of ten steps in the midst of it, and return how many steps the request let by."""
    task = background().run(lambda: asyncio.ensure_future(beginning))
    await work.has_begun.wait()
    before = work.steps
    await _asked(10)
    let_by = work.steps - before
    await in_time(task)
    return let_by


def test_a_request_passes_the_waiting_work() -> None:
    """Two hundred tasks are ready; each step of a request lets at most one of their steps by."""
    work = ManyTasks()
    assert loop.run(_meanwhile(work, work.all())) <= 11
    assert work.steps == TASKS * STEPS


def test_work_that_is_started_by_background_work_waits_too() -> None:
    """The mark is inherited by tasks, futures and timers that background work starts."""
    work = ManyTasks()

    async def started() -> None:
        await asyncio.sleep(0.001)
        async with asyncio.TaskGroup() as group:
            group.create_task(work.all())

    assert loop.run(_meanwhile(work, started())) <= 11


def test_without_the_mark_all_steps_are_equal() -> None:
    """On the same loop, a request waits behind unmarked work: this test can tell one from the other."""
    work = ManyTasks()

    async def unmarked() -> int:
        task = asyncio.ensure_future(work.all())
        await work.has_begun.wait()
        before = work.steps
        await _asked(10)
        let_by = work.steps - before
        await task
        return let_by

    assert loop.run(unmarked()) > TASKS


def test_background_work_never_starves() -> None:
    """People whose requests never end let one step of the work by with each of theirs."""
    work = ManyTasks()

    async def busy() -> None:
        done = background().run(lambda: asyncio.ensure_future(work.all()))
        rounds = 0
        while not done.done():
            await asyncio.sleep(0)
            rounds += 1
            assert rounds < TASKS * STEPS * 20, "the work stands still"

    loop.run(busy())
    assert work.steps == TASKS * STEPS


def test_long_work_gives_way_to_people_alone() -> None:
    """A task that gives way after each of a hundred parts is passed by a request, and not by the other tasks."""
    work, parts, seen = ManyTasks(), list[int](), list[int]()

    async def long() -> None:
        for part in range(100):
            parts.append(work.steps)
            if part == 10:
                work.has_begun.set()
            await give_way()

    async def all_work() -> None:
        other = asyncio.create_task(work.all())
        await asyncio.sleep(0)
        await long()
        await other

    async def passed() -> None:
        task = background().run(lambda: asyncio.ensure_future(all_work()))
        await work.has_begun.wait()
        await _asked(10)
        seen.append(len(parts))
        await in_time(task)

    loop.run(passed())
    assert parts == [parts[0]] * 100
    assert seen[0] < 100


def test_the_jobs_are_background_work() -> None:
    """A run of a scheduler's job steps back for a request."""
    work = ManyTasks()

    async def polled() -> int:
        scheduler = Scheduler(Job("poll", work.all, timedelta(hours=1)))
        scheduler.start()
        try:
            await work.has_begun.wait()
            before = work.steps
            await _asked(10)
            return work.steps - before
        finally:
            await scheduler.stop(30)

    assert loop.run(polled()) <= 11


def test_steps_keep_their_order_and_can_be_cancelled() -> None:
    """A callback that is cancelled while it waits is not called."""
    called: list[int] = []

    async def planned() -> None:
        context = background()
        handles = [asyncio.get_running_loop().call_soon(called.append, n, context=context) for n in range(20)]
        handles[7].cancel()
        await in_time(asyncio.create_task(asyncio.sleep(0.01), context=context))

    loop.run(planned())
    assert called == [n for n in range(20) if n != 7]


def test_an_error_of_a_step_is_reported_and_the_others_go_on() -> None:
    """As on any loop, the exception handler gets it."""
    reported: list[dict[str, Any]] = []
    called: list[str] = []

    def fail() -> None:
        raise ValueError("no")

    async def failing() -> None:
        running = asyncio.get_running_loop()
        assert isinstance(running, PeopleFirstLoop)
        running.set_exception_handler(lambda _loop, context: reported.append(context))
        context = background()
        running.call_soon(fail, context=context)
        running.call_soon(called.append, "after", context=context)
        await in_time(asyncio.create_task(asyncio.sleep(0.01), context=context))

    loop.run(failing())
    assert [str(context["exception"]) for context in reported] == ["no"]
    assert called == ["after"]
