"""The error boundary: whatever goes wrong becomes one sentence for the person, and a cause in the log."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackClientError

from handlers.blocks import failures
from handlers.blocks.i18n import _
from handlers.blocks.slack_error_messages import slack_error
from handlers.errors import ForbiddenError, OutdatedError, UnknownOrderError, UsageError, WrongPlatformError
from handlers.wire.slack import code_of
from pandapon import log_context
from pandapon.errors import PandaPonError
from storage.errors import DiskFullError, StorageError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from handlers.blocks.message import Message

log = logging.getLogger(__name__)


async def guarded(work: Coroutine[None, None, Message]) -> Message:
    """The work's message, or the message that says what went wrong. Never raises an ordinary exception."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001  the one boundary: a user always gets an answer
        return explain(error)


def explain(error: Exception) -> Message:  # noqa: PLR0911  one line an error
    """A known error in one helpful sentence; an unknown one with an id that is also in the log."""
    match error:
        case UsageError():
            return failures.usage_error(error)
        case UnknownOrderError():
            return failures.unknown_order(error.text)
        case WrongPlatformError():
            return failures.wrong_platform(error)
        case PandaPonError():
            log.info("PandaPon refused or failed", extra={"error": error})
            return failures.pandapon(error)
        case OutdatedError():
            return failures.failure(_("This button is from an older version of me. Run the command again."))
        case ForbiddenError():
            return failures.failure(str(error))
        case DiskFullError():
            log.error("disk is full")
            return failures.failure(_("The bot's disk is full, so nothing was changed. Please tell whoever runs it."))
        case StorageError():
            log.error("database failed", extra={"error": error})
            return failures.failure(
                _("The bot's database did not take that, so nothing was changed. Please try again.")
            )
        case SlackClientError() | aiohttp.ClientError() | TimeoutError():
            log.warning("Slack refused or failed", extra={"error": code_of(error) or error})
            return failures.failure(slack_error(error))
        case _:
            return unexpected(error)


def unexpected(error: Exception) -> Message:
    """A fault of ours: an id for the person, which stands on each log line of their request; the rest for the log."""
    incident = log_context.fields().get("request") or secrets.token_hex(4)
    log.error("unexpected error", extra={"request": incident}, exc_info=error)
    return failures.failure(_("Something went wrong on the bot's side."), incident_id=incident)
