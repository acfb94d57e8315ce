"""The poll: lease due orders, read them concurrently, decide, and record a batch in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.jobs.isolation import SHARED_TROUBLE, isolated
from bot.jobs.poll_batches import Claim, Floor, Reading, Readings
from bot.jobs.poll_results import poll_result
from bot.orders.reading import PollOutcome, poll_order
from bot.orders.refunds import RefundReader
from bot.process.failpoints import point
from bot.process.figures import Claimed, Figures
from bot.process.loop import give_way
from pandapon import spans
from pandapon.errors import PandaPonError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from datetime import datetime

    from bot.clients.breaker import AccountBreaker
    from bot.orders.decider import Decider
    from pandapon.client import PandaPon
    from storage.poll import DueOrder, PollResult
    from storage.store import Store
    from tracking.orders import StoredOrder

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
YIELD_AFTER = 0.0005  # seconds of deciding until people's work goes first: mostly one reading, or many unchanged ones


class Poller:
    """One tick claims what is due and works through it with a fixed number of requests in flight."""

    def __init__(
        self,
        *,
        store: Store,
        api: PandaPon,
        decider: Decider,
        breaker: AccountBreaker,
        clock: Callable[[], datetime],
        concurrency: int,
        on_news: Callable[[], None],
        refunds: RefundReader | None = None,
        figures: Figures | None = None,
        worker: str = "",
    ) -> None:
        """``worker``: the name of this process."""
        self._worker = worker
        self._store, self._api, self._clock, self._breaker = store, api, clock, breaker
        self._decider, self.refunds = decider, refunds or RefundReader(api, clock)
        self._concurrency, self._on_news = concurrency, on_news
        self._figures = figures or Figures()
        self._stopping = False
        self._ticking, self._polling_now = asyncio.Lock(), asyncio.Lock()
        self.last_tick_at: datetime | None = None
        self._ticked: float | None = None  # the same on the monotonic clock
        self.alive_at = 0.0  # monotonic seconds: when it last claimed or recorded

    async def stop(self) -> None:
        """Claim nothing more, and wait until all claimed orders are read and recorded."""
        self._stopping = True
        async with self._ticking, self._polling_now:
            pass

    async def tick(self) -> int:
        """Poll everything that was due when the tick began. Returns how many orders were read."""
        async with self._ticking:
            self.last_tick_at = began = self._clock()
            self._ticked = time.monotonic()
            with spans.span("poll tick") as span:
                count = await self._run(self._everything(began), began)
                span.note(orders=count)
            return count

    @property
    def since_tick(self) -> timedelta | None:
        """How long ago the last tick began, by the monotonic clock; None before the first tick."""
        return timedelta(seconds=time.monotonic() - self._ticked) if self._ticked is not None else None

    async def poll_now(self, keys: Sequence[str]) -> int:
        """Poll these orders if they are due, without waiting for the tick that may be at work on a long queue."""
        async with self._polling_now:
            began = self._clock()
            return await self._run(self._claims_of(keys, began), began)

    async def _run(self, batches: AsyncGenerator[list[DueOrder]], began: datetime) -> int:
        """Read batch after batch with a fixed number of requests, and record at the same time. Returns the count."""
        async with contextlib.aclosing(batches):
            first = await anext(batches, None)
            if not first:
                return 0
            queue: asyncio.Queue[DueOrder | None] = asyncio.Queue(maxsize=self._concurrency)
            done = Readings()
            recorder = asyncio.create_task(self._record_all(done, began))
            workers = [
                asyncio.create_task(self._work(queue, done, recorder))
                for _ in range(min(self._concurrency, len(first)))
            ]
            try:
                await _put(queue, first)
                async for batch in batches:
                    if recorder.done():  # it failed, so no further reading could be recorded
                        break
                    await _put(queue, batch)
            finally:
                await _put(queue, [None] * len(workers))
                await asyncio.gather(*workers)
                done.close()
                count = await recorder
            return count

    async def _everything(self, began: datetime) -> AsyncGenerator[list[DueOrder]]:
        """Yield due orders, the longest overdue first. In a long queue the channels take turns."""
        claim = await self._claim(began)
        if claim.orders:
            yield claim.orders
        if len(claim.orders) == self._claim_size:
            async for batch in self._claims_of(await self._store.orders.due_round_robin(began), began):
                yield batch
        floor = Floor()
        while claim.is_full:
            claim = await self._claim(began, since=floor.at())
            floor.rise(claim.orders)
            if claim.orders:
                yield claim.orders

    async def _claims_of(self, keys: Sequence[str], began: datetime) -> AsyncGenerator[list[DueOrder]]:
        for start in range(0, len(keys), self._claim_size):
            claim = await self._claim(began, keys[start : start + self._claim_size])
            if claim.orders:
                yield claim.orders

    @property
    def _claim_size(self) -> int:
        """Orders of one claim: enough to keep all workers busy, few enough that a crash delays little."""
        return self._concurrency * 2

    async def _claim(self, began: datetime, keys: Sequence[str] | None = None, since: datetime | None = None) -> Claim:
        self.alive_at = time.monotonic()
        # After the clock is set back, the same orders would be due by ``began`` again and again. The next tick goes on.
        if self._stopping or self._clock() < began:
            return Claim([], 1)
        allowed = await self._breaker.allow(self._claim_size)
        with spans.inner("poll claim") as span:
            lease = partial(self._store.orders.claim_due, began, allowed, LEASE, keys, worker=self._worker, since=since)
            claimed = await lease() if allowed else []
            span.note(orders=len(claimed))
        self._figures.claimed(Claimed.ORDER, len(claimed))
        if claimed:
            point("after_claim")
        return Claim(claimed, max(allowed, 1))

    async def _work(self, queue: asyncio.Queue[DueOrder | None], done: Readings, recorder: asyncio.Task[int]) -> None:
        while (due := await queue.get()) is not None:
            if recorder.done():
                continue
            with spans.linked("poll read"):  # a trace of its own: a tick may read a hundred thousand orders
                outcome = await self._read(due)
            done.add(Reading(due, outcome))

    async def _read(self, due: DueOrder) -> PollOutcome | Exception:
        try:
            outcome = await poll_order(self._api, due, self.refunds)
        except PandaPonError as error:
            await self._breaker.note(error)
            return error
        except Exception as error:  # noqa: BLE001  becomes a failed reading of this order alone
            return error
        await self._breaker.note(None)
        is_late = due.late_at is not None and due.late_at <= self._clock()
        return outcome.decided_anyway(due.key) if is_late else outcome

    async def _record_all(self, done: Readings, began: datetime) -> int:
        count = 0
        while batch := await done.batch():
            count += len(batch)
            await self._record(batch, began)
        return count

    async def _record(self, batch: list[Reading], began: datetime) -> None:
        with spans.inner("poll record", orders=len(batch)):
            await self._decide_and_write(batch, began)

    async def _decide_and_write(self, batch: list[Reading], began: datetime) -> None:
        self.alive_at = time.monotonic()
        now = self._clock()
        # Later than ``began``, so that this tick does not claim an order again that is due again at once.
        decided_at = now if now < began else max(now, began + timedelta(milliseconds=1))
        known = await self._known(batch)
        with spans.inner("poll decide"):
            results = await self._decided(batch, known, decided_at)
        point("before_record")
        posts = await self._write(now, results)
        point("after_record")
        self._figures.read([(read.due, result) for read, result in zip(batch, results, strict=True)], now)
        if posts:
            self._on_news()

    async def _decided(
        self, batch: list[Reading], known: Mapping[str, StoredOrder | Exception], now: datetime
    ) -> list[PollResult]:
        results: list[PollResult] = []
        yield_at = time.perf_counter() + YIELD_AFTER
        for read in batch:
            stored = known.get(read.due.key)
            outcome, stored = (stored, None) if isinstance(stored, Exception) else (read.outcome, stored)
            results.append(poll_result(self._decider, read.due, outcome, stored, now))
            if time.perf_counter() >= yield_at:
                await give_way()
                yield_at = time.perf_counter() + YIELD_AFTER
        return results

    async def _write(self, now: datetime, results: list[PollResult]) -> int:
        """Record a batch in one transaction; if that fails, each reading alone. Returns the number of new posts."""
        with isolated(log, "batch not recorded, each reading is tried alone", trace=False, readings=len(results)):
            return (await self._store.orders.record(now, results)).posts
        posts = 0
        for result in results:
            with isolated(log, "order not recorded", trace=False, order=result.key):
                posts += (await self._store.orders.record(now, [result])).posts
        return posts

    async def _known(self, batch: list[Reading]) -> Mapping[str, StoredOrder | Exception]:
        """Load the stored orders whose reading differs. An unchanged order costs no read of its nodes."""
        differing = (
            read for read in batch if isinstance(read.outcome, PollOutcome) and read.outcome.fetched is not None
        )
        changed = [read.due.key for read in differing]
        with isolated(log, "orders not loaded, each is tried alone", trace=False, orders=len(changed)):
            return await self._store.orders.load(changed) if changed else {}
        return {key: await self._known_alone(key) for key in changed}

    async def _known_alone(self, key: str) -> StoredOrder | Exception:
        try:
            return (await self._store.orders.load([key]))[key]
        except SHARED_TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001  becomes a failed reading of this order alone
            return error


async def _put(queue: asyncio.Queue[DueOrder | None], items: Sequence[DueOrder | None]) -> None:
    for item in items:
        await queue.put(item)
