"""Orders that share a parcel: which of them a channel watches, and the news that the channel was told of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from storage import codec
from storage.post import Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.connection import Connection
    from storage.post import Post
    from tracking.values import News

# A stand-in such as parcel-1, which replaces a number that the API did not send, is no number that orders can share.
OTHERS = """
SELECT theirs.key, theirs.waybill FROM parcels ours JOIN parcels theirs
  ON theirs.number = ours.number AND theirs.waybill = ours.waybill AND theirs.key <> ours.key
WHERE ours.key = :key AND ours.waybill NOT LIKE 'parcel-%'
"""
WATCHED = f"""
SELECT DISTINCT w.key, o.waybill FROM watches w JOIN ({OTHERS}) o ON o.key = w.key
WHERE w.channel = :channel AND w.state IN ('active', 'paused') ORDER BY w.key, o.waybill
"""
# News that was or will be posted before this post; refused and muted posts told nothing. A watch with a narrower filter
# gets less of the same news, so its news does not replace the news of a watch with a wider filter.
TOLD = f"""
SELECT p.payload, n.payload FROM outbox p JOIN watches theirs ON theirs.id = p.watch_id
  JOIN news n ON n.key = p.key AND n.event_id = p.event_id
WHERE p.key IN (SELECT key FROM ({OTHERS}) AS others) AND p.channel = :channel AND p.kind = 'news'
  AND p.state IN ('pending', 'sending', 'uncertain', 'held', 'batched', 'sent')
  AND (p.position, p.id) < (SELECT position, id FROM outbox WHERE id = :id)
  AND EXISTS (SELECT 1 FROM watches our WHERE our.id = :watch
    AND (theirs.filter = 'all' OR theirs.filter = our.filter OR our.filter = 'problems'))
ORDER BY p.position, p.id
"""


def shared(conn: Connection, post: Post) -> Shared:
    """Return the other orders that share a parcel with a NEWS post's order, and their earlier news in its channel."""
    facts = {"key": post.key, "channel": post.channel, "id": post.id, "watch": post.watch_id}
    if conn.execute(OTHERS, facts).fetchone() is None:
        return Shared()
    return Shared(
        tuple((key, waybill) for key, waybill in conn.execute(WATCHED, facts)),
        tuple(_readable(own or common for own, common in conn.execute(TOLD, facts))),
    )


def _readable(payloads: Iterable[str | bytes]) -> Iterator[News]:
    """The news of these payloads, without unreadable ones, so that these do not hold up another order's news."""
    for payload in payloads:
        with contextlib.suppress(ValueError):
            yield codec.load_news(payload)
