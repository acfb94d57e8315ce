"""The errors a caller can meet, as one tree.

PandaPonError
  TransportError
    TimeoutError
  ServerError
  RateLimitError
  DecodeError
  InvalidRequestError
  UnknownPathError
  ApiError
    AuthError
      TimestampError
    NotFoundError
      UnknownProductError
    NotShippedError
"""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,40}")  # the form of a code, which no sentence, name or address has


class PandaPonError(Exception):
    """Base of all errors that this package raises on purpose."""

    own_words = False  # whether the whole message is ours; an API's words may name people, and reach no log

    def __init__(self, message: str, *, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.code = code  # the vendor's code, or the HTTP status; empty: no answer came
        self.request_id = request_id  # the vendor's id of the call, for a support request

    @property
    def brief(self) -> str:
        """The error as a log may hold it: its kind and the vendor's code. The vendor's words may name people."""
        parts = [type(self).__name__]
        if self.own_words:
            parts.append(str(self))
        if self.code:
            parts.append(f"code {_plain(self.code)}")
        if self.request_id:
            parts.append(f"request {_plain(self.request_id)}")
        return ", ".join(parts)


class TransportError(PandaPonError):
    """No whole answer came: connection refused or reset, or no time left. A call that only reads may be repeated."""

    own_words = True


class TimeoutError(TransportError):  # noqa: A001  named as httpx and asyncio name theirs
    """The answer took too long."""


class ServerError(PandaPonError):
    """The API failed on its side: it answered HTTP 5xx, or a code or words that say so.

    After a call that writes, nobody knows whether the change was made.
    """


class RateLimitError(PandaPonError):
    """The API asked to slow down."""

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "", request_id: str = "") -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.retry_after = retry_after  # seconds; None: the API named no time


class DecodeError(PandaPonError):
    """The answer is too large, is no JSON, or lacks the object, list or id that it should hold."""

    own_words = True


class InvalidRequestError(PandaPonError):
    """A value does not fit the operation's request. Nothing was sent."""

    own_words = True


class UnknownPathError(PandaPonError):
    """The operation's path is neither published nor set, or a placeholder in it has no value. Nothing was sent."""


class ApiError(PandaPonError):
    """The API understood the call and refused it: ``code`` is not 200."""


class AuthError(ApiError):
    """The key, signature or permission was refused."""


class TimestampError(AuthError):
    """The timestamp was refused: the clock differs by over 600 s [stated], or the API takes the other unit (s, ms)."""


class NotFoundError(ApiError):
    """The account has no such order or refund on this platform, or the operation's path is wrong."""


class UnknownProductError(NotFoundError):
    """No such product: it is off sale, or the number is wrong. Products do not belong to an account."""


class NotShippedError(ApiError):
    """The order exists and has no logistics yet."""


def _plain(code: str) -> str:
    return code if _PLAIN.fullmatch(code) else "unreadable"
