"""How often a channel is shown that the price or a refund of an order changed; the order's thread is told each time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracking.severity import is_only_money
from tracking.values import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.values import News

DAY, MONEY_A_DAY = timedelta(days=1), 3


def calmed(
    news: News, severity: Severity, shown: tuple[datetime, ...], now: datetime
) -> tuple[Severity, tuple[datetime, ...]]:
    """Return how severe the news is after ``shown``, the times at which channels were shown such changes. Pure.

    The times that count from now on come with it. A channel is shown at most ``MONEY_A_DAY`` changes of an order a day,
    beside other news and each refund that waits for the buyer. Times are aware.
    """
    if severity is Severity.PROBLEM or not is_only_money(news):
        return severity, shown
    recent = tuple(at for at in shown if abs(now - at) < DAY)  # a clock that was ahead must not silence for longer
    return (Severity.NODE, recent) if len(recent) >= MONEY_A_DAY else (severity, (*recent, now))
