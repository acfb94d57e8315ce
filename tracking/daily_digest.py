"""The contents of a channel's daily digest: the orders that moved, and those that need attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  pydantic reads the fields of what is stored

from pandapon.courier import Reason  # noqa: TC001  pydantic reads the fields of what is stored
from pandapon.shipment import Milestone  # noqa: TC001  the same
from tracking.values import Leg  # noqa: TC001  the same


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One order in a daily digest, as it stood when the digest was made."""

    key: str  # of the order
    milestone: Milestone | None
    title: str = ""  # of the first item, as sent; escaped when it is shown
    news: int = 0  # pieces of news about the order that day
    alarm: Leg | None = None  # the leg of the order's stall alarm; None: it has none
    reason: Reason | None = None  # why it stands at a problem or an end
    pick_up_by: datetime | None = None  # until when it is to be picked up (aware); None: unknown
    status: str = ""  # the platform's code for its state
    items: int = 1  # items of the order
    delivered: int = 0  # of its parcels
    parcels: int = 0
    refund: str = ""  # the state, as sent, of a refund that waits for the buyer; empty: there is none
    card_ts: str = ""  # Slack's id of its card in the channel; empty: there was none yet


@dataclass(frozen=True, slots=True)
class DailyDigest:
    """One day of a channel."""

    day: str  # local date, ISO
    moved: tuple[DigestEntry, ...] = ()  # had news, and need nobody
    troubled: tuple[DigestEntry, ...] = ()  # need attention, also for longer than this day
    watched: int = 0  # orders that the channel watches, without those that have been over for long
