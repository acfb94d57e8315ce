"""The process dies while a request is posted, decided and told: each is posted once, and nothing is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from benchmarks.kill import KillHarness, kill, kill_harness, now, until
from storage.store import open_store
from tracking.approvals import Approval, ApprovalState, Deed

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.slack.workspace import Message

MEI, TOM = "U0MEI00001", "U0TOM00002"
DEED = Deed("order", "F" * 24, 700, ("a seller", "a product × 7"), "", "")


async def ask(harness: KillHarness) -> None:
    """Record a request while no bot runs, as the form of a process does that dies just then."""
    store = await open_store(harness.folder / "bot.db")
    until_ = now() + timedelta(days=3)
    await store.approvals.ask(
        now(), Approval(0, DEED, MEI, "F" * 24, harness.channels[0], frozenset({TOM}), now(), until_)
    )
    await store.close()


def requests(harness: KillHarness) -> list[Message]:
    """The requests in the channel."""
    messages = harness.slack.workspace.channels[harness.channels[0]].messages.values()
    return [message for message in messages if message.by_bot and "asks for approval" in message.text]


def outcomes(harness: KillHarness) -> list[Message]:
    """What Mei was told directly."""
    return [message for message in harness.slack.workspace.direct(MEI).messages.values() if "A-1" in message.text]


async def stored(harness: KillHarness) -> Approval:
    """The request, read while no bot runs."""
    store = await open_store(harness.folder / "bot.db")
    asked = await store.approvals.get(1)
    await store.close()
    assert asked is not None
    return asked


@pytest.mark.parametrize("moment", ["before_send", "after_send", "after_mark"])
async def test_dying_over_the_post_shows_the_request_once(tmp_path: Path, moment: str) -> None:
    """The next process posts it, or finds that it was posted; then Tom approves it there, and Mei hears."""
    async with kill_harness(tmp_path, 1) as harness:
        await ask(harness)
        process = await harness.spawn(moment)
        await asyncio.wait_for(process.wait(), 30)
        await kill(process, harness)
        process = await harness.spawn()
        await harness.connected(process)
        await until(lambda: len(requests(harness)) == 1)
        await asyncio.sleep(1.5)
        [message] = requests(harness)
        assert (await harness.slack.press("tom", message, "approval_approve:1")).ok
        await until(lambda: len(outcomes(harness)) == 1 and "Approved by" in message.text)
        await kill(process, harness)
        assert (await stored(harness)).by == TOM


@pytest.mark.parametrize("moment", ["during", "before_send"])
async def test_dying_over_the_decision_loses_nothing(tmp_path: Path, moment: str) -> None:
    """Killed when the press was acknowledged, or just before the first message about it: it is decided or it is not.

    Tom's second press decides it where the first was lost. Mei is told once, and the request shows it.
    """
    async with kill_harness(tmp_path, 1) as harness:
        await ask(harness)
        first = await harness.spawn()
        await harness.connected(first)
        await until(lambda: len(requests(harness)) == 1)
        await asyncio.sleep(0.5)
        await kill(first, harness)
        [message] = requests(harness)

        process = await harness.spawn("before_send" if moment == "before_send" else "")
        await harness.connected(process)
        await harness.slack.press("tom", message, "approval_approve:1")
        if moment == "before_send":
            await asyncio.wait_for(process.wait(), 20)
        await kill(process, harness)

        process = await harness.spawn()
        await harness.connected(process)
        await harness.slack.press("tom", message, "approval_approve:1")
        await until(lambda: bool(outcomes(harness)) and "Approved by" in message.text)
        await asyncio.sleep(1)
        await kill(process, harness)
        assert len(outcomes(harness)) == 1
        assert len(requests(harness)) == 1
        asked = await stored(harness)
        assert (asked.state, asked.by) == (ApprovalState.APPROVED, TOM)
