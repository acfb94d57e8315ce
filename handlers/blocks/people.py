"""People's names, and the locale and time zone of their Slack.

A name notifies nobody. A mention notifies, so only news that concerns a person mentions them.

Slack sends a person's name with every command and press, so the bot needs no scope to learn names.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.blocks.text import escape, truncate
from storage.audit import Person
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.store import Store

log = logging.getLogger(__name__)

LONGEST = 60  # characters of a name

# A context variable, like the language in handlers.blocks.i18n: people of several workspaces are answered at once.
_names: ContextVar[Mapping[str, str]] = ContextVar("names", default=MappingProxyType({}))


def name(user_id: str) -> str:
    """A person's name as Slack text that notifies nobody; "somebody" where Slack never sent it."""
    return escape(truncate(_names.get().get(user_id, ""), LONGEST)) or _("somebody")


class People:
    """Everybody who used the bot, by user id; kept in memory, since every message may need a name.

    The name comes with each command and press; the locale and the time zone come from Slack's ``users.info``.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._profiles: dict[str, tuple[str, str]] = {}  # locale and time zone

    async def learn(self, store: Store) -> None:
        """Read the stored people. Raises StorageError."""
        for user_id, person in (await store.people.all()).items():
            self.names |= {user_id: person.name} if person.name else {}
            self._profiles[user_id] = person.locale, person.time_zone

    def of(self, user_id: str) -> Person:
        """A person's name, locale and time zone, as far as they are known; a stranger's fields are empty."""
        locale, time_zone = self._profiles.get(user_id, ("", ""))
        return Person(self.names.get(user_id, ""), locale, time_zone)

    def meet(self, body: Mapping[str, Any]) -> str:
        """Learn the name of a payload's sender, and use all names in the current task and in the tasks that it starts.

        Returns the person's id where the name is new or changed; else an empty text.
        """
        _names.set(self.names)
        user_id, called = _introduced(body)
        if not user_id or not called or self.names.get(user_id) == called:
            return ""
        self.names[user_id] = called
        return user_id

    def profile(self, user_id: str, locale: str, time_zone: str) -> bool:
        """Learn the locale and time zone of a person's Slack. Returns whether either is new or changed."""
        is_new = bool(locale or time_zone) and self._profiles.get(user_id) != (locale, time_zone)
        if is_new:
            self._profiles[user_id] = locale, time_zone
        return is_new

    @contextmanager
    def known(self) -> Iterator[None]:
        """Use all names inside the block."""
        token = _names.set(self.names)
        try:
            yield
        finally:
            _names.reset(token)


async def keep(store: Store, user_id: str, person: Person) -> None:
    """Store a person. A failure is only logged: Slack sends the same facts with this person's next command or press."""
    try:
        await store.people.keep(user_id, person)
    except StorageError as error:
        log.warning("person not stored", extra={"error": error})


def _introduced(body: Mapping[str, Any]) -> tuple[str, str]:
    """The sender's id and name: flat fields of a command, an object in a press or form; an event has an id alone."""
    user = body.get("user")
    sender = user if isinstance(user, dict) else {"id": body.get("user_id"), "name": body.get("user_name")}
    return str(sender.get("id") or ""), str(sender.get("name") or sender.get("username") or "")
