"""How often Python's collector looks for reference cycles, of which the process makes almost none."""

from __future__ import annotations

import gc

# For gc.set_threshold: new objects, then collections. The readings of one batch are about 10,000 objects. A threshold
# near that made two collections a second, each of 5 to 40 ms, in which no thread runs; with this threshold there was at
# most one in 15 seconds, of 25 ms.
THRESHOLDS = 50_000, 10, 10


def collect_less_often() -> None:
    """Collect less often. Called first, this saves a tenth of the start, whose imported objects all stay anyway."""
    gc.set_threshold(*THRESHOLDS)


def tune_gc() -> None:
    """Freeze the objects of the start, and collect less often.

    The objects of the start stay: scanning them again can delay an ack by 30 ms. A reading makes and drops some
    thousand objects, almost none in a cycle: at 160 readings a second with news, 160 objects a second are left to the
    collector.
    """
    gc.collect()
    gc.freeze()
    collect_less_often()
