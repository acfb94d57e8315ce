"""Measures the cost of idle workspaces, and how long a post of another process waits, with notices and without.

The bot runs as `python -m bot run`, between stand-ins of Slack and PandaPon in this process, and a PostgreSQL server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from cryptography.fernet import Fernet

from benchmarks.kill import inherited
from benchmarks.postgres_server import PrivateServer, programs
from benchmarks.table import percentile, show
from bot.commands import manifest
from bot.process.clock import utc_now
from bot.workspaces.secrets import AccountSecret, InstallationSecret, seal_account, seal_installation
from bot.workspaces.vault import Vault
from sandbox.pandapon.demo import FIRST, demo_world
from sandbox.pandapon.server import PandaPonServer
from sandbox.slack.host import SlackHost
from storage.post import PostKind
from storage.postgres.database import PostgresServer
from storage.workspaces.opening import open_directory, open_schema
from storage.workspaces.records import Account, Installation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

SIZES = (20, 100)  # idle workspaces
IDLE_SECONDS = 15.0
SCANS = 40  # whose posts are timed
PATIENCE = 120.0
CLIENT = ("1.2", "client-secret", "signing-secret")
KEYS = AccountSecret("bench-key", "bench-secret", "2100007341207", "")
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class World:
    """The stand-ins, the database, and the variables of a process."""

    def __init__(self, server: PrivateServer, database: str) -> None:
        self.clock = utc_now
        self.slack = SlackHost(
            self.clock,
            client_id=CLIENT[0],
            client_secret=CLIENT[1],
            signing_secret=CLIENT[2],
            manifest=manifest.read(),
        )
        self.orders = demo_world(self.clock)
        self.pandapon = PandaPonServer(
            self.orders, self.clock, access_key=KEYS.access_key, access_secret=KEYS.access_secret
        )
        self.key, self.url = Fernet.generate_key().decode(), server.url_of(database)

    @contextlib.asynccontextmanager
    async def process(self, roles: str, **settings: str) -> AsyncIterator[Process]:
        """Run a process of these roles for the length of the block. ``settings``: further variables."""
        port = _free_port()
        environment = {
            "SLACK_MODE": "http",
            "SLACK_CLIENT_ID": CLIENT[0],
            "SLACK_CLIENT_SECRET": CLIENT[1],
            "SLACK_SIGNING_SECRET": CLIENT[2],
            "SLACK_API_URL": self.slack.api_url.rstrip("/"),
            "PANDABOT_KEYS": self.key,
            "STORAGE_URL": self.url,
            "PANDAPON_BASE_URL": self.pandapon.base_url,
            "HTTP_PORT": str(port),
            "LOG_LEVEL": "error",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "run", "--roles", roles),
            env=inherited() | environment | settings,
        )
        try:
            yield Process(process.pid, port)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()

    async def install(self, count: int) -> list[str]:
        """Install the app in ``count`` workspaces, each connected to the same account. Returns their ids."""
        database, vault, now = PostgresServer(self.url), Vault([self.key]), self.clock()
        await database.open()
        directory = await open_directory(database)
        ids = [f"T0BENCH{number:03}" for number in range(count)]
        for id_ in ids:
            token = self.slack.install(id_)
            secret = InstallationSecret(token, "U0BOTPANDA", "B0PANDA01", "A0PANDA01", "U0MEI00001")
            row = Installation(id_, "", id_, id_, seal_installation(vault, id_, secret), now)
            await directory.installations.save(now, row)
            await directory.accounts.save(now, Account(id_, seal_account(vault, id_, KEYS), None, now, ""))
        await database.close()
        return ids


class Process:
    """A running process."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    async def until_running(self, count: int) -> float:
        """Wait until ``count`` bots run; return the seconds that it took."""
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, KeyError):
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if (await answer.json())["workspaces"]["running"] == count:
                            return time.monotonic() - began
                await asyncio.sleep(0.1)

    @property
    def memory(self) -> float:
        """The resident memory, in MB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6

    @property
    def seconds(self) -> float:
        """The processor time used so far."""
        return _seconds(_stat(self.pid))


def _stat(pid: int | str) -> list[str]:
    """Return the fields of a process from its state on, as proc(5) lists them."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _seconds(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _server_seconds(server: PrivateServer) -> float:
    """Return the processor time that PostgreSQL's present processes have used."""
    root = (server.data / "postmaster.pid").read_text().split()[0]
    total = 0.0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = _stat(path.name)
            if root in {path.name, fields[1]}:
                total += _seconds(fields)
    return total


async def measure() -> None:
    """Print both tables."""
    folder = programs()
    if folder is None:
        print("PostgreSQL is not installed, so workspaces are not measured.")
        return
    server = PrivateServer(folder)
    try:
        idle = [await _idle(server, size) for size in SIZES]
        header = ["workspaces", "memory", "a workspace", "processor", "a workspace", "PostgreSQL's", "a workspace"]
        header += ["first start", "later start"]
        show(f"Idle workspaces in one process, over {IDLE_SECONDS:g} s; shares of a core", header, _rows(idle))
        waits = {notify: await _waits(server, notify) for notify in ("on", "off")}
        show(
            f"Posts that one process queues and another sends, {SCANS} each",
            ["STORAGE_NOTIFY", "median", "95 %", "longest", "of the median without"],
            [_wait_row(notify, values, waits["off"]) for notify, values in waits.items()],
        )
    finally:
        server.remove()


async def _idle(server: PrivateServer, size: int) -> list[float]:
    """Measure idle workspaces: their number, MB, shares of a core (ours, PostgreSQL's), and the starts' seconds."""
    async with _world(server, f"idle_{size}", size) as world:
        await world.install(size)
        async with world.process("web,poll,send,jobs") as process:
            first = await process.until_running(size)
        async with world.process("web,poll,send,jobs") as process:
            later = await process.until_running(size)
            await asyncio.sleep(2)
            before, of_server = process.seconds, _server_seconds(server)
            await asyncio.sleep(IDLE_SECONDS)
            share = (process.seconds - before) / IDLE_SECONDS
            return [size, process.memory, share, (_server_seconds(server) - of_server) / IDLE_SECONDS, first, later]


async def _waits(server: PrivateServer, notify: str) -> list[float]:
    """Return how long each post waited in seconds, from its transaction to Slack's call."""
    async with _world(server, f"waits_{notify}", 1) as world:
        [id_] = await world.install(1)
        team = world.slack.teams[id_]
        quick = {"STORAGE_NOTIFY": notify, "POLL_INTERVAL_SECONDS": "0.2", "CADENCE_FACTOR": "0"}
        quick |= {"CHANNEL_MESSAGES_PER_SECOND": "20", "CHANNEL_BURST": "20"}
        async with world.process("web,send", **quick) as sending, world.process("poll,jobs", **quick) as polling:
            await asyncio.gather(sending.until_running(1), polling.until_running(1))
            world.slack.request_url = f"http://127.0.0.1:{sending.port}/slack/events"
            await team.server.slash("mei", "#orders", "/panda", f"watch {FIRST} all")
            await _until(lambda: _posted(team.server) >= 1)
            for number in range(SCANS):
                posted = _posted(team.server)
                world.orders.add_node(FIRST, f"到达第{number + 1}个分拨中心")
                await _until(lambda posted=posted: _posted(team.server) > posted)
                await asyncio.sleep(0.07 * (number % 7))  # at any moment between two looks of the sender
        return await _read_waits(world, id_)


async def _read_waits(world: World, id_: str) -> list[float]:
    database = PostgresServer(world.url)
    await database.open()
    store = await open_schema(database, f"team_{id_.lower()}")
    rows = await store.engine.read(
        lambda conn: conn.execute(
            "SELECT created_at, sent_at FROM outbox WHERE kind = ? AND sent_at IS NOT NULL", (PostKind.NEWS,)
        ).fetchall()
    )
    await database.close()
    return [(row["sent_at"] - row["created_at"]) / 1e6 for row in rows]


def _posted(server: Any) -> int:
    return sum(call.method == "chat.postMessage" and bool(call.answer.get("ok")) for call in server.calls)


async def _until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  it waits for another process
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def _world(server: PrivateServer, database: str, size: int) -> AsyncIterator[World]:
    import psycopg  # noqa: PLC0415  an extra

    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {database}")
    world = World(server, database)
    for number in range(size):
        world.slack.add(f"T0BENCH{number:03}", f"Team {number}")
    await world.pandapon.start()
    try:
        async with world.slack:
            yield world
    finally:
        await world.pandapon.stop()


def _rows(measured: Sequence[list[float]]) -> list[list[str]]:
    rows, base = [], measured[0]
    for size, memory, share, of_server, first, later in measured:
        each = (memory - base[1]) / (size - base[0]) if size != base[0] else 0.0
        growth = f"{each:.2f} MB" if each else "–"
        costs = [f"{share:.0%}", f"{share / size:.2%}", f"{of_server:.0%}", f"{of_server / size:.2%}"]
        rows.append([f"{size:g}", f"{memory:.0f} MB", growth, *costs, f"{first:.0f} s", f"{later:.0f} s"])
    return rows


def _wait_row(notify: str, values: list[float], without: list[float]) -> list[str]:
    median, base = percentile(values, 0.5), percentile(without, 0.5)
    times = [f"{value * 1000:.0f} ms" for value in (median, percentile(values, 0.95), max(values))]
    return [notify, *times, f"{median / base:.2f}"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
