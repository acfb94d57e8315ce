"""From a reading to what is recorded of it: decided, scheduled, never raising for one order's sake."""

from __future__ import annotations

import logging
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import records
from pandapon.errors import NotFoundError, PandaPonError, RateLimitError, ServerError, TransportError
from pandapon.shipment import Milestone
from storage.records import Changed, DueOrder, Failed, KnownOrder, PollResult, Unchanged
from tracking.cadence import next_poll, retry_at
from tracking.decide import Decision, decide
from tracking.renumber import live
from tracking.severity import is_only_money
from tracking.stalls import Limits, asks_at, is_pressing, pay_alarm_at, silence, silences, stall_at, too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.reading import OrderReading
    from pandapon.shipment import Stall
    from tracking.cadence import Cadence

log = logging.getLogger(__name__)

DAY, MONEY_A_DAY = timedelta(days=1), 3


class Results:
    """The rules with this installation's intervals and limits."""

    def __init__(self, cadence: Cadence, limits: Callable[[], Limits], *, names: bool = True) -> None:
        """``limits``: of silence, as they are now; they follow what is usual here. ``names``: see :func:`decide`."""
        self._cadence, self._limits, self._names = cadence, limits, names
        self._money: dict[str, list[datetime]] = {}  # when the channel was shown a change of an order's price or refund

    def of(
        self, due: DueOrder, outcome: OrderReading | Exception, stored: KnownOrder | None, now: datetime
    ) -> PollResult:
        """What the store is told. ``stored``: what is known of the order, needed only if it read differently.

        One order that trips the rules, whatever it raises, must not take its whole batch down with it.
        """
        try:
            if isinstance(outcome, PandaPonError):
                return self._failed(due, outcome, now)
            if isinstance(outcome, Exception):
                raise outcome  # noqa: TRY301  logged and put off as what goes wrong here
            return self._read(due, outcome, stored, now)
        except Exception as error:
            log.exception("order %s could not be decided; it is tried again later", due.key)
            again = retry_at(self._cadence, due.fails + 1, now, spread(due.key))
            return Failed(due.key, due.fence, again, type(error).__name__)

    def _read(self, due: DueOrder, outcome: OrderReading, stored: KnownOrder | None, now: datetime) -> PollResult:
        if outcome.fetched is None or stored is None:
            return self._unchanged(due, now)
        known = records.known(stored)
        decision = decide(
            known,
            outcome.beside(known.shipment, known.order.created_at if known.order else None),
            now,
            baseline=not due.polls,
            names=self._names,
        )
        decided = self._calmed(due.key, decision)
        is_same = not (decided.changed or decided.learned) and outcome.fingerprint == due.fingerprint
        if decided.news is None and is_same:
            return self._unchanged(due, now)
        again = self._schedule_after(due, decided, now)
        return changed_result(due.key, due.fence, outcome.fingerprint, decided, again, self._limits())

    def _calmed(self, key: str, decided: Decision) -> Decision:
        """Numbers that flap are told in the thread each time, but a channel is shown only so many a day."""
        if decided.news is None or not is_only_money(decided.news):
            return decided
        recent = [at for at in self._money.get(key, ()) if decided.at - at < DAY]
        if len(recent) >= MONEY_A_DAY:
            return replace(decided, level="node")
        self._money = {one: times for one, times in self._money.items() if decided.at - times[-1] < DAY}
        self._money[key] = [*recent, decided.at]
        return decided

    def _failed(self, due: DueOrder, error: PandaPonError, now: datetime) -> Failed:
        if not isinstance(error, TransportError | ServerError | RateLimitError):
            level = logging.INFO if due.fails == 0 else logging.DEBUG
            log.log(level, "order %s: %s", due.key, error)
        gone = isinstance(error, NotFoundError)
        again = retry_at(self._cadence, due.fails + 1 + 3 * gone, now, spread(due.key))
        return Failed(due.key, due.fence, again, type(error).__name__)

    def _unchanged(self, due: DueOrder, now: datetime) -> Unchanged:
        """It is looked at again; an unpaid one that an older version stored, which knew no such alarm, has one too."""
        milestone = records.due_milestone(due)
        order = records.load_order(due.state.detail) if milestone is Milestone.ORDERED else None
        pay_at = pay_alarm_at(order, milestone, self._limits(), now)
        again = next_poll(
            self._cadence,
            milestone=milestone,
            moved_at=due.state.moved_at,
            created_at=due.created_at,
            final_at=due.state.final_at,
            now=now,
            spread=spread(due.key),
            by=pay_at,
        )
        return Unchanged(due.key, due.fence, again, pay_at)

    def _schedule_after(self, due: DueOrder, decided: Decision, now: datetime) -> datetime | None:
        """When an order that just moved is looked at again."""
        return next_poll(
            self._cadence,
            milestone=decided.milestone,
            moved_at=decided.moved_at,
            created_at=due.created_at,
            final_at=decided.final_at,
            now=now,
            spread=spread(due.key),
            by=pay_alarm_at(decided.order, decided.milestone, self._limits(), now),
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
    found = silences(decided.order, decided.milestone, parcels, limits, decided.at, moved_at=decided.moved_at)
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
        silent=tuple(silence(one) for one in too_long(found, decided.at)),
        stall_at=_stall_at(decided, found, limits),
        is_pressing=is_pressing(found, decided.at),
    )


def _stall_at(decided: Decision, found: Sequence[Stall], limits: Limits) -> datetime | None:
    """When silence has to be looked at. Of what was silent before it was watched only the last question is asked.

    A deadline that is near was not over before it was watched: of that the channel is told at once.
    """
    due = stall_at(found)
    if due is not None and due <= decided.at and decided.is_first and not is_pressing(found, decided.at):
        return asks_at(decided.moved_at, limits, decided.at)
    return due


def spread(key: str) -> float:
    """A stable number in [0, 1) for an order, so that a mass import does not fall due all at once."""
    return zlib.crc32(key.encode()) / 2**32
