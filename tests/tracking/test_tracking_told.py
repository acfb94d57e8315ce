"""Marks: what is left of news when the channel was told a part of it, in whatever pieces."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from support.tracking_cases import LEFT, PICKED, REF, M, at, node

from pandapon.shipment import OrderRef, Platform
from tracking.fact_ids import fact_ids, remaining, without_shared
from tracking.values import Leg, News, Refund, RefundStep, Stall, Step

KEY = "1688:1"
A, B = node(PICKED), node(LEFT)
BOTH = News(REF, M.IN_TRANSIT, nodes=(A, B), steps=(Step(None, M.IN_TRANSIT, A.waybill),))
FIRST = replace(BOTH, nodes=(A,), steps=(Step(None, M.PICKED_UP, A.waybill),))
SECOND = replace(BOTH, nodes=(B,), steps=(Step(M.PICKED_UP, M.IN_TRANSIT, A.waybill),))


def test_told_piece_by_piece_is_told() -> None:
    """Two scans and two steps told apart leave nothing of the one piece with the one longer step."""
    told = {*fact_ids(KEY, "first", FIRST), *fact_ids(KEY, "second", SECOND)}
    assert remaining(KEY, "both", BOTH, told) is None


def test_told_together_is_told() -> None:
    """One piece told leaves nothing of its halves but the step that it passed over."""
    told = fact_ids(KEY, "both", BOTH)
    assert remaining(KEY, "second", SECOND, told) is None
    left = remaining(KEY, "first", FIRST, told)
    assert left is not None
    assert (left.nodes, left.steps) == ((), FIRST.steps)


def test_what_is_new_is_left() -> None:
    """The second scan and its step are still to be told."""
    assert remaining(KEY, "both", BOTH, fact_ids(KEY, "first", FIRST)) == replace(BOTH, nodes=(B,))


@pytest.mark.parametrize(
    "news",
    [
        replace(BOTH, nodes=(), steps=(), added=("YT1",)),
        replace(BOTH, nodes=(), steps=(), renumbered=(("YT1", "YT2"),)),
        replace(BOTH, nodes=(), steps=(), price=(Decimal(10), Decimal(12))),
        replace(BOTH, nodes=(), steps=(), refunds=(RefundStep("", Refund("WAIT", at(0))),)),
        replace(BOTH, nodes=(), steps=(), refunded=(None, Decimal(12))),
        replace(BOTH, nodes=(), steps=(), edited=(A,)),
        replace(BOTH, nodes=(), steps=(), settled=True),
    ],
    ids=["added", "renumbered", "price", "refund", "paid back", "edit", "settled"],
)
def test_each_kind_of_news_has_its_mark(news: News) -> None:
    """Told under another name it is told; of another order it is not."""
    assert remaining(KEY, "later", news, fact_ids(KEY, "earlier", news)) is None
    assert remaining("1688:2", "later", news, fact_ids(KEY, "earlier", news)) == news
    assert remaining(KEY, "later", news, ()) == news


TWIN = OrderRef(Platform.TAOBAO, "200048859480")


def of_twin(news: News) -> News:
    """The same as another order's."""
    return replace(news, ref=TWIN)


def test_another_orders_news_of_the_parcel_leaves_what_is_new() -> None:
    """Whatever pieces the two readings cut the same entries into."""
    assert without_shared(BOTH, [of_twin(BOTH)]) is None
    assert without_shared(BOTH, [of_twin(FIRST), of_twin(SECOND)]) is None
    assert without_shared(FIRST, [of_twin(BOTH)]) is None, "the step passed over is said by entries that were told"
    assert without_shared(BOTH, [of_twin(FIRST)]) == replace(BOTH, nodes=(B,))


def test_what_is_the_orders_own_is_left() -> None:
    """Its money, its end as a whole, and its other parcels."""
    own = (Step(M.IN_TRANSIT, M.DELIVERED), Step(None, M.PICKED_UP, "YT1"))
    news = replace(BOTH, steps=(*BOTH.steps, *own), price=(Decimal(1), Decimal(2)))
    left = without_shared(news, [of_twin(BOTH)])
    assert left is not None
    assert (left.nodes, left.steps, left.price) == ((), own, news.price)


def test_an_alarm_of_the_same_parcel_is_one() -> None:
    """Another leg or parcel is another alarm."""
    stall = Stall(Leg.DOMESTIC, at(0), timedelta(days=1), waybill="YT1")
    news = News(REF, M.IN_TRANSIT, stall=stall)
    assert without_shared(news, [of_twin(news)]) is None
    for other in (replace(stall, waybill="YT2"), replace(stall, leg=Leg.ABROAD)):
        assert without_shared(news, [of_twin(replace(news, stall=other))]) == news
    assert without_shared(news, [of_twin(BOTH)]) == news
