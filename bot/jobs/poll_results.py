"""Turns the outcome of a poll into the record for the store. A failing order never raises."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from pandapon.errors import NotFoundError, PandaPonError, RateLimitError, ServerError, TransportError
from storage.poll import DueOrder, Failed, PollResult
from tracking.cadence import retry_at, spread

if TYPE_CHECKING:
    from datetime import datetime

    from bot.orders.decider import Decider
    from bot.orders.reading import PollOutcome
    from tracking.orders import StoredOrder

log = logging.getLogger(__name__)


def poll_result(
    decider: Decider, due: DueOrder, outcome: PollOutcome | Exception, stored: StoredOrder | None, now: datetime
) -> PollResult:
    """Return the record of one reading.

    ``stored``: the order as the store has it; None when nothing differs. An exception in the rules becomes a failed
    reading of this order alone, so that the other readings of its batch are recorded.
    """
    if isinstance(outcome, PandaPonError):
        return _failed(decider, due, outcome, now)
    with isolated(log, "order not decided, tried again later", order=due.key) as item:
        if isinstance(outcome, Exception):
            raise outcome
        if outcome.fetched is None or stored is None:
            return decider.unchanged(due, now)
        return decider.result(due, stored, outcome, now)
    assert item.error is not None
    return _retried(decider, due, item.error, due.fails + 1, now)


def _failed(decider: Decider, due: DueOrder, error: PandaPonError, now: datetime) -> Failed:
    if not isinstance(error, TransportError | ServerError | RateLimitError):
        level = logging.INFO if due.fails == 0 else logging.DEBUG
        log.log(level, "order not read", extra={"order": due.key, "error": error})
    return _retried(decider, due, error, due.fails + 1 + 3 * isinstance(error, NotFoundError), now)


def _retried(decider: Decider, due: DueOrder, error: Exception, fails: int, now: datetime) -> Failed:
    again = retry_at(decider.policy.cadence, fails, now, spread(due.key))
    return Failed(due.key, due.fence, again, type(error).__name__)
