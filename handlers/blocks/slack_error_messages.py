"""The sentences for failures of Slack: what happened, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from handlers.blocks.i18n import _
from handlers.blocks.text import code, span
from handlers.wire.slack import OddAnswerError, code_of
from pandapon.waits import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

# Slack's error codes, grouped by the sentence that explains them.
LATE = frozenset(
    {"exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "trigger_exchanged", "trigger_expired"}
)
TOKEN = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
RIGHTS = frozenset({"missing_scope", "not_allowed_token_type", "no_permission"})
CLOSED = frozenset({"not_found", "view_not_found"})
TRANSIENT = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
TOO_MANY, FAILED = 429, 500  # HTTP statuses


def slack_error(error: Exception) -> str:
    """The sentence for a failure of Slack and what to do, as Slack text.

    ``error``: one of ``handlers.wire.slack.FAILURES``.
    """
    error_code, status = code_of(error), _status(error)
    if status == TOO_MANY or error_code in {"ratelimited", "rate_limited"}:
        return _slower(retry_after(getattr(getattr(error, "response", None), "headers", {})))
    if error_code in TRANSIENT or status >= FAILED:
        words = _("Slack is having problems ({code}). Try again in a minute.")
        return words.format(code=code(error_code or f"HTTP {status}"))
    if isinstance(error, OddAnswerError) or (isinstance(error, SlackApiError) and not error_code):
        return _("Slack sent a response I couldn't read. Try again in a minute.")
    if not error_code:
        return _("Slack didn't respond in time. Try again in a minute.")
    return _sentence(error_code).format(code=code(error_code))


def is_transient(error: Exception) -> bool:
    """Whether the same request may succeed a little later: Slack failed or asked to slow down, but did not refuse."""
    error_code, status = code_of(error), _status(error)
    return not error_code or error_code in TRANSIENT | {"ratelimited", "rate_limited"} or status >= TOO_MANY


def _status(error: Exception) -> int:
    return int(getattr(getattr(error, "response", None), "status_code", 200))


def _sentence(error_code: str) -> str:
    known: Mapping[frozenset[str], str] = {
        LATE: _("Slack opened no form: it allows three seconds and one try for that ({code}). Press again."),
        TOKEN: _("Slack refuses the bot's token ({code}). Ask your pandabot admin to run `pandabot check`."),
        RIGHTS: _(
            "Slack says that the app lacks a permission for this ({code}). Ask your pandabot admin to run "
            "`pandabot check`."
        ),
        CLOSED: _("The form was closed before its answer was there ({code}). Open it again."),
    }
    other = _("Slack refused that: {code}. Try again; if it stays so, tell your pandabot admin.")
    return next((words for codes, words in known.items() if error_code in codes), other)


def _slower(seconds: float | None) -> str:
    if seconds is None:
        return _("Too many requests to Slack. Try again in a minute.")
    return _("Too many requests to Slack. Try again in {span}.").format(
        span=span(timedelta(seconds=max(1, round(seconds))))
    )
