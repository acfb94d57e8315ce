"""Runs every benchmark: `python -m benchmarks`."""

from __future__ import annotations

import asyncio

from benchmarks import ack, poll, unchanged

if __name__ == "__main__":
    for one in (poll, ack, unchanged):
        asyncio.run(one.measure())
