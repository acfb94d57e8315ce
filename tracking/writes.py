"""Writes: calls that change the account at PandaPon. The states of each, and what a reading says of a lost answer.

A write is recorded before it is sent, and sent once. Pure rules, no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.shipment import Platform  # noqa: TC001  pydantic reads this annotation when the program runs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# A call whose answer was lost may still arrive at PandaPon. Within this time a cart without the change proves nothing.
LATE = timedelta(seconds=60)


class WriteState(StrEnum):
    """The state of a write."""

    BEGUN = "begun"  # recorded; it is being sent
    DONE = "done"  # PandaPon said so
    REFUSED = "refused"  # by PandaPon, or by a rule of the bot before it was sent; it was not done
    UNCLEAR = "unclear"  # the answer was lost, or the process died; it is looked for, and never sent again
    FOUND_DONE = "found_done"  # resolved: a reading shows it
    FOUND_UNDONE = "found_undone"  # resolved: a reading shows that it was not done
    UNKNOWABLE = "unknowable"  # resolved: somebody else has changed the same thing since


S = WriteState
OPEN = frozenset({S.BEGUN, S.UNCLEAR})  # the states in which nobody knows the end
FIRST = frozenset({S.BEGUN, S.REFUSED})  # the states in which a record is made
TRANSITIONS: Mapping[WriteState, frozenset[WriteState]] = {
    S.BEGUN: frozenset({S.DONE, S.REFUSED, S.UNCLEAR}),
    S.UNCLEAR: frozenset({S.FOUND_DONE, S.FOUND_UNDONE, S.UNKNOWABLE}),
    **dict.fromkeys((S.DONE, S.REFUSED, S.FOUND_DONE, S.FOUND_UNDONE, S.UNKNOWABLE), frozenset()),
}


class TransitionError(Exception):
    """A write would go to a state that cannot follow its present one."""


@dataclass(frozen=True, slots=True)
class CartChange:
    """A change of one variant's quantity in a cart. Quantities are pieces; 0: it is not in the cart."""

    platform: Platform
    product_id: str
    sku_id: str
    spec_id: str
    title: str
    variant: str
    before: int  # as read just before the change
    wanted: int

    @property
    def target(self) -> str:
        """The thing that is changed. Two writes of the same target never run at once."""
        return target_of(self.platform, self.product_id, self.sku_id, self.spec_id)


@dataclass(frozen=True, slots=True)
class Write:
    """The record of a write, or of a refused attempt at one. ``change`` None: the attempt named nothing real."""

    id: str  # opaque
    dedup_key: str  # of the person's act: a double click and a redelivery have the same
    operation: str  # of the catalogue, such as ``1688.cart.add``
    actor: str  # Slack user id
    channel: str  # Slack channel id; empty: none
    begun_at: datetime
    state: WriteState = WriteState.BEGUN
    change: CartChange | None = None
    amount_fen: int | None = None  # of the wanted quantity; None: no price is known, or nothing is bought
    request_id: str = ""  # the vendor's id of the call
    reason: str = ""  # of a refusal: the vendor's code, or a word of the bot
    settled_at: datetime | None = None


def target_of(platform: Platform, product_id: str, sku_id: str, spec_id: str) -> str:
    """Return the name of one variant in a cart; see :attr:`CartChange.target`."""
    return f"cart:{platform.value}:{sku_id or spec_id or product_id}"


def judge(change: CartChange, seen: int, age: timedelta) -> WriteState | None:
    """Say what became of an unclear change. ``seen``: pieces in the cart now. None: it is too early to tell.

    Any quantity but the wanted one and the former one is somebody else's.
    """
    if seen == change.wanted:
        return S.FOUND_DONE
    if age < LATE:
        return None
    return S.FOUND_UNDONE if seen == change.before else S.UNKNOWABLE
