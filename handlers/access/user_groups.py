"""Who is in a user group, as Slack says. An answer is kept for ten minutes."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.wire.errors import ForbiddenError
from handlers.wire.slack import FAILURES, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

PATIENCE = 4.0  # seconds that Slack has to say who is in a user group
KNOWN_FOR = 600.0  # seconds before Slack is asked again


class UserGroups:
    """Asks Slack for the members of user groups, and remembers the answers."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._members: dict[str, tuple[frozenset[str], float]] = {}  # by group, with the time until which they are kept

    async def members(self, client: AsyncWebClient, group: str) -> frozenset[str]:
        """Return the user ids of a user group's members. If Slack does not answer, its last answer counts.

        Raises ForbiddenError where there is no last answer.
        """
        members, until = self._members.get(group, (None, 0.0))
        if members is not None and self._clock() < until:
            return members
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await client.usergroups_users_list(usergroup=group)
        except FAILURES as error:
            log.warning("Slack did not say who is in a user group", extra={"error": code_of(error) or error})
            if members is not None:
                return members
            words = _("Slack did not confirm that you may do this, so nothing was done. Please try again in a minute.")
            raise ForbiddenError(words) from error
        users = answer.get("users")
        members = frozenset(user for user in users if isinstance(user, str)) if isinstance(users, list) else frozenset()
        self._members[group] = members, self._clock() + KNOWN_FOR
        return members
