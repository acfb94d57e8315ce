"""What a person's request raises on purpose. ``handlers.interactions.error_boundary`` says each in one sentence.

RequestError
  UsageError
  UnknownOrderError
  WrongPlatformError
  ForbiddenError
    UnseenError
    OutdatedError
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandapon.shipment import OrderRef, Platform


class RequestError(Exception):
    """Base of everything that a request raises on purpose."""


class UsageError(RequestError):
    """A command that was not understood, with the command that would be.

    ``typed`` and ``problem`` are ready to show as Slack text: whatever a person typed is escaped in them.
    ``suggestion`` is the whole corrected command as one would type it, slash included; empty when there is none.
    """

    def __init__(self, *, typed: str, problem: str, suggestion: str = "") -> None:
        super().__init__(problem)
        self.typed = typed
        self.problem = problem
        self.suggestion = suggestion


class UnknownOrderError(RequestError):
    """No platform knows this id, and no stored parcel bears this number."""

    def __init__(self, text: str) -> None:
        super().__init__(f"no order or parcel {text!r}")
        self.text = text


class WrongPlatformError(RequestError):
    """The id exists, on the platform that was not asked for."""

    def __init__(self, ref: OrderRef, asked: Platform) -> None:
        super().__init__(f"{ref.order_id!r} is on {ref.platform}, not on {asked}")
        self.ref = ref
        self.asked = asked
        self.suggestion = ""  # the whole corrected command, once it is known what was asked


class ForbiddenError(RequestError):
    """The person may not do that; the message says why, in words meant for them."""


class UnseenError(ForbiddenError):
    """The same for a channel of which this person is to learn nothing, not even that it exists."""


class OutdatedError(ForbiddenError):
    """A button or form carries what this version does not understand."""
