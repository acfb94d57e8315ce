"""How well the bot reads courier texts: the shares of labelled entries and traces that it reads right, and its speed.

The sets are in ``tests/courier``. Their README explains the labels, and which sets were held back.
"""

from __future__ import annotations

import csv
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.table import show
from pandapon.courier import read_entry, read_trace

FOLDER = Path(__file__).parent.parent / "tests" / "courier"
SETS = ("given", "develop", "fresh", "rounds", "unseen", "held", "later", "open", "next")
PROBLEMS = {"attempt_failed", "exception", "returning", "returned", "cancelled", "lost"}
ENDS = ("delivered", "returned", "lost", "cancelled")
_KNOWN_ROUNDS = 20  # rounds over all texts in which known texts are timed


@dataclass
class Figures:
    """The counts over one set."""

    entries: int = 0
    right: int = 0
    false_ends: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENDS, 0))
    problems: int = 0
    problems_missed: int = 0
    problems_false: int = 0
    deliveries: int = 0
    deliveries_missed: int = 0
    held_by_a_point: int = 0
    told_as_delivered: int = 0
    traces: int = 0
    right_all_along: int = 0
    right_at_the_end: int = 0
    wrong: list[str] = field(default_factory=list)


def entries(name: str) -> list[dict[str, str]]:
    """Read the labelled entries of a set."""
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def traces(name: str) -> list[dict[str, Any]]:
    """Read the labelled traces of a set."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def figures(name: str) -> Figures:
    """Count over a set."""
    counted = Figures()
    for row in entries(name):
        _count_entry(counted, row)
    for trace in traces(name):
        _count_trace(counted, trace)
    return counted


def _count_entry(counted: Figures, row: dict[str, str]) -> None:
    allowed = set(row["claims"].split("|"))
    got = str(read_entry(row["text"]).milestone or "none")
    counted.entries += 1
    if got in allowed:
        counted.right += 1
    else:
        counted.wrong.append(f"{row['id']} {row['claims']} -> {got}: {row['text']}")
        if got in ENDS:
            counted.false_ends[got] += 1
        counted.problems_false += got in PROBLEMS and not allowed & PROBLEMS
    if allowed <= PROBLEMS:
        counted.problems += 1
        counted.problems_missed += got not in PROBLEMS
    if allowed == {"delivered"}:
        counted.deliveries += 1
        counted.deliveries_missed += got != "delivered"
    if row["signer"].split("|")[0] in {"agent", "locker", "sender"} and "delivered" not in allowed:
        counted.held_by_a_point += 1
        counted.told_as_delivered += got == "delivered"


def _count_trace(counted: Figures, trace: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    ordered_at = now - timedelta(hours=trace["order_created_hours_before_now"])
    rows = [(now - timedelta(hours=e["hours_before_now"]), e["text"], e.get("code", "")) for e in trace["entries"]]
    right = [
        str(read_trace(rows[: at + 1], ordered_at) or "none") in entry["expected"].split("|")
        for at, entry in enumerate(trace["entries"])
    ]
    counted.traces += 1
    counted.right_all_along += all(right)
    counted.right_at_the_end += right[-1]


def microseconds_a_text() -> tuple[float, float]:
    """Return the mean time of an unseen and of a known text over all sets."""
    texts = [row["text"] for name in SETS for row in entries(name)]
    read_entry("warm")
    start = time.perf_counter()
    for text in texts:
        read_entry(f"{text} ")  # not in the cache
    unseen = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(_KNOWN_ROUNDS):
        for text in texts:
            read_entry(f"{text} ")
    known = (time.perf_counter() - start) / _KNOWN_ROUNDS
    return unseen / len(texts) * 1e6, known / len(texts) * 1e6


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


async def measure() -> None:
    """Print the tables."""
    speed = microseconds_a_text()
    rows = []
    for name in SETS:
        counted = figures(name)
        false_ends = "/".join(str(counted.false_ends[end]) for end in ENDS)
        rows.append(
            [
                f"{name} ({counted.entries} entries, {counted.traces} traces)",
                _share(counted.right, counted.entries),
                false_ends,
                _share(counted.problems_missed, counted.problems),
                str(counted.problems_false),
                _share(counted.deliveries_missed, counted.deliveries),
                f"{counted.told_as_delivered}/{counted.held_by_a_point}",
                _share(counted.right_all_along, counted.traces),
                _share(counted.right_at_the_end, counted.traces),
            ]
        )
    header = ["set", "right", "false ends*", "problems missed", "false problems", "deliveries missed"]
    header += ["point's told as delivered", "traces all along", "traces at the end"]
    show("Courier texts", header, rows)
    print("  * falsely delivered/returned/lost/cancelled")
    print(f"  an unseen text takes {speed[0]:.0f} µs, {speed[0] / speed[1]:.0f} times a known one's {speed[1]:.1f} µs")
