"""What people are called. Names are written as names: a mention notifies, and is for what concerns that person.

Slack tells a person's name with each thing that they do, so no scope is needed to know it.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.blocks.text import escape, truncate
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.store import Store

log = logging.getLogger(__name__)

LONGEST = 60

# Like the language, see handlers.i18n: everybody who is answered at the same time may sit in another workspace.
_names: ContextVar[Mapping[str, str]] = ContextVar("names", default={})  # noqa: B039  nobody writes into the default


def name(user_id: str) -> str:
    """What a person is called, as Slack text that notifies nobody; "somebody" where Slack never said it."""
    return escape(truncate(_names.get().get(user_id, ""), LONGEST)) or _("somebody")


class People:
    """The names of those who did something, kept in memory: every answer and every post may ask."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    async def learn(self, store: Store) -> None:
        """Read what is stored."""
        self.names |= await store.people.names()

    def meet(self, body: Mapping[str, Any]) -> tuple[str, str]:
        """Know from now on, in this task and those that it starts, who sent this. Returns id and name where new."""
        _names.set(self.names)
        user_id, called = _introduced(body)
        if not user_id or not called or self.names.get(user_id) == called:
            return "", ""
        self.names[user_id] = called
        return user_id, called

    @contextmanager
    def known(self) -> Iterator[None]:
        """Write their names inside the block."""
        token = _names.set(self.names)
        try:
            yield
        finally:
            _names.reset(token)


async def keep(store: Store, user_id: str, called: str) -> None:
    """Store a name. One that is lost is told again with the next thing that its owner does."""
    try:
        await store.people.name(user_id, called)
    except StorageError as error:
        log.warning("name not stored", extra={"error": error})


def _introduced(body: Mapping[str, Any]) -> tuple[str, str]:
    """A command names its sender in flat fields, everything else in an object; an event tells an id alone."""
    user = body.get("user")
    found = user if isinstance(user, dict) else {"id": body.get("user_id"), "name": body.get("user_name")}
    return str(found.get("id") or ""), str(found.get("name") or found.get("username") or "")
