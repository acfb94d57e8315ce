"""The fact ids in each message, and the news that is still unposted after a backup was restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.post import Post, PostKind
from tracking import fact_ids, severity
from tracking.values import News

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.store import Store

MOST = 1000  # fact ids in one message, about half of what Slack lets its metadata hold


async def metadata_payload(store: Store, post: Post) -> dict[str, str]:
    """Return the payload of a message's metadata, which every member can see: the token and the fact ids."""
    members = [post] if post.kind is PostKind.NEWS else []
    if post.kind is PostKind.BATCH:
        members = await store.outbox.batch_members(post.id)
    ids = dict.fromkeys(fact_id for member in members for fact_id in _fact_ids(member))
    return {"id": post.token} | ({"told": "".join(list(ids)[:MOST])} if ids else {})


def fact_ids_in(payload: dict[str, Any]) -> list[str]:
    """Return the fact ids in a message's metadata; none when an older version posted the message."""
    text = str(payload.get("told", ""))
    return [text[start : start + fact_ids.SIZE] for start in range(0, len(text), fact_ids.SIZE)]


async def settle(store: Store, post: Post, shown: Mapping[str, str], now: datetime) -> None:
    """Queue the news that the channel does not show yet. ``shown``: the channel's fact ids, with their messages' ts."""
    news = post.news
    left = fact_ids.remaining(post.key, post.event_id, news, shown)
    if left == news:
        await store.outbox.mark_retry(post, now, "not found in the channel")
        return
    watch = await store.watches.get(post.watch_id) if post.watch_id is not None else None
    if left is None or (watch is not None and watch.filter not in severity.audience(left)):
        await store.outbox.mark_sent(now, post, max(shown.values()))
        return
    await store.outbox.mark_reduced(now, post, left, severity.of(left))


def _fact_ids(post: Post) -> tuple[str, ...]:
    return fact_ids.fact_ids(post.key, post.event_id, post.news) if isinstance(post.content, News) else ()
