"""The outside world of a process under test, and the bot in one process with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import BotHarness, running
from support.process_harness import ProcessHarness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def process_harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ProcessHarness]:
    """Stand-ins of Slack and PandaPon, and what starts processes that reach them; none is left afterwards."""
    monkeypatch.setenv("PYTHONPATH", os.getcwd())  # noqa: PTH109  the checkout, for runs without an installation
    process_harness = ProcessHarness(tmp_path)
    await process_harness.slack.start()
    await process_harness.pandapon.start()
    yield process_harness
    await process_harness.leave_none()
    await process_harness.slack.stop()
    await process_harness.pandapon.stop()


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them, with the settings of :mod:`support.bot_harness`."""
    async with running(tmp_path) as harness:
        yield harness
