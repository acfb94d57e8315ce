"""Orders whose goods travel in one parcel: what a channel that watches several of them was told of it already."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from storage import codec
from storage.post import Shared

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from storage.post import Post
    from tracking.values import News

# A name that only counts the parcels of an order (the API sent no number) is nobody else's.
OTHERS = """
SELECT theirs.key, theirs.waybill FROM parcels ours JOIN parcels theirs
  ON theirs.number = ours.number AND theirs.waybill = ours.waybill AND theirs.key <> ours.key
WHERE ours.key = :key AND ours.waybill NOT LIKE 'parcel-%'
"""
WATCHED = f"""
SELECT DISTINCT w.key, o.waybill FROM watches w JOIN ({OTHERS}) o ON o.key = w.key
WHERE w.channel = :channel AND w.state IN ('active', 'paused') ORDER BY w.key, o.waybill
"""
# What stands before the post in the channel, or will: whatever was refused or muted told nothing. A watch that asks for
# less is shown less of the same news, so it takes nothing away from one that asks for more.
TOLD = f"""
SELECT CASE WHEN p.payload <> '' THEN p.payload ELSE n.payload END
FROM outbox p JOIN watches theirs ON theirs.id = p.watch_id JOIN news n ON n.key = p.key AND n.event_id = p.event_id
WHERE p.key IN (SELECT key FROM ({OTHERS}) AS others) AND p.channel = :channel AND p.kind = 'news'
  AND p.state IN ('pending', 'sending', 'uncertain', 'held', 'batched', 'sent')
  AND (p.position, p.id) < (SELECT position, id FROM outbox WHERE id = :id)
  AND EXISTS (SELECT 1 FROM watches our WHERE our.id = :watch
    AND (theirs.filter = 'all' OR theirs.filter = our.filter OR our.filter = 'problems'))
ORDER BY p.position, p.id
"""


def shared(conn: sqlite3.Connection, post: Post) -> Shared:
    """Other orders with a parcel of the order of this NEWS, and what its channel was told of them before it."""
    facts = {"key": post.key, "channel": post.channel, "id": post.id, "watch": post.watch_id}
    if conn.execute(OTHERS, facts).fetchone() is None:
        return Shared()
    return Shared(
        tuple((key, waybill) for key, waybill in conn.execute(WATCHED, facts)),
        tuple(_readable(payload for (payload,) in conn.execute(TOLD, facts))),
    )


def _readable(payloads: Iterable[str]) -> Iterator[News]:
    """One that cannot be read takes nothing away: it must not hold up another order's news."""
    for payload in payloads:
        with contextlib.suppress(ValidationError):
            yield codec.load_news(payload)
