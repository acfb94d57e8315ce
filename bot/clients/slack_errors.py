"""Classifies a failed call to Slack: the message was not sent, may have been sent, or will never be taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.wire.slack import BLOCKS, OddAnswerError, code_of
from pandapon.waits import retry_after

# No channel takes posts until the operator installs the app again or renews its token.
TOKEN_REFUSED = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
# The channel takes no post until a person changes something there or in the workspace. Only these codes pause its
# watches. From Slack's list at https://docs.slack.dev/reference/methods/chat.postMessage, which says that
# it is not complete; docs/operation.md shows each by name.
CHANNEL_REFUSES = frozenset(
    {
        "access_denied",
        "accesslimited",
        "channel_is_limited_access",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "is_archived",
        "messages_tab_disabled",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "team_not_found",
        "thread_locked",
    }
)
# Slack failed on its side; it does not say whether before or after storing the message.
AMBIGUOUS = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
# These pass by themselves: the workspace has reached a limit for the moment, or is being moved.
PASSES = frozenset({"external_channel_migrating", "message_limit_exceeded", "org_login_required", "update_failed"})
# The card was deleted: there is no message to update and no thread to post in.
CARD_GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
# The message is malformed or too large for any channel.
MESSAGE_REFUSED = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "json_not_object",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)
DEFAULT_PAUSE = 30.0  # seconds to wait when Slack gives no usable time


class Verdict(StrEnum):
    """The meaning of a failure for its post; failure_policy settles each."""

    NOT_SENT = "not_sent"
    UNCERTAIN = "uncertain"
    CHANNEL_GONE = "channel_gone"  # no post is taken there until a person changes something
    TOKEN_REFUSED = "token_refused"  # noqa: S105  no secret
    CARD_GONE = "card_gone"
    REFUSED = "refused"  # our message is wrong; sending the same again will not help
    UNKNOWN = "unknown"  # not sent, with a code that no list above has: tried again, and shown in the status


@dataclass(frozen=True, slots=True)
class Failure:
    """A classified failure. ``code``: Slack's error code, or our word for a failure without one."""

    verdict: Verdict
    code: str
    retry_after: float | None = None  # seconds, when Slack asked to wait


class LateError(Exception):
    """A post was not sent, since too much time has passed since its claim."""


# The exceptions of a call through slack_sdk's async client, besides defects of this bot; timeouts are OSErrors.
FAILURES = (SlackClientError, aiohttp.ClientError, OSError, LateError)


def classify(error: SlackClientError | aiohttp.ClientError | OSError | LateError) -> Failure:
    """Classify one of :data:`FAILURES`."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, LateError):
        return Failure(Verdict.NOT_SENT, "not sent before its lease was nearly over")
    if isinstance(error, OddAnswerError):
        return Failure(Verdict.UNCERTAIN, "odd_answer")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Failure(Verdict.NOT_SENT, "no_connection")
    return Failure(Verdict.UNCERTAIN, type(error).__name__)


def _refused(error: SlackApiError) -> Failure:
    response, code = error.response, code_of(error)
    status = getattr(response, "status_code", 200)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in {"ratelimited", "rate_limited"}:
        return Failure(Verdict.NOT_SENT, "ratelimited", _wait(response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not code or code in AMBIGUOUS:
        return Failure(Verdict.UNCERTAIN, code or f"http_{status}")
    return Failure(_verdict(code), code)


def _verdict(code: str) -> Verdict:
    if code in TOKEN_REFUSED:
        return Verdict.TOKEN_REFUSED
    if code in CARD_GONE:
        return Verdict.CARD_GONE
    if code in PASSES:
        return Verdict.NOT_SENT
    if code in MESSAGE_REFUSED or code.startswith(BLOCKS):
        return Verdict.REFUSED
    return Verdict.CHANNEL_GONE if code in CHANNEL_REFUSES else Verdict.UNKNOWN


def _wait(response: object) -> float:
    """Return the seconds to wait, at least 1. The header may be unchecked: only our own client checks it."""
    seconds = retry_after(getattr(response, "headers", {}))
    return max(1.0, DEFAULT_PAUSE if seconds is None else seconds)
