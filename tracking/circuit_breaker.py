"""Holds back requests to a source that is down, so that an outage costs a few probes instead of full rounds."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pandapon.waits import LONGEST

if TYPE_CHECKING:
    from datetime import datetime


class Transition(Enum):
    """How a result changed the state of the source. A caller logs one line unless it is NONE."""

    NONE = "none"
    DOWN = "down"
    UP = "up"


class Outage(NamedTuple):
    """A breaker's knowledge of its source, which several processes may share. Times are aware."""

    down_since: datetime | None = None  # None: the source answers
    waits: int = 0  # successive waits that ended with a failed probe or another refusal
    closed_until: datetime | None = None  # no request leaves before then

    def joined(self, other: Outage) -> Outage:
        """Return the joint knowledge of two processes: in an outage the other's, else the longer of two pauses."""
        if self.down_since or other.down_since or self.closed_until is None:
            return other
        until = max(self.closed_until, other.closed_until or self.closed_until)
        return Outage(None, max(self.waits, other.waits), until)


class CircuitBreaker:
    """The breaker of one source, not of one order. It has no clock: every call passes the time (aware)."""

    def __init__(
        self,
        *,
        threshold: int = 5,
        first_wait: timedelta = timedelta(seconds=5),
        longest_wait: timedelta = timedelta(minutes=5),
        probes: int = 1,
        spread: float = 0.5,
    ) -> None:
        """``threshold`` failures in a row open the breaker; after each wait ``probes`` requests test the source.

        Waits begin at ``first_wait`` and double up to ``longest_wait``. ``spread`` in [0, 1), the installation's own
        number, lengthens or shortens each wait by up to 10 %.
        """
        self.down_since: datetime | None = None  # aware; None: the source answers, as far as known
        self._threshold, self._probes = threshold, probes
        self._first, self._longest, self._factor = first_wait, longest_wait, 0.9 + 0.2 * spread
        self._failures = 0  # in a row, while closed
        self._waits = 0  # waits in a row that ended with a failed probe
        self._closed_until: datetime | None = None  # no request before then
        self._first_failure: datetime | None = None
        self._probing = False

    @property
    def waits_until(self) -> datetime | None:
        """The time (aware) before which no request leaves; None: nothing holds them back."""
        return self._closed_until

    @property
    def outage(self) -> Outage:
        """The knowledge of the source that processes share."""
        return Outage(self.down_since, self._waits, self._closed_until)

    @property
    def is_well(self) -> bool:
        """Whether no outage, pause or wait is known: then an answer changes nothing that processes share."""
        return self.down_since is None and self._closed_until is None and not self._waits

    def adopt(self, outage: Outage, now: datetime) -> Transition:
        """Take over the knowledge of another process or an earlier one. It also settles a probe that is under way."""
        was_down, until = self.down_since is not None, outage.closed_until
        self.down_since, self._waits, self._probing = outage.down_since, outage.waits, False
        self._closed_until = min(until, now + LONGEST) if until else None
        if was_down == (self.down_since is not None):
            return Transition.NONE
        self._failures, self._first_failure = 0, None
        return Transition.UP if was_down else Transition.DOWN

    def allow(self, now: datetime, wanted: int) -> int:
        """Return how many of ``wanted`` requests may leave now.

        While the source is down, each grant of probes starts the next wait at once. So a grant that the caller does not
        use, or whose answer never comes, costs one wait and does not hold requests back for ever.
        """
        if wanted <= 0 or self._is_held(now):
            return 0
        if self.down_since is None:
            self._closed_until = None
            return wanted
        self._probing = True
        self._closed_until = now + self._wait()
        return min(wanted, self._probes)

    def record_success(self, now: datetime) -> Transition:
        """Record an answer. It counts in an outage only while a probe is under way, and it never counts in a pause."""
        if self.down_since is not None and not self._probing:
            return Transition.NONE
        if self.down_since is None and self._is_held(now):
            return Transition.NONE
        return self._close()

    def record_failure(self, now: datetime) -> Transition:
        """Record a missing answer, or an answer by which the source reports its own failure."""
        if self.down_since is not None:
            self._probe_failed(now)
            return Transition.NONE
        self._first_failure = self._first_failure or now
        self._failures += 1
        if self._failures < self._threshold:
            return Transition.NONE
        self.down_since, self._waits = self._first_failure, 0
        opened_until = now + self._wait()
        # A pause that the source asked for still holds.
        self._closed_until = max(opened_until, self._closed_until or opened_until)
        return Transition.DOWN

    def record_rate_limit(self, now: datetime, retry_after: float | None = None) -> Transition:
        """Record that the source asks for a pause of ``retry_after`` seconds (None: a doubling wait): the source is up.

        Refusals of one burst of requests may lengthen the pause, but count as one refusal.
        """
        if self.down_since is not None and not self._probing:
            return Transition.NONE
        if self.down_since is None and self._is_held(now):
            waits = max(self._waits, 1)
        else:
            waits = 1 if self.down_since is not None else self._waits + 1
        transition, until = self._close(), self._closed_until
        self._waits = waits
        wait = self._wait(waits - 1) if retry_after is None else timedelta(seconds=max(0.0, retry_after))
        pause = now + min(wait, LONGEST)
        self._closed_until = max(pause, until or pause)
        return transition

    def clock_moved(self, by: timedelta) -> None:
        """Shift every stored time by ``by`` after the caller's clock was set: the rest of a wait stays as long."""
        moved = [at + by if at else None for at in (self.down_since, self._first_failure, self._closed_until)]
        self.down_since, self._first_failure, self._closed_until = moved

    def _close(self) -> Transition:
        transition = Transition.NONE
        if self.down_since is not None:
            transition, self._closed_until = Transition.UP, None
        self.down_since = self._first_failure = None
        self._failures = self._waits = 0
        self._probing = False
        return transition

    def _probe_failed(self, now: datetime) -> None:
        """Lengthen the wait if a probe failed; a request that left before the breaker opened may fail later, too."""
        if not self._probing:
            return
        self._probing = False
        self._waits += 1
        self._closed_until = now + self._wait()

    def _is_held(self, now: datetime) -> bool:
        return self._closed_until is not None and now < self._closed_until

    def _wait(self, waits: int | None = None) -> timedelta:
        exponent = min(self._waits if waits is None else waits, 16)
        return min(self._first * (1 << exponent) * self._factor, self._longest)
