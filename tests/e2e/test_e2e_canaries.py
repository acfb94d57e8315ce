"""Canaries through every entrance, at every level, in both of Slack's modes: none is found in the log."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support.bot_harness import CALLBACK_TOKEN, ORDER, BotHarness, running
from support.canaries import SHORT, TEXT, FailingPandaPon, leaks_in, logged, payloads
from support.patience import in_time
from support.raw_http import FORM, hand_over, post, request, send, signed

from bot.process.log import for_bolt
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = ["debug", "info", "warning", "error"]


async def every_entrance(harness: BotHarness) -> None:
    """All that anybody outside can send."""
    assert harness.bot is not None
    port = harness.bot.http_port
    for kind, payload in payloads():
        await in_time(hand_over(harness, kind, payload))
    for path in (f"/pandapon/callbacks/{CALLBACK_TOKEN}", "/pandapon/callbacks/guessed-token-canaryhookpart"):
        for body in (TEXT.encode(), f'{{"messageType": "{SHORT[:20]}", "orderId": "{ORDER}", "x": "canary"}}'.encode()):
            await post(port, body, {"X-Canary": "13912345671"}, path)
    unsigned = TEXT.encode()
    await post(port, unsigned, {"Content-Type": FORM})
    await post(port, unsigned, signed(unsigned, secret="another"))
    await post(port, b"payload=" + unsigned, signed(b"payload=" + unsigned))
    await send(port, request("/slack/events", unsigned, {"Content-Type": "text/plain", "Cookie": "王大山"}))
    await send(port, TEXT.encode() + b"\r\n\r\n")
    await harness.idle()


@pytest.mark.parametrize(("level", "form"), [*((level, "line") for level in LEVELS), ("debug", "json")])
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_what_people_and_strangers_send(tmp_path: Path, mode: str, level: str, form: str) -> None:
    """PandaPon fails in every way meanwhile, with the same canaries in its words."""
    with logged(level, form) as log:
        async with FailingPandaPon() as url, running(tmp_path, mode=mode, pandapon_base_url=url) as harness:
            await every_entrance(harness)
            await harness.several_ticks()
    written = log.getvalue()
    assert leaks_in(written) == []
    if level == "debug":
        assert "PandaPon refused or failed" in written  # the words of the trade are told


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_what_couriers_and_slack_say(tmp_path: Path, mode: str, level: str) -> None:
    """A parcel's scans are told in the channel, and Slack's refusals are handled; neither is quoted in the log."""
    with logged(level) as log:
        async with running(tmp_path, mode=mode) as harness:
            assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
            for error in ("invalid_blocks", "internal_error", "fatal_error"):
                harness.slack.faults.plan(Fault("chat.postMessage", error=error))
                harness.scan(f"{error} {SHORT}")
                await harness.several_ticks()
            harness.slack.faults.plan(Fault("views.open", times=3, error="expired_trigger_id"))
            harness.slack.faults.plan(Fault("chat.postEphemeral", times=3, status=500, text=TEXT))
            await every_entrance(harness)
    assert leaks_in(log.getvalue()) == []


async def test_a_traceback_quotes_nothing(tmp_path: Path) -> None:
    """A fault of ours shows where it is, and not what it stumbled over."""
    with logged("debug") as log:
        for error in (ValueError(TEXT), KeyError(TEXT), RuntimeError(SHORT)):
            try:
                try:
                    raise error
                except Exception as inner:
                    raise LookupError(SHORT) from inner
            except LookupError:
                logging.getLogger("bot").exception("order %s", ORDER)
    written = log.getvalue()
    assert leaks_in(written) == []
    assert "test_e2e_canaries.py" in written
    assert "ValueError" in written
    assert "because of:" in written
    assert ORDER in written


async def test_the_libraries_loggers_are_held_too(tmp_path: Path) -> None:
    """Bolt's own child loggers, warnings, and what nobody caught."""
    with logged("debug") as log:
        async with running(tmp_path, mode="socket"):
            for name in (
                "slack_bolt.AsyncRequestVerification",
                "slack_sdk.web.async_client",
                "httpx",
                "aiohttp.server",
            ):
                for speak in (logging.getLogger(name).debug, logging.getLogger(name).error):
                    speak("Invalid request (body: %s)", TEXT)
            for_bolt().warning("Unhandled request (%s)\n---\n[Suggestion]", TEXT)
            for_bolt().warning("As you gave `client` as well, `token` will be unused.")
            asyncio.get_running_loop().call_exception_handler({"message": TEXT, "exception": ValueError(TEXT)})
    written = log.getvalue()
    assert "Suggestion" not in written
    assert "As you gave" not in written
    # Names and places stand here in a library's own words, which nobody can tell from others: all else is gone.
    assert [secret for secret in leaks_in(written) if secret not in TEXT[:60]] == []


async def test_a_start_is_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the token in the environment, as every operator has it, Bolt warned at each start."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-in-the-environment")
    with logged("info") as log:
        async with running(tmp_path), aiohttp.ClientSession():
            pass
    lines = log.getvalue().splitlines()
    assert all(" bot." in line for line in lines), lines
    assert any("is running" in line for line in lines)
