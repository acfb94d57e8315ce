"""Which writes are switched on, and who may make them. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_ID = re.compile(r"[UWSCG][A-Z0-9]{2,20}")


class WriteScope(StrEnum):
    """The writes that a team has switched on."""

    OFF = "off"
    CART = "cart"
    ORDERS = "orders"  # the cart, and creating and cancelling orders
    ALL = "all"  # these, and all other changes of the account


_REACH = {scope: at for at, scope in enumerate(WriteScope)}


class WhoError(ValueError):
    """A list of people, user groups and channels has an entry that is no Slack id of these."""


@dataclass(frozen=True, slots=True)
class WritePolicy:
    """The settings of writes. ``writers`` and ``auditors``: Slack ids of people, user groups and channels.

    Empty ``writers``: everybody who may use the bot. Empty ``auditors``: the writers.
    """

    scope: WriteScope = WriteScope.OFF
    writers: frozenset[str] = frozenset()
    auditors: frozenset[str] = frozenset()

    def allows(self, needed: WriteScope) -> bool:
        """Whether writes of this kind are switched on."""
        return self.scope is not WriteScope.OFF and _REACH[needed] <= _REACH[self.scope]

    @property
    def readers(self) -> frozenset[str]:
        """Slack ids of those who may read the audit trail; empty: everybody who may use the bot."""
        return self.auditors or self.writers


def is_among(listed: frozenset[str], user: str, channel: str, groups: Collection[str] = ()) -> bool:
    """Whether a set of ids contains a person, the channel in which they act, or one of their user groups.

    An empty set stands for everybody.
    """
    return not listed or user in listed or (bool(channel) and channel in listed) or not listed.isdisjoint(groups)


def groups_of(listed: frozenset[str]) -> list[str]:
    """Return the ids of user groups (S…) in a set of ids, sorted."""
    return sorted(name for name in listed if name.startswith("S"))


def read_ids(text: str) -> frozenset[str]:
    """Read ids separated by commas; an empty text gives an empty set. Raises WhoError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if wrong := next((part for part in parts if not _ID.fullmatch(part)), ""):
        raise WhoError(f"{wrong!r} is no Slack id of a person (U…), a user group (S…) or a channel (C…)")
    return frozenset(parts)
