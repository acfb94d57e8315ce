"""Writes: calls that change the account at PandaPon, and their states. Pure rules, no I/O.

A write is recorded before it is sent, and sent once. What it changes stands in :mod:`tracking.changes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tracking.changes.kinds import Change

# A call whose answer was lost may still arrive at PandaPon. Within this time a reading without the change proves
# nothing.
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
ANSWERED = frozenset({S.DONE, S.REFUSED})  # by PandaPon; nothing says more
# The states in which a record is made; DONE: of an act that needs no call, such as the decision of an approver.
FIRST = frozenset({S.BEGUN, S.REFUSED, S.DONE})
TRANSITIONS: Mapping[WriteState, frozenset[WriteState]] = {
    S.BEGUN: frozenset({S.DONE, S.REFUSED, S.UNCLEAR}),
    # The answer may come when another process, whose clock is ahead, has taken the call for lost and looked for it.
    S.UNCLEAR: frozenset({S.FOUND_DONE, S.FOUND_UNDONE, S.UNKNOWABLE}) | ANSWERED,
    **dict.fromkeys((S.FOUND_UNDONE, S.UNKNOWABLE), ANSWERED),
    S.FOUND_DONE: frozenset({S.DONE}),  # what a reading shows is there; a refusal says nothing against that
    **dict.fromkeys(ANSWERED, frozenset()),
}


def reverses(before: WriteState, after: WriteState) -> bool:
    """Whether a late answer says something else than the person was told."""
    return (before, after) in {(S.FOUND_UNDONE, S.DONE), (S.UNKNOWABLE, S.DONE), (S.UNKNOWABLE, S.REFUSED)}


class TransitionError(Exception):
    """A write would go to a state that cannot follow its present one."""


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
    change: Change | None = None
    amount_fen: int | None = None  # of what is bought, paid or asked back; None: unknown, or no money is concerned
    request_id: str = ""  # the vendor's id of the call
    reason: str = ""  # of a refusal: the vendor's code, or a word of the bot
    settled_at: datetime | None = None
    made: tuple[str, ...] = ()  # the ids of what it created, such as orders
    approved_by: str = ""  # Slack user id of whoever allowed it; empty: nobody had to
