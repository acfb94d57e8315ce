"""How the poller holds back from a source that is down or asks for a pause."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.tracking_cases import at

from tracking.circuit_breaker import CircuitBreaker, Transition

NOW = at(0)


def _s(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _open() -> CircuitBreaker:
    """A breaker that opened at second 4, after five failures; the first wait is five seconds."""
    breaker = CircuitBreaker()
    for second in range(5):
        breaker.record_failure(_s(second))
    return breaker


def test_a_source_that_answers_is_not_held_back() -> None:
    """Everything wanted may go."""
    breaker = CircuitBreaker()
    assert breaker.allow(NOW, 128) == 128
    assert breaker.record_success(NOW) is Transition.NONE
    assert breaker.allow(NOW, 0) == 0


def test_it_opens_after_failures_in_a_row_and_says_so_once() -> None:
    """The fifth failure in a row is the turn; the outage began with the first."""
    breaker = CircuitBreaker()
    turns = [breaker.record_failure(_s(second)) for second in range(8)]
    assert turns == [Transition.NONE] * 4 + [Transition.DOWN] + [Transition.NONE] * 3
    assert breaker.down_since == NOW
    assert breaker.allow(_s(8), 128) == 0


def test_an_answer_between_failures_starts_the_count_again() -> None:
    """Single failures of a source that otherwise answers never open it."""
    breaker = CircuitBreaker()
    for second in range(50):
        breaker.record_failure(_s(second))
        if second % 4 == 3:
            breaker.record_success(_s(second))
    assert breaker.down_since is None


def test_a_probe_goes_after_the_wait_and_one_only() -> None:
    """Half open lets a single request through, however many are wanted."""
    breaker = _open()
    assert breaker.allow(_s(8.9), 128) == 0
    assert breaker.allow(_s(9), 128) == 1
    assert breaker.allow(_s(9.1), 128) == 0


def test_a_good_probe_closes_it_and_says_so_once() -> None:
    """After the answer everything may go again at once."""
    breaker = _open()
    breaker.allow(_s(9), 128)
    assert [breaker.record_success(_s(9.2)), breaker.record_success(_s(9.3))] == [Transition.UP, Transition.NONE]
    assert breaker.down_since is None
    assert breaker.allow(_s(9.3), 128) == 128


def test_bad_probes_double_the_wait_up_to_the_longest() -> None:
    """Each failed probe doubles the wait, five minutes at most."""
    breaker, second, waits = _open(), 4.0, []
    for _ in range(9):
        until = breaker.waits_until
        assert until is not None
        waits.append((until - _s(second)).total_seconds())
        second = (until - NOW).total_seconds()
        assert breaker.allow(until, 10) == 1
        assert breaker.record_failure(until) is Transition.NONE
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert breaker.down_since == NOW


def test_requests_that_were_on_their_way_count_for_nothing() -> None:
    """A hundred late failures do not lengthen the wait, and a late answer of any kind does not end the outage."""
    breaker = _open()
    until = breaker.waits_until
    for _ in range(100):
        breaker.record_failure(_s(5))
    assert breaker.record_success(_s(5)) is Transition.NONE
    assert breaker.record_rate_limit(_s(5), 900) is Transition.NONE
    assert breaker.waits_until == until
    assert breaker.down_since == NOW


def test_a_probe_that_nobody_used_is_granted_again() -> None:
    """When no order was due the grant lapses after a wait; the breaker does not stay shut for ever."""
    breaker = _open()
    assert breaker.allow(_s(9), 128) == 1
    assert breaker.allow(_s(14), 128) == 1


def test_a_rate_limit_is_a_pause_and_no_outage() -> None:
    """The source said when to come back: nothing goes before, everything after, nobody is alarmed."""
    breaker = CircuitBreaker()
    assert breaker.record_rate_limit(NOW, 30) is Transition.NONE
    assert breaker.down_since is None
    assert breaker.allow(_s(29), 128) == 0
    assert breaker.allow(_s(30), 128) == 128


def test_a_burst_of_refusals_is_one_pause() -> None:
    """A hundred requests refused together do not multiply the wait; the longest pause asked for holds."""
    breaker = CircuitBreaker()
    for _ in range(100):
        breaker.record_rate_limit(_s(1))
    assert breaker.waits_until == _s(6)
    breaker.record_rate_limit(_s(2), 60)
    breaker.record_rate_limit(_s(3), 1)
    assert breaker.waits_until == _s(62)


def test_refusals_after_each_pause_double_it() -> None:
    """A source that refuses again right after the pause is given twice the time, until it answers well."""
    breaker = CircuitBreaker()
    breaker.record_rate_limit(_s(0))
    breaker.record_rate_limit(_s(5))
    assert breaker.waits_until == _s(15)
    assert breaker.allow(_s(15), 9) == 9
    breaker.record_success(_s(15))
    breaker.record_rate_limit(_s(16))
    assert breaker.waits_until == _s(21)


def test_an_answer_during_a_pause_does_not_end_it() -> None:
    """A request that was on its way when the pause began may still succeed; the pause holds."""
    breaker = CircuitBreaker()
    breaker.record_rate_limit(NOW, 30)
    breaker.record_success(_s(1))
    assert breaker.allow(_s(2), 5) == 0


def test_a_probe_that_is_rate_limited_ends_the_outage_and_pauses() -> None:
    """Whoever refuses politely is up again."""
    breaker = _open()
    breaker.allow(_s(9), 128)
    assert breaker.record_rate_limit(_s(9.5), 20) is Transition.UP
    assert breaker.down_since is None
    assert breaker.allow(_s(29), 128) == 0
    assert breaker.allow(_s(29.5), 128) == 128


def test_an_absurd_pause_is_cut() -> None:
    """A pause of a year is asked about again after an hour; a negative one is none."""
    breaker = CircuitBreaker()
    breaker.record_rate_limit(NOW, 31_536_000)
    assert breaker.waits_until == _s(3600)
    other = CircuitBreaker()
    other.record_rate_limit(NOW, -5)
    assert other.allow(NOW, 3) == 3


def test_installations_do_not_probe_in_step() -> None:
    """Two bots with other spreads wait differently, both within ten per cent."""
    early, late = CircuitBreaker(spread=0.0, threshold=1), CircuitBreaker(spread=0.99, threshold=1)
    early.record_failure(NOW)
    late.record_failure(NOW)
    assert early.waits_until == _s(4.5)
    assert late.waits_until
    assert _s(5.4) < late.waits_until < _s(5.5)


@given(st.lists(st.tuples(st.sampled_from(["ok", "failed", "limited", "allow"]), st.floats(0, 400)), max_size=60))
def test_it_never_stays_shut(events: list[tuple[str, float]]) -> None:
    """After any history, some request may leave within an hour, and ups and downs alternate."""
    breaker, now, turns = CircuitBreaker(), NOW, []
    for event, seconds in events:
        now += timedelta(seconds=seconds)
        if event == "allow":
            breaker.allow(now, 10)
        elif event == "limited":
            turns.append(breaker.record_rate_limit(now))
        else:
            turns.append(breaker.record_success(now) if event == "ok" else breaker.record_failure(now))
    assert breaker.allow(now + timedelta(hours=1), 10) >= 1
    told = [turn for turn in turns if turn is not Transition.NONE]
    assert told == [Transition.DOWN, Transition.UP] * (len(told) // 2) + [Transition.DOWN] * (len(told) % 2)
    assert (breaker.down_since is not None) == bool(len(told) % 2)
