"""Where processes, and workspaces with the same keys, share the pace and the outages of one PandaPon account."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Outages, Paces, Store
    from storage.workspaces.directory import Directory


@dataclass(frozen=True, slots=True)
class Account:
    """The rows of an account. ``name``: its own among those of all accounts in the same tables."""

    paces: Paces
    outages: Outages
    name: str = "pandapon"


def account_of(store: Store) -> Account:
    """Return the rows of the one account of a database."""
    return Account(store.paces, store.outages)


def shared_account(directory: Directory, access_key: str) -> Account:
    """Return the rows of an account that any number of workspaces may have: those with the same access key.

    The key names the rows by its hash: it is stored nowhere unsealed.
    """
    name = hashlib.blake2b(access_key.encode(), digest_size=16, person=b"pandapon account").hexdigest()
    return Account(directory.paces, directory.outages, name)
