"""When an order is looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tracking_cases import M, at

from pandapon.shipment import Milestone
from tracking.cadence import Cadence, next_poll, retry_at

NOW = at(1008)  # 9 in the morning in China
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPREADS = st.floats(0, 1, exclude_max=True)


def _next(
    milestone: Milestone | None,
    *,
    cadence: Cadence | None = None,
    quiet: timedelta = HOUR,
    since_end: timedelta | None = None,
    spread: float = 0.5,
) -> timedelta | None:
    when = next_poll(
        cadence or Cadence(),
        milestone=milestone,
        moved_at=NOW - quiet,
        created_at=NOW - quiet - DAY,
        final_at=None if since_end is None else NOW - since_end,
        now=NOW,
        spread=spread,
    )
    return None if when is None else when - NOW


@pytest.mark.parametrize(
    ("milestone", "expected"),
    [
        (M.ORDERED, 4 * HOUR),
        (M.PAID, 4 * HOUR),
        (M.SHIPPED, HOUR),
        (M.PICKED_UP, HOUR),
        (M.IN_TRANSIT, HOUR),
        (M.ARRIVED, 7 * MINUTE),
        (M.OUT_FOR_DELIVERY, 7 * MINUTE),
        (M.READY_FOR_PICKUP, 4 * HOUR),
        (M.ATTEMPT_FAILED, HOUR),
        (M.EXCEPTION, HOUR),
        (M.RETURNING, HOUR),
        (M.DELIVERED, DAY),
        (M.RETURNED, DAY),
        (M.CANCELLED, DAY),
        (M.LOST, DAY),
        (None, HOUR),
    ],
)
def test_each_milestone_has_its_interval(milestone: Milestone | None, expected: timedelta) -> None:
    """The middle of the jitter is the documented interval."""
    wait = _next(milestone)
    assert wait is not None
    assert expected <= wait <= expected + timedelta(seconds=5)


def test_at_night_nobody_is_at_the_door() -> None:
    """While couriers sleep, an order out for delivery is looked at like any other that moves."""
    night = NOW + 15 * HOUR
    when = next_poll(
        Cadence(),
        milestone=M.OUT_FOR_DELIVERY,
        moved_at=night - HOUR,
        created_at=night - DAY,
        final_at=None,
        now=night,
        spread=0.5,
    )
    assert when is not None
    assert when - night >= HOUR


def test_a_finished_order_is_looked_at_for_some_days_then_archived() -> None:
    """Daily looks follow the end, the last of them on the eve of the archive, and then no more."""
    waits: list[timedelta | None] = []
    since: timedelta | None = timedelta(0)
    while since is not None and len(waits) < 10:
        wait = _next(M.DELIVERED, since_end=since, spread=0.9)
        waits.append(wait)
        since = None if wait is None else since + wait
    assert waits[-1] is None
    assert sum((wait for wait in waits if wait), timedelta(0)) == 3 * DAY
    assert len(waits) == 4


def test_a_silent_order_is_asked_about_daily() -> None:
    """After thirty days without a move the interval is a day, even for one out for delivery."""
    wait = _next(M.OUT_FOR_DELIVERY, quiet=31 * DAY)
    assert wait is not None
    assert wait >= DAY


def test_an_order_that_never_moved_counts_from_its_creation() -> None:
    """Without any move the age of the order stands in for it."""
    when = next_poll(
        Cadence(), milestone=M.PAID, moved_at=None, created_at=NOW - 40 * DAY, final_at=None, now=NOW, spread=0.5
    )
    assert when is not None
    assert when - NOW >= DAY


@pytest.mark.parametrize("milestone", [None, M.PAID, M.IN_TRANSIT, M.DELIVERED])
def test_factor_zero_is_due_at_every_tick(milestone: Milestone | None) -> None:
    """For demo and tests every order is due now, a finished one as well."""
    cadence = Cadence(factor=0)
    assert _next(milestone, cadence=cadence, since_end=100 * DAY) == timedelta(0)
    assert retry_at(cadence, 3, NOW, 0.2) == NOW


def test_the_factor_scales_the_interval_and_not_the_archive() -> None:
    """A demo in fast motion polls more often; how long corrections are awaited stays."""
    wait = _next(M.IN_TRANSIT, cadence=Cadence(factor=0.01))
    assert wait is not None
    assert timedelta(seconds=36) <= wait <= timedelta(seconds=38)
    assert _next(M.DELIVERED, cadence=Cadence(factor=0.01), since_end=2 * DAY) is not None


@given(spread=SPREADS, milestone=st.sampled_from([*Milestone, None]), factor=st.floats(0.0001, 10))
def test_the_next_look_is_in_the_future_and_within_the_jitter(
    spread: float, milestone: Milestone | None, factor: float
) -> None:
    """Whatever the order, the wait is its interval ±10 % (and the grid), never in the past."""
    cadence = Cadence(factor=factor)
    middle = _next(milestone, cadence=Cadence(factor=factor, jitter=0, grid=timedelta(0)), spread=spread)
    wait = _next(milestone, cadence=cadence, spread=spread)
    assert wait is not None
    assert middle is not None
    assert timedelta(0) < wait
    assert wait >= 0.9 * middle - MINUTE / 1000
    assert wait <= 1.1 * middle * 1.06 or wait == cadence.final_for


@given(st.lists(SPREADS, min_size=2, max_size=50))
def test_due_times_fall_on_a_grid(spreads: list[float]) -> None:
    """Orders due within the same five seconds become due together, so that one claim takes them."""
    for spread in spreads:
        wait = _next(M.IN_TRANSIT, spread=spread)
        assert wait is not None
        assert (NOW + wait).timestamp() % 5 == 0


def test_a_mass_import_is_spread_over_the_interval() -> None:
    """A hundred orders read in the same second do not fall due in the same second."""
    waits = {_next(M.IN_TRANSIT, spread=number / 100) for number in range(100)}
    assert len(waits) > 60


def test_a_failed_reading_is_tried_again_soon_and_then_ever_more_slowly() -> None:
    """One minute, four, sixteen, about an hour, then every four hours for good."""
    waits = [retry_at(Cadence(grid=timedelta(0)), fails, NOW, 0.5) - NOW for fails in (1, 2, 3, 4, 5, 6, 1000)]
    assert waits == [MINUTE, 4 * MINUTE, 16 * MINUTE, 64 * MINUTE, 4 * HOUR, 4 * HOUR, 4 * HOUR]


@pytest.mark.parametrize("wrong", [{"factor": -1.0}, {"jitter": 1.0}, {"jitter": -0.1}])
def test_a_cadence_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    """A negative factor or a jitter of the whole interval is an error at start, not a storm later."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Cadence(**wrong)  # type: ignore[arg-type]  # mypy takes the mapping for any field


def test_the_answer_is_aware_and_repeatable() -> None:
    """Equal arguments give equal, aware times."""
    first, second = retry_at(Cadence(), 1, NOW, 0.3), retry_at(Cadence(), 1, NOW, 0.3)
    assert isinstance(first, datetime)
    assert first == second
    assert first.tzinfo is not None
