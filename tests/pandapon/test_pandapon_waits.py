"""The one reader of waits: whatever a server or a proxy writes there, it is a short time or nothing."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.waits import LONGEST, retry_after, wait

NOW = datetime(2026, 10, 21, 7, 27, 30, tzinfo=UTC)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.integers()),
    st.complex_numbers(),
)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 30 ", 30),
        ("1.5", 1.5),
        (7, 7),
        (2.5, 2.5),
        ("3600", 3600),
        ("7200", 3600),
        ("86400", 3600),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 30),
        ("Wednesday, 21-Oct-26 07:28:00 GMT", 30),
        ("Wed Oct 21 07:28:00 2026", 30),
        ("Wed, 21 Oct 2026 15:28:00 +0800", 30),
        ("Wed, 21 Oct 2026 11:27:30 GMT", 3600),
    ],
)
def test_what_is_sensible_is_believed_up_to_an_hour(header: object, seconds: float) -> None:
    """Seconds, and the three forms of date that HTTP has, in any zone."""
    assert wait(header, now=NOW) == seconds


@pytest.mark.parametrize(
    "header",
    [
        *("inf", "-inf", "nan", "NaN", "Infinity", "1e30", "1e3", "99999999999", "86401", "999999999", "soon", "", " "),
        *("-1", "+5", "0x10", "1_000", "3,600", "3600s", "３０", "٣", "²", "30, 60", "30\n60", "Wed, 21 Oct"),
        *(
            "Wed, 21 Oct 2026 07:27:00 GMT",
            "Wed, 99 Oct 2026 07:28:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "9" * 5000,
        ),
        *(math.inf, -math.inf, math.nan, -1, -0.5, 10**400, True, None, [], ["30"], {"seconds": 30}, b"30", 30j),
    ],
)
def test_anything_else_says_nothing(header: object) -> None:
    """The caller's own default holds then."""
    assert wait(header, now=NOW) is None


@given(ANYTHING, ANYTHING)
def test_no_input_raises_or_waits_for_longer(header: Any, now: Any) -> None:
    """Whatever stands there, and whatever the clock of the answer is."""
    seconds = wait(header, now=now)
    assert seconds is None or 0 <= seconds <= LONGEST.total_seconds()
    assert retry_after(header, now=now) is None


@pytest.mark.parametrize("name", ["Retry-After", "retry-after", "RETRY-AFTER"])
def test_a_header_is_read_whatever_its_case(name: str) -> None:
    """A date in it is reckoned against the answer's own Date, which wins over our clock."""
    assert retry_after({name: "30"}) == 30
    date = {name: "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert retry_after(date) is None
    assert retry_after(date, now=NOW) == 30
    assert retry_after(date | {"Date": "Wed, 21 Oct 2026 07:27:50 GMT"}, now=NOW) == 10


@pytest.mark.parametrize("headers", [None, [], "Retry-After: 30", {}, {"Retry-After": ["30"]}, {"Date": "30"}])
def test_headers_without_a_wait_say_nothing(headers: object) -> None:
    """Also where they are none."""
    assert retry_after(headers, now=NOW) is None
