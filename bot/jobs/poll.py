"""The poll: lease due orders, read them concurrently, decide, and record a batch in one transaction."""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import records
from bot.killpoints import point
from bot.reading import OrderReading, poll_order
from bot.tracking.cadence import next_poll, retry_at
from bot.tracking.decide import Decision, decide
from bot.tracking.renumber import live
from bot.tracking.stalls import Limits, stall_at
from pandapon.errors import NotFoundError, PandaPonError, RateLimitError, ServerError, TransportError
from storage.errors import BusyFileError, DiskFullError, StorageError
from storage.records import Changed, DueOrder, Failed, KnownOrder, PollResult, Unchanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.tracking.breaker import Breaker
    from bot.tracking.cadence import Cadence
    from pandapon.client import PandaPon
    from storage.protocol import Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FLUSH_ROWS = 100  # a transaction holds this many readings …
FLUSH_SECONDS = 0.25  # … or those of this long, whichever is first
YIELD_AFTER = 0.002  # seconds of deciding between two breaths of the event loop, so that no ack waits behind a batch


@dataclass(frozen=True, slots=True)
class _Read:
    due: DueOrder
    outcome: OrderReading | PandaPonError


class Poller:
    """One tick claims what is due and works through it with a fixed number of requests in flight."""

    def __init__(
        self,
        *,
        store: Store,
        api: PandaPon,
        cadence: Cadence,
        breaker: Breaker,
        clock: Callable[[], datetime],
        concurrency: int,
        on_news: Callable[[], None],
        limits: Callable[[], Limits] = Limits,
    ) -> None:
        """``limits``: of silence, as they are now; they follow what is usual here."""
        self._store, self._api, self._clock = store, api, clock
        self._cadence, self._breaker = cadence, breaker
        self._concurrency, self._on_news, self._limits = concurrency, on_news, limits
        self._stopping = False
        self._ticking = asyncio.Lock()
        self.last_tick_at: datetime | None = None
        self.last_ok_at: datetime | None = None
        self.last_error = ""

    async def stop(self) -> None:
        """Claim nothing more, and wait until what is leased is recorded."""
        self._stopping = True
        async with self._ticking:
            pass

    async def tick(self) -> int:
        """Poll everything that was due when the tick began. Returns how many orders were read."""
        async with self._ticking:
            return await self._tick()

    async def _tick(self) -> int:
        began = self._clock()
        self.last_tick_at = began
        queue: asyncio.Queue[DueOrder | None] = asyncio.Queue(maxsize=self._concurrency)
        first = await self._claim(began)
        if not first:
            return 0
        done: asyncio.Queue[_Read | None] = asyncio.Queue()
        recorder = asyncio.create_task(self._record_all(done, began))
        workers = [asyncio.create_task(self._work(queue, done)) for _ in range(min(self._concurrency, len(first)))]
        try:
            await self._feed(queue, first, began)
        finally:
            for _ in workers:
                await queue.put(None)
            await asyncio.gather(*workers)
            await done.put(None)
            count = await recorder
        return count

    async def _claim(self, began: datetime) -> list[DueOrder]:
        if self._stopping:
            return []
        allowed = self._breaker.allow(self._clock(), self._concurrency * 2)
        claimed = await self._store.claim_due(began, allowed, LEASE) if allowed else []
        if claimed:
            point("after_claim")
        return claimed

    async def _feed(self, queue: asyncio.Queue[DueOrder | None], batch: list[DueOrder], began: datetime) -> None:
        while batch:
            for due in batch:
                await queue.put(due)
            batch = await self._claim(began)

    async def _work(self, queue: asyncio.Queue[DueOrder | None], done: asyncio.Queue[_Read | None]) -> None:
        while (due := await queue.get()) is not None:
            await done.put(_Read(due, await self._read(due)))

    async def _read(self, due: DueOrder) -> OrderReading | PandaPonError:
        try:
            outcome = await poll_order(self._api, due)
        except PandaPonError as error:
            self._note(error)
            return error
        self._note(None)
        return outcome

    def _note(self, error: PandaPonError | None) -> None:
        """Tell the breaker, which says when the source goes down and when it is back: one log line each."""
        now = self._clock()
        was_down = self._breaker.down_since
        if isinstance(error, RateLimitError):
            self._breaker.rate_limited(now, error.retry_after)
        elif isinstance(error, TransportError | ServerError):
            self._breaker.failed(now)
        else:
            self._breaker.ok(now)
            self.last_ok_at = now
        if error is not None:
            self.last_error = str(error)
        if self._breaker.down_since and not was_down:
            log.warning("PandaPon is not answering (%s); polling slows down until it does", error)
        elif was_down and not self._breaker.down_since:
            log.info("PandaPon answers again after %s", now - was_down)

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
        now = self._clock()
        known = await self._known(batch)
        results: list[PollResult] = []
        breath = time.perf_counter() + YIELD_AFTER
        for read in batch:
            results.append(self._result(read, known.get(read.due.key), max(now, began + timedelta(milliseconds=1))))
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
        try:
            return (await self._store.record_polls(now, results)).posts
        except (DiskFullError, BusyFileError):
            raise
        except StorageError as error:
            log.error("a batch of %d readings was refused (%s); trying each alone", len(results), error)  # noqa: TRY400  one line
        posts = 0
        for result in results:
            try:
                posts += (await self._store.record_polls(now, [result])).posts
            except (DiskFullError, BusyFileError):
                raise
            except StorageError as error:
                log.error("order %s could not be recorded: %s", result.key, error)  # noqa: TRY400  one line
        return posts

    async def _known(self, batch: list[_Read]) -> dict[str, KnownOrder]:
        """What is stored of the orders that read differently; an unchanged one costs no read of its nodes."""
        changed = [r.due.key for r in batch if isinstance(r.outcome, OrderReading) and r.outcome.fetched is not None]
        return await self._store.load(changed) if changed else {}

    def _result(self, read: _Read, stored: KnownOrder | None, now: datetime) -> PollResult:
        due, outcome = read.due, read.outcome
        if isinstance(outcome, PandaPonError):
            return self._failed(due, outcome, now)
        if outcome.fetched is None or stored is None:
            return Unchanged(due.key, due.fence, self.schedule(due, now))
        try:
            decided = decide(records.known(stored), outcome.fetched, now, baseline=not due.polls)
        except Exception:  # one order that trips the rules must not take its whole batch down with it
            log.exception("order %s could not be decided; it is tried again later", due.key)
            return Failed(due.key, due.fence, retry_at(self._cadence, due.fails + 1, now, spread(due.key)), "decide")
        if decided.news is None and not decided.changed and outcome.fingerprint == due.fingerprint:
            return Unchanged(due.key, due.fence, self.schedule(due, now))
        again = self.schedule_after(due, decided, now)
        return changed_result(due.key, due.fence, outcome.fingerprint, decided, again, self._limits())

    def _failed(self, due: DueOrder, error: PandaPonError, now: datetime) -> Failed:
        if not isinstance(error, TransportError | ServerError | RateLimitError):
            level = logging.INFO if due.fails == 0 else logging.DEBUG
            log.log(level, "order %s: %s", due.key, error)
        gone = isinstance(error, NotFoundError)
        again = retry_at(self._cadence, due.fails + 1 + 3 * gone, now, spread(due.key))
        return Failed(due.key, due.fence, again, type(error).__name__)

    def schedule(self, due: DueOrder, now: datetime) -> datetime | None:
        """When an unchanged order is looked at again."""
        return next_poll(
            self._cadence,
            milestone=records.due_milestone(due),
            moved_at=due.state.moved_at,
            created_at=due.created_at,
            final_at=due.state.final_at,
            now=now,
            spread=spread(due.key),
        )

    def schedule_after(self, due: DueOrder, decided: Decision, now: datetime) -> datetime | None:
        """When an order that just moved is looked at again."""
        return next_poll(
            self._cadence,
            milestone=decided.milestone,
            moved_at=decided.moved_at,
            created_at=due.created_at,
            final_at=decided.final_at,
            now=now,
            spread=spread(due.key),
        )


def changed_result(  # noqa: PLR0917  what a result consists of
    key: str,
    fence: int,
    fingerprint: bytes,
    decided: Decision,
    next_poll_at: datetime | None,
    limits: Limits,
) -> Changed:
    """A decision as the store takes it."""
    parcels = live(decided.shipment.parcels)
    return Changed(
        key=key,
        fence=fence,
        next_poll_at=next_poll_at,
        fingerprint=fingerprint,
        state=records.order_state(decided),
        parcels=tuple(records.parcel_record(parcel) for parcel in decided.parcels),
        nodes=tuple(records.node_record(node) for node in (*decided.new_nodes, *decided.edited_nodes)),
        announcement=records.announcement(decided),
        refresh_cards=decided.changed,
        moved=decided.moved,
        stall_at=stall_at(decided.order, decided.milestone, parcels, limits),
    )


def spread(key: str) -> float:
    """A stable number in [0, 1) for an order, so that a mass import does not fall due all at once."""
    return zlib.crc32(key.encode()) / 2**32


async def _gather_batch(done: asyncio.Queue[_Read | None]) -> tuple[list[_Read], bool]:
    """What arrives within one flush window; the flag says that nothing more will come."""
    batch: list[_Read] = []
    until = time.monotonic() + FLUSH_SECONDS
    while len(batch) < FLUSH_ROWS:
        try:
            read = await _next(done, until)
        except TimeoutError:
            break
        if read is None:
            return batch, True
        batch.append(read)
    return batch, False


async def _next(done: asyncio.Queue[_Read | None], until: float) -> _Read | None:
    """The next item; the timer is only paid for when the queue is empty."""
    try:
        return done.get_nowait()
    except asyncio.QueueEmpty:
        return await asyncio.wait_for(done.get(), max(0.0, until - time.monotonic()))
