"""Telephone numbers in every spelling are masked; numbers of orders, parcels, times and prices are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.phones import mask_phones


@pytest.mark.parametrize(
    ("written", "middle"),
    [
        ("13812345678", "1234"),
        ("+8613812345678", "1234"),
        ("0086 138 1234 5678", "1234"),
        ("86-138-1234-5678", "1234"),
        ("(+86) 138 1234 5678", "1234"),
        ("138–1234–5678", "1234"),
        ("138.1234.5678", "1234"),
        ("138  1234  5678", "1234"),
        ("１３８１２３４５６７８", "１２３４"),
        ("＋８６　138 1234 5678", "1234"),
        ("0755-26971234", "2697"),
        ("0755 2697 1234", "2697"),
        ("（010）6552 0117", "6552"),
        ("+86 755 2697 1234", "2697"),
        ("0086-755-26971234", "2697"),
        ("400-820-8821", "820"),
        ("081-234-5678", "234"),
        ("0812345678", "12345"),
        ("+66 81 234 5678", "234"),
        ("+66812345678", "12345"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "电话{}。", "tel:{}, ", "\\n{}", "\\u8bdd{}", "%3A{}", '"{}"'])
def test_phones(written: str, middle: str, around: str) -> None:
    """Whatever stands around it, its middle is gone."""
    shown = mask_phones(around.format(written))
    assert middle not in shown
    assert "∗∗∗∗" in shown


@pytest.mark.parametrize(
    "text",
    [
        "2542285634920880794",
        "78012345678901",
        "SF1381234567890",
        "JT13812345678",
        "2026-03-02 08:15:00",
        "¥1,388.00 at 10:30",
        "1.2.3.4:8080",
        "138123456789012",
    ],
)
def test_other_numbers(text: str) -> None:
    """They are how a line is found again."""
    assert mask_phones(text) == text


@given(st.integers(13_000_000_000, 19_999_999_999).map(str), st.sampled_from(["", " ", "-", "–", "·"]))
def test_any_mobile(digits: str, gap: str) -> None:
    """Every mainland mobile, however it is parted."""
    written = gap.join((digits[:3], digits[3:7], digits[7:]))
    assert written not in mask_phones(f"派送员 {written}")
