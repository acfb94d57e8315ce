"""Marks: what is left of news when the channel was told a part of it, in whatever pieces."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.tracking_cases import LEFT, PICKED, REF, M, node

from bot.tracking.told import marks, untold
from pandapon.shipment import News, Step

KEY = "1688:1"
A, B = node(PICKED), node(LEFT)
BOTH = News(REF, M.IN_TRANSIT, nodes=(A, B), steps=(Step(None, M.IN_TRANSIT, A.waybill),))
FIRST = replace(BOTH, nodes=(A,), steps=(Step(None, M.PICKED_UP, A.waybill),))
SECOND = replace(BOTH, nodes=(B,), steps=(Step(M.PICKED_UP, M.IN_TRANSIT, A.waybill),))


def test_told_piece_by_piece_is_told() -> None:
    """Two scans and two steps told apart leave nothing of the one piece with the one longer step."""
    told = {*marks(KEY, "first", FIRST), *marks(KEY, "second", SECOND)}
    assert untold(KEY, "both", BOTH, told) is None


def test_told_together_is_told() -> None:
    """One piece told leaves nothing of its halves but the step that it passed over."""
    told = marks(KEY, "both", BOTH)
    assert untold(KEY, "second", SECOND, told) is None
    left = untold(KEY, "first", FIRST, told)
    assert left is not None
    assert (left.nodes, left.steps) == ((), FIRST.steps)


def test_what_is_new_is_left() -> None:
    """The second scan and its step are still to be told."""
    assert untold(KEY, "both", BOTH, marks(KEY, "first", FIRST)) == replace(BOTH, nodes=(B,))


@pytest.mark.parametrize(
    "news",
    [
        replace(BOTH, nodes=(), steps=(), added=("YT1",)),
        replace(BOTH, nodes=(), steps=(), renumbered=(("YT1", "YT2"),)),
        replace(BOTH, nodes=(), steps=(), price=(Decimal(10), Decimal(12))),
        replace(BOTH, nodes=(), steps=(), refund=("", "WAIT")),
        replace(BOTH, nodes=(), steps=(), edited=(A,)),
    ],
    ids=["added", "renumbered", "price", "refund", "edit"],
)
def test_each_kind_of_news_has_its_mark(news: News) -> None:
    """Told under another name it is told; of another order it is not."""
    assert untold(KEY, "later", news, marks(KEY, "earlier", news)) is None
    assert untold("1688:2", "later", news, marks(KEY, "earlier", news)) == news
    assert untold(KEY, "later", news, ()) == news
