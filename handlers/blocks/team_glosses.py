"""A team's own glosses: a file of patterns of courier texts with their readings, which go before the bot's own.

The file is CSV in UTF-8 with a head line: ``text`` and at least one of ``en``, ``zh_CN`` and ``th``. In a pattern,
``*`` and ``…`` stand for any characters or none, and a number stands for any number; all other characters are literal,
so no pattern takes long to match. The first pattern that fits the whole text counts. An empty reading leaves that
language to the bot.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pandapon.courier.normalization import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LANGUAGES = ("en", "zh_CN", "th")
MOST_LINES = 2_000
LONGEST_PATTERN = 600  # characters
LONGEST_GLOSS = 200  # characters
LARGEST_FILE = 2_000_000  # bytes
_WILD = re.compile(r"[*…]+")
_DIGITS = re.compile(r"[0-9]+")
_NO_BLANKS = str.maketrans("", "", " []")  # blanks and brackets do not matter, as docs/gloss.md says
_FEWEST = 2  # letters that a pattern needs: wildcards alone would fit every text


class GlossFileError(Exception):
    """A file of glosses cannot be used; the message is a sentence that names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TeamGloss:
    """One line of the file: the pattern's literal parts in order, and the readings by language."""

    parts: tuple[str, ...]
    readings: dict[str, str]

    def fits(self, folded: str) -> bool:
        """Whether the pattern fits a whole text, folded and with its digits replaced."""
        first, *later = self.parts
        if not later:
            return folded == first
        *middle, last = later
        if not folded.startswith(first):
            return False
        at = len(first)
        for part in middle:
            position = folded.find(part, at)
            if position < 0:
                return False
            at = position + len(part)
        return len(folded) - len(last) >= at and folded.endswith(last)


class _Loaded:
    """The glosses of this process, which reads one file of them, as it reads one set of catalogues."""

    glosses: tuple[TeamGloss, ...] = ()
    version = 0


def use(glosses: Sequence[TeamGloss]) -> None:
    """Use these glosses from now on in this process."""
    _Loaded.glosses = tuple(glosses)
    _Loaded.version += 1


def version() -> int:
    """Return a number that changes with each :func:`use`, for caches of glosses."""
    return _Loaded.version


def find(text: str) -> dict[str, str] | None:
    """Return the readings by language of the first pattern that fits a courier's text; None where none does."""
    return _find(text, _Loaded.version) if _Loaded.glosses else None


@lru_cache(maxsize=4_096)
def _find(text: str, _version: int) -> dict[str, str] | None:
    folded = _alike(normalize(text))
    return next((gloss.readings for gloss in _Loaded.glosses if gloss.fits(folded)), None)


def load(path: Path) -> list[TeamGloss]:
    """Read a file of glosses. Raises GlossFileError for one that cannot be used."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise GlossFileError(f"{path} is larger than {LARGEST_FILE // 1_000_000} MB.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_lines(path, csv.reader(file, strict=True)))
    except OSError as error:
        raise GlossFileError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise GlossFileError(f"{path} is not in UTF-8; save it as “CSV UTF-8”.") from None


def compiled(pattern: str, readings: dict[str, str]) -> TeamGloss:
    """Return the gloss of a pattern. Raises ValueError for a pattern that is too long or has fewer than two letters."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the text has more than {LONGEST_PATTERN} characters")
    parts = tuple(_alike(normalize(part)) for part in _WILD.split(pattern))
    if sum(map(str.isalpha, "".join(parts))) < _FEWEST:
        raise ValueError("the text needs at least two letters besides * and digits")
    return TeamGloss(parts, readings)


def _alike(folded: str) -> str:
    """The text with ``0`` for each number, and without blanks, brackets, and the punctuation at its ends."""
    return _DIGITS.sub("0", folded.translate(_NO_BLANKS)).strip(";,")


def _lines(path: Path, rows: Iterator[list[str]]) -> Iterator[TeamGloss]:
    columns: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    try:
        for number, row in enumerate(rows, 1):
            if not columns:
                columns = _columns(path, row)
            elif any(cell.strip() for cell in row):
                if number > MOST_LINES:
                    raise GlossFileError(f"{path} has more than {MOST_LINES} lines.")
                gloss = _line(path, number, columns, row)
                if gloss.parts in seen:
                    raise GlossFileError(f"{path}, line {number}: the text stands in line {seen[gloss.parts]} already.")
                seen[gloss.parts] = number
                yield gloss
    except csv.Error as error:
        raise GlossFileError(f"{path}, line {len(seen) + 2}: {error}.") from None
    if not columns:
        raise GlossFileError(f"{path} is empty; its first line is: text,en,zh_CN,th")


def _columns(path: Path, row: list[str]) -> list[str]:
    columns = [cell.strip() for cell in row]
    unknown = [column for column in columns if column not in {"text", *LANGUAGES}]
    if unknown or columns.count("text") != 1 or len(columns) < 2 or len(set(columns)) != len(columns):  # noqa: PLR2004  text and a language
        raise GlossFileError(f"{path}, line 1: the first line is text and the languages, such as: text,en,zh_CN,th")
    return columns


def _line(path: Path, number: int, columns: list[str], row: list[str]) -> TeamGloss:
    where = f"{path}, line {number}"
    if len(row) != len(columns):
        raise GlossFileError(
            f"{where}: it has {len(row)} cells and the first line {len(columns)}; put a text with a comma in quotes."
        )
    cells = {column: " ".join(cell.split()) for column, cell in zip(columns, row, strict=True)}
    pattern = cells.pop("text")
    too_long = next((column for column, cell in cells.items() if len(cell) > LONGEST_GLOSS), None)
    if too_long:
        raise GlossFileError(f"{where}: the reading in {too_long} has more than {LONGEST_GLOSS} characters.")
    readings = {column: cell for column, cell in cells.items() if cell}
    if not readings:
        raise GlossFileError(f"{where}: no language has a reading.")
    try:
        return compiled(pattern, readings)
    except ValueError as error:
        raise GlossFileError(f"{where}: {error}.") from None
