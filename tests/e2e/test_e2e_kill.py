"""The process dies at every named point and at random moments; a reader sees everything once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.patience import in_time, until

from benchmarks.kill import begin, kill, kill_harness, now, torture
from bot.process import failpoints
from sandbox.pandapon.world import Refund
from storage.sqlite.backup import back_up
from storage.sqlite.database import thread_of
from storage.store import open_store
from tracking.channel_settings import ChannelSettings

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.kill import KillHarness


async def test_dying_anywhere_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """Each named point once, and some random moments: every scan in one message, every watch with one card."""
    plan = [*failpoints.COMMON, "after_send", "after_search", "", ""]  # what was sent is searched for, twice
    async with kill_harness(tmp_path, 5) as harness:
        await torture(harness, plan, random.Random(3))  # noqa: S311  the same every time
        assert set(harness.seen().values()) == {1}
        assert harness.cards() == 5
        assert len(harness.told) == 4 * len(plan)


async def died(harness: KillHarness, kill_at: str) -> None:
    """Start it; it dies at this point."""
    process = await harness.spawn(kill_at)
    try:
        assert await in_time(process.wait()) == -signal.SIGKILL
    finally:
        await kill(process, harness)


async def quiet(harness: KillHarness, settings: ChannelSettings) -> None:
    """Give the channel these settings while no process runs."""
    store = await open_store(harness.folder / "bot.db")
    await store.channels.save_settings(now(), harness.channels[0], settings, "U0MEI00001")
    await store.close()


async def test_dying_over_held_and_folded_news_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """What quiet hours held becomes one message in the thread, though the process dies as it holds and as it folds."""
    async with kill_harness(tmp_path, 1) as harness:
        await begin(harness)
        local = now().astimezone(ChannelSettings().zone)
        begins, ends = local - timedelta(hours=1), local + timedelta(hours=2)
        await quiet(harness, ChannelSettings(quiet_from=f"{begins:%H:%M}", quiet_to=f"{ends:%H:%M}"))
        for _ in range(2):
            harness.scan(0)
            await died(harness, "after_hold")
        await quiet(harness, ChannelSettings())
        await died(harness, "after_batch")
        process = await harness.spawn()
        messages = harness.slack.workspace.channels[harness.channels[0]].messages
        await until(lambda: len(messages) > 1)
        await asyncio.sleep(2)
        await kill(process, harness)
        card, *replies = messages.values()
        [told] = replies
        assert told.thread_ts == card.ts
        assert told.text.count("站：快件已到达 分拨中心") == 2


async def test_dying_over_a_refund_tells_each_state_once(tmp_path: Path) -> None:
    """Before the record, after it, and after the post: requested, agreed and sent back are one message each."""
    async with kill_harness(tmp_path, 1) as harness:
        await begin(harness)
        order, messages = (
            harness.world.orders[harness.orders[0]],
            harness.slack.workspace.channels[harness.channels[0]].messages,
        )

        def refund_news() -> list[str]:
            return [m.text for m in messages.values() if m.thread_ts and "Refund" in m.text]

        states = (("waitselleragree", 10), ("waitbuyersend", 20), ("waitsellerreceive", 30))
        points = ("before_record", "after_record", "after_send")
        for count, ((status, number), kill_at) in enumerate(zip(states, points, strict=True), 1):
            refund = Refund(status, number, refund_id="TQ2800000001", amount=Decimal("36.80"))
            order.refunds.append((now(), refund))
            harness.world.revision += 1
            await died(harness, kill_at)
            process = await harness.spawn()
            await until(lambda count=count: len(refund_news()) >= count)  # type: ignore[misc]  # mypy knows no defaults in lambdas
            await asyncio.sleep(1)
            await kill(process, harness)
            assert len(refund_news()) == count
        assert all("¥36.80 of ¥78.60" in text for text in refund_news())


async def test_dying_in_a_restore_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """The old file is set aside, the copy not yet in its place: the next process does not start empty."""
    async with kill_harness(tmp_path, 1) as harness:
        await begin(harness)
        store = await open_store(tmp_path / "bot.db")
        await back_up(thread_of(store.engine), tmp_path / "backups", now())
        await store.close()
        harness.scan(0)
        await died(harness, "after_mark")
        os.truncate(tmp_path / "bot.db", 5000)
        await died(harness, "in_restore")
        assert not (tmp_path / "bot.db").exists()
        harness.scan(0)
        process = await harness.spawn()
        await until(lambda: min(harness.seen().values()) > 0)
        await asyncio.sleep(1)
        await kill(process, harness)
        assert set(harness.seen().values()) == {1}


def test_kill_points_are_for_stand_ins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is refused where a real service could be meant, and when it names nothing."""
    monkeypatch.setenv(failpoints.VARIABLE, "after_send")
    with pytest.raises(failpoints.FailpointError, match="this machine only"):
        failpoints.arm(["http://127.0.0.1:1/api/", "https://api.pandapon.com"])
    monkeypatch.setenv(failpoints.VARIABLE, "somewhere")
    with pytest.raises(failpoints.FailpointError, match="after_send"):
        failpoints.arm([])
