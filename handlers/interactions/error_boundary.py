"""The error boundary: every error becomes one sentence for the person, and a cause in the log."""

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
    """Return the work's message, or the message that explains its error. Raises only cancellation and the like."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001  the boundary itself: the person always gets an answer
        return explain(error)


def explain(error: Exception) -> Message:
    """Explain a known error in one sentence; for an unknown one, name an id that is also in the log."""
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
        case _:
            sentence = _sentence(error)
            return unexpected(error) if sentence is None else failures.failure(sentence)


def _sentence(error: Exception) -> str | None:
    """The sentence for an error that has no message of its own; None: the error is unknown."""
    match error:
        case OutdatedError():
            return _("This button is from an older version of me. Run the command again.")
        case ForbiddenError():
            return str(error)
        case DiskFullError():
            log.error("disk is full")
            return _("The bot's disk is full, so nothing was changed. Please tell whoever runs it.")
        case StorageError():
            log.error("database failed", extra={"error": error})
            return _("The bot's database did not take that, so nothing was changed. Please try again.")
        case SlackClientError() | aiohttp.ClientError() | TimeoutError():
            log.warning("Slack refused or failed", extra={"error": code_of(error) or error})
            return slack_error(error)
        case _:
            return None


def unexpected(error: Exception) -> Message:
    """Explain a fault of the bot: the person gets an id that stands on each log line of their request."""
    incident = log_context.fields().get("request") or secrets.token_hex(4)
    log.error("unexpected error", extra={"request": incident}, exc_info=error)
    return failures.failure(_("Something went wrong on the bot's side."), incident_id=incident)
