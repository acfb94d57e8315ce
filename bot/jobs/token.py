"""Asks now and then whether Slack still takes the bot's token: in a quiet week nothing else would find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.jobs.slack_errors import Verdict, understand

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.web.async_client import AsyncWebClient


class TokenWatch:
    """The job."""

    def __init__(self, slack: AsyncWebClient, tell: Callable[[str], None]) -> None:
        """``tell``: is told Slack's word for what is wrong with the token, or nothing where it is taken."""
        self._slack, self._tell = slack, tell

    async def tick(self) -> None:
        """Ask. A Slack that cannot be reached says nothing about the token."""
        try:
            await self._slack.auth_test()
        except Exception as error:  # noqa: BLE001  understand() raises again what is not Slack's
            failure = understand(error)
            if failure.verdict is Verdict.TOKEN_REFUSED:
                self._tell(failure.code)
        else:
            self._tell("")
