"""The only place that sends a write: it records it first, sends it once, and looks for it where the answer was lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from handlers.blocks.i18n import _
from handlers.wire.errors import RequestError
from pandapon.errors import DecodeError, PandaPonError, ServerError, TransportError
from tracking.writes import OPEN, CartChange, TransitionError, Write, WriteState, judge, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from pandapon.carts import Call, CartLine
    from pandapon.client import PandaPon
    from pandapon.shipment import Platform
    from storage.store import Store

log = logging.getLogger(__name__)

LOST = (TransportError, ServerError, DecodeError)  # after these nobody knows whether PandaPon did it


class BusyError(RequestError):
    """An earlier change of the same thing is still unclear. The message says so, in the person's language."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The variant whose quantity is changed. The ids of 1688's and Taobao's variants may both be known, or none."""

    platform: Platform
    product_id: str
    sku_id: str = ""
    spec_id: str = ""

    def pieces(self, lines: Iterable[CartLine]) -> int:
        """How many pieces of it are in a cart."""
        return sum(line.quantity for line in lines if self.has(line))

    def has(self, line: CartLine) -> bool:
        """Whether an entry of a cart is of this variant."""
        return line.platform is self.platform and line.is_of(self.product_id, self.sku_id, self.spec_id)


@dataclass(frozen=True, slots=True)
class Plan:
    """The one call that makes a change. ``amount_fen``: of the wanted quantity; None: unknown, or nothing is bought."""

    call: Call
    change: CartChange
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A person's act. ``key``: the same for a double click, a redelivery and a repetition after a restart."""

    key: str
    actor: str
    channel: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act. ``error``: of the call, the first time only."""

    write: Write
    error: PandaPonError | None = None


class Writer:
    """Makes writes, one at a time of each variant."""

    def __init__(
        self,
        api: PandaPon,
        store: Store,
        clock: Callable[[], datetime],
        point: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """``point``: passed at the moments at which a test lets the process die."""
        self._api, self._store, self._clock, self._point = api, store, clock, point
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._marking: set[asyncio.Future[Any]] = set()

    async def change(self, act: Act, variant: Variant, plan: Callable[[tuple[CartLine, ...]], Plan]) -> Outcome:
        """Change a cart once, whoever asks how often. ``plan`` makes the call from the cart as it is now.

        Raises BusyError, StorageError, the errors of ``plan``, and those of reading the cart; then nothing was sent.
        """
        target = target_of(variant.platform, variant.product_id, variant.sku_id, variant.spec_id)
        lock = self._locks.setdefault(target, asyncio.Lock())
        async with lock:
            if former := await self._store.writes.of_key(act.key):
                return Outcome(await self.look(former))
            await self._require_nothing_unclear(target)
            made = plan(await self._api.cart(variant.platform))
            self._api.catalogue.path(made.call[0].name)  # an unknown path is known before anything is recorded
            return await self._send(act, made)

    async def _require_nothing_unclear(self, target: str) -> None:
        earlier = await self._store.writes.open_of(target)
        if earlier and (await self.look(earlier)).state in OPEN:
            raise BusyError(
                _(
                    "An earlier change of this product is still unclear, so I don't send another one. "
                    "Try again in a minute; `/panda cart` shows what became of it."
                )
            )

    async def _send(self, act: Act, plan: Plan) -> Outcome:
        operation, request = plan.call
        write = Write(
            id=new_id(),
            dedup_key=act.key,
            operation=operation.name,
            actor=act.actor,
            channel=act.channel,
            begun_at=self._clock(),
            change=plan.change,
            amount_fen=plan.amount_fen,
        )
        if former := await self._store.writes.begin(write):
            return Outcome(await self.look(former))
        self._point("before_write")
        try:
            written = await self._api.write(operation, request)
        except LOST as error:
            log.warning("a write's answer was lost", extra={"operation": operation.name, "error": error})
            return Outcome(await self.look(await self._settle(write, WriteState.UNCLEAR, error.request_id)), error)
        except PandaPonError as error:
            return Outcome(await self._settle(write, WriteState.REFUSED, error.request_id, error.code), error)
        except BaseException:  # the time is up, or a fault of our own: the call may have been made
            self._mark_unclear(write)
            raise
        self._point("after_write")
        return Outcome(await self._settle(write, WriteState.DONE, written.request_id))

    async def look(self, write: Write) -> Write:
        """Look for an unclear write in the cart. Returns its record, as it was where PandaPon does not answer."""
        if write.state is not WriteState.UNCLEAR:
            return write
        if write.change is None:
            return await self._settle(write, WriteState.UNKNOWABLE)
        change = write.change
        variant = Variant(change.platform, change.product_id, change.sku_id, change.spec_id)
        try:
            seen = variant.pieces(await self._api.cart(change.platform))
        except PandaPonError as error:
            log.info("an unclear write cannot be looked for yet", extra={"error": error})
            return write
        end = judge(change, seen, self._clock() - write.begun_at)
        return await self._settle(write, end) if end else write

    async def _settle(self, write: Write, state: WriteState, request_id: str = "", reason: str = "") -> Write:
        """Record a new state; where somebody else recorded one meanwhile, return that. Raises StorageError."""
        now = self._clock()
        try:
            await self._store.writes.settle(write.id, state, now, request_id=request_id, reason=reason)
        except TransitionError:
            return await self._store.writes.get(write.id) or write
        return replace(
            write,
            state=state,
            request_id=request_id or write.request_id,
            reason=reason or write.reason,
            settled_at=None if state in OPEN else now,
        )

    def _mark_unclear(self, write: Write) -> None:
        marking = asyncio.ensure_future(self._settle(write, WriteState.UNCLEAR))
        self._marking.add(marking)
        marking.add_done_callback(self._marking.discard)

    async def note_refusal(self, act: Act, operation: str, reason: str) -> None:
        """Record an attempt that was refused before anything was sent. ``reason``: a word of the bot."""
        now = self._clock()
        await self._store.writes.begin(
            Write(
                id=new_id(),
                dedup_key=act.key,
                operation=operation,
                actor=act.actor,
                channel=act.channel,
                begun_at=now,
                state=WriteState.REFUSED,
                reason=reason,
                settled_at=now,
            )
        )


def new_id() -> str:
    """Return an opaque id that nobody can guess."""
    return secrets.token_urlsafe(18)
