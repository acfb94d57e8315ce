"""Tracking numbers in one normal form, whatever the spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.tracking_numbers import is_number, is_same, normal, split

JD = "JDX012345678901"
FULL_WIDTH = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})

numbers = st.from_regex(r"[A-Z]{0,4}[0-9]{8,15}", fullmatch=True)


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("sf1234567890123", "SF1234567890123"),
        ("ＳＦ１２３４５６７８９０１２３", "SF1234567890123"),
        (" SF 1234 5678 90123 ", "SF1234567890123"),
        ("SF-1234–5678－90123", "SF1234567890123"),
        ("78012345678901", "78012345678901"),
        (f"{JD}-1-1-", JD),
        (f"{JD}-1-2", JD),
        ("ｊｄｘ０１２３４５６７８９０１－１－１－", JD),
        ("jdvb01234567890—2—3—", "JDVB01234567890"),
        ("无", ""),
        ("", ""),
    ],
)
def test_the_normal_form(spelling: str, number: str) -> None:
    assert normal(spelling) == number


@given(numbers, st.data())
def test_any_spelling_is_the_same_number(number: str, data: st.DataObject) -> None:
    """Case, width, blanks and dashes between any two characters change nothing."""
    gap = st.sampled_from(["", "", " ", "-", "－", "\u3000", "–"])
    spelling = "".join(char + data.draw(gap) for char in number)
    for written in (spelling, spelling.lower(), spelling.translate(FULL_WIDTH)):
        assert is_same(written, number)
        assert is_same(number, written)


@given(numbers, numbers)
def test_other_digits_are_another_number(number: str, other: str) -> None:
    assert is_same(number, other) is (number == other)


def test_boxes_are_parcels_of_their_own() -> None:
    """The number alone means any of its boxes; two boxes are two parcels."""
    assert is_same(JD, f"{JD}-1-2-")
    assert is_same(f"{JD}-1-2", f"{JD.lower()}-01-02-")
    assert not is_same(f"{JD}-1-2-", f"{JD}-2-2-")
    assert not is_same("1234567890-1", "1234567890-2"), "another carrier's parts are parts of the number"
    assert not is_same("无", "自提"), "no number is the same as no number"


@pytest.mark.parametrize(("text", "answer"), [("自提", False), ("0", False), ("无需物流", False), ("DP3201", False)])
def test_words_are_no_numbers(text: str, answer: bool) -> None:
    assert is_number(text) is answer
    assert is_number("DPK3201234567")


@pytest.mark.parametrize(
    ("field", "numbers"),
    [
        ("SF1234567890123,YT8801234567890", ("SF1234567890123", "YT8801234567890")),
        ("SF1234567890123；YT8801234567890、", ("SF1234567890123", "YT8801234567890")),
        ("78012345678901 78012345678902", ("78012345678901", "78012345678902")),
        ("SF 1234 5678 90123", ("SF 1234 5678 90123",)),
        (" ", ()),
    ],
)
def test_a_field_may_hold_several(field: str, numbers: tuple[str, ...]) -> None:
    assert split(field) == numbers
