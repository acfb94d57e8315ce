"""Several processes on one PostgreSQL at the same time: four things hold whatever they do, and fail without the locks.

No post is in two hands and no channel gets two at once. What a channel hears of an order comes in the order in which
it was recorded. An order is polled exactly while somebody watches it. No transaction fails.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest
from support import postgres
from support.effort import examples
from support.store_harness import MEI, NODE, NOW, baseline, changed, scan, words

from storage import traces
from storage.poll import Unchanged
from storage.post import PostKind, PostState
from storage.postgres.connection import PostgresConnection
from storage.watch import NewWatch
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from pandapon.shipment import Node
    from storage.connection import Connection
    from storage.poll import PollResult
    from storage.post import Post
    from storage.store import Store

STORES, KEYS = 4, [f"1688:{10**18 + number}" for number in range(6)]
CHANNELS = ["C1", "C2", "C3"]
LEASE = timedelta(minutes=2)
ROUNDS = 60  # of a contest
POLLED = """
SELECT o.key, s.next_poll_at IS NOT NULL AS is_polled,
  EXISTS (SELECT 1 FROM watches w WHERE w.key = o.key AND w.state <> 'ended') AS is_watched
FROM orders o JOIN schedule s ON s.key = o.key
"""


class Heard(NamedTuple):
    """A piece of news, in the order in which a channel hears them."""

    number: int
    post: int


@dataclass
class World:
    """What the processes did together, as an onlooker who sees all of them."""

    flying: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # posts on their way, by channel
    overlaps: list[tuple[int, int]] = field(default_factory=list)  # posts that were on their way to a channel together
    taken_away: set[int] = field(default_factory=set)  # posts that a pause held while they were on their way
    heard: dict[tuple[str, str], list[Heard]] = field(default_factory=lambda: defaultdict(list))  # by channel, order
    tokens: set[str] = field(default_factory=set)  # of the posts that Slack took
    faults: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # of the newest news of each order
    now: datetime = NOW

    def tick(self) -> datetime:
        """Let the clock go on by a small part of a lease: nothing stays on its way for as long as one lasts."""
        self.now += LEASE / 40
        return self.now

    async def send(self, store: Store, post: Post) -> None:
        """Be Slack for a moment: two posts at once in one channel are a fault.

        Unless a pause took one of them away while it was on its way, and the watch ended, which deletes it.
        """
        flying = self.flying[post.channel]
        overlaps = set(flying)
        flying.append(post.id)
        await asyncio.sleep(0.001)
        if post.state is PostState.UNCERTAIN and post.token not in self.tokens:
            is_ours = await store.outbox.mark_retry(post, self.now, "not found")
        else:
            if post.state is not PostState.UNCERTAIN:
                self._hear(post)
            is_ours = await store.outbox.mark_sent(self.now, post, f"ts-{post.id}")
        flying.remove(post.id)
        if not is_ours:
            self.taken_away.add(post.id)
        self.overlaps += [(post.id, other) for other in overlaps]

    def _hear(self, post: Post) -> None:
        if post.kind is PostKind.NEWS:
            if post.token in self.tokens:
                self.faults.append("told twice")
            self.heard[post.channel, post.key].append(Heard(int(words(post)), post.id))
        self.tokens.add(post.token)


class Process:
    """One of several processes, which does a bit of everything."""

    def __init__(self, store: Store, world: World, seed: int) -> None:
        self.store, self.world, self.luck = store, world, random.Random(seed)  # noqa: S311  a test's dice

    async def act(self) -> None:
        deeds = (self.watch, self.unwatch, self.poll, self.send, self.send, self.pause, self.resume, self.undo)
        self.world.tick()
        await self.luck.choice(deeds)()

    async def watch(self) -> None:
        wishes = [NewWatch(key, self._channel(), Filter.ALL, MEI) for key in self._keys()]
        await self.store.watches.open(self.world.now, wishes)

    async def unwatch(self) -> None:
        await self.store.watches.end(self.world.now, self._channel(), self._keys(), MEI)

    async def undo(self) -> None:
        channel = self._channel()
        ended = await self.store.watches.end(self.world.now, channel, self._keys(), MEI)
        await self.store.watches.restore(self.world.now, [watch.id for watch in ended], MEI)

    async def pause(self) -> None:
        await self.store.watches.pause_channel(self.world.now, self._channel(), "is_archived")

    async def resume(self) -> None:
        await self.store.watches.resume_channel(self.world.now, self._channel(), MEI)

    async def poll(self) -> None:
        """Read what is due: of every second order there is news, which is numbered."""
        now = self.world.now
        results: list[PollResult] = []
        for due in await self.store.orders.claim_due(now, 4, LEASE):
            if self.luck.random() < 0.5:
                self.world.numbers[due.key] += 1
                number = str(self.world.numbers[due.key])
                results.append(changed(due.key, due.fence, number, next_poll_at=now, changed=self.luck.random() < 0.3))
            else:
                results.append(Unchanged(due.key, due.fence, now))
        if results:
            await self.store.orders.record(self.world.now, results)

    async def send(self) -> None:
        posts = await self.store.outbox.claim(self.world.now, 5, LEASE, ())
        await asyncio.gather(*(self.world.send(self.store, post) for post in posts))

    def _keys(self) -> list[str]:
        return self.luck.sample(KEYS, self.luck.randint(1, 3))

    def _channel(self) -> str:
        return self.luck.choice(CHANNELS)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[list[Store]]:
    """Several stores on one schema, each with connections of its own, as several processes have them."""
    opened = [await postgres.open_postgres(tmp_path) for _ in range(STORES)]
    for key in KEYS:
        await opened[0].orders.add(NOW, baseline(key))
    yield opened
    for store in opened:
        await store.close()


async def run_all_processes(stores: list[Store], rounds: int, seed: int) -> World:
    """Let every process do as many deeds as there are rounds, all at the same time; then finish what is left."""
    world = World()

    async def run(process: Process) -> None:
        for _ in range(rounds):
            try:
                await process.act()
            except Exception as error:  # noqa: BLE001  each kind of failure is a fault
                world.faults.append(f"{type(error).__name__}: {error}")

    processes = [Process(store, world, seed + number) for number, store in enumerate(stores)]
    await asyncio.gather(*(run(process) for process in processes))
    for channel in CHANNELS:
        await stores[0].watches.resume_channel(world.tick(), channel, MEI)
    world.now += LEASE
    for _ in range(100):
        await processes[0].send()
    return world


def faults_in(path: Path, world: World) -> list[str]:
    """What went wrong, in words."""
    out = list(world.faults)
    out += [f"at once: {pair}" for pair in world.overlaps if not world.taken_away.intersection(pair)]
    wrong = [row for row in postgres.rows(path, POLLED) if row["is_polled"] != row["is_watched"]]
    out += [f"{'polled for nobody' if row['is_polled'] else 'watched, never polled'}: {row['key']}" for row in wrong]
    twice = postgres.rows(path, "SELECT position FROM outbox GROUP BY position, channel HAVING COUNT(*) > 1")
    out += [f"a place given twice: {row['position']}" for row in twice]
    stuck = postgres.rows(path, "SELECT id FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')")
    out += [f"left behind: {row['id']}" for row in stuck]
    for (channel, key), heard in world.heard.items():
        kept = [news.number for news in heard if news.post not in world.taken_away]
        out += [f"{key} out of order in {channel}" for earlier, other in pairwise(kept) if other <= earlier]
    return out


async def test_nothing_goes_wrong_between_processes(stores: list[Store], tmp_path: Path) -> None:
    """1,000 rounds in the full run."""
    assert faults_in(tmp_path, await run_all_processes(stores, examples(60, 1000), seed=1)) == []


async def watch_and_unwatch(stores: list[Store], path: Path) -> int:
    """One channel begins to watch an order while another ends to. Returns how often the order sleeps afterwards."""
    asleep = 0
    for _ in range(ROUNDS):
        await stores[0].watches.open(NOW, [NewWatch(KEYS[0], "C1", Filter.ALL, MEI)])
        opening = stores[1].watches.open(NOW, [NewWatch(KEYS[0], "C2", Filter.ALL, MEI)])
        await asyncio.gather(opening, stores[2].watches.end(NOW, "C1", [KEYS[0]], MEI))
        asleep += any(row["is_watched"] and not row["is_polled"] for row in postgres.rows(path, POLLED))
        await stores[0].watches.end(NOW, "C2", [KEYS[0]], MEI)
    return asleep


async def claim_at_once(stores: list[Store], _path: Path) -> int:
    """All processes claim for one channel. Returns how many posts of it were on their way beside another."""
    beside = 0
    await stores[0].watches.open(NOW, [NewWatch(key, "C1", Filter.ALL, MEI) for key in KEYS[:3]])
    for _ in range(ROUNDS):
        claims = await asyncio.gather(*(store.outbox.claim(NOW, 5, LEASE, ()) for store in stores))
        posts = [post for claimed in claims for post in claimed]
        beside += max(0, len(posts) - 1)
        for post in posts:
            await stores[0].outbox.mark_retry(post, NOW, "again")
    return beside


CONTESTS = {"for_update": watch_and_unwatch, "skip_locked": claim_at_once}


@pytest.mark.parametrize("lock", CONTESTS)
async def test_each_lock_is_needed(
    stores: list[Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    """With it nothing goes wrong; without it something does."""
    assert await CONTESTS[lock](stores, tmp_path) == 0
    monkeypatch.setattr(PostgresConnection, lock, "")
    assert await CONTESTS[lock](stores, tmp_path) > 0


async def test_a_look_beside_a_poll_takes_no_entry_away(stores: list[Store], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads an order gets its entries and its fence as they stood together, and is refused afterwards."""
    person, poller = stores[:2]
    await person.watches.open(NOW, [NewWatch(KEYS[0], "C1", Filter.ALL, MEI)])
    [due] = await poller.orders.claim_due(NOW, 1, LEASE)
    loop, loaded = asyncio.get_running_loop(), traces.load
    read_by_poll = changed(KEYS[0], due.fence, "1", nodes=(NODE, scan("by the poll")))

    def interrupted(conn: Connection, keys: Sequence[str]) -> dict[str, dict[str, list[Node]]]:
        entries = loaded(conn, keys)
        asyncio.run_coroutine_threadsafe(poller.orders.record(NOW, [read_by_poll]), loop).result()
        return entries

    monkeypatch.setattr(traces, "load", interrupted)
    stale = (await person.orders.load([KEYS[0]]))[KEYS[0]]
    monkeypatch.undo()
    late = changed(KEYS[0], stale.fence, "2", nodes=(*stale.shipment.nodes, scan("by the look")))
    assert (await person.orders.record(NOW, [late])).stale == 1
    stored = (await person.orders.load([KEYS[0]]))[KEYS[0]]
    assert {node.identity for node in stored.shipment.nodes} == {NODE.identity, "by the poll"}
