"""How many courier texts have a gloss, how many glosses contradict a label, and the time for a gloss.

The sets are in ``tests/courier``. Of ``next``, whose texts the rules' authors do not read, only figures are taken.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.courier import SETS, entries
from benchmarks.table import show
from handlers.blocks.gloss import gloss
from handlers.blocks.i18n import use_language
from pandapon.courier import read_account, read_entry


@dataclass
class Figures:
    """The counts over one set."""

    texts: int = 0
    glossed: int = 0
    claiming: int = 0  # texts that claim something by their label
    claiming_glossed: int = 0
    denied: int = 0  # glosses with a milestone that the label does not allow: the reader's errors
    apart: int = 0  # glosses with another milestone than the reading; there must be none


def figures(name: str) -> Figures:
    """Count over a set."""
    counts = Figures()
    for row in entries(name):
        account, allowed = read_account(row["text"]), row["claims"].split("|")
        has_gloss = bool(account.statements)
        counts.texts += 1
        counts.glossed += has_gloss
        counts.claiming += allowed != ["none"]
        counts.claiming_glossed += has_gloss and allowed != ["none"]
        counts.denied += has_gloss and str(account.milestone) not in allowed
        counts.apart += account.milestone is not read_entry(row["text"]).milestone
    return counts


def microseconds_a_text() -> tuple[float, float, float]:
    """Return the mean time of a reading, of an unseen and of a known text's gloss, over all sets and in Thai."""
    texts = [row["text"] for name in SETS for row in entries(name)]
    with use_language("th"):
        gloss("warm")
        times = []
        for act, mark in ((read_entry, " "), (gloss, "  "), (gloss, "  ")):  # the blanks keep the caches apart
            start = time.perf_counter()
            for text in texts:
                act(text + mark)
            times.append((time.perf_counter() - start) / len(texts) * 1e6)
    return times[0], times[1], times[2]


async def measure() -> None:
    """Print the table."""
    rows = []
    for name in SETS:
        counts = figures(name)
        rows.append(
            [
                f"{name} ({counts.texts} texts)",
                f"{100 * counts.glossed / counts.texts:.1f} %",
                f"{100 * counts.claiming_glossed / counts.claiming:.1f} %",
                f"{100 * counts.denied / counts.glossed:.1f} %",
                str(counts.apart),
            ]
        )
    header = ["set", "texts with a gloss", "of those that claim something", "glosses that a label denies"]
    show("Glosses", [*header, "apart from the reading"], rows)
    reading, unseen, known = microseconds_a_text()
    print(f"  an unseen text's gloss takes {unseen:.0f} µs, {unseen / reading:.1f} times its reading alone;")
    print(f"  a known one's {known:.1f} µs")
