"""The wish to watch every order, and an order that it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from tracking.values import Filter


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that watches every order of the account, or all in one state."""

    channel: str
    status: str  # as the order list takes it; empty: all
    filter: Filter
    created_by: str
    id: int = 0
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order met in the order list: stored unread, its first reading will be its baseline."""

    order: Order
    first_poll_at: datetime
