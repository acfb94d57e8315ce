"""Sends writes, as no other module does: records each first, sends it once, looks for it if the answer was lost."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.blocks import write_words
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import sentences
from handlers.wire.errors import RequestError
from handlers.writing.in_flight import InFlightWrites
from handlers.writing.plans import Outcome, new_id
from handlers.writing.turns import Turns
from pandapon.errors import (
    ApiError,
    AuthError,
    DecodeError,
    InvalidRequestError,
    PandaPonError,
    ServerError,
    TransportError,
)
from tracking.changes.cart import CartChange
from tracking.writes import OPEN, TransitionError, Write, WriteState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from datetime import datetime

    from handlers.writing.plans import Act, Plan, Verdict
    from pandapon.client import PandaPon
    from storage.store import Store
    from tracking.changes.kinds import Change

log = logging.getLogger(__name__)

T = TypeVar("T")

# A write is sent within this time of its record or not at all: other processes take an older record for a lost write.
SENT_WITHIN = timedelta(minutes=2)
# An unclear write that cannot be verified is left to a person when it is this old.
UNREADABLE_FOR = timedelta(minutes=10)  # if PandaPon refuses the reading that would verify it
SILENT_FOR = timedelta(days=1)  # if PandaPon does not answer that reading
NOT_READABLE, TOO_LATE = "not_readable", "too_late"
LOST = (TransportError, ServerError, DecodeError)  # errors after which PandaPon may or may not have made the change


class BusyError(RequestError):
    """Nothing was sent, since an earlier change of the same thing is unclear or the process stood still: try again.

    The message says so, as Slack text in the person's language.
    """


class StoodStillError(Exception):
    """A call was not made, since its record is older than ``SENT_WITHIN``."""


def _busy() -> BusyError:
    return BusyError(
        _(
            "An earlier change of the same thing is still unclear, so I don't send another one. "
            "Try again in a minute; `/panda audit` shows what became of it."
        )
    )


def _late() -> BusyError:
    return BusyError(sentences([write_words.too_late(), _("Try again.")]))


class Writer:
    """Makes writes, one at a time for each target."""

    def __init__(
        self,
        api: PandaPon,
        store: Store,
        clock: Callable[[], datetime],
        verifiers: Mapping[type[Any], Callable[[PandaPon, Any, timedelta], Awaitable[Verdict | None]]],
        point: Callable[[str], None] = lambda _name: None,
        *,
        on_end: Callable[[WriteState], None] = lambda _state: None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """``verifiers``: by the type of a change, the function that looks for the change after its answer was lost.

        This function gets the change and the time since it was sent, and returns None while it is too early to tell. If
        it raises PandaPonErrors for too long, a person has to find out.
        ``point``: called at the moments at which a test lets the process die. ``on_end`` gets the final state of each
        write that was sent. ``steady``: seconds of a clock that nobody sets.
        """
        self._api, self._store, self._clock, self._verifiers, self._point = api, store, clock, verifiers, point
        self._on_end, self.in_flight = on_end, InFlightWrites(clock, steady)
        self.turn = Turns(store, clock).turn
        self._marking: set[asyncio.Future[Any]] = set()

    async def make(
        self, act: Act, target: str, plan: Callable[[], Awaitable[Plan]], *, is_single: bool = False
    ) -> Outcome:
        """Make a change once, however often it is asked for. ``plan`` makes the call from fresh readings.

        ``target``: the changed thing, as ``change.target`` names it. ``is_single``: a target is changed only once; for
        a repetition, the former write is the outcome. Raises BusyError, UnknownPathError and the errors of ``plan``;
        then nothing was sent. Raises StorageError, also after the call if its outcome cannot be recorded. A
        PandaPonError of the call itself is in the outcome.
        """
        async with self.turn(target):
            if former := await self._store.writes.of_key(act.key):
                return Outcome(await self.verify(former, act.actor))
            await self._require_nothing_unclear(target, act.actor)
            if is_single and (former := await self._store.writes.done_of(target)):
                return Outcome(former)
            made = await plan()
            assert made.change.target == target, "the lock is that of the change"
            self._api.catalogue.path(made.call[0].name)  # raises UnknownPathError before anything is recorded
            return await self._begin(act, made, is_single=is_single)

    async def _require_nothing_unclear(self, target: str, reader: str) -> None:
        earlier = await self._store.writes.open_of(target)
        if earlier and (await self.verify(earlier, reader)).state in OPEN:
            raise _busy()

    async def _begin(self, act: Act, plan: Plan, *, is_single: bool) -> Outcome:
        write = Write(
            id=new_id(),
            dedup_key=act.key,
            operation=plan.call[0].name,
            actor=act.actor,
            channel=act.channel,
            begun_at=self._clock(),
            change=plan.change,
            amount_fen=plan.amount_fen,
            approved_by=plan.approved_by,
        )
        with self.in_flight.sending(write.id):
            former = await self._store.writes.begin(write, is_single=is_single)
            if former is None:
                return await self._send(write, plan)
        if former.state in OPEN and former.dedup_key != act.key:  # begun by another process meanwhile
            raise _busy()
        return Outcome(await self.verify(former, act.actor))

    async def _send(self, write: Write, plan: Plan) -> Outcome:
        operation, request = plan.call
        self._point("before_write")
        try:
            written = await self._api.write(operation, request, ready=partial(self._require_time, write))
        except StoodStillError:
            await self._settle(write, WriteState.REFUSED, reason=TOO_LATE)
            raise _late() from None
        except LOST as error:
            log.warning("a write's answer was lost", extra={"operation": operation.name, "error": error})
            unclear = await self._settle(write, WriteState.UNCLEAR, error.request_id)
            return Outcome(await self.verify(unclear, write.actor), error)
        except PandaPonError as error:
            return Outcome(await self._settle(write, WriteState.REFUSED, error.request_id, error.code), error)
        except BaseException:  # cancelled, or a fault of the bot: the call may have been made
            self._mark_unclear(write)
            raise
        self._point("after_write")
        # PandaPon has made the change, so it is recorded even if the caller is cancelled now.
        settling = self._hold(self._settle(write, WriteState.DONE, written.request_id, made=plan.made(written.answer)))
        return Outcome(await asyncio.shield(settling), answer=written.answer)

    def _require_time(self, write: Write) -> None:
        if max(self._clock() - write.begun_at, self.in_flight.age(write)) > SENT_WITHIN:
            raise StoodStillError

    async def verify(self, write: Write, reader: str = "") -> Write:
        """Look for an unclear write. Returns its record, unchanged while nobody can tell its outcome.

        ``reader``: the Slack id of the person who is shown the record. The write's own actor gets a message about its
        outcome, unless they are this reader or it is a change of the cart, which shows it. Raises StorageError.
        """
        after = await self._verified(write)
        is_news = after.state is not write.state and after.state not in OPEN
        if is_news and reader != write.actor and not isinstance(write.change, CartChange):
            await self._store.writes.tell(self._clock(), after)
        return after

    async def _verified(self, write: Write) -> Write:
        if write.state is not WriteState.UNCLEAR:
            return write
        verifier = self._verifiers.get(type(write.change))
        if verifier is None:  # the type of change is from another version of the bot
            return await self._settle(write, WriteState.UNKNOWABLE)
        try:
            verdict = await verifier(self._api, write.change, self.in_flight.age(write))
        except PandaPonError as error:
            log.info("an unclear write cannot be looked for yet", extra={"error": error})
            return await self._still_unread(write, error)
        return await self._settle(write, verdict.state, made=verdict.made) if verdict else write

    async def _still_unread(self, write: Write, error: PandaPonError) -> Write:
        """Leave a write that cannot be read to a person after some time: an unclear write blocks its target."""
        is_refused = isinstance(error, ApiError | InvalidRequestError) and not isinstance(error, AuthError)
        if self.in_flight.age(write) < (UNREADABLE_FOR if is_refused else SILENT_FOR):
            return write
        return await self._settle(write, WriteState.UNKNOWABLE, reason=NOT_READABLE)

    async def _settle(
        self, write: Write, state: WriteState, request_id: str = "", reason: str = "", made: tuple[str, ...] = ()
    ) -> Write:
        """Record a new state, and return the record; another process's record counts if it came first.

        Raises StorageError.
        """
        now = self._clock()
        try:
            await self._store.writes.settle(write.id, state, now, request_id=request_id, reason=reason, made=made)
        except TransitionError:
            return await self._store.writes.get(write.id) or write
        if state not in OPEN:
            self._on_end(state)
            self.in_flight.forget(write.id)
        return replace(
            write,
            state=state,
            request_id=request_id or write.request_id,
            reason=reason or write.reason,
            settled_at=None if state in OPEN else now,
            made=made or write.made,
        )

    def _mark_unclear(self, write: Write) -> None:
        self._hold(self._settle(write, WriteState.UNCLEAR))

    def _hold(self, recording: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run a recording to its end, even if its caller is cancelled."""
        held = asyncio.ensure_future(recording)
        self._marking.add(held)
        held.add_done_callback(self._marking.discard)
        return held

    async def note_refusal(self, act: Act, operation: str, reason: str, change: Change | None = None) -> None:
        """Record an attempt that was refused before anything was sent. ``reason``: a key of ``write_words.refusal``."""
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
                change=change,
                reason=reason,
                settled_at=now,
            )
        )
