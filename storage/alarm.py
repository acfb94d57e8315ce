"""A stall alarm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.values import Stall


class AlarmState(StrEnum):
    """A stall alarm's life. CLEARED when the parcel moved."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ASSIGNED = "assigned"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An order that has been silent for too long."""

    key: str
    event_id: str  # unique per order: which silence, and whether it was raised again after a snooze
    stall: Stall
    id: int = 0
    state: AlarmState = AlarmState.OPEN
    raised_at: datetime | None = None
    snoozed_until: datetime | None = None
    assignee: str = ""
    actor: str = ""  # who acted last
