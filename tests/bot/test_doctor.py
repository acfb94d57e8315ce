"""``pandabot doctor``: a report with what helps, and nothing that must not leave the house."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from support.bot_harness import BOT_TOKEN, CALLBACK_TOKEN, KEY, ORDER, SECRET, running

from bot.commands.doctor.report import report
from bot.process.clock import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings


async def test_it_tells_of_a_running_bot_without_secrets_or_names(tmp_path: Path) -> None:
    """Versions, settings, rows and figures; no token, no key, no order, no person, no channel, no seller."""
    names: dict[str, Any] = {
        "writers": "U0MEI00001,U0TOM00001",
        "approvals": "500:U0LEAD0001",
        "approvals_channel": "C0APPROVE1",
        "pandapon_login_name": "fashion-buyer-wang",
        "worker": "alice-laptop",
    }
    async with running(tmp_path, channel_burst=7, language="zh_CN", **names) as harness:
        await harness.ask(f"/panda watch {ORDER}")
        assert harness.bot is not None
        settings = harness.settings.model_copy(update={"http_port": harness.bot.http_port})
        text = await report(settings, harness.clock)
    for needed in (
        "| pandabot |",
        "| CHANNEL_BURST | 7 |",
        "| rows of watches | 1 |",
        "quick check | ok",
        "pandabot_up",
    ):
        assert needed.removesuffix("_up") in text
    assert '"status": "ready"' in text or '"status": "not ready"' in text
    assert "WRITERS | given, 2 entries" in text
    assert "| LANGUAGE | zh_CN |" in text
    libraries = [line for line in text.splitlines() if line.startswith(("| slack-", "| psycopg"))]
    assert [line for line in libraries if "not installed" in line] == []
    secret = (
        BOT_TOKEN,
        CALLBACK_TOKEN,
        KEY,
        SECRET,
        ORDER,
        "U0MEI00001",
        "U0LEAD",
        "C0",
        "wang",
        "alice",
        "连衣裙",
        str(tmp_path),
    )
    assert [each for each in secret if each in text] == []


@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 100])
async def test_without_a_bot_or_a_database_each_part_says_so(tmp_path: Path, content: bytes | None) -> None:
    """It is asked for when things are broken, so it never breaks itself, and changes nothing."""
    settings = await _settings(tmp_path)
    path = settings.database_path
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    text = await report(settings, utc_now)
    assert "No bot answers" in text
    assert "does not exist" in text or "bytes" in text
    assert (path.read_bytes() if path.exists() else None) == content


async def _settings(folder: Path) -> Settings:
    async with running(folder) as harness:
        port = harness.bot.http_port if harness.bot else 1
        settings = harness.settings.model_copy(update={"http_port": port})
    for name in ("bot.db-wal", "bot.db-shm"):
        await asyncio.to_thread((folder / name).unlink, missing_ok=True)
    return settings
