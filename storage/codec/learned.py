"""The packed JSON of times that were learnt from parcels."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone
from storage.packing import pack, unpack
from tracking.journeys import History
from tracking.values import Leg

if TYPE_CHECKING:
    from collections.abc import Mapping

MICROSECOND = timedelta(microseconds=1)


def pack_gaps(gaps: Mapping[Leg, timedelta]) -> bytes:
    """Return the usual silences by leg as packed bytes."""
    return pack(json.dumps({leg: gap // MICROSECOND for leg, gap in sorted(gaps.items())}))


def unpack_gaps(stored: bytes) -> dict[Leg, timedelta]:
    """Read :func:`pack_gaps` back. Raises ValueError, TypeError or AttributeError for bytes of another version."""
    return {Leg(leg): MICROSECOND * gap for leg, gap in json.loads(unpack(stored)).items()}


def pack_history(history: History) -> bytes:
    """Return the times learnt from journeys as packed bytes: in seconds, each as its difference from the one before."""
    kinds = []
    for (stage, lane, carrier), times in sorted(history.times.items()):
        seconds = [round(time.total_seconds()) for time in times]
        kinds.append([stage, lane, carrier, [after - before for before, after in pairwise([0, *seconds])]])
    return pack(json.dumps(kinds, ensure_ascii=False, separators=(",", ":")))


def unpack_history(stored: bytes) -> History:
    """Read :func:`pack_history` back. Raises ValueError or TypeError for bytes of another version."""
    return History(
        {
            (Milestone(stage), lane, carrier): tuple(timedelta(seconds=at) for at in accumulate(steps))
            for stage, lane, carrier, steps in json.loads(unpack(stored))
        }
    )
