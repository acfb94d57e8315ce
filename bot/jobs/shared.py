"""One parcel of several orders is one piece of news in a channel: whichever order brings it first tells it."""

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
    """The post with what its channel was not told under another order; None: it was told all of it.

    Reckoned anew at each try, from what stands in the outbox: nothing is stored, so nothing can be lost by a stop.
    """
    shared = await store.outbox.shared(post)
    if not shared.told or post.content is None:
        return post
    try:
        news = post.news
    except UnreadableError:  # whoever composes it says so, and gives it up
        return post
    left = fact_ids.beyond(news, shared.told)
    if left == news:
        return post
    watch = await store.watches.get(post.watch_id) if post.watch_id is not None else None
    if left is None or (watch is not None and watch.filter not in severity.audience(left)):
        return None
    return replace(post, content=left, severity=_no_louder(left, post.severity))


def concerned(news: News, shared: Shared) -> tuple[str, ...]:
    """Keys of the watched orders whose goods are in a parcel that the news is about."""
    about = {node.waybill for node in (*news.nodes, *news.edited)} | {step.waybill for step in news.steps}
    return tuple(dict.fromkeys(key for key, waybill in shared.watched if waybill in about))


def _no_louder(left: News, severity_: Severity | None) -> Severity:
    """The rest is as loud as it would be by itself, and never louder than the whole."""
    return min(severity.of(left), severity_ or Severity.PROBLEM, key=severity.SEVERITIES.index)
