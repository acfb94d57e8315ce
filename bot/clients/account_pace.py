"""The pace of requests to PandaPon over all processes, kept in the database."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from pandapon.shared_pace import Block
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clients.account import Account

log = logging.getLogger(__name__)


class AccountPace:
    """Implements :class:`pandapon.shared_pace.SharedPace`."""

    def __init__(self, account: Account, clock: Callable[[], datetime]) -> None:
        self._account, self._clock = account, clock

    async def reserve(self, share: str, count: int, interval: float) -> Block:
        """Reserve ``count`` requests, ``interval`` seconds apart.

        There is no wait when the database cannot be used: nothing else works then either.
        """
        now = self._clock()
        try:
            got = await self._account.paces.reserve(now, self._name(share), count, timedelta(seconds=interval))
        except StorageError as error:
            log.warning("pace of requests not shared", extra={"error": error})
            return Block()
        paused = got.paused_until - now if got.paused_until else timedelta()
        return Block(max(0.0, (got.begins - now).total_seconds()), paused.total_seconds())

    async def pause(self, share: str, seconds: float) -> None:
        """Tell the other processes of a pause, in seconds, that PandaPon asked for."""
        try:
            await self._account.paces.pause(self._name(share), self._clock() + timedelta(seconds=seconds))
        except StorageError as error:
            log.warning("pause of requests not shared", extra={"error": error})

    def _name(self, share: str) -> str:
        return f"{self._account.name} {share}"
