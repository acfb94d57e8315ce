"""A step of a request for an approval, as the audit trail shows it. It is recorded, and never sent to PandaPon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracking.approvals import reference

if TYPE_CHECKING:
    from pandapon.shipment import Platform


class Step(StrEnum):
    """An act of a person on a request."""

    ASK = "ask"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    QUESTION = "question"
    RESUME = "resume"
    AWAY = "away"  # ``reason`` names the delegate
    BACK = "back"


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """A step of a request. ``number`` 0: of no request. ``about``: the deed's lines; ``reason``: of a decline."""

    number: int
    step: Step
    asker: str = ""
    about: str = ""
    reason: str = ""

    @property
    def platform(self) -> Platform | None:
        """A request concerns no platform."""
        return None

    @property
    def target(self) -> str:
        """The request."""
        return f"approval:{self.number}"

    @property
    def subject(self) -> str:
        """The request's name for people."""
        return reference(self.number) if self.number else ""

    @property
    def details(self) -> str:
        """The step, the asker, the lines, and the reason."""
        asked = f"asked by {self.asker}" if self.asker else ""
        return "; ".join(part for part in (self.step.value, asked, self.about, self.reason) if part)
