"""The timetable: intervals on the monotonic clock, whatever the wall clock shows; what stands still is told."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any

import apscheduler.schedulers.base
import pytest
from support.patience import PATIENCE, until

from bot.process import loop, scheduler
from bot.process.scheduler import Job, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

TICK = timedelta(seconds=0.02)


class WallClock(datetime):
    """APScheduler's own clock, set to wherever a test wants it."""

    off = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz or UTC) + cls.off


@pytest.mark.parametrize(
    "off",
    [sign * by for by in map(timedelta, (0, 120, 730), (60, 10_800, 0)) for sign in (-1, 1)]
    + [timedelta(hours=-3), timedelta(hours=3)],
    ids=str,
)
async def test_jobs_go_on_whatever_the_wall_clock_shows(monkeypatch: pytest.MonkeyPatch, off: timedelta) -> None:
    """Set back, nothing sleeps; set forward, nothing is made up for: the same runs in the same time."""
    monkeypatch.setattr(WallClock, "off", timedelta())
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", WallClock)
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1

    timetable = Scheduler(Job("one", run, TICK))
    timetable.start()
    await asyncio.sleep(0.2)
    before = runs
    WallClock.off = off
    await asyncio.sleep(0.4)
    assert before >= 3
    assert before + 5 <= runs <= before + 25
    await timetable.stop(1)


async def test_a_run_that_takes_long_is_not_doubled() -> None:
    """Nor followed by those that it kept from running."""
    at_work = most = runs = 0

    async def run() -> None:
        nonlocal at_work, most, runs
        at_work, runs = at_work + 1, runs + 1
        most = max(most, at_work)
        await asyncio.sleep(0.15)
        at_work -= 1

    timetable = Scheduler(Job("slow", run, TICK))
    timetable.start()
    await asyncio.sleep(0.5)
    await timetable.stop(1)
    assert most == 1
    assert 2 <= runs <= 4


async def test_a_job_waits_for_its_first_time() -> None:
    """An hourly one that begins after a minute has not begun."""
    runs: list[str] = []

    async def run(name: str) -> None:
        runs.append(name)

    timetable = Scheduler(
        Job("now", lambda: run("now"), timedelta(hours=1)),
        Job("later", lambda: run("later"), timedelta(hours=1), timedelta(minutes=1)),
    )
    timetable.start()
    await asyncio.sleep(0.1)
    await timetable.stop(1)
    assert runs == ["now"]


async def test_a_job_that_stands_still_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs, unless something else shows that it goes on; and one that never comes to its turn."""
    monkeypatch.setattr(scheduler, "LONGEST_RUN", 0.1)
    monkeypatch.setattr(scheduler, "LATE", 0.1)

    async def nothing() -> None:
        """Done at once."""

    timetable = Scheduler(Job("hangs", asyncio.Event().wait, TICK), Job("works", nothing, TICK))
    assert timetable.stopped() is None
    timetable.start()
    await asyncio.sleep(0.05)
    assert timetable.stopped() is None
    await asyncio.sleep(0.2)
    stopped = timetable.stopped()
    assert stopped is not None
    assert stopped[0] == "hangs"
    alive = asyncio.get_running_loop().time()
    assert timetable.stopped(busy={"hangs": alive}) is None
    timetable._timers["works"].cancel()
    await asyncio.sleep(0.3)
    late = timetable.stopped(busy={"hangs": asyncio.get_running_loop().time()})
    assert late is not None
    assert late[0] == "works"
    await timetable.stop(0)


async def test_a_failing_job_runs_again() -> None:
    """At its next time, and says once that it failed."""
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        raise ValueError("broken")

    timetable = Scheduler(Job("fails", run, TICK))
    timetable.start()
    await asyncio.sleep(0.2)
    await timetable.stop(1)
    assert runs >= 3
    assert list(timetable._reporter._failing) == ["fails"]


async def test_a_complete_run_begins_after_it_was_asked_for() -> None:
    """Whoever moved a clock waits for a run that has seen the new time, not for the one that was at work."""
    facts, seen = ["old"], list[str]()

    async def run() -> None:
        fact = facts[-1]
        await asyncio.sleep(0.05)
        seen.append(fact)

    timetable = Scheduler(Job("hourly", run, timedelta(hours=1)))
    timetable.start()
    await asyncio.sleep(0.02)
    facts.append("new")
    await timetable.complete("hourly")
    assert seen == ["old", "new"]
    await asyncio.gather(timetable.complete("hourly"), timetable.complete("hourly"))
    assert set(seen[2:]) == {"new"}
    await timetable.stop(1)


async def test_a_run_that_fails_or_never_begins_is_not_waited_for() -> None:
    """A failure ends the wait as an end does; a scheduler that was stopped starts no run, and nobody hangs on it."""

    async def run() -> None:
        raise ValueError("no")

    timetable = Scheduler(Job("broken", run, timedelta(hours=1)))
    async with asyncio.timeout(PATIENCE):
        await timetable.complete("broken")
        timetable.start()
        await timetable.complete("broken")
        await timetable.stop(1)
        await timetable.complete("broken")


@pytest.mark.parametrize("is_stop_cut_off", [False, True], ids=["in order", "ended amidst it"])
def test_a_cancelled_run_is_no_failure(caplog: pytest.LogCaptureFixture, is_stop_cut_off: bool) -> None:
    """Of many workspaces that stop at once, with jobs in hand; and of a process that ends before they have stopped."""
    caplog.set_level(logging.INFO, "bot")

    begun = 0

    async def hangs() -> None:
        nonlocal begun
        begun += 1
        await asyncio.Event().wait()

    async def main() -> None:
        hour = timedelta(hours=1)
        many = [Scheduler(*(Job(f"job {at}", hangs, hour) for at in range(4))) for _ in range(20)]
        for timetable in many:  # begun by background work, as a job is that other background work hurries
            loop.background().run(timetable.start)
        await until(lambda: begun == 80)
        stops = asyncio.gather(*(timetable.stop(PATIENCE if is_stop_cut_off else 0) for timetable in many))
        if not is_stop_cut_off:
            await stops

    loop.run(main())
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == scheduler.__name__]
    assert lines == [("INFO", "job was cancelled before its end")] * (0 if is_stop_cut_off else 80)


def test_a_failure_during_the_stop_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A run that ends by an error of its own while it is waited for, or when it is cancelled, has failed."""

    async def fails(seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        finally:
            raise ValueError(f"after {seconds}")

    async def main() -> None:
        jobs = [Job(f"job {seconds}", partial(fails, seconds), timedelta(hours=1)) for seconds in (0.2, 60)]
        timetable = Scheduler(*jobs)
        loop.background().run(timetable.start)
        await asyncio.sleep(0.1)
        await timetable.stop(0.3)

    loop.run(main())
    failed = [record for record in caplog.records if record.getMessage().startswith("job failed")]
    assert [str(vars(record)["error"]) for record in failed] == ["after 0.2", "after 60"]


@pytest.mark.parametrize("turns", range(9))
@pytest.mark.parametrize("runner", [asyncio.run, loop.run], ids=["asyncio's loop", "ours"])
def test_a_run_that_just_begins_is_waited_for(
    runner: Callable[[Coroutine[Any, Any, None]], None], turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    """At whichever turn of the loop the stop comes: what has begun ends, and nothing is told as failed."""
    begun: list[str] = []
    ended: list[str] = []

    async def run(name: str) -> None:
        begun.append(name)
        await asyncio.sleep(0.05)
        ended.append(name)

    async def main() -> None:
        seldom = timedelta(hours=1)
        names = ("one", "two", "three")
        timetable = Scheduler(*(Job(name, partial(run, name), seldom, first=seldom) for name in names))
        timetable.start()
        timetable.hurry("one")
        await until(lambda: bool(begun))
        timetable.hurry("two")
        timetable.hurry("three")
        for _ in range(turns):
            await asyncio.sleep(0)
        await timetable.stop(5)

    runner(main())
    assert begun == ended
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
