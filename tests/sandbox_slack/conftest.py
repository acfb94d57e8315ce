"""A stand-in on loopback and Slack's own client for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from support.fake_slack import START, stand_in, web_client
from support.schema_watch import SchemaWatch

from sandbox.clock import SimClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack.server import SlackServer


@pytest.fixture
def clock() -> SimClock:
    return SimClock(START)


@pytest_asyncio.fixture
async def slack(clock: SimClock) -> AsyncIterator[SlackServer]:
    async with stand_in(clock) as server:
        watch = SchemaWatch(server)
        yield server
        assert watch.problems == []  # what it sent and what it accepted, in every test


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return web_client(slack)
