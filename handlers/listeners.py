"""How a listener comes to the app: with what it acts on, or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp

    from handlers.subjects import Subject

    Listener = Callable[..., Awaitable[None]]

ANYTHING = re.compile(r".*", re.DOTALL)


class UndeclaredError(Exception):
    """A listener of the app says not what it acts on, so nobody would be asked whether that is allowed."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One listener: what it hears, and what it acts on."""

    kind: str  # command, action, shortcut, view, options or event
    name: str | re.Pattern[str]  # an action's is how its id begins
    subject: Subject


class Listeners:
    """Attaches listeners; each is handed its subject first, then what else is given here, then Bolt's arguments."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    def add(self, kind: str, name: str | re.Pattern[str], subject: Subject, listener: Listener, *bound: Any) -> None:
        """Attach one."""
        declared = partial(listener, subject, *bound)
        declared.declaration = Declaration(kind, name, subject)  # type: ignore[attr-defined]  # partials take notes
        matcher = re.compile(f"^{re.escape(name)}") if kind == "action" and isinstance(name, str) else name
        getattr(self._app, kind)(matcher)(declared)


def declarations(app: AsyncApp) -> list[Declaration]:
    """Each listener of the app, the first to be asked first. Raises UndeclaredError for one without a subject."""
    found = []
    for listener in app._async_listeners:  # noqa: SLF001  Bolt shows them nowhere else
        for function in (listener.ack_function, *listener.lazy_functions):
            declaration = getattr(function, "declaration", None)
            if not isinstance(declaration, Declaration):
                name = getattr(function, "__qualname__", repr(function))
                raise UndeclaredError(f"the listener {name} does not declare what it acts on (handlers.listeners)")
            found.append(declaration)
    return found
