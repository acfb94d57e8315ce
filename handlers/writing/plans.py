"""The values of a write: a person's act, the plan of its call, its outcome, and the verdict on an unclear one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.carts import Call
    from pandapon.errors import PandaPonError
    from tracking.changes.kinds import Change
    from tracking.writes import Write, WriteState


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of an unclear write, as a reading shows it. ``made``: the ids that the write created."""

    state: WriteState
    made: tuple[str, ...] = ()


def nothing_made(_answer: Any) -> tuple[str, ...]:
    """Read no ids from the answer to a call that creates nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The call that makes a change, and the facts for its record."""

    call: Call
    change: Change
    amount_fen: int | None = None  # the money that is spent or asked back; None: unknown, or the change has none
    made: Callable[[Any], tuple[str, ...]] = nothing_made  # reads the created ids from the answer
    approved_by: str = ""  # the approver's Slack user id; empty: no approval was needed


@dataclass(frozen=True, slots=True)
class Act:
    """A person's act. ``key``: the same for a double click, a redelivery and a repetition after a restart.

    ``actor`` and ``channel`` are Slack ids; ``channel`` may be empty.
    """

    key: str
    actor: str
    channel: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an act. ``error`` and ``answer``: the call's; only the act that sent the call has them."""

    write: Write
    error: PandaPonError | None = None
    answer: Any = None


def new_id() -> str:
    """Return an opaque id of 24 characters that nobody can guess."""
    return secrets.token_urlsafe(18)
