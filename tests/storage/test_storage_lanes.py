"""The pace of posts: bursts, then so many a second for a channel and for all, and Slack's own word above both."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import postgres
from support.store_harness import LEASE, NOW, ORDER, OTHER, StoreHarness

from storage import enqueue, messages
from storage.pace import SECOND, Pace, Rate
from storage.rows import to_int
from tracking.messages import OrdersCorrected

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.connection import Connection

SECONDS = timedelta(seconds=1)
PACE = Pace(channel=Rate(1, 4), workspace=Rate(100, 1000))


async def channels_served(harness: StoreHarness, now: datetime, pace: Pace = PACE, rounds: int = 12) -> list[str]:
    """Claim and send round after round at the same moment. Returns the channels that got posts."""
    channels = []
    for _ in range(rounds):
        for post in await harness.store.outbox.claim(now, 50, LEASE, (), pace=pace):
            assert await harness.store.outbox.mark_sent(now, post, f"ts-{post.id}")
            channels.append(post.channel)
    return channels


async def much_news(harness: StoreHarness, *channels: str, count: int = 10) -> None:
    for channel in channels:
        await harness.active(channel=channel)
    for number in range(count):
        await harness.tell(f"n{number}")


async def test_a_burst_then_one_a_second(harness: StoreHarness) -> None:
    """Four messages go at once, each further one a second later."""
    await much_news(harness, "C1")
    assert len(await channels_served(harness, NOW)) == 4
    assert len(await channels_served(harness, NOW + 0.9 * SECONDS)) == 0
    assert len(await channels_served(harness, NOW + SECONDS)) == 1
    assert len(await channels_served(harness, NOW + 3 * SECONDS)) == 2
    assert len(await channels_served(harness, NOW + 60 * SECONDS)) == 3  # what is left of ten


async def test_the_pace_outlives_a_restart(harness: StoreHarness) -> None:
    """Slack counts on, whichever process asks."""
    await much_news(harness, "C1")
    assert len(await channels_served(harness, NOW)) == 4
    await harness.restart()
    await harness.store.outbox.recover_after_crash(NOW)
    assert await channels_served(harness, NOW) == []


async def test_channels_do_not_wait_for_each_other(harness: StoreHarness) -> None:
    """A busy channel leaves the others alone."""
    await much_news(harness, "C1", "C2")
    assert sorted(await channels_served(harness, NOW)) == ["C1"] * 4 + ["C2"] * 4


async def test_all_channels_together_have_a_pace_too(harness: StoreHarness) -> None:
    """Six for all at once, then two a second."""
    pace = Pace(channel=Rate(10, 10), workspace=Rate(2, 6))
    await much_news(harness, "C1", "C2", "C3")
    assert len(await channels_served(harness, NOW, pace)) == 6
    assert len(await channels_served(harness, NOW + 0.4 * SECONDS, pace)) == 0
    assert len(await channels_served(harness, NOW + SECONDS, pace)) == 2


def say(channel: str, count: int = 1) -> Callable[[Connection], None]:
    """Work that lets so many notices wait in a channel."""

    def enqueue(conn: Connection) -> None:
        for _ in range(count):
            messages.notice(conn, NOW, "n", channel, OrdersCorrected(1))

    return enqueue


async def test_busy_channels_share_what_all_have_together(harness: StoreHarness) -> None:
    """Eight channels fall behind: each gets its part, and what waits in a quiet channel goes at once."""
    pace, names = Pace(channel=Rate(1, 4), workspace=Rate(4, 4)), [f"C{number}" for number in range(8)]
    for name in names:
        await harness.store.engine.run(say(name, 20))
    sent = Counter(await channels_served(harness, NOW, pace))
    for second in range(1, 16):
        sent.update(await channels_served(harness, NOW + second * SECONDS, pace))
    assert {sent[name] for name in names} == {8}
    await harness.store.engine.run(say("U0BOSS"))
    assert "U0BOSS" in await channels_served(harness, NOW + 16 * SECONDS, pace)


async def test_refreshes_take_what_no_news_wants(harness: StoreHarness) -> None:
    """A card's new look in one channel waits for the news of another."""
    pace = Pace(channel=Rate(1, 4), workspace=Rate(1, 1))
    watch = await harness.active(channel="C1")
    await harness.store.engine.run(lambda conn: enqueue.refresh(conn, NOW, watch.id))
    await harness.store.engine.run(say("C2", 2))
    moments = [NOW + second * SECONDS for second in range(3)]
    assert [await channels_served(harness, now, pace) for now in moments] == [["C2"], ["C2"], ["C1"]]


async def test_slacks_retry_after_is_kept_by_all(harness: StoreHarness) -> None:
    """After a 429 the channel is silent for as long as Slack said, then begins with one."""
    await much_news(harness, "C1", "C2")
    await harness.store.outbox.pause("C1", NOW + 30 * SECONDS, PACE)
    await harness.store.outbox.pause("C1", NOW + 5 * SECONDS, PACE)
    await harness.restart()
    assert set(await channels_served(harness, NOW + 29 * SECONDS)) == {"C2"}
    assert (await channels_served(harness, NOW + 30 * SECONDS)).count("C1") == 1
    assert (await channels_served(harness, NOW + 31 * SECONDS)).count("C1") == 1


async def test_a_pause_that_nobody_asked_for_is_healed_at_the_start(harness: StoreHarness) -> None:
    """A clock that was ahead for years wrote it."""
    await much_news(harness, "C1")
    await harness.store.outbox.pause("C1", NOW + timedelta(days=4000), PACE)
    assert await channels_served(harness, NOW) == []
    await harness.store.outbox.recover_after_crash(NOW)
    assert await channels_served(harness, NOW) == ["C1"] * 4


async def test_idle_lanes_are_forgotten(harness: StoreHarness) -> None:
    """A workspace of ten thousand channels leaves nothing behind for ever."""
    await much_news(harness, "C1")
    await channels_served(harness, NOW)
    assert harness.value("SELECT COUNT(*) FROM lanes") == 2
    while await harness.store.upkeep.prune(NOW + timedelta(days=60), 100):
        pass
    assert harness.value("SELECT COUNT(*) FROM lanes") == 0


@pytest.mark.parametrize("harness", ["postgres"], indirect=True)
async def test_a_lane_that_somebody_holds_is_passed_over(harness: StoreHarness) -> None:
    """Another sender does not wait for it, and serves the others."""
    await harness.active(ORDER, "C1")
    await harness.active(OTHER, "C2")
    await harness.tell("n", ORDER)
    await harness.tell("n", OTHER)
    with postgres.session(harness.path) as other:
        other.execute("SELECT 1 FROM lanes WHERE channel = 'C1' FOR UPDATE")
        assert [post.channel for post in await harness.claim()] == ["C2"]
    assert [post.channel for post in await harness.claim()] == ["C1"]


@given(st.integers(1, 10), st.floats(0.1, 20), st.lists(st.integers(0, 3 * SECOND), max_size=60))
def test_no_window_holds_more_than_burst_and_rate(burst: int, per_second: float, gaps: list[int]) -> None:
    """However the moments fall: in any span no more than the burst and what the rate gives meanwhile."""
    rate, full_at, now, taken = Rate(per_second, burst), 0, to_int(NOW), []
    for gap in gaps:
        now += gap
        if rate.tokens(full_at, now) >= 1:
            full_at = max(full_at, now) + rate.interval
            taken.append(now)
    for first, began in enumerate(taken):
        for last, ended in enumerate(taken[first:], 1):
            assert last <= burst + (ended - began) / rate.interval + 1e-6, (first, last)


async def test_a_clock_that_was_ahead_keeps_no_post_back(harness: StoreHarness) -> None:
    """One process's clock was an hour ahead for a moment: channel and workspace go on at their pace."""
    pace = Pace(channel=Rate(1, 4), workspace=Rate(2, 5))
    await much_news(harness, "C1", "C2")
    assert len(await channels_served(harness, NOW + timedelta(hours=1), pace)) == 5
    assert len(await channels_served(harness, NOW, pace)) == 5
    assert len(await channels_served(harness, NOW + SECONDS, pace)) == 2
