"""Packed texts: read back exactly, whichever version packed them, and damage is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.packing import pack, unpack

# As the first version packed it. It must be read for ever: such rows are never packed anew.
TEXT = '[["9f",1772416800000000,"2026-03-02 10:00:00","china","【杭州市】快件已到达 杭州转运中心","ARRIVAL","",null,0]]'
PACKED = bytes.fromhex(
    "0103a64ccb34251d437373231360ec1918a0186760ac6b60a46068000f5324c39fcd5dfb74fb3c48f90a2f5621e59902440e"
    "b91c43496cd00466101b0b00"
)


@given(st.text())
def test_any_text_is_read_back(text: str) -> None:
    """Nothing is lost, whatever a courier writes."""
    assert unpack(pack(text)) == text


def test_a_text_that_the_first_version_packed() -> None:
    """The dictionary and the form are the same for ever."""
    assert unpack(PACKED) == TEXT
    assert len(PACKED) < len(TEXT.encode()) / 2


DAMAGED = (b"", b"\x00", b"\x01", b"\x01\xff", b"\xff" + PACKED[1:], PACKED[:-3], PACKED + b"x")


@pytest.mark.parametrize("damaged", DAMAGED)
def test_damage_is_said(damaged: bytes) -> None:
    """An error that says so, and never another text."""
    with pytest.raises(ValueError, match="packed"):
        unpack(damaged)
