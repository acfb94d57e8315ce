"""Checks whether paused channels take posts again: the bot was invited back, or the channel was unarchived."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.clients.slack_errors import FAILURES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from storage.store import Store

log = logging.getLogger(__name__)

# Reasons that a change of the channel removes. The others need the owner's Resume.
MAY_PASS = frozenset({"not_in_channel", "channel_not_found", "is_archived"})


class Reopener:
    """The job."""

    def __init__(
        self, store: Store, slack: AsyncWebClient, clock: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        self._store, self._slack, self._clock, self._wake = store, slack, clock, wake

    async def tick(self) -> int:
        """Resume the watches whose reason for the pause has passed. Returns how many."""
        resumed, watches = 0, self._store.watches
        for channel, reason in await watches.paused_channels():
            if reason in MAY_PASS and await self._is_open(channel, reason):
                resumed += len(await watches.resume_channel(self._clock(), channel, "slack", reason=reason))
        if resumed:
            log.info("channels take posts again, their watches go on", extra={"watches": resumed})
            self._wake()
        return resumed

    async def _is_open(self, channel: str, reason: str) -> bool:
        try:
            info = (await self._slack.conversations_info(channel=channel))["channel"]
        except FAILURES:
            return False
        if info.get("is_archived"):
            return False
        if reason == "not_in_channel":  # the channel may be public, and the bot must still be a member
            return bool(info.get("is_member"))
        return bool(info.get("is_member") or info.get("is_im") or not info.get("is_private"))
