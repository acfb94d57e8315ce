"""`GET /metrics`: figures in the text form that Prometheus reads. No ids, no names, no contents."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from bot.process.version import VERSION
from storage.errors import StorageError
from storage.post import PostState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.jobs.poll import Poller
    from bot.process.scheduler import Scheduler
    from storage.store import Store
    from storage.upkeep import Health
    from tracking.circuit_breaker import CircuitBreaker

NOT_SENT = (PostState.PENDING, PostState.SENDING, PostState.UNCERTAIN, PostState.HELD, PostState.FAILED)


def routes(
    store: Store, clock: Callable[[], datetime], poller: Poller, breaker: CircuitBreaker, scheduler: Scheduler
) -> list[web.RouteDef]:
    """Return the route of ``/metrics``."""

    async def metrics(_request: web.Request) -> web.Response:
        now = clock()
        try:
            health = await store.upkeep.health(now)
        except StorageError as error:
            return web.Response(text=f"the database does not answer: {error}", status=HTTPStatus.SERVICE_UNAVAILABLE)
        lines = [*_of_store(health, now), *_of_machine(health), *_of_process(poller, breaker, scheduler)]
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")

    return [web.get("/metrics", metrics)]


def _of_store(health: Health, now: datetime) -> Iterator[str]:
    yield from _gauge("orders", "Orders known.", health.orders)
    yield from _gauge("orders_due", "Orders that are due.", health.due)
    yield from _gauge("orders_stale", "Orders whose last reading failed.", health.stale_orders)
    yield from _gauge("oldest_due_seconds", "How long the oldest due order has been due.", _age(health.oldest_due, now))
    yield from _gauge("watches", "Watches.", health.watches)
    yield from _gauge("watches_paused", "Watches whose channel refuses posts.", health.paused)
    yield "# HELP pandabot_posts Messages that were not sent, by state."
    yield "# TYPE pandabot_posts gauge"
    for state in NOT_SENT:
        yield f'pandabot_posts{{state="{state.value}"}} {health.outbox.get(state, 0)}'
    yield from _gauge(
        "oldest_post_seconds", "How long the oldest waiting message waits.", _age(health.oldest_post, now)
    )


def _of_machine(health: Health) -> Iterator[str]:
    yield from _gauge("database_writable", "1 while the database can be written.", int(health.trouble is None))
    yield from _gauge("wal_bytes", "Bytes of the database's write-ahead log.", health.wal_bytes)
    if health.disk_free is not None:
        yield from _gauge("disk_free_bytes", "Bytes left on the database's disk.", health.disk_free)


def _of_process(poller: Poller, breaker: CircuitBreaker, scheduler: Scheduler) -> Iterator[str]:
    yield from _gauge("pandapon_up", "1 while PandaPon answers.", int(breaker.down_since is None))
    if (since := poller.since_tick) is not None:  # before the first tick there is none, and 0 would be wrong
        yield from _gauge("last_tick_seconds", "Since the poller last looked.", round(since.total_seconds(), 3))
    stopped = scheduler.stopped(busy={"poll": poller.alive_at})
    yield from _gauge("jobs_stopped", "1 while a job of the scheduler shows no sign of life.", int(stopped is not None))
    yield "# HELP pandabot_info The version."
    yield "# TYPE pandabot_info gauge"
    yield f'pandabot_info{{version="{VERSION}"}} 1'


def _gauge(name: str, text: str, value: float) -> Iterator[str]:
    yield f"# HELP pandabot_{name} {text}"
    yield f"# TYPE pandabot_{name} gauge"
    yield f"pandabot_{name} {value}"


def _age(since: datetime | None, now: datetime) -> float:
    return round(max(0.0, (now - since).total_seconds()), 3) if since else 0.0
