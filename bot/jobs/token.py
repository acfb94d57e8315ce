"""Checks now and then whether Slack still accepts the bot's token: in a quiet week no other call would show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clients.slack_errors import FAILURES, Verdict, classify

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.web.async_client import AsyncWebClient


class TokenWatch:
    """The job."""

    def __init__(self, slack: AsyncWebClient, tell: Callable[[str], None]) -> None:
        """``tell`` gets Slack's error code of the refused token, or an empty text when the token is accepted."""
        self._slack, self._tell = slack, tell

    async def tick(self) -> None:
        """Check once. A Slack that cannot be reached says nothing about the token."""
        try:
            await self._slack.auth_test()
        except FAILURES as error:
            failure = classify(error)
            if failure.verdict is Verdict.TOKEN_REFUSED:
                self._tell(failure.code)
        else:
            self._tell("")
