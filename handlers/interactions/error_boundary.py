"""The error boundary: it turns every error into one sentence for the person, and logs the cause."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Protocol

import aiohttp
from slack_sdk.errors import SlackClientError

from handlers.blocks import failures
from handlers.blocks.i18n import _
from handlers.blocks.slack_error_messages import is_transient, slack_error
from handlers.wire.errors import OutdatedError, RequestError, UnknownOrderError, UsageError, WrongPlatformError
from handlers.wire.slack import code_of
from pandapon import log_context, spans
from pandapon.errors import PandaPonError
from storage.errors import DiskFullError, StorageError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from handlers.blocks.message import Message

log = logging.getLogger(__name__)


class Asking(Protocol):
    """Holds the request once it is known; see :class:`handlers.interactions.interaction.PendingAnswer`."""

    asked: failures.Asked


async def guarded(work: Coroutine[None, None, Message], asking: Asking) -> Message:
    """Return the work's message, or the message that explains its error. Raises no Exception, so only cancellation."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001  the boundary itself: the person always gets an answer
        return explain(error, asking.asked)


def explain(error: Exception, asked: failures.Asked = failures.NOTHING_ASKED) -> Message:
    """Explain a known error in one sentence; for an unexpected error, name an id that is also in the log."""
    spans.note(error=type(error).__name__)
    match error:
        case RequestError():
            return _refusal(error)
        case PandaPonError():
            log.info("PandaPon refused or failed", extra={"error": error})
            return failures.pandapon(error, asked)
        case StorageError():
            return _not_stored(error, asked)
        case SlackClientError() | aiohttp.ClientError() | TimeoutError():
            log.warning("Slack refused or failed", extra={"error": code_of(error) or error})
            return failures.failure(slack_error(error), asked=asked, may_pass=is_transient(error))
        case _:
            return unexpected(error, asked)


def _refusal(error: RequestError) -> Message:
    match error:
        case UsageError():
            return failures.usage_error(error)
        case UnknownOrderError():
            return failures.unknown_order(error.text)
        case WrongPlatformError():
            return failures.wrong_platform(error)
        case OutdatedError():
            return failures.failure(_("This button is from an older version of me. Run the command again."))
        case _:
            return failures.failure(str(error))


def _not_stored(error: StorageError, asked: failures.Asked) -> Message:
    if isinstance(error, DiskFullError):
        log.error("disk is full")
        sentence = _("My disk is full, so nothing was changed. Please tell your pandabot admin.")
        return failures.failure(sentence, asked=asked)
    log.error("database failed", extra={"error": error})
    sentence = _("My database did not take that, so nothing was changed. Try again in a minute.")
    return failures.failure(sentence, asked=asked, may_pass=True)


def unexpected(error: Exception, asked: failures.Asked = failures.NOTHING_ASKED) -> Message:
    """Explain a fault of the bot: the person gets an id that stands on each log line of their request."""
    incident = log_context.fields().get("request") or secrets.token_hex(4)
    log.error("unexpected error", extra={"request": incident}, exc_info=error)
    return failures.failure(_("Something went wrong on my side."), incident, asked=asked)
