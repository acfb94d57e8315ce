"""The log says once that Socket Mode fails and once that it works again; a refused app token is named."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import aiohttp
import pytest
from pydantic import SecretStr
from support.bot_harness import BotHarness, running
from support.patience import until

from bot import running as bot_running
from bot.process.errors import StartError
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from bot.clients.socket_mode import MonitoredClient

OPENS = "apps.connections.open"
TRIES = 5


def connection_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what warns of the connection, with the libraries' own records."""
    about = ("slack_sdk", "slack_bolt", "bot.clients.socket_mode")
    return [record.getMessage() for record in caplog.records if record.name.startswith(about)]


def client_of(harness: BotHarness) -> MonitoredClient:
    assert harness.bot is not None
    assert harness.bot._socket is not None
    return harness.bot._socket.client


async def reason(harness: BotHarness) -> str:
    assert harness.bot is not None
    address = f"http://127.0.0.1:{harness.bot.http_port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return str((await answer.json()).get("reason", ""))


async def lose(harness: BotHarness, fault: Fault) -> None:
    """End the connection, and let the next tries to connect meet the fault."""
    client = client_of(harness)
    client.ping_interval = 0.02
    harness.slack.faults.plan(fault)
    assert client.current_session is not None
    await client.current_session.close()
    await until(lambda: fault.times <= 10_000 - TRIES)


async def test_a_lost_slack_is_told_once_and_its_return_once(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is tried."""
    caplog.set_level(logging.INFO)
    caplog.clear()
    await lose(harness, Fault(OPENS, times=10_000, drop=True))
    assert connection_warnings(caplog) == ["Socket Mode cannot connect, it is tried again"]
    assert (await reason(harness)).startswith("Socket Mode is not connected (")
    harness.slack.faults.clear()
    await until(lambda: not client_of(harness).state.trouble)
    assert connection_warnings(caplog) == [
        "Socket Mode cannot connect, it is tried again",
        "Socket Mode is connected again",
    ]
    assert not any(record.exc_info for record in caplog.records)
    client_of(harness).ping_interval = 10
    assert "running normally" in await harness.ask("/panda status")


async def test_a_token_that_is_refused_meanwhile_is_named(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """/readyz and the log say which token it is."""
    caplog.clear()
    await lose(harness, Fault(OPENS, times=10_000, error="token_revoked"))
    assert connection_warnings(caplog) == ["Slack refuses SLACK_APP_TOKEN, nobody is answered"]
    assert await reason(harness) == "Slack refuses SLACK_APP_TOKEN (token_revoked)"


async def test_slack_unreachable_at_the_start_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot starts and connects when Slack is there."""
    monkeypatch.setattr(bot_running, "CONNECT_SECONDS", 0.5)
    async with running(tmp_path) as harness:
        await harness.stop_bot()
        caplog.clear()
        harness.slack.faults.plan(Fault(OPENS, times=10_000, drop=True))
        await harness.start_bot()
        assert connection_warnings(caplog) == ["Socket Mode cannot connect, it is tried again"]
        assert not any(record.exc_info for record in caplog.records)


async def test_a_wrong_app_token_ends_the_start(tmp_path: Path) -> None:
    """As a wrong bot token does, with what to do."""
    async with running(tmp_path) as harness:
        await harness.stop_bot()
        harness.extra["slack_app_token"] = SecretStr("xapp-wrong")
        with pytest.raises(StartError, match=r"SLACK_APP_TOKEN \(invalid_auth\)\. Make an app-level token"):
            await harness.start_bot()
