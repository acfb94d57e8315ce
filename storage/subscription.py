"""Subscriptions (`watch all`), and the new orders that they find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from tracking.values import Filter


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel's wish to watch every order of the account, or all orders with one status."""

    channel: str
    status: str  # the platform's code, as the order list takes it; empty: all orders
    filter: Filter
    created_by: str  # Slack user id
    id: int = 0  # 0: not stored yet
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order found in the order list. It is stored unread; its first reading becomes its baseline."""

    order: Order
    first_poll_at: datetime  # aware
