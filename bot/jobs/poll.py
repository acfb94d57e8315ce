"""The poll: lease due orders, read them concurrently, decide, and record a batch in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.isolation import SHARED_TROUBLE, isolated
from bot.jobs.poll_results import poll_result
from bot.process.failpoints import point
from bot.reading import PollOutcome, poll_order
from pandapon.errors import PandaPonError, RateLimitError, ServerError, TransportError
from tracking.circuit_breaker import Transition

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from datetime import datetime

    from bot.decider import Decider
    from pandapon.client import PandaPon
    from storage.poll import DueOrder, PollResult
    from storage.store import Store
    from tracking.circuit_breaker import CircuitBreaker
    from tracking.orders import StoredOrder

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FLUSH_ROWS = 100  # a transaction holds this many readings …
FLUSH_SECONDS = 0.25  # … or those of this long, whichever is first
YIELD_AFTER = 0.002  # seconds of deciding between two breaths of the event loop, so that no ack waits behind a batch


@dataclass(frozen=True, slots=True)
class _Read:
    due: DueOrder
    outcome: PollOutcome | Exception


class Poller:
    """One tick claims what is due and works through it with a fixed number of requests in flight."""

    def __init__(
        self,
        *,
        store: Store,
        api: PandaPon,
        decider: Decider,
        breaker: CircuitBreaker,
        clock: Callable[[], datetime],
        concurrency: int,
        on_news: Callable[[], None],
    ) -> None:
        self._store, self._api, self._clock, self._breaker = store, api, clock, breaker
        self._decider = decider
        self._concurrency, self._on_news = concurrency, on_news
        self._stopping = False
        self._ticking, self._polling_now = asyncio.Lock(), asyncio.Lock()
        self.last_tick_at: datetime | None = None
        self._ticked: float | None = None  # the same on the monotonic clock
        self.alive_at = 0.0  # monotonic seconds: the last time that it claimed or recorded
        self.last_error = ""

    async def stop(self) -> None:
        """Claim nothing more, and wait until what is leased is recorded."""
        self._stopping = True
        async with self._ticking, self._polling_now:
            pass

    async def tick(self) -> int:
        """Poll everything that was due when the tick began. Returns how many orders were read."""
        async with self._ticking:
            self.last_tick_at = began = self._clock()
            self._ticked = time.monotonic()
            return await self._run(self._everything(began), began)

    @property
    def since_tick(self) -> timedelta | None:
        """How long ago the last tick began, however the wall clock was set since; None before the first."""
        return timedelta(seconds=time.monotonic() - self._ticked) if self._ticked is not None else None

    async def poll_now(self, keys: Sequence[str]) -> int:
        """Poll these orders if they are due, without waiting for the tick that may be at work on a long queue."""
        async with self._polling_now:
            began = self._clock()
            return await self._run(self._these(keys, began), began)

    async def _run(self, batches: AsyncGenerator[list[DueOrder]], began: datetime) -> int:
        """Read batch after batch, so many at a time, while what was read is recorded."""
        async with contextlib.aclosing(batches):
            first = await anext(batches, None)
            if not first:
                return 0
            queue: asyncio.Queue[DueOrder | None] = asyncio.Queue(maxsize=self._concurrency)
            done: asyncio.Queue[_Read | None] = asyncio.Queue()
            recorder = asyncio.create_task(self._record_all(done, began))
            workers = [asyncio.create_task(self._work(queue, done)) for _ in range(min(self._concurrency, len(first)))]
            try:
                await _put(queue, first)
                async for batch in batches:
                    await _put(queue, batch)
            finally:
                await _put(queue, [None] * len(workers))
                await asyncio.gather(*workers)
                await done.put(None)
                count = await recorder
            return count

    async def _everything(self, began: datetime) -> AsyncGenerator[list[DueOrder]]:
        """What is due, the longest overdue first; a long queue is served channel by channel in turn."""
        if batch := await self._claim(began):
            yield batch
        if len(batch) == self._most:
            async for batch in self._these(await self._store.orders.due_round_robin(began), began):
                yield batch
        while batch := await self._claim(began):
            yield batch

    async def _these(self, keys: Sequence[str], began: datetime) -> AsyncGenerator[list[DueOrder]]:
        for start in range(0, len(keys), self._most):
            if batch := await self._claim(began, keys[start : start + self._most]):
                yield batch

    @property
    def _most(self) -> int:
        """Orders of one claim: enough to keep everybody at work, few enough that a crash costs little."""
        return self._concurrency * 2

    async def _claim(self, began: datetime, keys: Sequence[str] | None = None) -> list[DueOrder]:
        self.alive_at = time.monotonic()
        # A clock that was set back makes everything due "when the tick began", again and again: the next tick goes on.
        if self._stopping or self._clock() < began:
            return []
        allowed = self._breaker.allow(self._clock(), self._most)
        claimed = await self._store.orders.claim_due(began, allowed, LEASE, keys) if allowed else []
        if claimed:
            point("after_claim")
        return claimed

    async def _work(self, queue: asyncio.Queue[DueOrder | None], done: asyncio.Queue[_Read | None]) -> None:
        while (due := await queue.get()) is not None:
            await done.put(_Read(due, await self._read(due)))

    async def _read(self, due: DueOrder) -> PollOutcome | Exception:
        try:
            outcome = await poll_order(self._api, due)
        except PandaPonError as error:
            self._note(error)
            return error
        except Exception as error:  # noqa: BLE001  an answer that trips the reader: the others are read all the same
            return error
        self._note(None)
        return outcome

    def _note(self, error: PandaPonError | None) -> None:
        """Tell the breaker, which says when the source goes down and when it is back: one log line each."""
        now, down_since = self._clock(), self._breaker.down_since
        if isinstance(error, RateLimitError):
            turn = self._breaker.record_rate_limit(now, error.retry_after)
        elif isinstance(error, TransportError | ServerError):
            turn = self._breaker.record_failure(now)
        else:
            turn = self._breaker.record_success(now)
        if error is not None:
            self.last_error = str(error)
        if turn is Transition.DOWN and error is not None:
            log.warning("PandaPon is not answering, polling slows down until it does", extra={"error": error})
        elif turn is Transition.UP and down_since is not None:
            log.info("PandaPon answers again", extra={"after": now - down_since})

    async def _record_all(self, done: asyncio.Queue[_Read | None], began: datetime) -> int:
        count = 0
        while True:
            batch, finished = await _gather_batch(done)
            if batch:
                count += len(batch)
                await self._record(batch, began)
            if finished:
                return count

    async def _record(self, batch: list[_Read], began: datetime) -> None:
        self.alive_at = time.monotonic()
        now = self._clock()
        later = now if now < began else max(now, began + timedelta(milliseconds=1))
        known = await self._known(batch)
        results: list[PollResult] = []
        breath = time.perf_counter() + YIELD_AFTER
        for read in batch:
            stored = known.get(read.due.key)
            outcome, stored = (stored, None) if isinstance(stored, Exception) else (read.outcome, stored)
            results.append(poll_result(self._decider, read.due, outcome, stored, later))
            if time.perf_counter() >= breath:
                await asyncio.sleep(0)
                breath = time.perf_counter() + YIELD_AFTER
        point("before_record")
        posts = await self._write(now, results)
        point("after_record")
        if posts:
            self._on_news()

    async def _write(self, now: datetime, results: list[PollResult]) -> int:
        """Record a batch; should the database refuse it for what is in it, each reading by itself."""
        with isolated(log, "batch not recorded, each reading is tried alone", trace=False, readings=len(results)):
            return (await self._store.orders.record(now, results)).posts
        posts = 0
        for result in results:
            with isolated(log, "order not recorded", trace=False, order=result.key):
                posts += (await self._store.orders.record(now, [result])).posts
        return posts

    async def _known(self, batch: list[_Read]) -> Mapping[str, StoredOrder | Exception]:
        """What is stored of the orders that read differently; an unchanged one costs no read of its nodes."""
        changed = [r.due.key for r in batch if isinstance(r.outcome, PollOutcome) and r.outcome.fetched is not None]
        with isolated(log, "orders not loaded, each is tried alone", trace=False, orders=len(changed)):
            return await self._store.orders.load(changed) if changed else {}
        return {key: await self._known_alone(key) for key in changed}

    async def _known_alone(self, key: str) -> StoredOrder | Exception:
        try:
            return (await self._store.orders.load([key]))[key]
        except SHARED_TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001  told with the result
            return error


async def _put(queue: asyncio.Queue[DueOrder | None], items: Sequence[DueOrder | None]) -> None:
    for item in items:
        await queue.put(item)


async def _gather_batch(done: asyncio.Queue[_Read | None]) -> tuple[list[_Read], bool]:
    """What arrives within one flush window; the flag says that nothing more will come."""
    batch: list[_Read] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FLUSH_SECONDS):
            while len(batch) < FLUSH_ROWS:
                read = await done.get()
                if read is None:
                    return batch, True
                batch.append(read)
    return batch, False
