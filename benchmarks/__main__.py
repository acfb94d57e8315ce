"""Runs the benchmarks: `python -m benchmarks` for all, `python -m benchmarks poll` for one.

Each benchmark is imported only when it runs: the imports of the others would count in the memory that it measures.
"""

from __future__ import annotations

import sys
from importlib import import_module

from bot.process import loop

ALL = ("poll", "ack", "unchanged", "courier", "expected", "gloss", "spans")
# Minutes each: only when named.
LONG = (
    "kill",
    "replay",
    "engines",
    "claims",
    "processes",
    "scale",
    "soak",
    "workspaces",
    "upgrade",
    "page",
    "migrate",
    "purchase",
)
PROOFS = ("faults", "machine", "fuzz")  # functions of proofs.py; minutes each as well


def _run(name: str) -> None:
    if name not in ALL + LONG + PROOFS:
        raise SystemExit(f"There is no benchmark {name!r}; there are {', '.join(ALL + LONG + PROOFS)}.")
    module, function = ("proofs", name) if name in PROOFS else (name, "measure")
    loop.run(getattr(import_module(f"benchmarks.{module}"), function)())


if __name__ == "__main__":
    for name in sys.argv[1:] or ALL:
        _run(name)
