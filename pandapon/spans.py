"""Spans, the timed parts of a request or job, for a tracer that the process may install.

There is no tracer by default. Every span is then :data:`NO_SPAN`, the same object each time, which does nothing.
``bot.process.tracing`` has a tracer; no other module knows the library behind it.

A span's name and attributes come from the code: names of operations, kinds, counts. Ids and texts that people wrote
are never attributes.
"""

from __future__ import annotations

from contextlib import nullcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

Value: TypeAlias = str | int | bool
NO_IDS: Mapping[str, str] = MappingProxyType({})


class Span(Protocol):
    """A span that is open."""

    def note(self, **attributes: Value) -> None:
        """Add attributes that are known only now."""


class Tracer(Protocol):
    """Makes spans. A span ends with its block; of an exception that leaves the block it records the type alone."""

    def span(self, name: str, attributes: Mapping[str, Value]) -> AbstractContextManager[Span]:
        """Open a span inside the present one, or at the root of a new trace."""

    def inner(self, name: str, attributes: Mapping[str, Value]) -> AbstractContextManager[Span]:
        """Open a span inside the present one; does nothing if no span is open."""

    def linked(self, name: str, attributes: Mapping[str, Value]) -> AbstractContextManager[Span]:
        """Open a span at the root of a new trace, with a link to the present one."""

    def apart(self) -> AbstractContextManager[object]:
        """Open a block outside of every span."""

    def note(self, attributes: Mapping[str, Value]) -> None:
        """Add attributes to the present span; does nothing if no span is open."""

    def ids(self) -> Mapping[str, str]:
        """Return ``trace_id`` and ``span_id`` of the present span in hex; empty if no span is open."""


class _NoSpan:
    """Does nothing, and may be opened any number of times."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        return None

    def note(self, **_attributes: Value) -> None:
        """Ignore the attributes."""


NO_SPAN = _NoSpan()
_NOTHING: AbstractContextManager[object] = nullcontext()
_tracer: Tracer | None = None


def install(tracer: Tracer | None) -> None:
    """Use this tracer from now on in the whole process; None: no tracer."""
    global _tracer  # noqa: PLW0603  one tracer for the process, like the log
    _tracer = tracer


def is_on() -> bool:
    """Whether there is a tracer. Callers skip work that only a tracer needs."""
    return _tracer is not None


def span(name: str, /, **attributes: Value) -> AbstractContextManager[Span]:
    """Open a span inside the present one, or at the root of a new trace."""
    return NO_SPAN if _tracer is None else _tracer.span(name, attributes)


def inner(name: str, /, **attributes: Value) -> AbstractContextManager[Span]:
    """Open a span inside the present one; does nothing if no span is open. For parts that say nothing alone."""
    return NO_SPAN if _tracer is None else _tracer.inner(name, attributes)


def linked(name: str, /, **attributes: Value) -> AbstractContextManager[Span]:
    """Open a span at the root of a new trace, with a link to the present one. For one item of a long job."""
    return NO_SPAN if _tracer is None else _tracer.linked(name, attributes)


def apart() -> AbstractContextManager[object]:
    """Open a block outside of every span, even inside of an open one."""
    return _NOTHING if _tracer is None else _tracer.apart()


def note(**attributes: Value) -> None:
    """Add attributes to the present span; does nothing if no span is open."""
    if _tracer is not None:
        _tracer.note(attributes)


def ids() -> Mapping[str, str]:
    """Return ``trace_id`` and ``span_id`` of the present span in hex, for log lines; empty if no span is open."""
    return NO_IDS if _tracer is None else _tracer.ids()
