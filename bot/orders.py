"""Reads orders for people through the same decide-and-record path as the poller, and opens their watches."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.reading import PollOutcome, read_order
from bot.waybills import find_waybill
from handlers.blocks.error_messages import platform_error
from handlers.errors import UnknownOrderError, WrongPlatformError
from handlers.interactions.ports import WatchOutcome, WatchResult
from pandapon import budget
from pandapon.errors import NotFoundError, PandaPonError
from pandapon.shipment import OrderRef, Platform
from storage.errors import StorageError
from storage.poll import Changed
from storage.watch import NewWatch, Opened, Watch, WatchState
from tracking.decide import Decision, decide
from tracking.orders import FetchedOrder, OrderSnapshot, StoredOrder
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.decider import Decider
    from bot.jobs.deliver import Deliverer
    from pandapon.client import PandaPon
    from pandapon.models import Order
    from storage.store import Store

log = logging.getLogger(__name__)

CARD_SECONDS = 8.0  # how long a person waits for the card to be posted before "it will follow"
ORDER_ID_DIGITS = range(12, 21)
# 1688 ids have 16 to 19 digits, Taobao sub-orders were seen with 12: where to look first (inferred from samples).
LONG_ID = 16
LONGER_THAN_WAYBILLS = 18  # all-digit waybills seen so far have at most 15


@dataclass(frozen=True, slots=True)
class _Resolved:
    """An order that exists: what was read of it, and how."""

    ref: OrderRef
    look: OrderSnapshot
    reading: PollOutcome | None  # None: PandaPon failed, the look is the stored state
    decided: Decision | None


class LiveTracker:
    """Implements the handlers' Tracker."""

    def __init__(
        self,
        *,
        store: Store,
        api: PandaPon,
        decider: Decider,
        deliverer: Deliverer,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._api, self._decider = store, api, decider
        self._deliverer, self._clock = deliverer, clock

    async def lookup(self, text: str, platform: Platform | None = None) -> OrderSnapshot:
        """See handlers.interactions.ports.Tracker."""
        return (await self._resolve(text, platform)).look

    async def stored(self, text: str, platform: Platform | None = None) -> OrderSnapshot | None:
        """See handlers.interactions.ports.Tracker."""
        ref = next((ref for ref in await self._stored_refs(text) if platform in {None, ref.platform}), None)
        known = await self._store.orders.load([ref.key]) if ref else {}
        return known[ref.key].snapshot() if ref and ref.key in known else None

    async def listed(self, orders: Sequence[Order]) -> dict[str, OrderSnapshot]:
        """See handlers.interactions.ports.Tracker. One that was never read itself is known from the list alone."""
        stored, now = await self._store.orders.load_readable([order.ref.key for order in orders]), self._clock()
        fetched = {order.ref.key: FetchedOrder(order.ref, order) for order in orders}
        return {
            key: decide(known, fetched[key], now).snapshot()
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
        """See handlers.interactions.ports.Tracker. The first sight of an order is its baseline: no backlog is told."""
        found = await asyncio.gather(*(self._resolved_or_outcome(text, platform) for text in ids))
        good = {one.ref.key: one for one in found if isinstance(one, _Resolved)}
        await self._store_new(list(good.values()))
        wishes = [NewWatch(key, channel, filter_, user, default) for key in good]
        opened = await self._open(wishes)
        await self._settle([one.watch for one in opened.values()])
        each = {one.order_id if isinstance(one, WatchOutcome) else one.ref.key: one for one in found}
        return [
            one if isinstance(one, WatchOutcome) else await self._outcome(one, opened[key]) for key, one in each.items()
        ]

    # --- which order is meant, and how it stands -------------------------------------------------------------------

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
        """A stored order: read it again, tell its watchers what is new, fall back on what is stored."""
        stored = (await self._store.orders.load([ref.key]))[ref.key]
        try:
            reading = await read_order(self._api, ref)
        except PandaPonError as error:
            log.info("order is shown from the store", extra={"order": ref.key, "error": error})
            return _Resolved(ref, _stale(stored.snapshot(), self._clock()), None, None)
        assert reading.fetched is not None
        now = self._clock()
        decided = self._decider.decide(stored, reading, now)
        if decided.changed or decided.learned or decided.news:
            await self._record(stored, reading, decided, now)
        return _Resolved(ref, decided.snapshot(), reading, decided)

    async def _record(self, stored: StoredOrder, reading: PollOutcome, decided: Decision, now: datetime) -> None:
        """What a person's own look found is news for the channels that watch the order.

        The fence is the one that was read with the state: should the poller lease the order meanwhile, this result
        is dropped and the poller finds the same news itself.
        """
        is_archived = stored.next_poll_at is None
        result = Changed(decided, stored.fence, reading.fingerprint, is_archived)
        try:
            recorded = await self._store.orders.record(now, [result])
        except StorageError as error:  # a full disk is no reason to keep from the person what was read for them
            log.warning(
                "order read and not recorded, the poll finds it again", extra={"order": stored.key, "error": error}
            )
            return
        if recorded.posts:
            await self._deliverer.drain()

    async def _resolve_remote(self, text: str, platform: Platform | None) -> _Resolved:
        if not text.isdigit() or len(text) not in ORDER_ID_DIGITS:
            return await self._resolve_waybill(text, platform)
        answers = await asyncio.gather(*(self._try(OrderRef(one, text)) for one in _candidates(text)))
        for answer in answers:
            if isinstance(answer, _Resolved):
                if platform not in {None, answer.ref.platform}:
                    assert platform is not None
                    raise WrongPlatformError(answer.ref, platform)
                return answer
        for answer in answers:  # a platform that did not answer may be the one that has it
            if isinstance(answer, PandaPonError) and not isinstance(answer, NotFoundError):
                raise answer
        if len(text) >= LONGER_THAN_WAYBILLS:
            raise UnknownOrderError(text)
        return await self._resolve_waybill(text, platform)

    async def _try(self, ref: OrderRef) -> _Resolved | PandaPonError:
        try:
            reading = await read_order(self._api, ref)
        except PandaPonError as error:
            return error
        now = self._clock()
        decided = self._decider.decide(None, reading, now)
        return _Resolved(ref, decided.snapshot(), reading, decided)

    async def _resolve_waybill(self, text: str, platform: Platform | None) -> _Resolved:
        ref = await find_waybill(self._api, text, platform)
        if ref is None:
            raise UnknownOrderError(text)
        if await self._store.orders.with_id(ref.order_id):
            return await self._read_known(ref)
        found = await self._try(ref)
        if isinstance(found, PandaPonError):
            raise found
        return found

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

    async def _open(self, wishes: Sequence[NewWatch]) -> dict[str, Opened]:
        opened = await self._store.watches.open(self._clock(), wishes) if wishes else []
        return {one.watch.key: one for one in opened}

    async def _store_new(self, resolved: Sequence[_Resolved]) -> None:
        """A watch needs its order: those read for the first time are stored as their baseline."""
        now = self._clock()
        for one in resolved:
            if one.reading and one.decided:
                await self._store.orders.add(now, Changed(one.decided, 0, one.reading.fingerprint))

    async def _settle(self, watches: Sequence[Watch]) -> None:
        """Wait until Slack took or refused the cards: that post is the proof that the channel works."""
        waiting = {watch.id for watch in watches if watch.state is WatchState.OPENING}
        try:
            async with asyncio.timeout(budget.within(CARD_SECONDS)):
                while waiting:
                    posted = self._deliverer.outcome()
                    await self._deliverer.drain()
                    waiting = await self._still_opening(waiting)
                    if waiting:
                        await posted.wait()
        except TimeoutError:
            log.info("cards are still on their way", extra={"cards": len(waiting)})

    async def _still_opening(self, ids: set[int]) -> set[int]:
        watches = [await self._store.watches.get(one) for one in ids]
        return {watch.id for watch in watches if watch and watch.state is WatchState.OPENING}

    async def _outcome(self, resolved: _Resolved, opened: Opened) -> WatchOutcome:
        watch = await self._store.watches.get(opened.watch.id) or opened.watch
        result = _result(opened, watch)
        puzzle = self._deliverer.failures.puzzles.of(watch.channel) if result is WatchResult.QUEUED else ""
        reason = watch.reason or puzzle
        return WatchOutcome(resolved.ref.order_id, result, watch=watch, look=resolved.look, reason=reason)


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


def _stale(look: OrderSnapshot, now: datetime) -> OrderSnapshot:
    if look.stale_since is not None:
        return look
    return replace(look, stale_since=now)
