"""The key under which news is told once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tracking.severity import is_edit
from tracking.suppression import AGAIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pandapon.models import Order
    from tracking.orders import StoredOrder
    from tracking.values import News, Step


def event_id(base: StoredOrder, news: News, order: Order | None, now: datetime) -> str:
    """Return the key of the news of a reading. Pure. ``order``: as merged.

    A step that comes back is news again after :data:`AGAIN`, or as a change of the platform's: an answer that flaps
    between two caches changes sooner, and names no new time of its last change.
    """
    last = base.moved_at
    stayed = last if last is not None and now - last >= AGAIN else None
    return dedup_key(news, last, modified=order.modified_at if order else None, stayed=stayed)


def dedup_key(
    news: News, last: datetime | None = None, *, modified: datetime | None = None, stayed: datetime | None = None
) -> str:
    """Return the key of news: the same nodes, steps and numbers give the same key, on any machine, at any time. Pure.

    ``last``: when the order last made news, as stored. A price or a refund that comes to the same numbers again is news
    again, and ``last`` tells the two apart, also after a restart and in a restored database.

    A step into a problem or out of one may come back without a new scan. ``modified``, when the platform changed the
    order last, tells two such steps of an order apart; ``stayed`` those of parcels and of an order without that time:
    since when the order made no news, None if that is not long.

    Edits do not change the key: news that differs only by an edit was told already. News of nothing but edits is named
    by its nodes, not by their words, so that an entry that flaps to and fro is told once.
    """
    digest = hashlib.blake2b("\x1e".join(sorted(_facts(news, last, modified, stayed))).encode(), digest_size=16)
    return digest.hexdigest()


def _facts(news: News, last: datetime | None, modified: datetime | None, stayed: datetime | None) -> Iterator[str]:
    if is_edit(news):
        for node in news.edited:
            yield f"edit\x1f{node.identity}"
    for node in news.nodes:
        yield f"node\x1f{node.identity}"
    for step in news.steps:
        fact = f"step\x1f{step.waybill}\x1f{step.before or ''}\x1f{step.after}"
        since = stayed if step.waybill else modified or stayed
        yield f"{fact}\x1f{since}" if since and not news.nodes and _may_return(step) else fact
    for waybill in news.added:
        yield f"added\x1f{waybill}"
    for old, new in news.renumbered:
        yield f"renumbered\x1f{old}\x1f{new}"
    yield from _facts_of_order(news, last)


def _may_return(step: Step) -> bool:
    """Whether the same step may come again: nothing else goes back."""
    return step.after.is_problem or (step.before is not None and step.before.is_problem)


def _facts_of_order(news: News, last: datetime | None) -> Iterator[str]:
    if news.price:
        yield f"price\x1f{news.price[0]}\x1f{news.price[1]}\x1f{last}"
    for step in news.refunds:
        refund = step.refund
        yield f"refund\x1f{refund.refund_id or refund.line}\x1f{step.before}\x1f{refund.code}\x1f{last}"
    if news.refunded:
        yield f"refunded\x1f{news.refunded[1]}\x1f{last}"
    if news.settled:
        yield f"settled\x1f{last}"
    if news.late:  # once for an order: StoredOrder.was_late
        yield "late"
