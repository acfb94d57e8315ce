"""Writes: calls that change the account at PandaPon, and their states. Pure rules, no I/O.

A write is recorded before it is sent, and it is sent once. :mod:`tracking.changes` describes the changes it makes.
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
ARRIVES_WITHIN = timedelta(seconds=60)


class WriteState(StrEnum):
    """The state of a write."""

    BEGUN = "begun"  # recorded, and about to be sent or being sent
    DONE = "done"  # PandaPon confirmed it
    REFUSED = "refused"  # by PandaPon, or by a rule of the bot before it was sent; it was not done
    UNCLEAR = "unclear"  # the answer was lost, or the process died; a reading has to tell, and it is never sent again
    FOUND_DONE = "found_done"  # resolved: a reading shows the change
    FOUND_UNDONE = "found_undone"  # resolved: a reading shows that the change was not made
    UNKNOWABLE = "unknowable"  # resolved: no reading can tell, such as after somebody else changed the same thing


S = WriteState
OPEN = frozenset({S.BEGUN, S.UNCLEAR})  # the result is not known yet
ANSWERED = frozenset({S.DONE, S.REFUSED})  # answered by PandaPon: no other state follows
UNDONE = frozenset({S.REFUSED, S.FOUND_UNDONE})  # the change was not made, so its form may be sent again
# The states in which a record is made. DONE is for an act that needs no call, such as the decision of an approver.
FIRST = frozenset({S.BEGUN, S.REFUSED, S.DONE})
TRANSITIONS: Mapping[WriteState, frozenset[WriteState]] = {
    S.BEGUN: frozenset({S.DONE, S.REFUSED, S.UNCLEAR}),
    # The answer may arrive after another process, whose clock is ahead, took the call for lost and resolved the write.
    S.UNCLEAR: frozenset({S.FOUND_DONE, S.FOUND_UNDONE, S.UNKNOWABLE}) | ANSWERED,
    **dict.fromkeys((S.FOUND_UNDONE, S.UNKNOWABLE), ANSWERED),
    S.FOUND_DONE: frozenset({S.DONE}),  # a late refusal does not outweigh a reading that shows the change
    **dict.fromkeys(ANSWERED, frozenset()),
}


def reverses(before: WriteState, after: WriteState) -> bool:
    """Whether a late answer contradicts what the person was told."""
    return (before, after) in {(S.FOUND_UNDONE, S.DONE), (S.UNKNOWABLE, S.DONE), (S.UNKNOWABLE, S.REFUSED)}


class TransitionError(Exception):
    """A write would go to a state that cannot follow its present one."""


@dataclass(frozen=True, slots=True)
class Write:
    """The record of a write, or of a refused attempt at one. ``change`` None: the attempt named nothing real."""

    id: str  # opaque
    dedup_key: str  # of the person's act: a double click and a redelivery have the same key
    operation: str  # its name in PandaPon's catalogue, such as ``1688.cart.add``
    actor: str  # Slack user id
    channel: str  # Slack channel id; empty: none
    begun_at: datetime
    state: WriteState = WriteState.BEGUN
    change: Change | None = None
    amount_fen: int | None = None  # bought, paid or asked back; None: unknown, or no money is concerned
    request_id: str = ""  # the vendor's id of the call
    reason: str = ""  # of a refusal: the vendor's code, or a word of the bot
    settled_at: datetime | None = None  # when its result became known; None: it is open
    made: tuple[str, ...] = ()  # ids of the things that it created, such as orders
    approved_by: str = ""  # Slack user id of the approver; empty: it needed no approval
