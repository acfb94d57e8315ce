"""Where processes share the pace and the outages of one PandaPon account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Outages, Paces, Store


@dataclass(frozen=True, slots=True)
class Account:
    """The rows of an account. ``name``: its own among those of all accounts in the same tables."""

    paces: Paces
    outages: Outages
    name: str = "pandapon"


def account_of(store: Store) -> Account:
    """Return the rows of the one account of a database."""
    return Account(store.paces, store.outages)
