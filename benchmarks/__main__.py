"""Runs the benchmarks: `python -m benchmarks` for all, `python -m benchmarks poll` for one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine  # noqa: TC003  the tables below name them
from typing import Any

from benchmarks import (
    ack,
    claims,
    courier,
    engines,
    expected,
    gloss,
    kill,
    migrate,
    page,
    poll,
    processes,
    proofs,
    purchase,
    replay,
    scale,
    soak,
    spans,
    unchanged,
    upgrade,
    workspaces,
)
from bot.process import loop

ALL: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
    "poll": poll.measure,
    "ack": ack.measure,
    "unchanged": unchanged.measure,
    "courier": courier.measure,
    "expected": expected.measure,
    "gloss": gloss.measure,
    "spans": spans.measure,
}
LONG: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
    "kill": kill.measure,
    "replay": replay.measure,
    "engines": engines.measure,
    "claims": claims.measure,
    "processes": processes.measure,
    "scale": scale.measure,
    "soak": soak.measure,
    "workspaces": workspaces.measure,
    "upgrade": upgrade.measure,
    "page": page.measure,
    "migrate": migrate.measure,
    "purchase": purchase.measure,
    "faults": proofs.faults,
    "machine": proofs.machine,
    "fuzz": proofs.fuzz,
}  # minutes each: only when named

if __name__ == "__main__":
    for name in sys.argv[1:] or ALL:
        loop.run((ALL | LONG)[name]())
