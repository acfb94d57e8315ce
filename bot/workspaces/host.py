"""The process that serves many workspaces: one HTTP server, the shared tables, and a bot for each workspace."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bot.clients.slack import EXPIRED, slack_session, web_client
from bot.clients.slack_errors import FAILURES, Verdict, classify
from bot.postgres import listener, server_of
from bot.process.clock import utc_now
from bot.process.figures import Figures
from bot.process.garbage import tune_gc
from bot.process.presence import Presence
from bot.process.proxies import hide_from_libraries
from bot.process.service import Service
from bot.process.version import VERSION
from bot.roles import ALL, Role, name_of_process
from bot.web import callbacks, server
from bot.web.connections import Connections
from bot.workspaces import health, installing
from bot.workspaces.accounts import Accounts
from bot.workspaces.launcher import WorkspaceLauncher
from bot.workspaces.registry import Registry
from bot.workspaces.router import Router
from bot.workspaces.secrets import open_installation, require_keys
from bot.workspaces.stores import OAuthStates, SealedInstallations
from bot.workspaces.tokens import Tokens
from bot.workspaces.vault import SealedError, Vault
from handlers.features.all import FEATURES
from storage.workspaces import moves
from storage.workspaces.opening import open_directory, open_schema
from storage.workspaces.schemas import id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.process.server_clock import ServerClock
    from bot.workspaces.settings import HostSettings
    from handlers.commands.declarations import Feature
    from storage.postgres.database import PostgresServer
    from storage.postgres.wakes import Wake

log = logging.getLogger(__name__)


@dataclass
class Host(Service):
    """The running process. Use ``async with``."""

    settings: HostSettings
    clock: Callable[[], datetime] = utc_now
    roles: frozenset[Role] = ALL
    features: Sequence[Feature] = FEATURES
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    connections: Connections = field(default_factory=Connections)
    http_port: int = 0
    _opened: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    async def start(self) -> None:
        """Start serving, and the bots in the background. Raises StartError and StorageError."""
        hide_from_libraries()
        settings, opened = self.settings, self._opened
        self.vault, self.figures = Vault(settings.keys), Figures()
        database = await self._open_database()
        # The presence begins before the bots, so that it leaves after them: `migrate` and `restored` wait for that.
        presence = Presence(self.directory.processes, self.clock, name_of_process(settings), self.roles)
        opened.push_async_callback(presence.leave)
        await presence.tick()
        # This check comes after the tick: a move that did not see this process's row has recorded its beginning by now.
        await self.directory.engine.read(moves.check)
        await opened.enter_async_context(presence.heartbeat())
        session = await opened.enter_async_context(slack_session())
        self.session = session
        self.accounts = Accounts(self.directory, self.vault, settings, self.clock, self._wake)
        self.tokens = Tokens(self.directory, self.vault, settings, session, self.clock)
        opened.push_async_callback(self.tokens.stop)
        self.registry = Registry(self.directory, self._launcher(database), settings.workspaces_seconds)
        opened.push_async_callback(self.registry.stop)
        await self._serve(presence.server_clock)
        self.registry.start()
        self._listen()
        tune_gc()
        log.info("pandabot serves many workspaces", extra={"version": VERSION})

    async def stop(self) -> None:
        """Accept no new work, stop the bots, and close all parts. Safe to call at any stage."""
        await self._opened.aclose()
        log.info("pandabot has stopped")

    async def _open_database(self) -> PostgresServer:
        """Open the connections and the shared tables, and check that the keys open their rows."""
        database = server_of(self.settings)
        self._opened.push_async_callback(database.close)
        await database.open()
        self.directory = await open_directory(database)
        directory = self.directory
        require_keys(self.vault, await directory.installations.listed(), await directory.accounts.listed())
        return database

    def _launcher(self, database: PostgresServer) -> WorkspaceLauncher:
        return WorkspaceLauncher(
            self.accounts,
            self.tokens,
            lambda schema: open_schema(database, schema),
            self.figures,
            self.clock,
            self.features,
            self.roles,
            self.stand_ins,
        )

    async def _serve(self, server_clock: ServerClock) -> None:
        settings, opened = self.settings, self._opened
        hears = Role.WEB in self.roles
        installations = SealedInstallations(self.directory, self.vault, self.clock, self._wake)
        states = OAuthStates(self.directory, self.clock)
        router = Router(self.registry, settings, self.session, self.leave)
        opened.push_async_callback(router.stop)
        assert settings.slack_signing_secret is not None, "its validator requires it in HTTP mode"
        application = server.build(
            router.dispatch,
            signing_secret=settings.slack_signing_secret.get_secret_value() if hears else None,
            connections=self.connections,
            ready=lambda: health.ready(self.registry),
            routes=(
                *(installing.routes(settings, installations, states, self.session) if hears else ()),
                *([callbacks.route(self._take_push)] if hears else ()),
                health.route(
                    self.registry,
                    self.directory,
                    self.clock,
                    self.figures,
                    refused=self.tokens.refused,
                    server_clock=server_clock,
                ),
            ),
        )
        runner, self.http_port = await server.listen(application, settings, self.connections)
        opened.push_async_callback(runner.cleanup)

    async def _take_push(self, request: web.Request) -> web.StreamResponse:
        """Give a push message to the workspace whose token its address holds, and to no other."""
        workspace_callbacks = self.registry.callbacks(request.match_info["token"])
        if workspace_callbacks is None:
            raise web.HTTPNotFound
        return await workspace_callbacks.answer(request)

    async def leave(self, id_: str) -> None:
        """Mark an installation as revoked, if Slack refuses its token.

        A late or repeated event of a former installation must not end the present one.
        """
        if await self._token_works(id_):
            log.info("event of a former installation is passed over", extra={"workspace": id_})
        elif await self.directory.installations.revoke(self.clock(), id_):
            log.info("installation was revoked", extra={"workspace": id_})
            self._wake()

    async def _token_works(self, id_: str) -> bool:
        row = await self.directory.installations.get(id_)
        if row is None or row.revoked_at is not None:
            return False
        try:
            token = open_installation(self.vault, row).bot_token
        except SealedError:
            return False
        bot_settings = self.settings.of_workspace(token, None, None)
        client = web_client(bot_settings, self.session, patient=True, on_rate_limit=self.figures.limited_by_slack)
        try:
            await client.auth_test()
        except FAILURES as error:
            failure = classify(error)
            return failure.verdict is not Verdict.TOKEN_REFUSED or failure.code == EXPIRED  # which renewal mends
        return True

    def _listen(self) -> None:
        """Listen on one connection for other processes' notices of work in any workspace."""
        if (heard := listener(self.settings, self._hear)) is not None:
            self._opened.push_async_callback(heard.stop)
            heard.start()

    def _hear(self, kind: Wake, schema: str | None) -> None:
        """Wake the bot of a schema. ``schema`` None: a notice may have been missed, so all bots are woken."""
        workspace = self.registry.find([id_of(schema or "")])
        for each in self.registry.all() if schema is None else [workspace]:
            if each is not None and each.bot is not None:
                each.bot.wake(kind)

    def _wake(self) -> None:
        self.registry.wake()


async def run(settings: HostSettings, stop: asyncio.Event, roles: frozenset[Role] = ALL) -> None:
    """Do this part of the work for all workspaces until ``stop`` is set. Raises StartError and StorageError."""
    async with Host(settings, roles=roles):
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()
