"""A stall alarm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.values import Stall


class AlarmState(StrEnum):
    """The states of a stall alarm. CLEARED: the silence is over."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ASSIGNED = "assigned"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The alarm of an order that has been silent for too long. Times are aware."""

    key: str  # the order's key
    event_id: str  # unique within the order: names the silence, and whether it was raised again after a snooze
    stall: Stall
    id: int = 0  # 0: not stored yet
    state: AlarmState = AlarmState.OPEN
    raised_at: datetime | None = None
    snoozed_until: datetime | None = None
    assignee: str = ""  # Slack user id; empty: nobody took it
    actor: str = ""  # Slack user id of whoever acted last
