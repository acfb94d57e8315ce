"""Reads orders for people, decides and records like the poller, and opens watches.

Handlers may not import the process. They know the reader by :class:`handlers.interactions.ports.Tracker`, where the
contract of its public methods stands.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.orders.reading import PollOutcome, read_order
from bot.orders.refunds import RefundReader
from bot.orders.waybills import find_waybill
from handlers.blocks.error_messages import platform_error
from handlers.interactions.ports import WatchOutcome, WatchResult
from handlers.wire.errors import UnknownOrderError, WrongPlatformError
from pandapon import budget
from pandapon.errors import NotFoundError, PandaPonError
from pandapon.shipment import OrderRef, Platform
from storage.errors import StorageError
from storage.poll import Changed
from storage.watch import NewWatch, Opened, Watch, WatchState
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.jobs.deliver import Deliverer
    from bot.orders.decider import Decider
    from pandapon.client import PandaPon
    from pandapon.models import Order
    from storage.store import Store
    from tracking.decide import Decision
    from tracking.orders import OrderSnapshot, StoredOrder

log = logging.getLogger(__name__)

CARD_SECONDS = 8.0  # how long a person waits for the card before the answer says that it will follow
LOOK_SECONDS = 0.5  # how often the database is asked whether another process posted a card
ORDER_ID_DIGITS = range(12, 21)
# 1688 ids have 16 to 19 digits, Taobao sub-orders were seen with 12 (inferred). From this length on 1688's answer goes
# first.
LONG_ID = 16
LONGER_THAN_WAYBILLS = 18  # all-digit waybills seen so far have at most 15


@dataclass(frozen=True, slots=True)
class _Resolved:
    """An order that exists, with its reading."""

    ref: OrderRef
    snapshot: OrderSnapshot
    reading: PollOutcome | None  # None: PandaPon failed, the snapshot is the stored state
    decided: Decision | None


class LiveTracker:
    """Implements :class:`handlers.interactions.ports.Tracker`, which mypy checks where the context is made."""

    def __init__(
        self,
        *,
        store: Store,
        api: PandaPon,
        decider: Decider,
        deliverer: Deliverer,
        clock: Callable[[], datetime],
        refunds: RefundReader | None = None,
    ) -> None:
        self._store, self._api, self._decider = store, api, decider
        self._refunds = refunds or RefundReader(api, clock)
        self._deliverer, self._clock = deliverer, clock

    async def lookup(self, text: str, platform: Platform | None = None) -> OrderSnapshot:
        """Read an order; its stored state when PandaPon fails."""
        return (await self._resolve(text, platform)).snapshot

    async def stored(self, text: str, platform: Platform | None = None) -> OrderSnapshot | None:
        """Return an order as it was last read."""
        ref = next((ref for ref in await self._stored_refs(text) if platform in {None, ref.platform}), None)
        known = await self._store.orders.load_readable([ref.key]) if ref else {}
        return known[ref.key].snapshot() if ref and ref.key in known else None

    async def listed(self, orders: Sequence[Order]) -> dict[str, OrderSnapshot]:
        """Return the stored orders among these, brought up to date by them. Orders never read alone are left out."""
        stored, now = await self._store.orders.load_readable([order.ref.key for order in orders]), self._clock()
        listed = {order.ref.key: order for order in orders}
        return {
            key: self._decider.decide_listed(known, listed[key], now).snapshot()
            for key, known in stored.items()
            if known.read_at is not None
        }

    async def watch(
        self,
        ids: Sequence[str],
        *,
        channel: str,
        filter_: Filter | None,
        user: str,
        platform: Platform | None = None,
        default: Filter = Filter.ALL,
    ) -> list[WatchOutcome]:
        """Watch orders in a channel. The first reading of an order is its baseline and no news."""
        answers = await asyncio.gather(*(self._resolved_or_outcome(text, platform) for text in ids))
        resolved = {answer.ref.key: answer for answer in answers if isinstance(answer, _Resolved)}
        await self._store_new(list(resolved.values()))
        new_watches = [NewWatch(key, channel, filter_, user, default) for key in resolved]
        opened = await self._open(new_watches)
        await self._settle([result.watch for result in opened.values()])
        unique = {answer.order_id if isinstance(answer, WatchOutcome) else answer.ref.key: answer for answer in answers}
        return [
            answer if isinstance(answer, WatchOutcome) else await self._outcome(answer, opened[key])
            for key, answer in unique.items()
        ]

    # --- finding and reading an order ------------------------------------------------------------------------------

    async def _resolve(self, text: str, platform: Platform | None) -> _Resolved:
        stored = await self._stored_refs(text)
        if not stored:
            return await self._resolve_remote(text, platform)
        ref = next((ref for ref in stored if platform in {None, ref.platform}), None)
        if ref is None:
            assert platform is not None
            raise WrongPlatformError(stored[0], platform)
        return await self._read_known(ref)

    async def _stored_refs(self, text: str) -> list[OrderRef]:
        keys = await self._store.orders.with_id(text) or await self._store.orders.with_waybill(text)
        return [OrderRef.from_key(key) for key in keys]

    async def _read_known(self, ref: OrderRef) -> _Resolved:
        """Read a stored order again and record the news for its watchers. When PandaPon fails, use the stored state.

        An order whose row cannot be decoded is read like a new one, and nothing is recorded.
        """
        stored = (await self._store.orders.load_readable([ref.key])).get(ref.key)
        if stored is None:
            return await self._read_new(ref)
        try:
            reading = await read_order(self._api, ref, self._refunds)
        except PandaPonError as error:
            log.info("order is shown from the store", extra={"order": ref.key, "error": error})
            return _Resolved(ref, _stale(stored.snapshot(), self._clock()), None, None)
        assert reading.fetched is not None
        now = self._clock()
        decided = self._decider.decide(stored, reading, now)
        if decided.has_something_new:
            await self._record(stored, reading, decided, now)
        return _Resolved(ref, decided.snapshot(), reading, decided)

    async def _record(self, stored: StoredOrder, reading: PollOutcome, decided: Decision, now: datetime) -> None:
        """Record a person's reading, so that the channels that watch the order get its news.

        The fence was read with the state. If the poller has leased the order since, the store drops this record and
        the poller finds the same news.
        """
        is_archived = stored.next_poll_at is None
        result = Changed(decided, stored.fence, reading.fingerprint, is_archived)
        try:
            recorded = await self._store.orders.record(now, [result])
        except StorageError as error:  # the person still gets the reading, for example when the disk is full
            log.warning(
                "order read and not recorded, the poll finds it again", extra={"order": stored.key, "error": error}
            )
            return
        if recorded.posts:
            await self._deliverer.drain()

    async def _resolve_remote(self, text: str, platform: Platform | None) -> _Resolved:
        if not text.isdigit() or len(text) not in ORDER_ID_DIGITS:
            return await self._resolve_waybill(text, platform)
        answers = await asyncio.gather(*(self._try(OrderRef(candidate, text)) for candidate in _candidates(text)))
        for answer in answers:
            if isinstance(answer, _Resolved):
                if platform not in {None, answer.ref.platform}:
                    assert platform is not None
                    raise WrongPlatformError(answer.ref, platform)
                return answer
        for answer in answers:  # a platform that did not answer may have the order
            if isinstance(answer, PandaPonError) and not isinstance(answer, NotFoundError):
                raise answer
        if len(text) >= LONGER_THAN_WAYBILLS:
            raise UnknownOrderError(text)
        return await self._resolve_waybill(text, platform)

    async def _try(self, ref: OrderRef) -> _Resolved | PandaPonError:
        try:
            return await self._read_new(ref)
        except PandaPonError as error:
            return error

    async def _read_new(self, ref: OrderRef) -> _Resolved:
        """Read an order without comparing it with a stored state. Raises PandaPonError."""
        reading = await read_order(self._api, ref, self._refunds)
        now = self._clock()
        decided = self._decider.decide(None, reading, now)
        return _Resolved(ref, decided.snapshot(), reading, decided)

    async def _resolve_waybill(self, text: str, platform: Platform | None) -> _Resolved:
        ref = await find_waybill(self._api, text, platform)
        if ref is None:
            raise UnknownOrderError(text)
        if await self._store.orders.with_id(ref.order_id):
            return await self._read_known(ref)
        answer = await self._try(ref)
        if isinstance(answer, PandaPonError):
            raise answer
        return answer

    # --- opening watches ------------------------------------------------------------------------------------------

    async def _resolved_or_outcome(self, text: str, platform: Platform | None) -> _Resolved | WatchOutcome:
        try:
            return await self._resolve(text, platform)
        except UnknownOrderError:
            return WatchOutcome(text, WatchResult.NOT_FOUND)
        except WrongPlatformError as error:
            return WatchOutcome(text, WatchResult.OTHER_PLATFORM, platform=error.ref.platform)
        except PandaPonError as error:
            return WatchOutcome(text, WatchResult.UNAVAILABLE, reason=platform_error(error))

    async def _open(self, new_watches: Sequence[NewWatch]) -> dict[str, Opened]:
        opened = await self._store.watches.open(self._clock(), new_watches) if new_watches else []
        return {result.watch.key: result for result in opened}

    async def _store_new(self, resolved: Sequence[_Resolved]) -> None:
        """Store new orders with this reading as their baseline: a watch refers to a stored order."""
        now = self._clock()
        for order in resolved:
            if order.reading and order.decided:
                await self._store.orders.add(now, Changed(order.decided, 0, order.reading.fingerprint))

    async def _settle(self, watches: Sequence[Watch]) -> None:
        """Wait until Slack took or refused the cards, for :data:`CARD_SECONDS` at most."""
        waiting = {watch.id for watch in watches if watch.state is WatchState.OPENING}
        try:
            async with asyncio.timeout(budget.within(CARD_SECONDS)):
                while waiting:
                    posted = self._deliverer.next_settled()
                    await self._deliverer.drain()
                    waiting = await self._still_opening(waiting)
                    if waiting:
                        await _next_post(posted)
        except TimeoutError:
            log.info("cards are still on their way", extra={"cards": len(waiting)})

    async def _still_opening(self, ids: set[int]) -> set[int]:
        watches = [await self._store.watches.get(id_) for id_ in ids]
        return {watch.id for watch in watches if watch and watch.state is WatchState.OPENING}

    async def _outcome(self, resolved: _Resolved, opened: Opened) -> WatchOutcome:
        watch = await self._store.watches.get(opened.watch.id) or opened.watch
        result = _result(opened, watch)
        unknown = self._deliverer.failures.unknown_refusals
        reason = watch.reason or (unknown.code_of(watch.channel) if result is WatchResult.QUEUED else "")
        return WatchOutcome(resolved.ref.order_id, result, watch=watch, snapshot=resolved.snapshot, reason=reason)


async def _next_post(posted: asyncio.Event) -> None:
    """Wait until this process has settled a post, :data:`LOOK_SECONDS` at most: another process may settle it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            await posted.wait()


def _result(opened: Opened, watch: Watch) -> WatchResult:
    match watch.state:
        case WatchState.ENDED:
            return WatchResult.REFUSED
        case WatchState.OPENING:
            return WatchResult.QUEUED
        case _ if opened.created:
            return WatchResult.WATCHING
        case _:
            return WatchResult.FILTER_CHANGED if opened.filter_changed else WatchResult.ALREADY


def _candidates(order_id: str) -> tuple[Platform, Platform]:
    if len(order_id) >= LONG_ID:
        return Platform.ALIBABA, Platform.TAOBAO
    return Platform.TAOBAO, Platform.ALIBABA


def _stale(snapshot: OrderSnapshot, now: datetime) -> OrderSnapshot:
    if snapshot.stale_since is not None:
        return snapshot
    return replace(snapshot, stale_since=now)
