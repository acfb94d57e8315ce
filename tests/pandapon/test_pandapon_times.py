"""The vendor's forms of a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.shipment import TimeBasis
from pandapon.times import parse_time


@pytest.mark.parametrize(
    ("sent", "read", "basis"),
    [
        ("20180614101942000+0800", datetime(2018, 6, 14, 2, 19, 42, tzinfo=UTC), TimeBasis.OFFSET),
        ("20170913231916000-0700", datetime(2017, 9, 14, 6, 19, 16, tzinfo=UTC), TimeBasis.OFFSET),
        ("20180614101942000", datetime(2018, 6, 14, 2, 19, 42, tzinfo=UTC), TimeBasis.CHINA),
        ("20180614101942", datetime(2018, 6, 14, 2, 19, 42, tzinfo=UTC), TimeBasis.CHINA),
        ("20180614101942123Z", datetime(2018, 6, 14, 10, 19, 42, 123000, tzinfo=UTC), TimeBasis.OFFSET),
        ("2018-07-24 21:55:33", datetime(2018, 7, 24, 13, 55, 33, tzinfo=UTC), TimeBasis.CHINA),
        ("2018/07/24 21:55:33", datetime(2018, 7, 24, 13, 55, 33, tzinfo=UTC), TimeBasis.CHINA),
        ("2018/7/4 9:05:03", datetime(2018, 7, 4, 1, 5, 3, tzinfo=UTC), TimeBasis.CHINA),
        ("2018-7-4 9:5", datetime(2018, 7, 4, 1, 5, tzinfo=UTC), TimeBasis.CHINA),
        ("2018/12/24 9:05:03.5", datetime(2018, 12, 24, 1, 5, 3, 500000, tzinfo=UTC), TimeBasis.CHINA),
        ("2018-7-4T9:05:03+8:00", datetime(2018, 7, 4, 1, 5, 3, tzinfo=UTC), TimeBasis.OFFSET),
        ("2018-07-24T21:55:33+02:00", datetime(2018, 7, 24, 19, 55, 33, tzinfo=UTC), TimeBasis.OFFSET),
        ("2018-07-24T21:55:33Z", datetime(2018, 7, 24, 21, 55, 33, tzinfo=UTC), TimeBasis.OFFSET),
        (1779263269913, datetime(2026, 5, 20, 7, 47, 49, 913000, tzinfo=UTC), TimeBasis.EPOCH),
        ("1779263269", datetime(2026, 5, 20, 7, 47, 49, tzinfo=UTC), TimeBasis.EPOCH),
    ],
)
def test_every_form_is_read(sent: object, read: datetime, basis: TimeBasis) -> None:
    """An offset is honoured, naive text is China time, digits are an epoch."""
    assert parse_time(sent) == (read, basis)


def test_a_naive_time_agrees_with_its_callback() -> None:
    """The vendor's own callback: the naive payTime lies minutes before the epoch stamp when it is China time."""
    pushed, paid = parse_time("1779263269913")[0], parse_time("2026-05-20 15:41:00")[0]
    assert pushed
    assert paid
    assert 0 < (pushed - paid).total_seconds() < 600


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "  ",
        True,
        "昨天",
        "2018-13-45 99:99:99",
        "2018/7/32 9:05:03",
        "7/4 9:05",
        "0001-01-01 00:00:00",
        "20180614101942000+9900",
        "0",
        "9" * 13 + "1",
    ],
)
def test_what_cannot_be_read_is_unknown(sent: object) -> None:
    """Nothing is invented: the raw text is shown instead."""
    assert parse_time(sent) == (None, TimeBasis.UNKNOWN)


@given(st.text() | st.text("0123456789-+:TZ/ .", max_size=30) | st.integers() | st.none() | st.lists(st.integers()))
def test_nothing_crashes_it(sent: object) -> None:
    """Any value gives an aware UTC time or none."""
    at, basis = parse_time(sent)
    assert (at is None) == (basis is TimeBasis.UNKNOWN)
    assert at is None or at.tzinfo is UTC
