"""The deduplication key of news: a watch is told news with the same key only once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tracking.severity import is_edit
from tracking.suppression import REPEAT_WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pandapon.models import Order
    from tracking.orders import StoredOrder
    from tracking.values import News, Step


def event_id(base: StoredOrder, news: News, order: Order | None, now: datetime) -> str:
    """Return the key of the news of a reading. Pure. ``order``: as merged.

    A step that happens a second time is news again if the order made no news for :data:`REPEAT_WINDOW`, or if the
    platform names a new time of change. Answers that flap between two caches change sooner and name no new time.
    """
    last = base.moved_at
    stayed = last if last is not None and now - last >= REPEAT_WINDOW else None
    return dedup_key(news, last, modified=order.modified_at if order else None, stayed=stayed)


def dedup_key(
    news: News, last: datetime | None = None, *, modified: datetime | None = None, stayed: datetime | None = None
) -> str:
    """Return the key of news: the same nodes, steps and numbers give the same key, on any machine, at any time. Pure.

    ``last``: when the order last made news, as stored. A price or refund that reaches the same amount a second time is
    news again; ``last`` tells the two apart, also after a restart and in a restored database.

    A step into or out of a problem may happen again without a new scan. Two such steps of an order are told apart by
    ``modified``, the time of the platform's last change. Those of a parcel, and of an order without that time, are told
    apart by ``stayed``, the time since which the order made no news; None: it made news a short while ago.

    Edits do not change the key: news that differs only by an edit was told already. The key of news that holds only
    edits is made from the nodes' identities, not from their words, so that an entry whose words flap is told once.
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
    """Whether the same step may happen again: only steps into and out of a problem are taken back."""
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
    if news.late:  # told once for each order, see StoredOrder.was_late
        yield "late"
