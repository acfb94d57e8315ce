"""Isolates one failing item, so that the others of its batch are still handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from storage.errors import BusyFileError, DiskFullError

if TYPE_CHECKING:
    import logging
    from types import TracebackType

# Failures of the database and not of the item. Every item would meet them, and the next tick tries all items again.
SHARED_TROUBLE: tuple[type[Exception], ...] = (DiskFullError, BusyFileError)


class isolated:  # noqa: N801  reads as the statement that it is: with isolated(…)
    """Logs an exception of the block and suppresses it; :attr:`error` then holds it."""

    def __init__(
        self,
        log: logging.Logger,
        event: str,
        *,
        trace: bool = True,
        passing: tuple[type[Exception], ...] = SHARED_TROUBLE,
        **fields: object,
    ) -> None:
        """``event``, ``fields``: those of the log entry. ``trace``: log the traceback; False: the error is a field.

        ``passing``: exceptions that are neither logged nor suppressed.
        """
        self._log, self._event, self._trace, self._passing, self._fields = log, event, trace, passing, fields
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, self._passing):
            return False
        self.error = error
        fields = self._fields if self._trace else self._fields | {"error": error}
        self._log.error(self._event, exc_info=error if self._trace else None, extra=fields)
        return True
