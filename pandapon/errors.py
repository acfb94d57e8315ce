"""The errors a caller can meet, as one tree."""

from __future__ import annotations


class PandaPonError(Exception):
    """Base of everything this package raises on purpose."""

    def __init__(self, message: str, *, request_id: str = "") -> None:
        super().__init__(message)
        self.request_id = request_id  # the vendor's id of the call, for a support request


class TransportError(PandaPonError):
    """No whole answer came: refused, reset, timed out. A read may be tried again."""


class TimeoutError(TransportError):  # noqa: A001  named as httpx and asyncio name theirs
    """The answer took too long."""


class ServerError(PandaPonError):
    """The API answered 5xx, or 200 with a code that says it failed on its side."""


class RateLimitError(PandaPonError):
    """The API asked us to slow down."""

    def __init__(self, message: str, *, retry_after: float | None = None, request_id: str = "") -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after = retry_after  # seconds, None when not said


class DecodeError(PandaPonError):
    """The answer was not the JSON that the contract promises."""


class ApiError(PandaPonError):
    """The API understood and refused: ``code`` is not 200."""

    def __init__(self, message: str, *, code: str = "", request_id: str = "") -> None:
        super().__init__(message, request_id=request_id)
        self.code = code


class AuthError(ApiError):
    """The key, signature or permission was refused."""


class TimestampError(AuthError):
    """The timestamp was refused: the clock is off by more than 600 s, or the unit is the other one."""


class NotFoundError(ApiError):
    """No such order for this account on this platform (or the endpoint's path is not this one)."""


class NotShippedError(ApiError):
    """The order exists and has no logistics yet."""
