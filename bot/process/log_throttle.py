"""Throttles repeated log events, so that a failure that goes on does not flood a log or a service."""

from __future__ import annotations

import logging
import time

MOST_KINDS = 200  # kinds of events that are remembered; when there are more, all are forgotten


class ThrottleFilter(logging.Filter):
    """Passes the first record of each kind, and the next one only after the given seconds.

    Records are of one kind when their logger, their text without its arguments and their error's type are the same.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._passed_at: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record may pass."""
        kind = record.exc_info[0] if record.exc_info else None
        key = (record.name, str(record.msg), kind.__name__ if kind else "")
        now = time.monotonic()
        if key in self._passed_at and now - self._passed_at[key] < self._seconds:
            return False
        if len(self._passed_at) >= MOST_KINDS:
            self._passed_at.clear()
        self._passed_at[key] = now
        return True


class WarningRelay(logging.Handler):
    """Logs a library's warnings as one event of ours, the same warning once in the given seconds."""

    def __init__(self, log: logging.Logger, event: str, seconds: float) -> None:
        super().__init__(logging.WARNING)
        self._log, self._event = log, event
        self.addFilter(ThrottleFilter(seconds))

    def emit(self, record: logging.LogRecord) -> None:
        """Log the event, with the library's words as its reason."""
        self._log.warning(self._event, extra={"reason": record.getMessage()})

    def take(self, name: str) -> None:
        """Take over the records of this logger and of those below it."""
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.handlers = [self]
