"""Decides what a reading changes in the store, for the poller and for a person's lookup alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier import read_entry
from pandapon.shipment import Milestone, OrderRef
from storage.poll import Changed, DueOrder, Unchanged
from tracking.cadence import Cadence
from tracking.decide import decide
from tracking.orders import FetchedOrder
from tracking.policy import Policy, next_poll_and_alarm
from tracking.stalls import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.orders.reading import PollOutcome
    from pandapon.models import Order
    from tracking.decide import Decision
    from tracking.orders import StoredOrder


_LIMITS = Limits()


class Decider:
    """Holds this installation's policy."""

    def __init__(
        self,
        cadence: Cadence | None = None,
        limits: Callable[[], Limits] = lambda: _LIMITS,
        *,
        names: bool = True,
        is_trusted: Callable[[], bool] = lambda: True,
        on_unread: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """``limits`` returns the present limits of silence. ``names``: see Policy. ``is_trusted``: is the clock right?

        ``on_unread`` gets the number of new entries whose words the bot cannot read; it is not called with 0.
        """
        self._cadence, self._limits, self._names = cadence or Cadence(), limits, names
        self._is_trusted, self._on_unread = is_trusted, on_unread
        self._policy = Policy(self._cadence, names=names)

    @property
    def policy(self) -> Policy:
        """The present policy: the same object until a limit or the trust in the clock changes."""
        limits, trusts_clock = self._limits(), self._is_trusted()
        if self._policy.limits is not limits or self._policy.trusts_clock is not trusts_clock:
            self._policy = Policy(self._cadence, limits, self._names, trusts_clock)
        return self._policy

    def decide(
        self, stored: StoredOrder | None, reading: PollOutcome, now: datetime, *, baseline: bool = False
    ) -> Decision:
        """See :func:`tracking.decide.decide`. ``stored``: None for a new order. ``reading.fetched`` may not be None."""
        decided = self._decided(stored, reading, now, baseline=baseline)
        if unread := sum(not read_entry(node.text, node.code).understood for node in decided.new_nodes):
            self._on_unread(unread)
        return decided

    def _decided(self, stored: StoredOrder | None, reading: PollOutcome, now: datetime, *, baseline: bool) -> Decision:
        if stored is None:
            assert reading.fetched is not None, "nothing differs"
            return decide(None, reading.fetched, now, self.policy, baseline=baseline)
        fetched = reading.parsed_beside(stored.shipment, stored.order.created_at if stored.order else None)
        return decide(stored, fetched, now, self.policy, baseline=baseline)

    def decide_listed(self, stored: StoredOrder, order: Order, now: datetime) -> Decision:
        """Decide what follows from an entry of PandaPon's list of orders, which has no trace."""
        return decide(stored, FetchedOrder(order.ref, order), now, self.policy)

    def unchanged(self, due: DueOrder, now: datetime) -> Unchanged:
        """Return the record of an unchanged reading: the next reading, and the alarm time of an unpaid order."""
        order = due.order if due.milestone is Milestone.ORDERED else None
        moved_at, ref = due.moved_at or due.created_at, OrderRef.from_key(due.key)
        again, pay_at = next_poll_and_alarm(
            ref,
            order,
            self.policy,
            now,
            milestone=due.milestone,
            moved_at=moved_at,
            final_at=due.final_at,
            open_until=due.refund_open_until,
        )
        return Unchanged(due.key, due.fence, again, pay_at)

    def result(self, due: DueOrder, stored: StoredOrder, reading: PollOutcome, now: datetime) -> Changed | Unchanged:
        """Return the record of a due order whose reading differs."""
        decided = self.decide(stored, reading, now, baseline=not due.polls)
        is_same = reading.fingerprint == due.fingerprint and decided.late_at == due.late_at
        if is_same and not decided.has_something_new:
            return self.unchanged(due, now)
        return Changed(decided, due.fence, reading.fingerprint)
