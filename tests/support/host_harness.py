"""A process that serves two workspaces, with a Slack of several teams, a PandaPon of two accounts, and PostgreSQL."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import psycopg
from aiohttp import web
from pydantic import SecretStr
from support import postgres
from support.bot_harness import START, TICK, BotHarness
from support.patience import until

from bot.commands import manifest
from bot.roles import ALL
from bot.workspaces.host import Host
from bot.workspaces.settings import HostSettings
from bot.workspaces.vault import new_key
from handlers.features.all import FEATURES
from handlers.interactions.ports import AccountKeys
from sandbox.clock import SimClock
from sandbox.loopback import serve
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.goods import PICTURES_HOST
from sandbox.pandapon.server import PandaPonServer
from sandbox.slack.host import SlackHost

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from bot.running import Bot
    from handlers.commands.declarations import Feature
    from sandbox.pandapon.world import World
    from sandbox.slack.host import Team

CLIENT, CLIENT_SECRET, SIGNING = "111.222", "client-secret-canary-0001", "hosted-signing-secret"
A, B, UNKNOWN = "T0AAAAAA1", "T0BBBBBB2", "T0CCCCCC3"
CANARY = "绝密甲社"  # stands in every text of the account of the workspace A
MEI, TOM = "U0MEI00001", "U0TOM00002"
OFFSET = 7_000_000_000  # by which the ids of A's orders differ from those of the demo


def keys_of(team: str) -> AccountKeys:
    """The keys of a workspace's account."""
    return AccountKeys(f"key-{team}", f"secret-of-{team}-0123456789", "2100007341207")


def marked(world: World) -> World:
    """Put a canary into every text of a world and give its orders other ids. Returns the same world."""
    orders = list(world.orders.values())
    world.orders.clear()
    for order in orders:
        order.order_id = str(int(order.order_id) + OFFSET)
        order.seller += CANARY
        order.lines = [replace(line, title=line.title + CANARY) for line in order.lines]
        for package in order.packages:
            package.scans = [replace(scan, text=scan.text + CANARY) for scan in package.scans]
        world.add_order(order)
    world.goods = tuple(
        replace(goods, title=goods.title + CANARY, seller=goods.seller + CANARY) for goods in world.goods
    )
    return world


@dataclass
class Accounts:
    """A PandaPon with several accounts at one address: the access key decides which stand-in answers."""

    servers: dict[str, PandaPonServer] = field(default_factory=dict)
    base_url: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner, self.base_url = await serve(app)
        for server in self.servers.values():
            server.base_url = self.base_url
            server.account.pay_pages = self.base_url

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("access-key", "")
        server = self.servers.get(key) or next(iter(self.servers.values()))
        return await server._on_request(request)


class WorkspaceHarness(BotHarness):
    """The steps of a test in one workspace of a process that serves several."""

    def __init__(self, host: HostHarness, team: Team, pandapon: PandaPonServer) -> None:
        self.host, self.team = host, team
        self.slack, self.pandapon, self.world = team.server, pandapon, pandapon.world
        self.clock, self.folder = host.clock, host.folder

    @property
    def bot(self) -> Bot:  # type: ignore[override]  # the process has it
        assert self.host.host is not None
        workspace = self.host.host.registry.find([self.team.id])
        assert workspace is not None
        assert workspace.bot is not None, workspace.reason
        return workspace.bot

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Rows of the workspace's schema."""
        return self.host.rows(sql, f"team_{self.team.id.lower()}")


class HostHarness:
    """A process that serves several workspaces, and the stand-ins around it. At first no workspace is installed."""

    def __init__(self, folder: Path, extra: dict[str, Any]) -> None:
        self.folder, self.extra = folder, extra
        self.features: Sequence[Feature] = extra.pop("features", FEATURES)
        self.roles = ALL
        self.clock = SimClock(START)
        self.keys = [new_key()]
        self.database = f"host_{secrets.token_hex(6)}"
        self.slack = SlackHost(
            self.clock,
            client_id=CLIENT,
            client_secret=CLIENT_SECRET,
            signing_secret=SIGNING,
            manifest=manifest.read(),
        )
        self.pandapon = Accounts()
        worlds = {A: marked(demo_world(self.clock)), B: demo_world(self.clock)}
        for id_, name in ((A, "Alpha Trading"), (B, "Beta Imports"), (UNKNOWN, "Strangers")):
            self.slack.add(id_, name)
        for id_, world in worlds.items():
            keys = keys_of(id_)
            self.pandapon.servers[keys.access_key] = PandaPonServer(
                world, self.clock, access_key=keys.access_key, access_secret=keys.access_secret
            )
        self.host: Host | None = None

    @property
    def url(self) -> str:
        return postgres.server().url.replace("/postgres?", f"/{self.database}?")

    @property
    def settings(self) -> HostSettings:
        values: dict[str, Any] = {
            "slack_mode": "http",
            "slack_client_id": CLIENT,
            "slack_client_secret": SecretStr(CLIENT_SECRET),
            "slack_signing_secret": SecretStr(SIGNING),
            "slack_api_url": self.slack.api_url,
            "pandabot_keys": SecretStr(",".join(self.keys)),
            "storage_url": SecretStr(self.url),
            "pandapon_base_url": self.pandapon.base_url,
            "http_port": 0,
            "poll_interval_seconds": TICK,
            "cadence_factor": 0,
            "channel_messages_per_second": 20,
            "channel_burst": 20,
            "workspaces_seconds": 0.2,
        }
        return HostSettings(_env_file=None, **(values | self.extra))

    @property
    def base_url(self) -> str:
        assert self.host is not None
        return f"http://127.0.0.1:{self.host.http_port}"

    async def start_host(self) -> Host:
        stand_ins = {PICTURES_HOST: self.pandapon.base_url}
        self.host = Host(self.settings, clock=self.clock, roles=self.roles, features=self.features, stand_ins=stand_ins)
        await self.host.start()
        self.slack.request_url = f"{self.base_url}/slack/events"
        return self.host

    async def stop_host(self) -> None:
        if self.host is not None:
            await self.host.stop()
            self.host = None

    def of(self, team: str) -> WorkspaceHarness:
        """The steps of a test in a workspace."""
        return WorkspaceHarness(self, self.slack.teams[team], self.pandapon.servers[keys_of(team).access_key])

    # --- an admin's acts ---------------------------------------------------------------------------------------------

    async def visit(self, team: str, base_url: str = "") -> tuple[int, str]:
        """Install the app in a browser, from "Add to Slack" to the end; return the last page's status and text."""
        base_url = base_url or self.base_url
        async with aiohttp.ClientSession() as browser:
            async with browser.get(f"{base_url}/slack/install") as page:
                text, cookies = await page.text(), dict(page.cookies)
            address = urlsplit(text.split('href="')[-1].split('"')[0].replace("&amp;", "&"))
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            code = self.slack.grant(team, MEI)
            sent = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())}
            back = f"{base_url}/slack/oauth_redirect"
            async with browser.get(back, params={"code": code, "state": asked["state"]}, headers=sent) as page:
                return page.status, await page.text()

    async def install(self, team: str) -> WorkspaceHarness:
        """Install the app and wait until the workspace's bot answers."""
        status, page = await self.visit(team)
        assert status == 200, page
        await self.until_state(team, "unconnected", "running")
        return self.of(team)

    async def connect(self, team: str) -> WorkspaceHarness:
        """Install the app and connect it to its account, without the form."""
        await self.install(team)
        assert self.host is not None
        await self.host.accounts.connect(team, keys_of(team), MEI)
        await self.until_state(team, "running")
        return self.of(team)

    async def until_state(self, team: str, *states: str) -> None:
        """Wait until the workspace is in one of these states; ``gone``: until the process does not know it."""

        def state() -> str:
            assert self.host is not None
            workspace = self.host.registry.find([team])
            return workspace.state.value if workspace else "gone"

        await until(lambda: state() in states)

    def rows(self, sql: str, schema: str = "public") -> list[dict[str, Any]]:
        """Rows of the database, with a connection of its own."""
        with psycopg.connect(self.url, autocommit=True, row_factory=psycopg.rows.dict_row) as conn:
            conn.execute(f"SET search_path TO {schema}")
            return conn.execute(sql).fetchall()

    def dump(self, schema: str) -> str:
        """All rows of a schema, as text."""
        listed = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1", schema)
        names = [row["tablename"] for row in listed]
        return "\n".join(f"{name}: {self.rows(f'TABLE {name}', schema)}" for name in names)


@asynccontextmanager
async def hosted(folder: Path, *, starts: bool = True, **extra: Any) -> AsyncIterator[HostHarness]:
    """Start the stand-ins and the process, and stop them in order. ``extra`` are settings."""
    harness = HostHarness(folder, extra)
    admin = postgres.server().url
    await asyncio.to_thread(_sql, admin, f"CREATE DATABASE {harness.database}")
    await harness.pandapon.start()
    try:
        async with harness.slack:
            if starts:
                await harness.start_host()
            try:
                yield harness
            finally:
                await harness.stop_host()
    finally:
        await harness.pandapon.stop()
        await asyncio.to_thread(_sql, admin, f"DROP DATABASE {harness.database} WITH (FORCE)")


def _sql(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(statement)
