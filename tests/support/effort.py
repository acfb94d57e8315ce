"""How many examples a property is tried on: few in every run, many where `python -m benchmarks machine` asks for it."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("PANDABOT_LONG"))


def examples(short: int, long: int) -> int:
    """The number for this run."""
    return long if LONG else short
