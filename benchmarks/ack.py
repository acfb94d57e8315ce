"""How long Slack waits for the acknowledgement of a slash command while the bot polls in the same process.

A second process sends signed commands at a fixed pace, whether or not earlier ones were answered, and times each.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from multiprocessing import Pipe, Process
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.poll import watched_orders
from benchmarks.server import latency_server
from benchmarks.table import percentile, show
from bot import web as bot_web
from handlers.context import Context
from handlers.register import register

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from multiprocessing.connection import Connection

    from bot.jobs.poll import Poller
    from storage.protocol import Store

SECRET = "bench-signing-secret"
PER_SECOND = 25
SECONDS = 20
ORDERS = 2_000
LATENCY = 0.08


@dataclass(frozen=True, slots=True)
class Load:
    """One way of polling beside the commands."""

    name: str
    rate: float  # polls a second, 0: as many as go
    in_flight: int


IDLE = Load("idle", 0, 0)
LOADS = (IDLE, Load("default poll budget (200/s, 64 in flight)", 200, 64), Load("flat out (100 in flight)", 0, 100))


# --- the process that types ---------------------------------------------------------------------------------------


def _typist(pipe_end: Connection) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_type(pipe_end))


async def _type(pipe_end: Connection) -> None:
    """Serve the few Slack calls that the bot makes, and send a salvo of commands whenever asked."""
    slack = web.Application()
    slack.router.add_route("*", "/{tail:.*}", _slack_says_ok)
    runner = web.AppRunner(slack, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    own = f"http://127.0.0.1:{runner.addresses[0][1]}"
    pipe_end.send(own)
    loop = asyncio.get_running_loop()
    while target := await loop.run_in_executor(None, pipe_end.recv):
        pipe_end.send(await _salvo(str(target), own))
    await runner.cleanup()


async def _slack_says_ok(request: web.Request) -> web.Response:
    await request.read()
    known = {"ok": True, "team_id": "T1", "user_id": "UBOT", "bot_id": "B1", "team": "bench", "user": "pandabot"}
    return web.json_response(known)


async def _salvo(target: str, own: str) -> list[float]:
    """Seconds until each command was acknowledged."""
    async with aiohttp.ClientSession() as session:
        tasks = []
        began = time.perf_counter()
        for number in range(PER_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            tasks.append(asyncio.create_task(_command(session, target, own, number)))
        return await asyncio.gather(*tasks)


async def _command(session: aiohttp.ClientSession, target: str, own: str, number: int) -> float:
    fields = {
        "command": "/panda",
        "text": "help",
        "user_id": "U1",
        "team_id": "T1",
        "channel_id": "C1",
        "trigger_id": f"{time.time_ns()}.{number}",
        "response_url": f"{own}/commands/{number}",
    }
    body = urlencode(fields)
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(signature),
    }
    began = time.perf_counter()
    async with session.post(f"{target}/slack/events", data=body, headers=headers) as answer:
        await answer.read()
        assert answer.status == 200, answer.status
    return time.perf_counter() - began


# --- the bot --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _bot(slack_url: str, store: Store, clock: Callable[[], object]) -> AsyncIterator[str]:
    """The production listeners over HTTP; yields the address."""
    app = AsyncApp(client=AsyncWebClient(token="xoxb-1", base_url=f"{slack_url}/api/"), signing_secret=SECRET)
    context = Context(
        api=None,  # type: ignore[arg-type]  # /panda help asks nobody
        store=store,
        tracker=None,  # type: ignore[arg-type]  # the same
        desk=None,  # type: ignore[arg-type]  # the same
        clock=clock,  # type: ignore[arg-type]
        report=None,  # type: ignore[arg-type]  # the same
        wake=lambda: None,
    )
    register(app, context)

    async def ready() -> str:
        return ""

    runner = web.AppRunner(bot_web.build(app, http_mode=True, ready=ready), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _under(load: Load, slack_url: str, ask: Callable[[str], Awaitable[list[float]]]) -> tuple[float, list[float]]:
    """Polls a second, and the seconds of each acknowledgement."""
    with latency_server(LATENCY) as server:
        async with (
            watched_orders(server.url, ORDERS, rate=load.rate, in_flight=load.in_flight or 1, always_due=True) as (
                poller,
                clock,
                store,
            ),
            _bot(slack_url, store, clock) as target,
        ):
            polling = asyncio.create_task(_keep_polling(poller)) if load.in_flight else None
            await asyncio.sleep(1)
            served, began = server.served, time.perf_counter()
            times = await ask(target)
            rate = (server.served - served) / (time.perf_counter() - began)
            if polling is not None:
                await poller.stop()
                await polling
            return rate, times


async def _keep_polling(poller: Poller) -> None:
    while await poller.tick():
        pass


async def measure() -> None:
    """Run it all and print the table."""
    here, there = Pipe()
    typist = Process(target=_typist, args=(there,), daemon=True)
    typist.start()
    slack_url = str(here.recv())
    loop = asyncio.get_running_loop()

    async def ask(target: str) -> list[float]:
        here.send(target)
        return list(await loop.run_in_executor(None, here.recv))

    rows: list[list[str]] = []
    idle = 0.0
    for load in LOADS:
        rate, times = await _under(load, slack_url, ask)
        p50, p99 = percentile(times, 0.5) * 1000, percentile(times, 0.99) * 1000
        idle = idle or p99
        rows.append([load.name, f"{rate:,.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{p99 / idle:.2f} ×"])
    here.send("")
    typist.join()
    title = f"Acknowledging {PER_SECOND} slash commands a second while polling"
    show(title, ["", "polls/s", "ack p50 ms", "ack p99 ms", "p99 of idle"], rows)


if __name__ == "__main__":
    asyncio.run(measure())
