"""`GET /metrics`: figures in the text form that Prometheus reads. No ids, no names, no contents.

Events are counted in :mod:`bot.process.figures`; the present state, the gauges, is read when Prometheus asks.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.process.version import VERSION
from bot.roles import Role
from storage.errors import StorageError
from storage.post import PostState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from prometheus_client import Metric

    from bot.clients.breaker import AccountBreaker
    from bot.jobs.poll import Poller
    from bot.process.figures import Figures
    from bot.process.presence import Presence
    from bot.process.scheduler import Scheduler
    from storage.engine import Gauge
    from storage.store import Store
    from storage.upkeep import Health

NOT_SENT = (PostState.PENDING, PostState.SENDING, PostState.UNCERTAIN, PostState.HELD, PostState.FAILED)


def routes(
    store: Store,
    clock: Callable[[], datetime],
    poller: Poller,
    breaker: AccountBreaker,
    scheduler: Scheduler,
    *,
    presence: Presence | None,
    figures: Figures,
) -> list[web.RouteDef]:
    """Return the route of ``/metrics``. ``presence`` None: the process has a SQLite file to itself."""

    async def metrics(_request: web.Request) -> web.Response:
        now = clock()
        try:
            health = await store.upkeep.health(now)
        except StorageError as error:
            return web.Response(text=f"the database does not answer: {error}", status=HTTPStatus.SERVICE_UNAVAILABLE)
        gauges = [
            *of_store(health, now),
            of_workers(health.workers if store.engine.is_shared else dict.fromkeys(Role, 1)),  # on SQLite: all
            *of_clock(presence.server_clock.offset if presence else 0.0),
            of_writing(health.trouble),
            *_of_file(health),
            *of_engine(health.gauges),
            *_of_process(poller, breaker, scheduler),
        ]
        text = generate_latest(AllMetrics(gauges, figures)).decode()
        return web.Response(text=text, content_type="text/plain", charset="utf-8")

    return [web.get("/metrics", metrics)]


class AllMetrics(Collector):
    """The gauges of this moment, and the counters."""

    def __init__(self, gauges: list[GaugeMetricFamily], figures: Figures) -> None:
        self._gauges, self._figures = gauges, figures

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics. The Prometheus library calls this."""
        yield from self._gauges
        yield from self._figures.registry.collect()


def of_store(health: Health, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield the figures of orders, watches and posts at this moment."""
    yield gauge("orders", "Orders known.", health.orders)
    yield gauge("orders_due", "Orders that are due.", health.due)
    yield gauge("orders_stale", "Orders whose last reading failed.", health.stale_orders)
    yield gauge("oldest_due_seconds", "How long the oldest due order has been due.", _age(health.oldest_due, now))
    yield gauge(
        "oldest_snapshot_seconds",
        "Age of the oldest state that people see of a watched order which is due or whose last reading failed.",
        _age(health.oldest_snapshot, now),
    )
    yield gauge("watches", "Watches.", health.watches)
    yield gauge("watches_paused", "Watches whose channel refuses posts.", health.paused)
    posts = GaugeMetricFamily("pandabot_posts", "Messages that were not sent, by state.", labels=["state"])
    for state in NOT_SENT:
        posts.add_metric([state.value], health.outbox.get(state, 0))
    yield posts
    yield gauge("oldest_post_seconds", "How long the oldest waiting message waits.", _age(health.oldest_post, now))
    yield gauge("lanes_behind", "Channels with a message that has waited for more than a minute.", health.lanes_behind)
    yield gauge("writes_unclear", "Writes to the account whose answer was lost.", health.writes_unclear)
    yield gauge(
        "oldest_unclear_write_seconds",
        "How long ago the oldest unclear write was sent.",
        _age(health.oldest_unclear_write, now),
    )
    yield gauge("approvals_waiting", "Requests that wait for an approver.", health.approvals_waiting)


def of_workers(workers: Mapping[str, int]) -> GaugeMetricFamily:
    """Return the number of processes in each role, the absent ones too."""
    family = GaugeMetricFamily("pandabot_workers", "Processes seen in the last minute, by role.", labels=["role"])
    for role in Role:
        family.add_metric([role.value], workers.get(role.value, 0))
    return family


def of_clock(offset: float | None) -> Iterator[GaugeMetricFamily]:
    """Yield the difference of the clocks, in seconds; nothing before they were compared."""
    if offset is not None:
        text = "How far this process's clock is ahead of the database server's, negative: behind; 0 for a file."
        yield gauge("clock_offset_seconds", text, round(offset, 3))


def of_writing(trouble: StorageError | None) -> GaugeMetricFamily:
    """Return the gauge that tells whether the database can be written."""
    return gauge("database_writable", "1 while the database can be written.", int(trouble is None))


def _of_file(health: Health) -> Iterator[GaugeMetricFamily]:
    yield gauge("wal_bytes", "Bytes of the database's write-ahead log.", health.wal_bytes)
    if health.disk_free is not None:
        yield gauge("disk_free_bytes", "Bytes left on the database's disk.", health.disk_free)


def of_engine(gauges: Mapping[str, Gauge]) -> Iterator[GaugeMetricFamily]:
    """Make families of the figures that only this database engine has."""
    for name, figure in gauges.items():
        labels = [figure.label] if figure.label else []
        family = GaugeMetricFamily(f"pandabot_{name}", figure.meaning, labels=labels)
        for value, number in figure.values.items():
            family.add_metric([value] if figure.label else [], number)
        yield family


def _of_process(poller: Poller, breaker: AccountBreaker, scheduler: Scheduler) -> Iterator[GaugeMetricFamily]:
    yield gauge("pandapon_up", "1 while PandaPon answers.", int(breaker.down_since is None))
    if (since := poller.since_tick) is not None:  # before the first tick there is none, and 0 would be wrong
        yield gauge("last_tick_seconds", "Since the poller last looked.", round(since.total_seconds(), 3))
    stopped = scheduler.stopped(busy={"poll": poller.alive_at})
    yield gauge("jobs_stopped", "1 while a job of the scheduler shows no sign of life.", int(stopped is not None))
    info = GaugeMetricFamily("pandabot_info", "The version.", labels=["version"])
    info.add_metric([VERSION], 1)
    yield info


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    """Return a figure of this moment without labels."""
    return GaugeMetricFamily(f"pandabot_{name}", text, value=value)


def _age(since: datetime | None, now: datetime) -> float:
    return round(max(0.0, (now - since).total_seconds()), 3) if since else 0.0
