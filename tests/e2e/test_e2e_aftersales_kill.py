"""The process dies before, during and after a write of after-sales: it is sent once at most, and found afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import BotHarness, running
from support.refund_steps import ACTS, ASK, lines, reason
from support.wizard_steps import send_page, text_of, view_of
from support.write_kill_harness import WriteKillHarness, found_later, recorded

from benchmarks.kill import now
from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.demo import FIRST, demo_world
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.writes import ARRIVES_WITHIN, Write, WriteState

if TYPE_CHECKING:
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

    async def write(*asked: Any, **named: Any) -> Any:
        await type(api).write(api, *asked, **named)
        raise DiedError

    writer._point = point
    if moment == "during":
        api.write = write  # type: ignore[method-assign]  # the test replaces it
        writer._mark_unclear = lambda _write: None  # type: ignore[method-assign,assignment]  # the test replaces it


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


async def fill_in(harness: WriteKillHarness) -> dict[str, Any]:
    """Fill in the form up to its review. Returns that page."""
    await harness.open_form(f"refund {FIRST}", "ask_refund:1")
    for step, values in (("lines", lines(Platform.ALIBABA)), ("reason", reason())):
        assert harness.page["callback_id"] == f"flow:refund:{step}"
        await harness.send(values)
    return harness.page


@pytest.mark.parametrize("moment", MOMENTS)
async def test_dying_over_a_refund_asks_for_it_once_at_most(tmp_path: Path, moment: str) -> None:
    """The process is killed; the next one looks for the refund among the order's, and the page does nothing more."""
    done = moment != "before_write"
    harness = WriteKillHarness(tmp_path, "all")
    harness.world.orders[FIRST] = demo_world(SimClock(now())).orders[FIRST]
    path = ASK[Platform.ALIBABA]
    async with harness.served():
        page = await harness.die_over(moment, path, lambda: fill_in(harness))
        assert (await recorded(harness)).state is WriteState.BEGUN
        await harness.send_again(page)
        assert await found_later(harness, ARRIVES_WITHIN) is (
            WriteState.FOUND_DONE if done else WriteState.FOUND_UNDONE
        )
        assert harness.pandapon.count(path) == int(done)
        assert len(harness.pandapon.account.refunds) == int(done)
