"""The sentences for failures of Slack: what happened, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.wire.slack import OddAnswerError, code_of
from pandapon.waits import asked

if TYPE_CHECKING:
    from collections.abc import Mapping

# Slack's error codes, grouped by the sentence that explains them.
LATE = frozenset(
    {"exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "trigger_exchanged", "trigger_expired"}
)
TOKEN = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
RIGHTS = frozenset({"missing_scope", "not_allowed_token_type", "no_permission"})
CLOSED = frozenset({"not_found", "view_not_found"})
PASSES = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
TOO_MANY, FAILED = 429, 500  # HTTP statuses


def slack_error(error: Exception) -> str:
    """What happened and what to do next, as Slack text. ``error``: one of ``handlers.wire.slack.FAILURES``."""
    error_code, status = code_of(error), getattr(getattr(error, "response", None), "status_code", 200)
    if status == TOO_MANY or error_code in {"ratelimited", "rate_limited"}:
        return _slower(asked(getattr(getattr(error, "response", None), "headers", {})))
    if error_code in PASSES or status >= FAILED:
        words = _("Slack has trouble on its side ({code}). Please try again in a minute.")
        return words.format(code=code(error_code or f"HTTP {status}"))
    if isinstance(error, OddAnswerError) or (isinstance(error, SlackApiError) and not error_code):
        return _("Slack sent an answer that makes no sense. Please try again in a minute.")
    if not error_code:
        return _("Slack did not answer in time. Please try again in a minute.")
    return _sentence(error_code).format(code=code(error_code))


def _sentence(error_code: str) -> str:
    known: Mapping[frozenset[str], str] = {
        LATE: _("Slack opened no form: it allows three seconds and one try for that ({code}). Please press again."),
        TOKEN: _(
            "Slack refuses the bot's token ({code}). Whoever runs the bot can find out why with `pandabot check`."
        ),
        RIGHTS: _(
            "Slack says that the app lacks a permission for this ({code}). Whoever runs the bot can find out which "
            "with `pandabot check`."
        ),
        CLOSED: _("The form was closed before its answer was there ({code}). Please open it again."),
    }
    other = _("Slack refused that: {code}. Please try again; if it stays, tell whoever runs the bot.")
    return next((words for codes, words in known.items() if error_code in codes), other)


def _slower(seconds: float | None) -> str:
    if seconds is None:
        return _("Slack asks me to slow down. Please try again in a minute.")
    return _("Slack asks me to slow down. Please try again in {n} s.").format(n=max(1, round(seconds)))
