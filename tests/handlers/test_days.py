"""Days as people type them, and the spans of days that they mean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.parsing.days import first_and_last, nearest_day, read_day, span_of

TODAY = date(2026, 11, 28)  # a Saturday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-01", "2026-11-01", "2026-11-01"),
        ("2026/11/1", "2026-11-01", "2026-11-01"),
        ("2026.1.31", "2026-01-31", "2026-01-31"),
        ("20261101", "2026-11-01", "2026-11-01"),
        ("2026年11月1日", "2026-11-01", "2026-11-01"),
        ("11月1日", "2026-11-01", "2026-11-01"),
        ("11月28号", "2026-11-28", "2026-11-28"),
        ("12-24", "2025-12-24", "2025-12-24"),
        ("02-29", "2024-02-29", "2024-02-29"),
        ("today", "2026-11-28", "2026-11-28"),
        ("昨天", "2026-11-27", "2026-11-27"),
        ("week", "2026-11-23", "2026-11-29"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("本月", "2026-11-01", "2026-11-30"),
        ("last-month", "2026-10-01", "2026-10-31"),
        ("7d", "2026-11-22", "2026-11-28"),
        ("1 day", "2026-11-28", "2026-11-28"),
        ("近30天", "2026-10-30", "2026-11-28"),
    ],
)
def test_a_day_means_a_span(text: str, first: str, last: str) -> None:
    """A day without a year is the latest one; a week begins on Monday; seven days end today."""
    assert first_and_last(read_day(text), TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-31",
        "2026-13-01",
        "11/01",
        "01/11/2026",
        "1.11.2026",
        "0000-00-00",
        "0d",
        "367d",
        "9999-12-31",
        "²d",
    ],
)
def test_what_is_no_day(text: str) -> None:
    """A day that does not exist, or whose parts could be read in two ways, is refused rather than guessed."""
    assert read_day(text) == ""


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("2026-11-31", "2026-11-30"),
        ("2027/02/29", "2027-02-28"),
        ("2026-13-01", ""),
        ("9999-02-31", ""),
        ("soon", ""),
    ],
)
def test_the_nearest_day(text: str, nearest: str) -> None:
    """A day behind the end of its month was meant as the last one."""
    assert nearest_day(text) == nearest


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (["this", "week"], "week"),
        (["last", "7", "days"], "7d"),
        (["最近7天"], "7d"),
        (["今天"], "today"),
        (["week"], ""),
        (["7d"], ""),
        (["month"], ""),
        (["2026-11-01"], ""),
    ],
)
def test_words_that_mean_a_span_by_themselves(words: list[str], day: str) -> None:
    """Words that may belong to a title, and days, need an option."""
    assert span_of(words) == day


@given(st.text(max_size=12))
def test_a_day_reads_back(text: str) -> None:
    """Whatever is read as a day has one way of writing, which is read as itself."""
    if day := read_day(text):
        assert read_day(day) == day
        first, last = first_and_last(day, TODAY)
        assert first <= last
        assert last - first < timedelta(days=366)
