"""The names of provinces, large cities and a few countries in three languages, for places that couriers name.

``towns.tsv`` has a line for each: its name in Chinese, English and Thai, all public facts. Other names stay as written.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("towns.tsv")
_COLUMNS = {"zh_CN": 0, "en": 1, "th": 2}
# 南京路 and 广州东街 are streets of other cities.
_STREET = re.compile(r"[东南西北中]?[一二三四五]?(?:路|街|道|巷|大道|大街|小区|花园|公园|大厦|桥|村|门)")
_RANK = re.compile(r"(?:特别行政区|[壮族回维吾尔]*自治区|省|市|地区)")


class Town(NamedTuple):
    """A town, province or country."""

    zh: str
    en: str
    th: str

    def named(self, language: str) -> str:
        """Return the name in a language of the bot; English for an unknown one."""
        return self[_COLUMNS.get(language, 1)]


@cache
def _towns() -> dict[str, Town]:
    """Every town by its Chinese and its folded English name. Thai is left out: nothing marks where a name ends."""
    towns = [Town(*line.split("\t")) for line in _FILE.read_text(encoding="utf-8").splitlines() if line]
    return {name: town for town in towns for name in (town.zh, town.en.casefold())}


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(name) for name in _towns()}, reverse=True))


def town_of(name: str) -> Town | None:
    """Return the last of the towns with which a folded name begins: Foshan for 广东省佛山张槎公司; None: none is known.

    ``name``: of a place, as a courier writes it.
    """
    town, at = None, 0
    while (match := _at(name, at)) is not None:
        town, at = match
    return town


def _at(name: str, at: int) -> tuple[Town, int] | None:
    """The town whose name begins at a position, and the position behind that name; None where no town begins there."""
    for length in _lengths():
        town, end = _towns().get(name[at : at + length]), at + length
        if town is None or _STREET.match(name, end) or (name[at].isascii() and name[end : end + 1].isalpha()):
            continue
        rank = _RANK.match(name, end)
        return town, rank.end() if rank else end
    return None
