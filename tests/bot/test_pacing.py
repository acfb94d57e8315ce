"""The pacer: bursts, then one a second and channel, and Slack's own word above both."""

from __future__ import annotations

from bot.jobs.pacing import Pacer


def test_a_burst_then_one_a_second() -> None:
    """Four messages go at once, the fifth a second later."""
    pacer = Pacer(per_second=1, burst=4)
    for _ in range(4):
        assert pacer.ready("C1", 100.0)
        pacer.spend("C1", 100.0)
    assert not pacer.ready("C1", 100.5)
    assert pacer.ready("C1", 101.0)


def test_channels_do_not_wait_for_each_other() -> None:
    """A busy channel leaves the others alone."""
    pacer = Pacer(per_second=1, burst=1)
    pacer.spend("C1", 0.0)
    assert pacer.waiting(0.1) == {"C1"}
    assert pacer.ready("C2", 0.1)


def test_slacks_retry_after_is_kept() -> None:
    """After a 429 the channel is silent for as long as Slack said."""
    pacer = Pacer(per_second=1, burst=4)
    pacer.pause("C1", 0.0, 30)
    assert not pacer.ready("C1", 29.9)
    assert pacer.ready("C1", 30.0)


def test_idle_channels_are_forgotten() -> None:
    """A workspace of ten thousand channels must not stay in memory."""
    pacer = Pacer(per_second=1, burst=2)
    for number in range(100):
        pacer.spend(f"C{number}", 0.0)
    assert pacer.waiting(10.0) == set()
    assert pacer._buckets == {}
