"""The running bot: starts and stops its parts in the right order."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.clients.slack_errors import FAILURES, Verdict, classify
from bot.clients.socket_mode import HOW_TO_MEND, CheckedSocketModeHandler
from bot.process.errors import StartError
from bot.process.garbage import tune_gc
from bot.process.loop import background
from bot.process.service import Service
from bot.process.version import VERSION
from bot.roles import Role
from bot.startup import recover, reread_in_turn, until_done
from bot.web import callbacks, server
from bot.web.connections import Connections
from handlers.interactions.ports import Report
from handlers.listeners import declarations
from handlers.wire import payloads
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from aiohttp import web as aiohttp_web
    from slack_bolt.async_app import AsyncApp

    from bot.clients.breaker import AccountBreaker
    from bot.clients.slack import SlackClient
    from bot.clients.slack_errors import Failure
    from bot.jobs.backups import Backups
    from bot.jobs.deliver import Deliverer
    from bot.jobs.inbox import InboxReader
    from bot.jobs.poll import Poller
    from bot.jobs.timekeeper import Timekeeper
    from bot.process.presence import Presence
    from bot.process.scheduler import Scheduler
    from bot.roles import Part
    from bot.settings import Settings
    from bot.web.callbacks import Callbacks
    from handlers.interactions.context import Context
    from pandapon.client import PandaPon
    from storage.postgres.listen import Listener
    from storage.postgres.wakes import Wake
    from storage.store import Store
    from storage.upkeep import Health

log = logging.getLogger(__name__)

ASK_SECONDS = 5.0  # how long a start waits for Slack to check the token
ASK_AGAIN_SECONDS = 60.0
CONNECT_SECONDS = 10.0  # how long a start waits for Socket Mode; then it connects in the background
STOP_SECONDS = 10.0  # how long a stop waits for answers and for jobs
JOBS = {"posts": "deliver", "due": "poll"}  # the job that another process's notice starts, by the notice's kind


@dataclass
class Bot(Service):
    """The running parts. Use :func:`build`, then ``async with``."""

    settings: Settings
    clock: Callable[[], datetime]
    store: Store
    api: PandaPon
    app: AsyncApp
    slack: SlackClient
    context: Context
    poller: Poller
    deliverer: Deliverer
    scheduler: Scheduler
    breaker: AccountBreaker
    backups: Backups | None
    inbox: InboxReader
    timekeeper: Timekeeper
    presence: Presence | None
    part: Part
    listener: Listener | None
    callbacks: Callbacks
    metrics: tuple[aiohttp_web.RouteDef, ...]
    started_at: datetime
    opened: AsyncExitStack  # closes the database and the network clients after all other parts have stopped
    http_port: int = 0
    is_alone: bool = True  # it has an HTTP server of its own; False: the process serves several bots
    is_working: bool = True  # its jobs run; False: it only answers people
    is_first: bool = True  # the process's first bot on this database; False: a former one may still be sending
    connections: Connections = field(default_factory=Connections)
    _socket: CheckedSocketModeHandler | None = None
    _connecting: asyncio.Task[None] | None = None
    _asking: asyncio.Task[None] | None = None
    _working: asyncio.Task[None] | None = None  # until the jobs run
    _runner: aiohttp_web.AppRunner | None = None

    async def start(self) -> None:
        """Start all parts. Raises StartError when a person must mend something, and UndeclaredError."""
        declarations(self.app)
        await self.timekeeper.begin()
        if self.is_first:
            await recover(self.store, self.clock(), self.part)
        if self.is_alone:
            await self._serve()
        if self.part.roles - {Role.POLL}:  # a poller never calls Slack
            await self._check_token()
        if self.settings.slack_mode == "socket" and Role.WEB in self.part.roles:
            await self._connect()
        if self.is_working:
            # People are answered during this; the first poll comes after it.
            working = asyncio.create_task(
                self._work() if self.is_alone else until_done(self._work), context=background()
            )
            if self.is_alone:
                await working
            self._working = working  # a bot among many goes on: a large workspace takes longer than its start may
        if self.is_alone:
            tune_gc()
        log.info(
            "pandabot is running",
            extra={"version": VERSION, "mode": self.settings.slack_mode, "roles": ",".join(sorted(self.part.roles))},
        )

    async def _work(self) -> None:
        """Read the stored orders by the rules of this version, then start the jobs."""
        await reread_in_turn(self.store, self.clock, self.settings, self.part)
        self.scheduler.start()
        if self.listener is not None:
            self.listener.start()

    async def stop(self) -> None:
        """Accept no new work, finish the work in hand, and close all parts. Safe to call at any stage."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
        self.scheduler.pause()
        if self.listener is not None:
            await self.listener.stop()
        async with AsyncExitStack() as last_to_first:  # a failed step does not stop the others
            last_to_first.push_async_callback(self.opened.aclose)
            if self.presence is not None:
                last_to_first.push_async_callback(self.presence.leave)
            last_to_first.push_async_callback(self.scheduler.stop, STOP_SECONDS)
            last_to_first.push_async_callback(self.deliverer.stop)
            last_to_first.push_async_callback(self._finish_answers)
            last_to_first.push_async_callback(self.inbox.stop)
            last_to_first.push_async_callback(self.poller.stop)
            if self._runner is not None:
                last_to_first.push_async_callback(self._runner.cleanup)
            last_to_first.push_async_callback(self._disconnect)
        log.info("pandabot has stopped")

    def wake(self, kind: Wake) -> None:
        """Run the job that another process's notice asks for: it left posts to send, or orders became due.

        A process without that job ignores the notice.
        """
        self.scheduler.hurry(JOBS[kind])

    async def _disconnect(self) -> None:
        for task in (self._asking, self._connecting):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped

    async def _finish_answers(self) -> None:
        if self.context.in_hand:
            await asyncio.wait(set(self.context.in_hand), timeout=STOP_SECONDS)

    async def _check_token(self) -> None:
        """Raise StartError for a refused token. When Slack does not answer, check again later in the background."""
        failure = await self._ask_slack()
        if failure and failure.verdict is Verdict.TOKEN_REFUSED:
            if not self.is_alone:
                raise StartError(f"Slack refuses the workspace's token ({failure.code}): install the app there again.")
            raise StartError(
                f"Slack refuses SLACK_BOT_TOKEN ({failure.code}). Copy the Bot User OAuth Token "
                "from the app's page (OAuth & Permissions) and start again; `pandabot check` tells more."
            )
        if failure:
            log.warning("Slack does not answer properly yet, it is asked again", extra={"error": failure.code})
            self._asking = asyncio.create_task(self._ask_again(failure))

    async def _ask_slack(self) -> Failure | None:
        """Check the token, and note the workspace's address. Returns the failure; None when Slack takes the token."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await self.slack.auth_test()
        except FAILURES as error:
            return classify(error)
        self.context.links.learn(payloads.text(answer.data, "url"))
        return None

    async def _ask_again(self, failure: Failure | None) -> None:
        """Check again until Slack accepts or refuses the token."""
        while failure and failure.verdict is not Verdict.TOKEN_REFUSED:
            await asyncio.sleep(failure.retry_after or ASK_AGAIN_SECONDS)
            failure = await self._ask_slack()
        if failure:
            self.deliverer.failures.note_token(failure.code)

    async def _serve(self) -> None:
        hears = self.settings.slack_mode == "http" and Role.WEB in self.part.roles
        secret = self.settings.slack_signing_secret if hears else None
        application = server.build(
            partial(server.dispatched, self.app),
            signing_secret=secret.get_secret_value() if secret else None,
            connections=self.connections,
            ready=self._ready,
            routes=self.routes,
        )
        self._runner, self.http_port = await server.listen(application, self.settings, self.connections)

    @property
    def routes(self) -> tuple[aiohttp_web.RouteDef, ...]:
        """The routes beside Slack's: push messages, where this process takes them, and metrics."""
        hears = Role.WEB in self.part.roles
        return (*([callbacks.route(self.callbacks.answer)] if hears else ()), *self.metrics)

    async def _connect(self) -> None:
        assert self.settings.slack_app_token is not None
        token = self.settings.slack_app_token.get_secret_value()
        self._socket = CheckedSocketModeHandler(self.app, token, self.connections.refusals, web_client=self.slack)
        state = self._socket.client.state
        self._connecting = asyncio.create_task(self._socket.connect_async())  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
        refused = asyncio.create_task(state.refused.wait())
        await asyncio.wait({self._connecting, refused}, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        refused.cancel()
        if state.refused.is_set():
            raise StartError(f"{state.sentence()}. {HOW_TO_MEND}")
        if not self._connecting.done() and not state.trouble:
            log.warning("no Socket Mode connection yet, tried again in the background")

    async def _ready(self) -> dict[str, object] | str:
        try:
            health = await self.store.upkeep.health(self.clock())
        except StorageError as error:
            return f"the database does not answer: {error}"
        if health.trouble:
            return f"the database cannot be written: {health.trouble}"
        if self.part.sends and self.deliverer.failures.token_refused:
            return f"Slack refuses the bot's token ({self.deliverer.failures.token_refused})"
        if self._socket is not None and not await self._socket.client.is_connected():
            return self._socket.client.state.sentence()
        if stopped := self.stopped():
            return f"the job {stopped[0]!r} has shown no sign of life for {stopped[1]}"
        return {
            "version": VERSION,
            "watches": health.watches,
            "due": health.due,
            "last_tick": self.last_tick_at.isoformat() if self.last_tick_at else None,
            **(self._among_others(health) if self.part.shares else {}),
        }

    def _among_others(self, health: Health) -> dict[str, object]:
        """Return the roles of this process among several, and the number of processes in each role."""
        return {"roles": sorted(self.part.roles), "worker": self.part.worker, "workers": health.workers}

    def stopped(self) -> tuple[str, timedelta] | None:
        """Return the name of the job that has stopped, and for how long; None when all jobs run."""
        return self.scheduler.stopped(busy={"poll": self.poller.alive_at})

    @property
    def last_tick_at(self) -> datetime | None:
        """When the last tick of the poller began, by the present clock; None before the first tick."""
        since = self.poller.since_tick
        return self.clock() - since if since is not None else None

    def report(self) -> Report:
        """Return the process's part of ``/panda status``."""
        return Report(
            version=VERSION,
            started_at=self.started_at,
            pandapon_ok_at=self.api.answered_at,
            pandapon_down_since=self.breaker.down_since,
            pandapon_error=self.breaker.last_error if self.breaker.down_since else "",
            slack_mode=self.settings.slack_mode,
            last_tick_at=self.last_tick_at,
            stopped=self.stopped(),
            clock_off_by=self.api.skew if self.api.clock_is_off else None,
            poll_interval=self.settings.poll_interval,
            takes_pushes=bool(self.settings.callback_tokens),
            refunds_refused=self.poller.refunds.refused,
            token_refused=self.deliverer.failures.token_refused or self.deliverer.failures.heard_token_refused,
            unknown_refusals=self.deliverer.failures.unknown_refusals.channels_by_code(),
            copies=self.backups.state if self.backups else None,
            polls=Role.POLL in self.part.roles,
        )
