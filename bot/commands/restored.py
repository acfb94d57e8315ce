"""`pandabot restored`: the database forgot its last minutes, after a failover or a copy put back by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.commands.exit_codes import exit_code
from bot.database import holding, open_to_look
from storage import moved, workers
from storage.sqlite.transfer import check_present
from storage.unconfirmed import unconfirm_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings
    from storage.connection import Connection
    from storage.store import Store

OLDEST = timedelta(days=60)  # posts are not remembered for longer
AHEAD = timedelta(minutes=1)  # allowed difference between two machines' clocks


START = (
    "Start the bot: it reads every order again, and looks up what was posted since, so that nothing is told twice in "
    "channels whose history it may read. What people changed since then has to be done again: watches, settings and "
    "alarms."
)


class MomentError(ValueError):
    """The time is not one that a database can have been restored to; the message says why."""


def moment(text: str, now: datetime) -> datetime:
    """Read an ISO time with a zone (aware). Raises MomentError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise MomentError(f"--at {text!r} is no ISO time, such as 2026-11-28T19:40:00Z") from None
    if at.tzinfo is None:
        shown = at.isoformat()  # of a date alone: its midnight, since no zone may follow a date
        raise MomentError(f"--at {text!r} names no time zone: write {shown}Z for UTC, or {shown}+08:00 for China")
    if at > now + AHEAD:
        raise MomentError(f"--at {text!r} has not come yet")
    if at < now - OLDEST:  # surely a typing error; every channel's history would be read from then on
        raise MomentError(f"--at {text!r} is more than {OLDEST.days} days ago")
    return at.astimezone(UTC)


async def run(settings: Settings, text: str, now: datetime, say: Callable[[str], None]) -> int:
    """Mark as unconfirmed what happened since the moment ``text``. Returns the exit code. Raises MomentError."""
    return await exit_code(_run(settings, moment(text, now), now, say), say)


async def _run(settings: Settings, at: datetime, now: datetime, say: Callable[[str], None]) -> None:
    async with holding(settings, standby=False, stop=asyncio.Event()):
        if settings.database_file is not None:
            await asyncio.to_thread(check_present, settings.database_file)
        store = await open_to_look(settings)
        try:
            await restored(store, at, now, say)
        finally:
            await store.close()


async def restored(store: Store, at: datetime, now: datetime, say: Callable[[str], None]) -> None:
    """Mark all that may have happened since ``at`` as unconfirmed. Raises StorageError; then nothing was changed."""
    outcome = await store.engine.run(partial(mark, at=at, now=now))
    for line in outcome.lines(at):
        say(line)
    if outcome.done_at is None:
        say(START)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for one bot's database.

    ``done_at``: when an earlier run marked it for the same moment; None: this run marked it.
    ``was_moved``: its rows had been moved to another database.
    """

    done_at: datetime | None
    was_moved: bool

    def lines(self, at: datetime) -> list[str]:
        """Return the outcome in sentences."""
        lines = []
        if self.was_moved:
            lines.append("The bot may start on this database again, although its data were moved to another one.")
        if self.done_at is not None:
            done_at = f"{self.done_at:%Y-%m-%d %H:%M} UTC"
            return [*lines, f"That was done already, at {done_at}, for the same time: nothing was changed."]
        return [*lines, f"Marked what happened after {at:%Y-%m-%d %H:%M:%S} UTC as unconfirmed."]


def mark(conn: Connection, at: datetime, now: datetime) -> Outcome:
    """Mark one bot's database, in the caller's transaction. Raises BusyFileError while a process works on it."""
    done_at = unconfirm_once(conn, at, now)
    if done_at is None:  # a failover's script may run this on each machine, when the bot runs already on another one
        workers.require_none(conn, now)
    return Outcome(done_at, moved.unmark(conn))
