"""The outside world of a process under test, and the bot in one process with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import BotHarness, running
from support.outside import Outside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    """Stand-ins of Slack and PandaPon, and what starts processes that reach them; none is left afterwards."""
    monkeypatch.setenv("PYTHONPATH", os.getcwd())  # noqa: PTH109  the checkout, for runs without an installation
    outside = Outside(tmp_path)
    await outside.slack.start()
    await outside.pandapon.start()
    yield outside
    await outside.leave_none()
    await outside.slack.stop()
    await outside.pandapon.stop()


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them, with the settings of :mod:`support.bot_harness`."""
    async with running(tmp_path) as harness:
        yield harness
