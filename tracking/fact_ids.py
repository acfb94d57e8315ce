"""Short opaque ids of the facts in a message. After a restore, news that is found again is compared with them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tracking import severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tracking.values import News, RefundStep, Step

SIZE = 8  # hex digits of one id


def fact_ids(key: str, event_id: str, news: News) -> tuple[str, ...]:
    """Return the id of the news as a whole, then the ids of its facts: each :data:`SIZE` hexadecimal digits. Pure.

    ``key``: the order's key. ``event_id``: the key of the news.
    """
    return tuple(dict.fromkeys(_fact_id(key, *fact) for fact in (("what", event_id), *_facts(news))))


def remaining(key: str, event_id: str, news: News, told: Collection[str]) -> News | None:
    """Return ``news`` without the facts whose ids are in ``told``; None: nothing is left. Pure.

    A later reading may group the same facts in another way: it finds two scans at once that were told one by one.
    """

    def is_new(*fact: str) -> bool:
        return _fact_id(key, *fact) not in told

    if not is_new("what", event_id):
        return None
    if news.stall:
        return news
    untold = replace(
        news,
        nodes=tuple(node for node in news.nodes if is_new("node", node.identity)),
        edited=tuple(node for node in news.edited if is_new("edit", node.identity)),
        steps=tuple(step for step in news.steps if is_new(*_step(step))),
        added=tuple(waybill for waybill in news.added if is_new("added", waybill)),
        renumbered=tuple(pair for pair in news.renumbered if is_new("renumbered", *pair)),
        settled=news.settled and is_new("settled"),
        late=news.late if news.late and is_new("late") else None,
        price=news.price if news.price and is_new("price", str(news.price[1])) else None,
        refunds=tuple(step for step in news.refunds if is_new(*_refund(step))),
        refunded=news.refunded if news.refunded and is_new("refunded", str(news.refunded[1])) else None,
    )
    return None if severity.says_nothing(untold) else untold


def without_shared(news: News, other_news: Sequence[News]) -> News | None:
    """Return ``news`` without the facts that ``other_news`` tells; None: nothing is left. Pure.

    ``other_news``: of other orders with the same parcel. Money, new tracking numbers and the steps of the order as a
    whole are always kept: they concern this order alone.
    """
    if news.stall:
        stalls = {(other.stall.leg, other.stall.waybill) for other in other_news if other.stall}
        return None if (news.stall.leg, news.stall.waybill) in stalls else news
    nodes = {node.identity for other in other_news for node in other.nodes}
    edited = {node.identity for other in other_news for node in other.edited}
    late = {other.late.waybill for other in other_news if other.late and other.late.waybill}
    steps = {(step.waybill, step.after) for other in other_news for step in other.steps if step.waybill}
    new = tuple(node for node in news.nodes if node.identity not in nodes)
    # Where another order told all new nodes of a parcel, those nodes told the parcel's step, even if it is not listed.
    passed = {node.waybill for node in news.nodes} - {node.waybill for node in new}
    own = replace(
        news,
        nodes=new,
        edited=tuple(node for node in news.edited if node.identity not in edited),
        steps=tuple(
            step for step in news.steps if step.waybill not in passed and (step.waybill, step.after) not in steps
        ),
        late=None if news.late and news.late.waybill in late else news.late,
    )
    return None if severity.says_nothing(own) else own


def _facts(news: News) -> Iterator[tuple[str, ...]]:
    yield from (("node", node.identity) for node in news.nodes)
    yield from (("edit", node.identity) for node in news.edited)
    yield from (_step(step) for step in news.steps)
    yield from (("added", waybill) for waybill in news.added)
    yield from (("renumbered", *pair) for pair in news.renumbered)
    if news.price:
        yield "price", str(news.price[1])
    yield from (_refund(step) for step in news.refunds)
    if news.refunded:
        yield "refunded", str(news.refunded[1])
    if news.settled:
        yield ("settled",)
    if news.late:
        yield ("late",)


def _refund(step: RefundStep) -> tuple[str, ...]:
    """The fact of a refund: the state that it reached."""
    refund = step.refund
    named = refund.refund_id or refund.line
    return ("refund", refund.code, named) if named else ("refund", refund.code)


def _step(step: Step) -> tuple[str, ...]:
    """The fact of a step: where it leads. A later reading may join two steps into one with another beginning."""
    return "step", step.waybill, step.after


def _fact_id(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=SIZE // 2).hexdigest()
