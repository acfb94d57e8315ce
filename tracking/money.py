"""Limits how often a channel is shown changes of an order's price or refunds; the order's thread is told each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracking.severity import is_only_money
from tracking.values import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.values import News

DAY, MONEY_A_DAY = timedelta(days=1), 3


def throttle(
    news: News, severity: Severity, shown: tuple[datetime, ...], now: datetime
) -> tuple[Severity, tuple[datetime, ...]]:
    """Return the limited severity, and the updated times at which channels were shown changes of money. Pure.

    A channel is shown at most ``MONEY_A_DAY`` of an order's changes of price or refunds within a day; a further change
    has the severity NODE. A refund that begins to wait for the buyer (PROBLEM), and news that tells more than money, is
    not limited. ``shown``: the times as stored. Times are aware.
    """
    if severity is Severity.PROBLEM or not is_only_money(news):
        return severity, shown
    recent = tuple(at for at in shown if abs(now - at) < DAY)  # a clock that was ahead must not silence for longer
    return (Severity.NODE, recent) if len(recent) >= MONEY_A_DAY else (severity, (*recent, now))
