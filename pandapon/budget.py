"""The time that the answer to a person's question may take, shared by all calls for that answer.

The limit belongs to the context of the answering task, so ten calls in a row have no more time than one.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_until: ContextVar[float | None] = ContextVar("until", default=None)  # monotonic seconds; None: no limit


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Limit the block to ``seconds`` in all. A limit around it that ends sooner stays in force."""
    until, standing = time.monotonic() + seconds, _until.get()
    token = _until.set(until if standing is None else min(until, standing))
    try:
        yield
    finally:
        _until.reset(token)


def left() -> float | None:
    """Return the seconds that are left, never below 0; None: there is no limit."""
    until = _until.get()
    return None if until is None else max(0.0, until - time.monotonic())


def within(seconds: float) -> float:
    """Return ``seconds``, or the seconds that are left if these are fewer."""
    remaining = left()
    return seconds if remaining is None else min(seconds, remaining)


def unlimited() -> Context:
    """Return a copy of this context without the limit, for work that outlives the question."""
    context = copy_context()
    context.run(_until.set, None)
    return context
