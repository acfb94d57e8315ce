"""Recognises news that repeats what a channel was just shown of this or another parcel: only the thread gets it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pandapon.times import CHINA
from tracking.stalls import is_plausible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from pandapon.shipment import Milestone, Node, Parcel
    from tracking.values import News

REPEAT_WINDOW = timedelta(hours=12)  # a problem that is scanned again within this time is the same problem


def suppressed(known: Sequence[Parcel], news: News, now: datetime) -> frozenset[str]:
    """Return the waybills whose part of ``news`` need not be shown to the whole channel. Pure.

    ``known``: the order's parcels before this reading. Suppressed are a parcel that reaches a milestone on the same day
    (in China, where parcels move) as another parcel of the order, and a problem that is scanned again within
    :data:`REPEAT_WINDOW`. A step of the order as a whole, such as to its end, is never suppressed.
    """
    return frozenset(_followers(known, news, now)) | frozenset(_repeats(known, news, now))


def _followers(known: Sequence[Parcel], news: News, now: datetime) -> Iterator[str]:
    for step in news.steps:
        if step.waybill and not step.after.is_problem:
            nodes = [node for parcel in known if _goes_well(parcel, but=step.waybill) for node in parcel.nodes]
            reached_at = max(_times(news.nodes, step.waybill, step.after, now), default=now)
            if any(_day(at) == _day(reached_at) for at in _times(nodes, "", step.after, now)):
                yield step.waybill


def _repeats(known: Sequence[Parcel], news: News, now: datetime) -> Iterator[str]:
    stepped = {step.waybill for step in news.steps}
    for parcel in known:
        if parcel.milestone is not None and parcel.milestone.is_problem and parcel.waybill not in stepped:
            before = max(_times(parcel.nodes, "", parcel.milestone, now), default=None)
            again = max(_times(news.nodes, parcel.waybill, parcel.milestone, now), default=None)
            if before and again and again - before < REPEAT_WINDOW:
                yield parcel.waybill


def _goes_well(parcel: Parcel, *, but: str) -> bool:
    return parcel.waybill != but and parcel.milestone is not None and not parcel.milestone.is_problem


def _times(nodes: Iterable[Node], waybill: str, claim: Milestone, now: datetime) -> Iterator[datetime]:
    """The times at which the parcel ``waybill`` (empty: any parcel) was scanned with this claim."""
    for node in nodes:
        if node.milestone is claim and waybill in {"", node.waybill} and is_plausible(node.at, now):
            yield node.at


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
