"""`/readyz` and `/metrics` of a process that serves many workspaces. No label names a workspace."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily

from bot.process.version import VERSION
from bot.web import metrics
from bot.workspaces.workspace import State
from storage.errors import StorageError
from storage.upkeep import Health
from storage.workers import by_role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.process.figures import Figures
    from bot.process.server_clock import ServerClock
    from bot.running import Bot
    from bot.workspaces.registry import Registry
    from storage.workspaces.directory import Directory

AT_ONCE = 4  # workspaces whose figures are read at the same time


async def ready(registry: Registry) -> dict[str, object] | str:
    """Return the number of workspaces in each state; or why none of them can be served, as a text.

    The page may be open to everybody, so it says why workspaces failed, and not which ones; the log names them.
    """
    if registry.trouble:
        return f"the shared tables cannot be read: {registry.trouble}"
    failed = sorted({workspace.reason for workspace in registry.all() if workspace.state is State.FAILED})
    counts = {state.value: count for state, count in registry.counts().items()}
    return {"version": VERSION, "workspaces": counts, **({"failed": failed} if failed else {})}


def route(
    registry: Registry,
    directory: Directory,
    clock: Callable[[], datetime],
    figures: Figures,
    *,
    refused: Mapping[str, str],
    server_clock: ServerClock,
) -> web.RouteDef:
    """Return the route of ``/metrics``: the counters of the process, and the gauges of all workspaces together.

    ``refused``: the workspaces whose token Slack does not renew.
    """

    async def answer(_request: web.Request) -> web.Response:
        now, bots = clock(), [workspace.bot for workspace in registry.all() if workspace.bot]
        try:
            together = combined(await _figures_of(bots, now))
            at_work = by_role(await directory.processes.at_work(now))
            await directory.engine.try_again(now)
            server = await directory.engine.condition()
        except StorageError as error:
            return web.Response(text=f"the database does not answer: {error}", status=503)
        gauges = [
            *metrics.of_store(together, now),
            metrics.of_workers(at_work),
            *metrics.of_clock(server_clock.offset),
            metrics.of_writing(together.trouble or server.trouble),
            *metrics.of_engine(server.gauges),
            *_of_workspaces(registry, bots, refused),
        ]
        text = generate_latest(metrics.AllMetrics(gauges, figures)).decode()
        return web.Response(text=text, content_type="text/plain", charset="utf-8")

    return web.get("/metrics", answer)


async def _figures_of(bots: Sequence[Bot], now: datetime) -> list[Health]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(bot: Bot) -> Health:
        async with turns:
            return await bot.store.upkeep.health(now, counts_engine=False)

    return list(await asyncio.gather(*map(ask, bots)))


def combined(healths: Sequence[Health]) -> Health:
    """Return the figures of all workspaces together: numbers are added, and the oldest time is taken."""
    values: dict[str, object] = {}
    for field in dataclasses.fields(Health):
        parts = [getattr(health, field.name) for health in healths]
        given = [part for part in parts if part is not None]
        if field.name == "outbox":
            values[field.name] = sum((Counter(part) for part in given), Counter())
        elif given and all(isinstance(part, int) for part in given):
            values[field.name] = sum(given)
        elif given:
            values[field.name] = min(given, key=_age) if hasattr(given[0], "timestamp") else given[0]
    return Health(**{"orders": 0, "watches": 0, "paused": 0, "due": 0, "oldest_due": None, **values})  # type: ignore[arg-type]  # its fields, by their names


def _age(when: datetime) -> float:
    return when.timestamp()


def _of_workspaces(registry: Registry, bots: Sequence[Bot], refused: Mapping[str, str]) -> Iterator[GaugeMetricFamily]:
    states = GaugeMetricFamily("pandabot_workspaces", "Workspaces of this process, by state.", labels=["state"])
    for state, count in registry.counts().items():
        states.add_metric([state.value], count)
    yield states
    working = [bot for bot in bots if bot.is_working]
    without = sum(bool(bot.deliverer.failures.token_refused) for bot in bots)
    down = sum(bot.breaker.down_since is not None for bot in working)
    stopped = sum(bot.stopped() is not None for bot in working)
    yield metrics.gauge("workspaces_token_refused", "Workspaces whose token Slack refuses.", without)
    ending = sum(workspace.id in refused for workspace in registry.all())
    yield metrics.gauge("workspaces_token_not_renewed", "Workspaces whose token Slack does not renew.", ending)
    yield metrics.gauge("workspaces_pandapon_down", "Workspaces for which PandaPon does not answer.", down)
    yield metrics.gauge("jobs_stopped", "Workspaces in which a job shows no sign of life.", stopped)
    info = GaugeMetricFamily("pandabot_info", "The version.", labels=["version"])
    info.add_metric([VERSION], 1)
    yield info
