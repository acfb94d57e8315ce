"""The contents of a channel's daily digest: the orders that moved, and those that need attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  pydantic reads the fields of what is stored

from pandapon.courier import Reason  # noqa: TC001  pydantic reads the fields of what is stored
from pandapon.shipment import Milestone  # noqa: TC001  pydantic reads the fields of what is stored
from tracking.values import Leg  # noqa: TC001  pydantic reads the fields of what is stored


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One order in a daily digest, as it stood when the digest was made."""

    key: str  # the order's key
    milestone: Milestone | None
    title: str = ""  # of the first item, as sent; escaped when it is shown
    news: int = 0  # pieces of news about the order that day
    alarm: Leg | None = None  # the leg of the order's stall alarm; None: it has no alarm
    reason: Reason | None = None  # why the order is at a problem or an end
    pick_up_by: datetime | None = None  # the deadline for the pick-up (aware); None: unknown
    status: str = ""  # the platform's code for the order's state
    items: int = 1  # the number of the order's items
    delivered: int = 0  # the number of delivered parcels
    parcels: int = 0  # the number of parcels
    refund: str = ""  # the state code, as sent, of a refund that waits for the buyer; empty: no refund does
    card_ts: str = ""  # Slack's ts of the order's card in the channel; empty: it had no card yet


@dataclass(frozen=True, slots=True)
class DailyDigest:
    """One day of a channel."""

    day: str  # local date, ISO
    moved: tuple[DigestEntry, ...] = ()  # the orders with news that need nobody
    troubled: tuple[DigestEntry, ...] = ()  # the orders that need attention, even if since an earlier day
    watched: int = 0  # the number of watched orders, without orders that are over (attention.is_over)
