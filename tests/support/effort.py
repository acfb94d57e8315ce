"""The number of examples of a property: few in an ordinary run, many in `python -m benchmarks machine`."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("PANDABOT_LONG"))


def examples(short: int, long: int) -> int:
    """Return ``long`` where PANDABOT_LONG is set, otherwise ``short``."""
    return long if LONG else short
