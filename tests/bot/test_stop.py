"""A stop over HTTP: what can no longer be answered is not acknowledged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from support.bot_harness import ORDER, running

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_no_command_is_taken_while_the_last_posts_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack tells the person that the app does not respond, and they try again; what was in hand is answered."""
    async with running(tmp_path, mode="http") as harness:
        assert harness.bot is not None
        stop, acknowledged = harness.bot.deliverer.stop, list[bool]()

        async def late() -> None:
            acknowledged.append((await harness.type(f"/panda track {ORDER}")).ok)
            await stop()

        monkeypatch.setattr(harness.bot.deliverer, "stop", late)
        asking = asyncio.create_task(harness.ask(f"/panda track {ORDER}"))
        await asyncio.sleep(0.1)
        await harness.bot.stop()
        assert ORDER[-6:] in await asking
        assert acknowledged == [False]
        harness.bot = None
