"""The counters and histograms behind ``/metrics``. Each bot has a registry of its own: a process may run several.

No label holds an id, a name or a content: the values of every label come from an enum.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from storage.poll import Changed, Failed, Unchanged
from storage.post import PostKind
from tracking.values import Severity
from tracking.writes import OPEN, WriteState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from prometheus_client.metrics import MetricWrapperBase

    from storage.poll import DueOrder, PollResult
    from storage.post import Post

M = TypeVar("M", bound="MetricWrapperBase")

# Otherwise the library adds to each series a second one with the time of its creation.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped

WAITS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600)  # seconds
ANSWERS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 60, 120)  # seconds


class ReadingOutcome(StrEnum):
    """The outcome of a reading of an order."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FAILED = "failed"


class Service(StrEnum):
    """A service that limits the rate of requests."""

    SLACK = "slack"
    PANDAPON = "pandapon"


class InTime(StrEnum):
    """Whether an answer was ready within ``ANSWER_SECONDS``."""

    YES = "yes"
    NO = "no"


class Claimed(StrEnum):
    """The kinds of things that a process claims, so that no other process works on them."""

    ORDER = "order"
    POST = "post"


_OUTCOMES = {Unchanged: ReadingOutcome.UNCHANGED, Changed: ReadingOutcome.CHANGED, Failed: ReadingOutcome.FAILED}


class Figures:
    """The counters and histograms of one bot. Each method costs microseconds and raises nothing."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self._lag = Histogram(
            "pandabot_reading_lag_seconds",
            "How long after its due time a reading of an order was recorded.",
            registry=registry,
            buckets=WAITS,
        )
        self._readings = _by(
            ReadingOutcome, Counter("pandabot_readings", "Readings of orders.", ["outcome"], registry=registry)
        )
        self._claims = _by(
            Claimed,
            Counter(
                "pandabot_claims",
                "Orders that were claimed to be read, and messages to be sent.",
                ["item"],
                registry=registry,
            ),
        )
        self._dwell = _by(
            Severity,
            Histogram(
                "pandabot_news_dwell_seconds",
                "From the recording of news to Slack's time of its message; without news that a channel held back.",
                ["severity"],
                registry=registry,
                buckets=WAITS,
            ),
        )
        self._posts = _by(
            PostKind, Counter("pandabot_posts_sent", "Messages that Slack took.", ["kind"], registry=registry)
        )
        self._limits = _by(
            Service,
            Counter(
                "pandabot_rate_limits", "Requests refused since they were too many.", ["service"], registry=registry
            ),
        )
        self._unread = Counter(
            "pandabot_courier_texts_unread", "New entries of couriers that the bot cannot read.", registry=registry
        )
        self._writes = _by(
            (state for state in WriteState if state not in OPEN),
            Counter("pandabot_writes", "Writes to the account, by how they ended.", ["state"], registry=registry),
        )
        self._answers = _by(
            InTime,
            Histogram(
                "pandabot_answer_seconds",
                "From the acknowledgement of a person's act until its answer was ready.",
                ["in_time"],
                registry=registry,
                buckets=ANSWERS,
            ),
        )

    def claimed(self, item: Claimed, count: int) -> None:
        """Count the orders or messages that this process claimed."""
        self._claims[item].inc(count)

    def read(self, batch: Sequence[tuple[DueOrder, PollResult]], now: datetime) -> None:
        """Count a batch of readings that are recorded ``now``."""
        for due, result in batch:
            self._readings[_OUTCOMES[type(result)]].inc()
            if due.due_at is not None:
                self._lag.observe(max(0.0, (now - due.due_at).total_seconds()))

    def posted(self, post: Post, ts: str, news: Iterable[Post]) -> None:
        """Count a message that Slack took under ``ts``. ``news``: the posts whose news it tells first."""
        self._posts[post.kind].inc()
        for told in news:
            if told.severity is not None and not told.was_held:  # held posts waited because their channel wished it
                self._dwell[told.severity].observe(max(0.0, float(ts) - told.created_at.timestamp()))

    def limited_by_slack(self) -> None:
        """Count a request that Slack refused, since there were too many."""
        self._limits[Service.SLACK].inc()

    def limited_by_pandapon(self) -> None:
        """Count a request that PandaPon refused, since there were too many."""
        self._limits[Service.PANDAPON].inc()

    def texts_unread(self, count: int) -> None:
        """Count new entries of couriers that the bot cannot read."""
        self._unread.inc(count)

    def write_settled(self, state: WriteState) -> None:
        """Count a write that ended in this state."""
        self._writes[state].inc()

    def answered(self, seconds: float, is_in_time: bool) -> None:
        """Count an answer to a person, which was ready or given up after ``seconds``."""
        self._answers[InTime.YES if is_in_time else InTime.NO].observe(seconds)


V = TypeVar("V", bound=StrEnum)


def _by(values: Iterable[V], metric: M) -> dict[V, M]:
    """Return the series of a metric by the value of its only label. Each series is served from the start, at zero."""
    return {value: metric.labels(value.value) for value in values}
