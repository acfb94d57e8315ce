"""Jobs that processes share: each runs once an interval, whoever runs it, and whoever dies in it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from support import postgres
from support.bot_harness import running

from bot.process.scheduler import Job, Scheduler
from bot.process.shared_jobs import SharedJobs
from bot.roles import ALL, Role, parse

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store

EVERY = timedelta(seconds=0.4)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_lease_is_one_processs_until_it_ends(store: Store) -> None:
    """Nobody takes it meanwhile; its row is due again when the job is done, or when the lease of a dead one ends."""
    until = NOW + timedelta(seconds=60)
    take = partial(store.jobs.take, name="digests", until=until, due=NOW)
    first = await take(NOW, worker="a")
    assert first is not None
    assert await take(NOW, worker="b") is None
    assert await store.jobs.finish("digests", first, NOW + timedelta(seconds=30))
    assert await take(NOW, worker="b") is None, "it is not due"
    later = until + timedelta(seconds=1)
    second = await store.jobs.take(later, "digests", worker="b", until=later + timedelta(seconds=60), due=later)
    assert second is not None  # and b dies
    assert not await store.jobs.finish("digests", first, NOW), "a slow process that comes late changes nothing"
    assert not await store.jobs.extend("digests", first, NOW)
    much_later = later + timedelta(seconds=61)
    assert await store.jobs.take(much_later, "digests", worker="a", until=much_later, due=much_later) is not None


async def test_who_is_hurried_is_due(store: Store) -> None:
    """As when a channel begins to watch everything, and the order lists are read at once."""
    fence = await store.jobs.take(NOW, "discover", worker="a", until=NOW + timedelta(seconds=60), due=NOW)
    assert fence is not None
    await store.jobs.finish("discover", fence, NOW + timedelta(days=1))
    await store.jobs.hurry(NOW, "discover")
    assert await store.jobs.take(NOW, "discover", worker="b", until=NOW + timedelta(seconds=60), due=NOW) is not None


async def test_six_schedulers_run_ten_jobs_once_each_and_one_dies(tmp_path: Path) -> None:
    """No run beside another of the same job, none too early, none lost, though a process is gone in the middle."""
    stores = [await postgres.open_postgres(tmp_path / "bot.db") for _ in range(6)]
    runs: dict[str, list[float]] = {f"job {number}": [] for number in range(10)}
    at_work: set[str] = set()
    beside: list[str] = []

    async def work(name: str) -> None:
        if name in at_work:
            beside.append(name)
        at_work.add(name)
        runs[name].append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.05)
        at_work.discard(name)

    jobs = [Job(name, partial(work, name), EVERY) for name in runs]
    lease = timedelta(seconds=2)
    shared = [SharedJobs(each, now, f"w{number}", EVERY, lease) for number, each in enumerate(stores)]
    schedulers = [Scheduler(*map(each.of, jobs)) for each in shared]
    began = asyncio.get_running_loop().time()
    try:
        for scheduler in schedulers:
            scheduler.start()
        await asyncio.sleep(4)
        # A process takes a row, and is never heard of again.
        take = partial(stores[0].jobs.take, name="job 3", worker="dead", due=now() + timedelta(days=1))
        while await take(now(), until=now() + lease) is None:  # noqa: ASYNC110  another one runs it
            await asyncio.sleep(0.01)
        at = asyncio.get_running_loop().time()
        await schedulers[0].stop(5)
        await asyncio.sleep(5)
    finally:
        for scheduler in schedulers:
            await scheduler.stop(5)
        for each in stores:
            await each.close()
    spent = asyncio.get_running_loop().time() - began
    assert beside == []
    for name, times in runs.items():
        gaps = [later - earlier for earlier, later in pairwise(times)]
        # A busy machine begins a run late, and the gap after it is shorter by as much.
        delays = [0.0, *(max(0.0, gap - EVERY.total_seconds()) for gap in gaps)]
        early = [gap for gap, delay in zip(gaps, delays, strict=False) if gap + delay <= EVERY.total_seconds() * 0.5]
        assert early == [], (name, gaps)
        assert len(times) > spent / (EVERY.total_seconds() * 4), (name, times)
    assert any(time > at + 1.5 for time in runs["job 3"]), "the lease of the dead one ended"


async def test_a_role_that_is_absent_starts_nothing_of_it(tmp_path: Path) -> None:
    """Its jobs, its connection to Slack, its routes; and readiness counts only what runs here."""
    url = postgres.new_database(tmp_path)
    jobs = {}
    for role in Role:
        async with running(tmp_path, storage_url=url, roles=frozenset({role})) as harness:
            assert harness.bot is not None
            jobs[role] = {job.name for job in harness.bot.scheduler._jobs}
            assert bool(harness.slack.sockets.open) is (role is Role.WEB)
            ready = await harness.bot._ready()
            assert isinstance(ready, dict), ready
            assert ready["roles"] == [role.value]
            paths = {route.path for route in harness.bot.routes}
            assert any("callbacks" in path for path in paths) is (role is Role.WEB)
    everywhere = {"clock", "presence", "names", "refusals", "outage"}
    assert jobs[Role.WEB] == {*everywhere, "usual times"}
    assert jobs[Role.POLL] == {*everywhere, "poll", "usual times"}
    assert jobs[Role.SEND] == {*everywhere, "deliver"}
    assert {"digests", "stalls", "discover", "writes", "prune", "learn", "journeys"} < jobs[Role.JOBS]
    assert jobs[Role.JOBS].isdisjoint({"poll", "deliver", "backup"})


@pytest.mark.parametrize(
    ("text", "roles"),
    [("web,poll,send,jobs", ALL), (" poll , send ", {Role.POLL, Role.SEND}), ("jobs", {Role.JOBS})],
)
def test_roles_are_read(text: str, roles: frozenset[Role]) -> None:
    """With spaces or without."""
    assert parse(text) == roles


@pytest.mark.parametrize("text", ["", ",", "sender", "web;poll"])
def test_wrong_roles_are_a_sentence(text: str) -> None:
    """It names the roles."""
    with pytest.raises(ValueError, match="the roles are web, poll, send, jobs"):
        parse(text)


async def test_a_clock_that_was_ahead_keeps_no_job_waiting(store: Store) -> None:
    """A process whose clock is an hour ahead runs a job, and dies in the next one: the others run both."""
    ahead, ran = timedelta(hours=1), list[datetime]()
    at = NOW + ahead

    async def run() -> None:
        ran.append(at)

    job = SharedJobs(store, lambda: at, "a", timedelta(minutes=1)).of(Job("stalls", run, timedelta(minutes=1)))
    await job.run()
    await store.jobs.take(at, "digests", worker="a", until=at + timedelta(minutes=1), due=at)
    at = NOW
    await job.run()
    await job.run()  # not before its time
    assert ran == [NOW + ahead, NOW]
    minute = NOW + timedelta(minutes=1)
    assert await store.jobs.take(NOW, "digests", worker="b", until=minute, due=NOW, farthest=minute)
