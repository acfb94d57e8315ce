"""The labelled courier texts of ``tests/courier``.

``OPENED`` leaves out ``next``: nobody who changes the reader looks at that set, so that it measures unknown texts.
"""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "courier"
OPENED = ("given", "develop", "fresh", "rounds", "unseen", "held", "later", "open")


def labelled(name: str) -> list[dict[str, str]]:
    """Return the rows of a set, by the names of their columns."""
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def opened_texts() -> list[str]:
    """Return the texts of all opened sets."""
    return [row["text"] for name in OPENED for row in labelled(name)]
