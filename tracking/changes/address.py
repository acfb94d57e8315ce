"""A saved address that is added or changed, and what the list says of one whose answer was lost. Pure.

The record holds salted marks of the addresses, never an address: it stays in the audit trail for years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracking.writes import LATE, WriteState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

NEW = "address:new"  # the target of every addition: two at once could not be told apart in the list


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An address that is saved. The marks are those of :meth:`tracking.addresses.TypedAddress.fingerprint`."""

    address_id: str  # of the one that is changed; empty: a new one
    known: tuple[str, ...]  # the ids of all addresses just before
    salt: str  # of the marks
    former: str  # the mark of the changed address just before; empty: a new one
    wanted: str  # the mark of the address as it shall be
    was_read: bool = True  # the list could be read before; without it nothing can be said afterwards

    @property
    def platform(self) -> None:
        """An address belongs to the account."""
        return

    @property
    def target(self) -> str:
        """The address, or the list of all."""
        return target_of(self.address_id)

    @property
    def subject(self) -> str:
        """The id of the changed address."""
        return self.address_id

    @property
    def details(self) -> str:
        """Whether it is new."""
        return f"change address {self.address_id}" if self.address_id else "add an address"


def target_of(address_id: str) -> str:
    """Return the name of an address; see :attr:`AddressChange.target`."""
    return f"address:{address_id}" if address_id else NEW


def judge(change: AddressChange, seen: Mapping[str, str], age: timedelta) -> tuple[WriteState | None, str]:
    """Say what became of an unclear change, and the id of the address. A state of None: it is too early to tell.

    ``seen``: the marks of the addresses in the list now, by id.
    """
    if not change.was_read:
        return WriteState.UNKNOWABLE, ""
    mine = [change.address_id] if change.address_id else [one for one in seen if one not in change.known]
    if found := next((one for one in mine if seen.get(one) == change.wanted), ""):
        return WriteState.FOUND_DONE, found
    if age < LATE:
        return None, ""
    is_as_before = seen.get(change.address_id) == change.former if change.address_id else not mine
    return (WriteState.FOUND_UNDONE if is_as_before else WriteState.UNKNOWABLE), ""
