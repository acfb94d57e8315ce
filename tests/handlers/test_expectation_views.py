"""Expected dates, pace and carriers in words, in three languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.view_samples import HOSTILE, NOW, order, parcel, snapshot

from handlers.blocks import carriers
from handlers.blocks.expectation import basis_words, dates, expected_words, late_headline, pace
from handlers.blocks.i18n import use_language
from handlers.blocks.parts import carrier_link
from tracking.values import Basis, Expected

if TYPE_CHECKING:
    from tracking.orders import OrderSnapshot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHINA = ZoneInfo("Asia/Shanghai")
EXPECTED = Expected(
    NOW + DAY, NOW + 3 * DAY, 70 * HOUR, NOW - 2 * DAY, Basis.LANE, 34, "SF1234567890123", "SF", "杭州"
)  # May 20, 16:00 in China


def expecting(expected: Expected | None = EXPECTED) -> OrderSnapshot:
    return replace(snapshot(parcel(), of=order()), expected=expected)


@pytest.mark.parametrize(
    ("language", "days", "words"),
    [
        ("en", (1, 3), "May 21 – 23"),
        ("en", (1, 1), "May 21"),
        ("en", (1, 14), "May 21 – Jun 3"),
        ("zh_CN", (1, 3), "5月21日至23日"),
        ("zh_CN", (1, 1), "5月21日"),
        ("zh_CN", (1, 14), "5月21日至6月3日"),
        ("th", (1, 3), "21–23 พ.ค."),
        ("th", (1, 14), "21 พ.ค. – 3 มิ.ย."),
    ],
)
def test_a_range_of_dates_reads_as_in_each_language(language: str, days: tuple[int, int], words: str) -> None:
    with use_language(language):
        shown = dates(NOW + days[0] * DAY, NOW + days[1] * DAY, CHINA)
    assert " ".join(shown.split()) == words


def test_the_dates_are_those_of_the_channels_zone() -> None:
    """16:00 in China is the day before on Midway and the next day in Kiritimati."""
    evening = replace(EXPECTED, first=NOW + 3 * HOUR, last=NOW + 3 * HOUR)
    assert expected_words(expecting(evening), NOW, CHINA) == "Expected May 20"
    assert expected_words(expecting(evening), NOW, ZoneInfo("Pacific/Kiritimati")) == "Expected May 21"
    assert expected_words(expecting(evening), NOW, ZoneInfo("Pacific/Midway")) == "Expected May 20"
    assert expected_words(expecting(evening), NOW, ZoneInfo("America/New_York")) == "Expected May 20"


@given(st.floats(-30, 30), st.sampled_from(["Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Midway", "Asia/Bangkok"]))
def test_no_date_that_is_shown_as_expected_is_past(days: float, zone: str) -> None:
    """Before the end the first date is today at the earliest; afterwards it is late, and no longer expected."""
    now, where = NOW + days * DAY, ZoneInfo(zone)
    words = expected_words(expecting(), now, where)
    first = max(EXPECTED.first, now)
    if now >= EXPECTED.late_at:
        assert words == f"Later than expected ({dates(EXPECTED.last, EXPECTED.last, where)})"
        assert EXPECTED.last.astimezone(where).date() < now.astimezone(where).date()
    else:
        assert words == f"Expected {dates(first, max(EXPECTED.last, now), where)}"


def test_the_pace_of_an_order() -> None:
    assert pace(expecting(), NOW) == "ordered 3 days ago · in transit for 2 days · usually 3 days"
    paid = replace(EXPECTED, waybill="", since=NOW - DAY)
    unshipped = replace(snapshot(of=order()), expected=paid)
    assert pace(unshipped, NOW) == "ordered 3 days ago · usually 3 days after payment"
    assert pace(expecting(None), NOW) == "ordered 3 days ago · in transit for 3 hours", "too few journeys are known"
    assert expected_words(expecting(None), NOW, CHINA) == ""


def test_the_journeys_learnt_from_are_named() -> None:
    assert basis_words(EXPECTED) == "based on 34 SF parcels from 杭州"
    assert basis_words(replace(EXPECTED, basis=Basis.CARRIER)) == "based on 34 SF parcels"
    assert basis_words(replace(EXPECTED, basis=Basis.ALL)) == "based on 34 parcels"
    with use_language("zh_CN"):
        assert "顺丰" in basis_words(EXPECTED)
    hostile = basis_words(replace(EXPECTED, carrier=HOSTILE[:40], lane=HOSTILE[:20]))
    assert "<!channel>" not in hostile


def test_lateness_says_how_long_it_takes_and_how_long_is_usual() -> None:
    now = EXPECTED.late_at
    assert late_headline(EXPECTED, now) == "⏳ *Later than expected*: 6 days on the way, usually 3 days"
    unshipped = replace(EXPECTED, waybill="")
    assert (
        late_headline(unshipped, now) == "⏳ *Later than expected*: paid 6 days ago, usually here 3 days after payment"
    )


def test_a_carrier_has_a_name_a_page_and_a_number_to_call() -> None:
    sf = parcel()
    assert carrier_link(sf) == f"<{carriers.page_of(sf)}|SF>"
    assert carriers.page_of(sf).endswith(f"/{sf.waybill}")
    assert carriers.service_of(sf) == "SF 95338"
    with use_language("zh_CN"):
        assert carriers.service_of(sf) == "顺丰 95338"


def test_a_guessed_carrier_is_marked_and_nobody_is_told_to_call_it() -> None:
    guessed = parcel(carrier="")
    assert carrier_link(guessed).endswith("|SF?>")
    assert carriers.service_of(guessed) == ""


def test_an_unknown_carrier_keeps_its_name_and_has_no_page() -> None:
    unknown = parcel(carrier=HOSTILE)
    assert "<!channel>" not in carrier_link(unknown)
    assert (carriers.page_of(unknown), carriers.service_of(unknown)) == ("", "")
    assert carriers.short_name("", "parcel-1") == ""
