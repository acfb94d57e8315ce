"""Addresses of messages, as Slack tells them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackClientError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)


async def permalink(slack: AsyncWebClient, channel: str, ts: str) -> str:
    """Return a message's address; empty when Slack gives none. Needs no scope."""
    if not ts:
        return ""
    try:
        answer = await slack.chat_getPermalink(channel=channel, message_ts=ts)
    except (OSError, TimeoutError, SlackClientError) as error:
        log.info("card's link not read", extra={"error": error})
        return ""
    return str(answer["permalink"])
