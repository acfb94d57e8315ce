"""Errors of a person's request. ``handlers.interactions.error_boundary`` answers each with one sentence.

RequestError
  UsageError
  UnknownOrderError
  WrongPlatformError
  FileError
  ForbiddenError
    UnseenError
    OutdatedError
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandapon.shipment import OrderRef, Platform


class RequestError(Exception):
    """Base of the errors for which a request is refused."""


class UsageError(RequestError):
    """A command that was not understood, with the corrected command.

    ``typed`` and ``problem`` are ready to show as Slack text: the person's words in them are escaped.
    ``suggestion`` is the whole corrected command as a person would type it, slash included; empty where there is none.
    ``is_guess``: the person may have meant something else altogether.
    """

    def __init__(self, *, typed: str = "", problem: str, suggestion: str = "", is_guess: bool = False) -> None:
        super().__init__(problem)
        self.typed = typed
        self.problem = problem
        self.suggestion = suggestion
        self.is_guess = is_guess


class UnknownOrderError(RequestError):
    """No order on either platform has the id ``text``, and no stored parcel has the waybill ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__(f"no order or parcel {text!r}")
        self.text = text


class WrongPlatformError(RequestError):
    """The order exists, but not on the platform ``asked``: ``ref`` names its real platform."""

    def __init__(self, ref: OrderRef, asked: Platform) -> None:
        super().__init__(f"{ref.order_id!r} is on {ref.platform}, not on {asked}")
        self.ref = ref
        self.asked = asked
        self.suggestion = ""  # the whole corrected command; set where the request is known


class FileError(RequestError):
    """A person's file or picture cannot be used. The error's message says why, as Slack text in their language."""


class ForbiddenError(RequestError):
    """The person may not do what they asked for. The error's message says why, as Slack text in their language."""


class UnseenError(ForbiddenError):
    """The person may not even learn that a channel exists: the message is the same as for a channel that does not."""


class OutdatedError(ForbiddenError):
    """A button or form of an older version of the bot carries a value that this version cannot read."""
