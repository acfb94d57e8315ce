"""A parcel with goods of several orders is news once in a channel: the order that is read first posts it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.errors import UnreadableError
from tracking import fact_ids, severity
from tracking.values import Severity

if TYPE_CHECKING:
    from storage.post import Post, Shared
    from storage.store import Store
    from tracking.values import News


async def remaining(store: Store, post: Post) -> Post | None:
    """Return the post without the news that its channel was told under another order; None when nothing is left.

    Each attempt to send computes this anew from the outbox. Nothing is stored, so a stop loses nothing.
    """
    shared = await store.outbox.shared(post)
    if not shared.told or post.content is None:
        return post
    try:
        news = post.news
    except UnreadableError:  # the composer logs it and gives the post up
        return post
    left = fact_ids.without_shared(news, shared.told)
    if left == news:
        return post
    watch = await store.watches.get(post.watch_id) if post.watch_id is not None else None
    if left is None or (watch is not None and watch.filter not in severity.audience(left)):
        return None
    return replace(post, content=left, severity=_capped_severity(left, post.severity))


def sharing_orders(news: News, shared: Shared) -> tuple[str, ...]:
    """Return the keys of the other watched orders whose goods are in a parcel of the news."""
    waybills = {node.waybill for node in (*news.nodes, *news.edited)} | {step.waybill for step in news.steps}
    return tuple(dict.fromkeys(key for key, waybill in shared.watched if waybill in waybills))


def _capped_severity(left: News, severity_: Severity | None) -> Severity:
    """Return the severity of the news that is left, but at most that of the whole."""
    return min(severity.of(left), severity_ or Severity.PROBLEM, key=severity.SEVERITIES.index)
