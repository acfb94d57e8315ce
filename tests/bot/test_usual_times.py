"""One process learns which times are usual, and every process that decides goes by them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support import postgres
from support.bot_harness import running
from support.store_harness import NOW, StoreHarness, baseline, scan

from bot.jobs.usual_times import UsualTimes
from bot.roles import Role
from pandapon.shipment import Milestone, Parcel
from storage import codec
from storage.store import open_store
from tracking.journeys import ENOUGH, History, Journey
from tracking.stalls import Limits
from tracking.values import Leg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.store import Store

COUNT = 60
HOURS = 30  # the usual silence on the way
DEFAULT = Limits()


async def fill(store: Store) -> None:
    """Parcels that were silent for so many hours each on their way, and that arrived after two days."""
    for number in range(COUNT):
        key, waybill = f"1688:{10**18 + number}", f"YT88{number:09}"
        begin = NOW - timedelta(days=9)
        times = {Milestone.PICKED_UP: 0, Milestone.IN_TRANSIT: 2, Milestone.ARRIVED: 2 + HOURS}
        nodes = tuple(
            scan(f"{waybill}-{stage}", waybill=waybill, at=begin + timedelta(hours=hours), milestone=stage)
            for stage, hours in times.items()
        )
        ended = begin + timedelta(days=2, seconds=number)
        journey = Journey(key, waybill, "YTO", "杭州", {Milestone.PICKED_UP: begin}, ended)
        given = baseline(key, nodes=nodes, parcels=(Parcel(waybill),), journeys=(journey,))
        assert await store.orders.add(NOW, given)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[StoreHarness]:
    made = StoreHarness(tmp_path / "bot.db", postgres.open_postgres)
    await made.open()
    await fill(made.store)
    yield made
    await made.close()


def process(store: Store, *, shares: bool = True) -> UsualTimes:
    return UsualTimes(store, lambda: NOW, DEFAULT, shares=shares)


async def test_what_one_learns_all_know(harness: StoreHarness) -> None:
    """At a start and a minute later, without reading the history; what stays the same is not read again."""
    other_store = await postgres.open_postgres(harness.path)
    learner, other = process(harness.store), process(other_store)
    await other.renew()
    assert other.limits == DEFAULT
    await learner.learn()
    await learner.learn_journeys()
    await other.renew()
    started = process(other_store)
    await started.renew()
    assert learner.limits == other.limits == started.limits
    assert other.limits.usual[Leg.DOMESTIC] == timedelta(hours=HOURS)
    sample = other.limits.history.of(Milestone.PICKED_UP, "杭州", "YTO")
    assert sample is not None
    assert sample.times == tuple(timedelta(days=2, seconds=number) for number in range(COUNT))
    known = other.limits
    await learner.learn()
    await other.renew()
    assert other.limits is known
    await other_store.close()


async def test_what_cannot_be_read_changes_nothing(harness: StoreHarness) -> None:
    """As of a version that keeps something else there."""
    await process(harness.store).learn()
    other = process(harness.store)
    await other.renew()
    known = other.limits
    for rubbish in (b"", b"\x01rubbish", b"[]"):
        await harness.store.learned.put("gaps", rubbish)
        await harness.store.learned.put("journeys", rubbish)
        await other.renew()
    assert other.limits == known


async def test_a_lone_process_learns_the_same_and_stores_nothing(tmp_path: Path) -> None:
    """On SQLite it learns at each start."""
    store = await open_store(tmp_path / "bot.db")
    await fill(store)
    alone = process(store, shares=False)
    await alone.learn()
    await alone.learn_journeys()
    assert alone.limits.usual[Leg.DOMESTIC] == timedelta(hours=HOURS)
    assert alone.limits.history.of(Milestone.PICKED_UP, "", "YTO")
    assert await store.learned.versions() == {}
    await store.close()


async def test_a_poller_that_never_learns_has_them_from_its_start(tmp_path: Path) -> None:
    """It has no such job; a process with the jobs has learnt them."""
    assert COUNT >= ENOUGH
    url = postgres.new_database(tmp_path)
    async with running(tmp_path, storage_url=url, roles=frozenset({Role.JOBS})) as harness:
        assert harness.bot is not None
        store, at = harness.bot.store, harness.clock() - timedelta(days=1)
        ways = [
            Journey(f"1688:{10**18 + number}", "YT1", "YTO", "", {Milestone.PICKED_UP: at - timedelta(days=2)}, at)
            for number in range(COUNT)
        ]
        for way in ways:
            await store.orders.add(harness.clock(), baseline(way.key, journeys=(way,)))
        job = next(job for job in harness.bot.scheduler._jobs if job.name == "journeys")
        nothing = codec.pack_history(History())
        while (await store.learned.get("journeys") or nothing) == nothing:
            await store.jobs.hurry(harness.clock(), "journeys")
            await job.run()
    async with running(tmp_path, storage_url=url, roles=frozenset({Role.POLL})) as harness:
        assert harness.bot is not None
        history = harness.bot.poller._decider.policy.limits.history
        assert history.of(Milestone.PICKED_UP, "", "YTO"), "it was read at the start"
        assert {"learn", "journeys"}.isdisjoint(job.name for job in harness.bot.scheduler._jobs)
