"""The process dies before, during and after a write of after-sales: it is sent once at most, and found afterwards."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import BotHarness, running
from support.refund_steps import ACTS, ASK, lines, reason
from support.wizard_steps import send_page, text_of, view_of

from benchmarks.kill import KillHarness, kill, now, until
from handlers.writing.looks import LOOKS
from handlers.writing.writer import Writer
from pandapon.client import Config, PandaPon
from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.demo import FIRST, demo_world
from sandbox.pandapon.trading.routes import OWN_PATHS
from storage.store import open_store
from tracking.writes import LATE, Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

MOMENTS = ["before_write", "during", "after_write"]


class DiedError(Exception):
    """The process ends here."""


def die_at(harness: BotHarness, moment: str) -> None:
    """Let the bot's work end at a moment of the next write, with nothing recorded after it."""
    assert harness.bot is not None
    writer, api = harness.bot.context.writer, harness.bot.context.api

    def point(name: str) -> None:
        if name == moment:
            raise DiedError

    async def write(*asked: Any) -> Any:
        await type(api).write(api, *asked)
        raise DiedError

    writer._point = point
    if moment == "during":
        api.write = write  # type: ignore[method-assign,assignment]
        writer._mark_unclear = lambda _write: None  # type: ignore[method-assign,assignment]


async def newest(harness: BotHarness) -> Write:
    """The newest write."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 1))[0][0]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", ACTS)
async def test_a_write_at_which_the_work_ends(tmp_path: Path, name: str, moment: str) -> None:
    """For each write: the next process knows what became of it, and the form that is sent again sends nothing."""
    act, calls = ACTS[name], int(moment != "before_write")
    async with running(tmp_path, pandapon_paths=OWN_PATHS, writes="all") as harness:
        await act.prepare(harness)
        view = view_of(harness)
        die_at(harness, moment)
        await send_page(harness)
        assert "Something went wrong" in text_of(harness)
        assert (await newest(harness)).state is WriteState.BEGUN
        await harness.stop_bot()
        await harness.start_bot()
        again = forged.submission(harness, view["callback_id"], view["private_metadata"], {})
        await forged.send(harness, again)
        assert (await newest(harness)).state is (WriteState.FOUND_DONE if calls else WriteState.UNCLEAR)
        harness.clock.advance(timedelta(seconds=61))
        harness.hurry("writes")
        await harness.several_ticks(2)
        assert (await newest(harness)).state is (WriteState.FOUND_DONE if calls else WriteState.FOUND_UNDONE)
        assert act.is_done(harness) is bool(calls)
        sent = [seen.path for seen in harness.pandapon.requests if seen.path.removeprefix(act.path)[:2] in {"", "TQ"}]
        assert len(sent) == calls


# --- a real process ---------------------------------------------------------------------------------------------------


class RefundHarness(KillHarness):
    """Stand-ins with a shipped order, and a bot that may ask for refunds."""

    @property
    def environment(self) -> dict[str, str]:
        """As for other kills, with refunds switched on."""
        return super().environment | {"WRITES": "all", "PANDAPON_PATHS": json.dumps(OWN_PATHS)}


@asynccontextmanager
async def refunding(folder: Path) -> AsyncIterator[RefundHarness]:
    """Start everything but the bot."""
    harness = RefundHarness(folder, 1)
    harness.world.orders[FIRST] = demo_world(SimClock(now())).orders[FIRST]
    await harness.slack.start()
    await harness.pandapon.start()
    try:
        yield harness
    finally:
        await harness.slack.stop()
        await harness.pandapon.stop()


async def fill_in(harness: RefundHarness) -> dict[str, Any]:
    """Fill in the form up to its review. Returns that page."""
    said, views = harness.slack.workspace.ephemeral, harness.slack.workspace.views
    await harness.slack.slash("mei", harness.channels[0], "/panda", f"refund {FIRST}")
    await until(lambda: bool(said) and "Ask for a refund" in str(said[-1].blocks))
    assert (await harness.slack.press("mei", said[-1], "ask_refund:1")).ok
    for step, values in (("lines", lines(Platform.ALIBABA)), ("reason", reason())):
        await until(lambda step=step: _at(views, step))  # type: ignore[misc]
        assert (await harness.slack.submit("mei", _page(views)["id"], values)).ok
    await until(lambda: _at(views, "review"))
    return _page(views)


def _page(views: dict[str, Any]) -> dict[str, Any]:
    return dict(list(views.values())[-1])


def _at(views: dict[str, Any], step: str) -> bool:
    return bool(views) and _page(views)["callback_id"] == f"flow:refund:{step}"


async def looked_for(harness: RefundHarness, *, later: bool) -> WriteState:
    """What the record says; ``later``: what a look says when a call could no longer arrive."""
    store = await open_store(harness.folder / "bot.db")
    config = Config(
        harness.pandapon.base_url, harness.pandapon.access_key, harness.pandapon.access_secret, "1", paths=OWN_PATHS
    )
    async with PandaPon(config, clock=now) as api:
        [write], _total = await store.writes.newest(0, 1)
        if later:
            write = await Writer(api, store, lambda: now() + LATE + timedelta(seconds=1), LOOKS).look(write)
    await store.close()
    return write.state


@pytest.mark.timeout(120)
@pytest.mark.parametrize("moment", MOMENTS)
async def test_dying_over_a_refund_asks_for_it_once_at_most(tmp_path: Path, moment: str) -> None:
    """The process is killed; the next one looks for the refund among the order's, and the page does nothing more."""
    done = moment != "before_write"
    async with refunding(tmp_path) as harness:
        process = await harness.spawn("" if moment == "during" else moment)
        await harness.connected(process)
        page = await fill_in(harness)
        if moment == "during":  # the stand-in has done it, and its answer goes to nobody
            path = ASK[Platform.ALIBABA]
            harness.pandapon.on_request.append(lambda seen, *_: process.kill() if seen.path == path else None)
        await harness.slack.submit("mei", page["id"], {})
        await asyncio.wait_for(process.wait(), 20)
        await kill(process, harness)
        assert await looked_for(harness, later=False) is WriteState.BEGUN
        harness.pandapon.on_request.clear()
        process = await harness.spawn()
        await harness.connected(process)
        harness.slack.workspace.views[page["id"]] = page
        assert (await harness.slack.submit("mei", page["id"], {})).ok
        await asyncio.sleep(2)
        await kill(process, harness)
        assert await looked_for(harness, later=True) is (WriteState.FOUND_DONE if done else WriteState.FOUND_UNDONE)
        assert harness.pandapon.count(ASK[Platform.ALIBABA]) == int(done)
        assert len(harness.pandapon.account.refunds) == int(done)
