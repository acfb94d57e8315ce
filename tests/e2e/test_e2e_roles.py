"""A process that answers and one that does the rest, on one PostgreSQL: together they are one bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from pydantic import SecretStr
from support import pgbouncer, postgres
from support.bot_harness import CALLBACK_TOKEN, ORDER, BotHarness, running

from bot.app import build
from bot.roles import ALL, Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

WAYS = {
    "notify": {},
    "no notify": {"storage_notify": "off"},
    "pooler": {"storage_pooler": "on"},
}


@asynccontextmanager
async def parted(folder: Path, way: str, poll_seconds: float) -> AsyncIterator[BotHarness]:
    """One process is the web, the other one all else, and looks for due orders every so many seconds."""
    new_database = pgbouncer.new_database if way == "pooler" else postgres.new_database
    extra: dict[str, Any] = {"storage_url": SecretStr(new_database(folder)), "cadence_factor": 1.0, **WAYS[way]}
    async with running(folder, roles=frozenset({Role.WEB}), **extra) as harness:
        settings = harness.settings.model_copy(update={"poll_interval_seconds": poll_seconds})
        async with await build(settings, clock=harness.clock, roles=ALL - {Role.WEB}):
            yield harness


async def told_after_a_push(harness: BotHarness) -> Message:
    """Watch the order; a scan comes, and PandaPon pushes a message about it to the process that is the web."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    assert harness.bot is not None
    url = f"http://127.0.0.1:{harness.bot.http_port}/pandapon/callbacks/{CALLBACK_TOKEN}"
    message = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messageBody": {"orderId": int(ORDER)}}
    async with aiohttp.ClientSession() as session, session.post(url, json=message) as answer:
        assert answer.status == 200
    [news] = await harness.replies(card, 1)
    return news


@pytest.mark.parametrize("way", list(WAYS))
async def test_a_push_to_one_process_is_told_by_another(tmp_path: Path, way: str) -> None:
    """By a notice or at the next look: once, whichever process posts it."""
    poll_seconds = 3600.0 if way == "notify" else 0.2  # with notices alone, nobody looks by himself within the test
    async with parted(tmp_path, way, poll_seconds) as harness:
        news = await told_after_a_push(harness)
        assert "快件已发往 广州分拨中心" in news.text
        await asyncio.sleep(1)
        [card] = harness.channel("#orders")
        assert len(harness.thread(card)) == 1
        status = await harness.ask("/panda status")
        assert "Checking for updates: on schedule" in status
        assert "not started" not in status


async def test_a_channels_language_reaches_the_process_that_posts(tmp_path: Path) -> None:
    """A person chooses it where they are answered; the other process learns it before long."""
    async with parted(tmp_path, "no notify", 0.2) as harness:
        await harness.ask(f"/panda watch {ORDER}")
        assert harness.bot is not None
        [card] = harness.channel("#orders")
        names = [job for job in harness.bot.scheduler._jobs if job.name == "names"]
        assert [job.every.total_seconds() for job in names] == [30]
        languages = harness.bot.context.languages
        store = harness.bot.store
        settings = (await store.channels.get(card.channel)).settings
        await store.channels.save_settings(
            harness.clock(), card.channel, type(settings)(language="zh_CN"), "U0MEI00001"
        )
        assert languages.of(card.channel) == "en"
        await names[0].run()
        assert languages.of(card.channel) == "zh_CN"


async def test_the_status_of_one_process_shows_what_slack_refuses_another(tmp_path: Path) -> None:
    """A refused token, and a channel that takes nothing; no longer, when that is over or the other one is gone."""
    url = SecretStr(postgres.new_database(tmp_path))
    async with running(tmp_path, storage_url=url, roles=frozenset({Role.WEB})) as harness:
        assert harness.bot is not None
        sender = await build(harness.settings, clock=harness.clock, roles=ALL - {Role.WEB})
        async with sender:
            failures = sender.deliverer.failures
            failures.note_token("token_revoked")
            failures.unknown_refusals.note("C0ORDERS", "strange_error")

            async def spread() -> str:
                for bot in (sender, harness.bot):
                    assert bot is not None
                    await next(job for job in bot.scheduler._jobs if job.name == "refusals").run()
                return await harness.ask("/panda status")

            status = await spread()
            assert "token_revoked" in status
            assert "strange_error" in status
            assert isinstance(await harness.bot._ready(), dict), "its own token is not known to be refused"
            failures.note_token("")
            failures.unknown_refusals.forget("C0ORDERS")
            status = await spread()
            assert "token_revoked" not in status
            assert "strange_error" not in status
            failures.note_token("token_revoked")
            assert "token_revoked" in await spread()
        harness.clock.advance(timedelta(minutes=5))
        await next(job for job in harness.bot.scheduler._jobs if job.name == "refusals").run()
        assert "token_revoked" not in await harness.ask("/panda status")
