"""The last day of an absence, as people type it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.features.approvals.last_day import end_of, read_last_day

NOW = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)  # a Saturday; in Shanghai it is Sunday already
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("5 dec", "2026-12-05"),
        ("dec 5", "2026-12-05"),
        ("5th december", "2026-12-05"),
        ("december 5, 2026", "2026-12-05"),
        ("12-05", "2026-12-05"),
        ("2026-12-05", "2026-12-05"),
        ("12月5日", "2026-12-05"),
        ("1 jan", "2027-01-01"),
        ("today", "2026-11-28"),
        ("tomorrow", "2026-11-29"),
        ("7d", "2026-12-05"),
        ("2 weeks", "2026-12-12"),
        ("friday", "2026-12-04"),
        ("sat", "2026-11-28"),
        ("周五", "2026-12-04"),
    ],
)
def test_a_day_ends_before_its_midnight(typed: str, last: str) -> None:
    """In the person's zone."""
    end = end_of(read_last_day(typed), NOW, BERLIN)
    assert end is not None
    assert end.astimezone(BERLIN).isoformat()[:19] == f"{last}T23:59:59"


def test_the_leap_day_of_the_next_year_is_found() -> None:
    """The present year has none."""
    end = end_of("02-29", datetime(2027, 3, 5, tzinfo=UTC), BERLIN)
    assert end is not None
    assert end.date().isoformat() == "2028-02-29"
    assert end_of("02-29", NOW, BERLIN) is None


def test_the_zone_decides_which_day_it_is() -> None:
    """Today ends eight hours earlier or later."""
    assert end_of("0d", NOW, SHANGHAI) == datetime(2026, 11, 29, 15, 59, 59, tzinfo=UTC)
    assert end_of("0d", NOW, BERLIN) == datetime(2026, 11, 28, 22, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "someday", "30 feb", "32 dec", "5", "13-01", "week", "yesterday", "5 foo", "d"])
def test_other_words_are_no_day(typed: str) -> None:
    """Nothing is guessed."""
    assert read_last_day(typed) == ""


@pytest.mark.parametrize("day", ["2026-11-27", "2028-01-01", "999d"])
def test_a_day_that_is_over_or_far_away_has_no_end(day: str) -> None:
    """A typo must not make somebody away for years."""
    assert end_of(day, NOW, BERLIN) is None


@given(st.text(max_size=12))
def test_what_is_read_is_read_again(text: str) -> None:
    """The canonical day is its own canonical day, and has an end or none, but no error."""
    day = read_last_day(text)
    if day:
        assert read_last_day(day) == day
        end_of(day, NOW, BERLIN)
