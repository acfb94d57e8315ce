"""Short opaque ids of the facts that a message tells, by which news that is found again is known to be told."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tracking import severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tracking.values import News, Step

SIZE = 8  # hex digits of one id


def fact_ids(key: str, event_id: str, news: News) -> tuple[str, ...]:
    """One of the piece as a whole, and one of each thing in it. ``key`` names the order, ``event_id`` the piece."""
    return tuple(dict.fromkeys(_fact_id(key, *fact) for fact in (("what", event_id), *_facts(news))))


def remaining(key: str, event_id: str, news: News, told: Collection[str]) -> News | None:
    """What is left of ``news`` when the facts with these ids stand in the channel; None: all of it was told.

    Another reading cuts the same events into other pieces: two scans that were told one by one are found together.
    """

    def is_new(*fact: str) -> bool:
        return _fact_id(key, *fact) not in told

    if not is_new("what", event_id):
        return None
    if news.stall:
        return news
    left = replace(
        news,
        nodes=tuple(node for node in news.nodes if is_new("node", node.identity)),
        edited=tuple(node for node in news.edited if is_new("edit", node.identity)),
        steps=tuple(step for step in news.steps if is_new(*_step(step))),
        added=tuple(waybill for waybill in news.added if is_new("added", waybill)),
        renumbered=tuple(pair for pair in news.renumbered if is_new("renumbered", *pair)),
        settled=news.settled and is_new("settled"),
        price=news.price if news.price and is_new("price", str(news.price[1])) else None,
        refund=news.refund if news.refund and is_new(*_refund(news)) else None,
    )
    return None if severity.says_nothing(left) else left


def beyond(news: News, others: Sequence[News]) -> News | None:
    """What of ``news`` none of ``others`` tells, which are of other orders with the same parcel; None: nothing.

    What concerns the order as a whole, its money and its numbers, is its own.
    """
    if news.stall:
        stalls = {(one.stall.leg, one.stall.waybill) for one in others if one.stall}
        return None if (news.stall.leg, news.stall.waybill) in stalls else news
    nodes = {node.identity for one in others for node in one.nodes}
    edited = {node.identity for one in others for node in one.edited}
    steps = {(step.waybill, step.after) for one in others for step in one.steps if step.waybill}
    new = tuple(node for node in news.nodes if node.identity not in nodes)
    # A step that was passed over there is said by entries that were all told.
    passed = {node.waybill for node in news.nodes} - {node.waybill for node in new}
    left = replace(
        news,
        nodes=new,
        edited=tuple(node for node in news.edited if node.identity not in edited),
        steps=tuple(s for s in news.steps if s.waybill not in passed and (s.waybill, s.after) not in steps),
    )
    return None if severity.says_nothing(left) else left


def _facts(news: News) -> Iterator[tuple[str, ...]]:
    yield from (("node", node.identity) for node in news.nodes)
    yield from (("edit", node.identity) for node in news.edited)
    yield from (_step(step) for step in news.steps)
    yield from (("added", waybill) for waybill in news.added)
    yield from (("renumbered", *pair) for pair in news.renumbered)
    if news.price:
        yield "price", str(news.price[1])
    if news.refund:
        yield _refund(news)
    if news.settled:
        yield ("settled",)


def _refund(news: News) -> tuple[str, ...]:
    """Named by its state and what was paid back by then."""
    state, paid = (news.refund or ("", ""))[1], news.refunded
    return ("refund", state, str(paid[1])) if paid else ("refund", state)


def _step(step: Step) -> tuple[str, ...]:
    """Named by where it leads: found later, two steps are one that begins elsewhere."""
    return "step", step.waybill, step.after


def _fact_id(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=SIZE // 2).hexdigest()
