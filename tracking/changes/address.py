"""A saved address that is added or changed, and the judgement by the list on a change whose answer was lost. Pure.

The record holds salted fingerprints of the addresses, never an address, since it stays in the audit trail for years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

NEW = "address:new"  # the target of every addition: two at once could not be told apart in the list


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An address that is saved. Marks are fingerprints, see :meth:`tracking.addresses.TypedAddress.fingerprint`."""

    address_id: str  # of the address that is changed; empty: a new address is added
    known: tuple[str, ...]  # the ids of all addresses just before
    salt: str  # of the marks
    former: str  # the mark of the changed address just before; empty: a new address is added
    wanted: str  # the mark of the address after the change
    was_read: bool = True  # the list could be read before the change; if not, the result is unknowable

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
        """The act, and the id of a changed address."""
        return f"change address {self.address_id}" if self.address_id else "add an address"


def target_of(address_id: str) -> str:
    """Return the target of an address's changes; see :attr:`AddressChange.target`."""
    return f"address:{address_id}" if address_id else NEW


def judge(change: AddressChange, seen: Mapping[str, str], age: timedelta) -> tuple[WriteState | None, str]:
    """Return the state of an unclear change (None: it is too early to tell), and the id of the address; empty: unknown.

    ``seen``: the marks of the addresses in the list now, by id.
    """
    if not change.was_read:
        return WriteState.UNKNOWABLE, ""
    candidates = [change.address_id] if change.address_id else [id_ for id_ in seen if id_ not in change.known]
    if saved := next((id_ for id_ in candidates if seen.get(id_) == change.wanted), ""):
        return WriteState.FOUND_DONE, saved
    if age < ARRIVES_WITHIN:
        return None, ""
    is_as_before = seen.get(change.address_id) == change.former if change.address_id else not candidates
    return (WriteState.FOUND_UNDONE if is_as_before else WriteState.UNKNOWABLE), ""
