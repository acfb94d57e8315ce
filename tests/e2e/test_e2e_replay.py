"""Some realistic lives from beginning to end, in simulated time: no milestone is missed, nothing is told twice."""

from __future__ import annotations

import pytest

from benchmarks.replay import START, Way, naive, ours
from sandbox.pandapon.generator import lives

ORDERS, DAYS = 10, 16


@pytest.mark.parametrize("push", [False, True], ids=["polling", "with pushes"])
async def test_whole_lives_are_told_once(push: bool) -> None:
    """Late, edited and flaky scans, split parcels and returns: every claim is told once, for a tenth of the calls."""
    told = await ours(lives(ORDERS, START, DAYS, seed=7), DAYS, Way(push=push))
    plain = naive(lives(ORDERS, START, DAYS, seed=7), DAYS)
    assert (told.missed, told.twice) == (0, 0)
    assert told.channel < plain.channel / 2
    assert told.calls < plain.calls / 5


def test_the_same_seed_gives_the_same_lives() -> None:
    """A figure that somebody else measured can be measured again."""

    def told(seed: int) -> list[tuple[object, ...]]:
        return [
            (event.at, event.order_id, event.scan) for life in lives(20, START, DAYS, seed) for event in life.events
        ]

    assert told(3) == told(3)
    assert told(3) != told(4)
