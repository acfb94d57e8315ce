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
    async with kill_harness(tmp_path, 5) as one:
        await torture(one, plan, random.Random(3))  # noqa: S311  the same every time
        assert set(one.seen().values()) == {1}
        assert one.cards() == 5
        assert len(one.told) == 4 * len(plan)


async def died(one: KillHarness, kill_at: str) -> None:
    """Start it; it dies at this point."""
    process = await one.spawn(kill_at)
    try:
        assert await in_time(process.wait()) == -signal.SIGKILL
    finally:
        await kill(process, one)


async def quiet(one: KillHarness, settings: ChannelSettings) -> None:
    """Give the channel these settings while no process runs."""
    store = await open_store(one.folder / "bot.db")
    await store.channels.save_settings(now(), one.channels[0], settings, "U0MEI00001")
    await store.close()


async def test_dying_over_held_and_folded_news_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """What quiet hours held becomes one message in the thread, though the process dies as it holds and as it folds."""
    async with kill_harness(tmp_path, 1) as one:
        await begin(one)
        local = now().astimezone(ChannelSettings().zone)
        begins, ends = local - timedelta(hours=1), local + timedelta(hours=2)
        await quiet(one, ChannelSettings(quiet_from=f"{begins:%H:%M}", quiet_to=f"{ends:%H:%M}"))
        for _ in range(2):
            one.scan(0)
            await died(one, "after_hold")
        await quiet(one, ChannelSettings())
        await died(one, "after_batch")
        process = await one.spawn()
        said = one.slack.workspace.channels[one.channels[0]].messages
        await until(lambda: len(said) > 1)
        await asyncio.sleep(2)
        await kill(process, one)
        card, *rest = said.values()
        [told] = rest
        assert told.thread_ts == card.ts
        assert told.text.count("站：快件已到达 分拨中心") == 2


async def test_dying_over_a_refund_tells_each_state_once(tmp_path: Path) -> None:
    """Before the record, after it, and after the post: requested, agreed and sent back are one message each."""
    async with kill_harness(tmp_path, 1) as one:
        await begin(one)
        order, said = one.world.orders[one.orders[0]], one.slack.workspace.channels[one.channels[0]].messages

        def told() -> list[str]:
            return [m.text for m in said.values() if m.thread_ts and "Refund" in m.text]

        states = (("waitselleragree", 10), ("waitbuyersend", 20), ("waitsellerreceive", 30))
        points = ("before_record", "after_record", "after_send")
        for count, ((status, number), kill_at) in enumerate(zip(states, points, strict=True), 1):
            refund = Refund(status, number, refund_id="TQ2800000001", amount=Decimal("36.80"))
            order.refunds.append((now(), refund))
            one.world.revision += 1
            await died(one, kill_at)
            process = await one.spawn()
            await until(lambda count=count: len(told()) >= count)  # type: ignore[misc]  # bound
            await asyncio.sleep(1)
            await kill(process, one)
            assert len(told()) == count
        assert all("¥36.80 of ¥78.60" in text for text in told())


async def test_dying_in_a_restore_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """The old file is set aside, the copy not yet in its place: the next process does not start empty."""
    async with kill_harness(tmp_path, 1) as one:
        await begin(one)
        store = await open_store(tmp_path / "bot.db")
        await back_up(thread_of(store.engine), tmp_path / "backups", now())
        await store.close()
        one.scan(0)
        await died(one, "after_mark")
        os.truncate(tmp_path / "bot.db", 5000)
        await died(one, "in_restore")
        assert not (tmp_path / "bot.db").exists()
        one.scan(0)
        process = await one.spawn()
        await until(lambda: min(one.seen().values()) > 0)
        await asyncio.sleep(1)
        await kill(process, one)
        assert set(one.seen().values()) == {1}


def test_kill_points_are_for_stand_ins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is refused where a real service could be meant, and when it names nothing."""
    monkeypatch.setenv(failpoints.VARIABLE, "after_send")
    with pytest.raises(failpoints.FailpointError, match="this machine only"):
        failpoints.arm(["http://127.0.0.1:1/api/", "https://api.pandapon.com"])
    monkeypatch.setenv(failpoints.VARIABLE, "somewhere")
    with pytest.raises(failpoints.FailpointError, match="after_send"):
        failpoints.arm([])
