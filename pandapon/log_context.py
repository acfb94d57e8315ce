"""What a log line belongs to: the request, the post or the job at work, carried along its task.

A formatter that adds :func:`fields` to each line lets a reader follow one of them through all modules.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_fields: ContextVar[Mapping[str, str]] = ContextVar("fields", default={})  # noqa: B039  nobody writes into the default


def fields() -> Mapping[str, str]:
    """The fields of the current task, by name."""
    return _fields.get()


def bind(**more: object) -> None:
    """Add fields for the rest of this task, and for the tasks that it starts."""
    _fields.set({**_fields.get(), **_texts(more)})


@contextmanager
def bound(**more: object) -> Iterator[None]:
    """Add fields within the block."""
    token = _fields.set({**_fields.get(), **_texts(more)})
    try:
        yield
    finally:
        _fields.reset(token)


def _texts(more: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in more.items() if value is not None and value != ""}
