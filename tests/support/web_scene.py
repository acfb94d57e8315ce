"""The page on a workspace with another app than the bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient
from support.schema_watch import SchemaWatch

from sandbox.clock import SimClock
from sandbox.pandapon.server import PandaPonServer
from sandbox.pandapon.world import World
from sandbox.slack.server import SlackServer
from sandbox.terminal.sandbox import Sandbox
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from slack_bolt.async_app import AsyncApp


@dataclass
class Scene:
    """A page's server, its workspace, and the check of the traffic with the app."""

    server: WebServer
    slack: SlackServer
    watch: SchemaWatch

    @property
    def address(self) -> str:
        return self.server.base_url

    @property
    def modals(self) -> list[dict[str, Any]]:
        """The open modals of the workspace."""
        return [view for view in self.slack.workspace.views.values() if view["type"] == "modal"]


async def _nothing() -> None:
    pass


@asynccontextmanager
async def scene(manifest: dict[str, Any], build: Callable[[SlackServer], AsyncApp]) -> AsyncIterator[Scene]:
    """Serve the page with an app. Fails at the end if any traffic with the app broke Slack's types."""
    clock = SimClock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    world = World(clock)
    async with SlackServer(clock, manifest=manifest) as slack, PandaPonServer(world, clock=clock) as pandapon:
        watch = SchemaWatch(slack)
        handler = AsyncSocketModeHandler(build(slack), "xapp-sandbox")
        handler.client.web_client = AsyncWebClient(token="xapp-sandbox", base_url=slack.api_url)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        async with WebServer(Sandbox(slack, pandapon, world, clock, _nothing)) as server:
            await server.start()
            yield Scene(server, slack, watch)
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own
        await asyncio.sleep(0)
        assert watch.problems == []
