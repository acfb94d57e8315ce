"""The rows in which processes, and workspaces with the same keys, share a PandaPon account's pace and outages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Outages, Paces, Store
    from storage.workspaces.directory import Directory


@dataclass(frozen=True, slots=True)
class Account:
    """The rows of an account. ``name``: the key of its rows in tables that may hold many accounts."""

    paces: Paces
    outages: Outages
    name: str = "pandapon"


def account_of(store: Store) -> Account:
    """Return the rows of the one account of a database."""
    return Account(store.paces, store.outages)


def shared_account(directory: Directory, access_key: str) -> Account:
    """Return the rows of an account that any number of workspaces may have: those with the same access key.

    The rows bear the key's hash as their name, because the key itself may be stored only encrypted.
    """
    name = hashlib.blake2b(access_key.encode(), digest_size=16, person=b"pandapon account").hexdigest()
    return Account(directory.paces, directory.outages, name)
