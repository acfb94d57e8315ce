"""Senders and recorders on one PostgreSQL, one of them killed every two seconds; then the same without the look-up.

A file stands for Slack: each post is a line. No post may be lost, told twice, out of order, sent before its channel's
pace allows it, or left lying. Without the look-up of posts in doubt some must be told twice, which proves the count.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.postgres_server import PrivateServer, programs
from benchmarks.table import show
from pandapon.shipment import OrderRef, Platform, Shipment
from storage.pace import Pace, Rate
from storage.poll import Changed
from storage.post import PostKind, PostState
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.store import Store
from storage.watch import NewWatch
from tracking.decide import Decision
from tracking.policy import FollowUp
from tracking.values import Filter, News, NewsToPost, Severity

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from storage.post import Post

SECONDS, KILL_EVERY = 60.0, 2.0
SENDERS, RECORDERS, CHANNELS, ORDERS = 4, 2, 200, 400
LEASE = timedelta(seconds=4)  # short, so that the posts of a killed process come back within the run
PACE = Pace(channel=Rate(2, 4), workspace=Rate(10_000, 10_000))
ANSWER_SECONDS = 0.02  # from the moment when Slack has a post until the sender knows it
DRAIN = 60.0  # seconds at most until everything that was recorded is sent
LYING = "SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')"


async def measure() -> None:
    """Run both ways and print the counts. The second run must show posts told twice."""
    binaries = programs()
    if binaries is None:
        print("PostgreSQL is not installed: nothing can run on it.")
        return
    rows = []
    for name, looks_up in (("with the look-up", True), ("without it", False)):
        server = PrivateServer(binaries)
        try:
            with tempfile.TemporaryDirectory() as folder:
                rows.append([name, *await _run(server.url, Path(folder) / "slack.txt", looks_up=looks_up)])
        finally:
            server.remove()
    header = ["", "kills", "recorded", "told", "lost", "twice", "out of order", "early", "left lying"]
    show(f"{SENDERS} senders, {RECORDERS} recorders, {SECONDS:.0f} s, a kill every {KILL_EVERY:.0f} s", header, rows)


@dataclass(frozen=True, slots=True)
class _Told:
    """A line of the file."""

    channel: str
    key: str
    number: int
    token: str
    claimed_at: float  # seconds since 1970


async def _run(url: str, slack: Path, *, looks_up: bool) -> list[str]:
    _begin(slack)
    store = await _open(url)
    for number in range(ORDERS):
        key = OrderRef(Platform.ALIBABA, str(10**18 + number)).key
        await store.orders.add(_now(), Changed(_decision(key, 0), 0, b"?"))
        await store.watches.open(_now(), [NewWatch(key, f"C{number % CHANNELS:05d}", Filter.ALL, "U1")])
    await store.engine.run(lambda conn: conn.execute("UPDATE watches SET state = 'active', card_ts = '1.0'"))
    await store.engine.run(lambda conn: conn.execute("UPDATE outbox SET state = 'sent', sent_at = 1"))
    await store.close()
    kills = await asyncio.to_thread(_kill_for_a_while, url, slack, looks_up)
    return [str(kills), *_counts(url, slack)]


def _kill_for_a_while(url: str, slack: Path, looks_up: bool) -> int:
    context = get_context("spawn")

    def start(target: Any, *arguments: Any) -> BaseProcess:
        process = context.Process(target=target, args=arguments, daemon=True)
        process.start()
        return process

    jobs = [(_sender, (url, str(slack), looks_up))] * SENDERS + [(_recorder, (url,))] * RECORDERS
    running = [start(target, *arguments) for target, arguments in jobs]
    luck, kills, ends = random.Random(1), 0, time.monotonic() + SECONDS  # noqa: S311  a benchmark's dice
    while time.monotonic() < ends:
        time.sleep(KILL_EVERY)
        place = luck.randrange(len(running))
        _kill(running[place])
        kills += 1
        running[place] = start(jobs[place][0], *jobs[place][1])
    for recorder in running[SENDERS:]:
        _kill(recorder)
    ends = time.monotonic() + DRAIN
    while _count(url, LYING) and time.monotonic() < ends:
        time.sleep(0.5)
    for sender in running[:SENDERS]:
        _kill(sender)
    return kills


def _kill(process: BaseProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def _sender(url: str, slack: str, looks_up: bool) -> None:
    asyncio.run(_send(url, Path(slack), looks_up=looks_up))


def _recorder(url: str) -> None:
    asyncio.run(_record(url))


async def _send(url: str, slack: Path, *, looks_up: bool) -> None:
    store = await _open(url)
    file = os.open(slack, os.O_WRONLY | os.O_APPEND)
    while True:
        now = _now()
        posts = await store.outbox.claim(now, 20, LEASE, (), pace=PACE)
        for post in posts:
            if post.state is PostState.UNCERTAIN and not (looks_up and _is_told(slack, post)):
                await store.outbox.mark_retry(post, _now(), "not found")
                continue
            if post.state is not PostState.UNCERTAIN:
                os.write(file, _line(post, now))
                await asyncio.sleep(ANSWER_SECONDS)  # a process killed here does not know that Slack took it
            await store.outbox.mark_sent(_now(), post, f"{post.id}.0")
        if not posts:
            await asyncio.sleep(0.05)


def _begin(slack: Path) -> None:
    slack.touch()


def _is_told(slack: Path, post: Post) -> bool:
    return post.token in slack.read_text()


def _line(post: Post, now: datetime) -> bytes:
    number = post.news.added[0] if post.kind is PostKind.NEWS else "0"
    return f"{post.channel} {post.key} {number} {post.token} {now.timestamp():.6f}\n".encode()


async def _record(url: str) -> None:
    """Read orders that are due, each with something new, and make them due again at once."""
    store = await _open(url)
    while True:
        due = await store.orders.claim_due(_now(), 10, LEASE)
        stored = await store.orders.load([each.key for each in due])
        results = [
            Changed(_decision(each.key, stored[each.key].version), each.fence, str(each.fence).encode()) for each in due
        ]
        if results:
            await store.orders.record(_now(), results)
        await asyncio.sleep(0.1)


def _decision(key: str, version: int) -> Decision:
    """Return the decision on a reading whose news is named by the order's version, so that the names count up."""
    now, ref = _now(), OrderRef.from_key(key)
    news = NewsToPost(str(version), News(ref, None, added=(str(version),)), Severity.NODE, frozenset(Filter))
    return Decision(
        order=None,
        shipment=Shipment(ref, ()),
        milestone=None,
        reason=None,
        pick_up_by=None,
        moved_at=now,
        final_at=None,
        new_nodes=(),
        edited_nodes=(),
        parcels=(),
        news=news.news,
        severity=news.severity,
        audience=news.audience,
        event_id=news.event_id,
        changed=False,
        learned=True,
        moved=False,
        is_first=not version,
        expected=None,
        was_late=False,
        refunds=(),
        journeys=(),
        follow_up=FollowUp(next_poll_at=now, silent=(), stall_at=None, is_pressing=False),
        at=now,
    )


async def _open(url: str) -> Store:
    engine = PostgresEngine(PostgresServer(url))
    await engine.open()
    return Store(engine)


def _now() -> datetime:
    return datetime.now(UTC)


def _counts(url: str, slack: Path) -> list[str]:
    told = [_told(line) for line in slack.read_text().splitlines()]
    heard = [post for post in told if post.number]
    by_order, by_channel = defaultdict(list), defaultdict(list)
    for post in heard:
        by_order[post.key].append(post.number)
        by_channel[post.channel].append(post.claimed_at)
    tokens = {post.token for post in told}
    recorded = _count(url, "SELECT COUNT(*) FROM outbox WHERE kind = 'news'")
    with psycopg.connect(url) as conn:
        sent = {row[0] for row in conn.execute("SELECT token FROM outbox WHERE kind = 'news' AND state = 'sent'")}
    lying = _count(url, LYING)
    figures = (
        recorded,
        len(heard),
        len(sent - tokens) + recorded - len(sent) - lying,
        len(told) - len(tokens),
        sum(second < first for numbers in by_order.values() for first, second in pairwise(numbers)),
        sum(_early(sorted(times)) for times in by_channel.values()),
        lying,
    )
    return [f"{figure:,}" for figure in figures]


def _told(line: str) -> _Told:
    channel, key, number, token, at = line.split()
    return _Told(channel, key, int(number), token, float(at))


def _early(times: list[float]) -> int:
    """Return how many of a channel's posts were claimed before the bucket of its pace had a token."""
    rate, full_at, early = PACE.channel, 0.0, 0
    for at in times:
        early += full_at - at > (rate.burst - 1) / rate.per_second + 0.001
        full_at = max(full_at, at) + 1 / rate.per_second
    return early


def _count(url: str, sql: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(sql).fetchone()
        assert row is not None
        return int(row[0])
