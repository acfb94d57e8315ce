"""One item that goes wrong, whatever it raises, keeps no other from its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from storage.errors import BusyFileError, DiskFullError

if TYPE_CHECKING:
    import logging
    from types import TracebackType

# The database's trouble and not the item's: the others would meet it too, and the next tick tries all of them again.
SHARED_TROUBLE: tuple[type[Exception], ...] = (DiskFullError, BusyFileError)


class isolated:  # noqa: N801  reads as the statement that it is: with isolated(…)
    """Logs what goes wrong with one item, and goes on after the block; :attr:`error` is then what it was."""

    def __init__(
        self,
        log: logging.Logger,
        event: str,
        *,
        trace: bool = True,
        passing: tuple[type[Exception], ...] = SHARED_TROUBLE,
        **fields: object,
    ) -> None:
        """``event`` and ``fields``: of the log entry. ``trace``: with the traceback; without, the error is a field.

        ``passing``: what is raised as ever.
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
