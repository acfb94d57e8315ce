"""The time that one question of a person may take, shared by everything that is asked on its behalf.

Carried along the task that answers, so that ten calls in a row have no more of it than one.
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
    """Whatever is begun within has so many seconds in all. A narrower limit that holds already stays."""
    until, standing = time.monotonic() + seconds, _until.get()
    token = _until.set(until if standing is None else min(until, standing))
    try:
        yield
    finally:
        _until.reset(token)


def left() -> float | None:
    """The seconds that are left, never below 0; None without a limit."""
    until = _until.get()
    return None if until is None else max(0.0, until - time.monotonic())


def within(seconds: float) -> float:
    """So many seconds, or what is left where that is less."""
    rest = left()
    return seconds if rest is None else min(seconds, rest)


def unlimited() -> Context:
    """This context without its limit: for work that a question only sets off."""
    context = copy_context()
    context.run(_until.set, None)
    return context
