"""The exit code of a command that works on the database while no bot does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.process.errors import StartError
from bot.process.leader import NotLeaderError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FAILED, BUSY = 1, 75  # 75 of sysexits.h: try again later


async def exit_code(work: Awaitable[None], say: Callable[[str], None]) -> int:
    """Do the work, and return the exit code. A running bot and a database error are reported in a sentence."""
    try:
        await work
    except NotLeaderError as error:
        say(f"pandabot: {error}")
        return BUSY
    except (StartError, StorageError) as error:
        say(f"pandabot: {error}")
        return FAILED
    return 0
