"""A long number means nothing by itself: whatever its digits, the text is read alike, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pandapon import courier
from pandapon.courier import read_entry

SETS = sorted((Path(__file__).parents[1] / "courier").glob("*.tsv"))


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_entries_are_read_as_if_their_numbers_were_read(file: Path) -> None:
    """Of every set, also those held back: only that nothing changes is looked at, not what is claimed."""
    texts = [line.split("\t")[2] for line in file.read_text(encoding="utf-8").splitlines()[1:] if line]
    changed = [n for n, text in enumerate(texts) if courier._reading(text) != courier._read(text)]
    assert changed == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("【杭州市】派件员李师傅(13800138000)正在派件", "【杭州市】派件员李师傅(13911112222)正在派件"),
        ("快件78012345678901已到达 广州分拨中心", "快件99900000000001已到达 广州分拨中心"),
        ("您的包裹已存入丰巢柜，取件码 48213377", "您的包裹已存入丰巢柜，取件码 10093312"),
    ],
)
def test_texts_that_differ_in_a_number_are_read_once(text: str, other: str) -> None:
    """As two parcels of one courier's round do."""
    courier._read.cache_clear()
    courier._reading.cache_clear()
    courier._entry.cache_clear()
    assert read_entry(text) == read_entry(other)
    assert courier._read.cache_info().misses == 1


def test_a_place_keeps_its_number() -> None:
    """It is told as it is written."""
    reading = read_entry("快件已到达 【123456789驿站】")
    assert reading.place is None or "000000" not in reading.place
