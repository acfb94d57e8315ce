"""One workspace in this process: its bot, or the reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from bot.running import Bot
    from storage.workspaces.marks import Mark


class State(StrEnum):
    """The states of a workspace in this process."""

    STARTING = "starting"
    UNCONNECTED = "unconnected"  # its bot only offers to connect an account
    RUNNING = "running"
    FAILED = "failed"  # tried again later, or when something changes


@dataclass(slots=True)
class Workspace:
    """One workspace, by the id of its installation."""

    id: str
    mark: Mark  # of the rows that the present state was made from
    state: State = State.STARTING
    bot: Bot | None = None
    reason: str = ""  # FAILED: why, in a sentence without secrets
    fails: int = 0  # starts in a row that failed
    again_at: float = 0.0  # FAILED: when it is tried again, in seconds of the loop's clock
    work: asyncio.Task[None] | None = field(default=None, repr=False)  # a start or stop under way
