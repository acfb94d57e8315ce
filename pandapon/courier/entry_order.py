"""The entries of a trace in the order of events, without those from before the order, which claim nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.shipment import Node

# A scan that is older than its order by more belongs to an earlier parcel with the same number. A smaller difference
# may come from a misread time zone.
RECYCLED = timedelta(hours=12)


def precedes(at: datetime | None, ordered_at: datetime | None) -> bool:
    """Return whether an entry is older than its order by more than :data:`RECYCLED`. Both times are aware, or None.

    Such an entry comes from a recycled number, a foreign trace or a mistyped year.
    """
    return at is not None and ordered_at is not None and at < ordered_at - RECYCLED


def since_order(nodes: Sequence[Node], ordered_at: datetime | None) -> Sequence[Node]:
    """Return the nodes that do not precede their order (see :func:`precedes`). ``ordered_at``: aware; None: unknown."""
    if ordered_at is None:
        return nodes
    earliest = ordered_at - RECYCLED
    return [node for node in nodes if node.at is None or node.at >= earliest]


def oldest_first(times: list[datetime | None]) -> list[int]:
    """Return the indexes of the rows, sorted by time, from the times of the rows (aware or None).

    A row without a time stays with the row before it. Rows of the same time keep their order, or are reversed where the
    whole list runs backward.
    """
    known = [at for at in times if at is not None]
    indexes = list(range(len(times)))
    falls = sum(later < earlier for earlier, later in pairwise(known))
    rises = sum(later > earlier for earlier, later in pairwise(known))
    if falls > rises:  # most neighbours decide, so that one mistyped year does not reverse the list
        indexes.reverse()
    at = min(known) if known else datetime.min.replace(tzinfo=UTC)
    filled: dict[int, datetime] = {}
    for index in indexes:
        at = times[index] or at
        filled[index] = at
    return sorted(indexes, key=filled.__getitem__)
