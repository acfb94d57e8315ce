"""Some realistic lives from beginning to end, in simulated time: what the README claims of the replay, in short."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pytest

from benchmarks.replay import Way, ours
from benchmarks.replay_counts import DOORS, START, naive
from sandbox.pandapon.generator import scenarios
from tracking.channel_settings import ChannelSettings

MANY = ChannelSettings(threads="broadcast")  # what a channel of many orders is shown; these lives are few
PACED = Way(settings=MANY, pace=0.02, off=(timedelta(days=5), timedelta(days=6)))


@pytest.mark.no_cover  # the tracer would double its time, and tells nothing that the other tests don't
@pytest.mark.parametrize(
    ("orders", "days", "seed", "way"),
    [(24, 20, 2, Way(settings=MANY)), (14, 16, 5, Way(settings=MANY, push=True)), (40, 12, 7, PACED)],
    ids=["polling", "with pushes", "at a slow Slack, a day off"],
)
async def test_whole_lives_are_told_once_and_quietly(orders: int, days: int, seed: int, way: Way) -> None:
    """Late, edited and flaky scans, split parcels and returns: every claim once, and a quarter of the naive posts.

    A fifth of its calls, no later at the door, hardly a false alarm; a channel that fell behind reads digests.
    """
    told = await ours(scenarios(orders, START, days, seed), days, way)
    plain = naive(scenarios(orders, START, days, seed), days)
    assert (told.missed, told.twice) == (0, 0)
    assert told.channel <= plain.channel / 4
    assert told.calls <= plain.calls / 5
    for door in DOORS:
        assert median(told.waits[door]) <= median(plain.waits[door]), door
    assert told.most_mentions <= 1  # of one order: a mention is for what somebody has to do
    assert told.unseen == 0
    assert told.false_alarms <= orders // 20
    assert bool(told.folded) is (way is PACED)


def test_the_same_seed_gives_the_same_lives() -> None:
    """A figure that somebody else measured can be measured again."""

    def scan_events(seed: int) -> list[tuple[object, ...]]:
        return [
            (event.at, event.order_id, event.scan) for life in scenarios(20, START, 16, seed) for event in life.events
        ]

    assert scan_events(3) == scan_events(3)
    assert scan_events(3) != scan_events(4)
