"""The context of log lines: the request, post or job that a task works on.

A formatter that adds :func:`fields` to each line lets a reader follow one request, post or job through all modules.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_fields: ContextVar[Mapping[str, str]] = ContextVar("fields", default={})  # noqa: B039  the default is never changed


def fields() -> Mapping[str, str]:
    """Return the fields of the current task by name."""
    return _fields.get()


def bind(**added: object) -> None:
    """Add fields for the rest of this task, and for the tasks that it starts."""
    _fields.set({**_fields.get(), **_texts(added)})


@contextmanager
def bound(**added: object) -> Iterator[None]:
    """Add fields for the block."""
    token = _fields.set({**_fields.get(), **_texts(added)})
    try:
        yield
    finally:
        _fields.reset(token)


def _texts(added: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in added.items() if value is not None and value != ""}
