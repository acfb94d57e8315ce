"""What a failed call to Slack means for the message: certainly not sent, perhaps sent, or never to be sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

# Nothing can be posted anywhere, whatever the channel: the operator has to install the app again or renew its token.
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
# Slack failed on its side; it does not say whether before or after storing the message.
AMBIGUOUS = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
# Nobody has to do anything: the workspace talks too much at the moment, or is being moved.
PASSES = frozenset({"external_channel_migrating", "message_limit_exceeded", "org_login_required", "update_failed"})
# The parent card is gone; there is nothing to update and no thread to post in.
CARD_GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
# What we made is wrong or too much, wherever it is posted. Slack's list of reasons why it takes no post is long and
# grows: whatever stands in none of these sets is taken for the channel's, which a person can mend while news waits.
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
BLOCKS = "invalid_blocks"  # with whatever Slack adds: invalid_blocks_format


class Verdict(StrEnum):
    """What is known after a failure."""

    NOT_SENT = "not_sent"
    UNCERTAIN = "uncertain"
    CHANNEL_GONE = "channel_gone"  # no post is taken there until a person changes something
    TOKEN_REFUSED = "token_refused"  # noqa: S105  no secret
    CARD_GONE = "card_gone"
    REFUSED = "refused"  # our message is wrong; sending the same again will not help


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed call, understood."""

    verdict: Verdict
    code: str
    retry_after: float | None = None  # seconds, when Slack said so


def understand(error: Exception) -> Failure:
    """Sort any exception that slack_sdk's async client raises."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Failure(Verdict.NOT_SENT, "no_connection")
    if isinstance(error, asyncio.TimeoutError | aiohttp.ClientError | SlackClientError | OSError):
        return Failure(Verdict.UNCERTAIN, type(error).__name__)
    raise error


def _refused(error: SlackApiError) -> Failure:
    response = error.response
    status = getattr(response, "status_code", 200)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004  the HTTP status
        return Failure(Verdict.NOT_SENT, "ratelimited", _retry_after(getattr(response, "headers", {})))
    if status >= 500 or not code or code in AMBIGUOUS:  # noqa: PLR2004  the HTTP status class
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
    return Verdict.CHANNEL_GONE


def _retry_after(headers: object) -> float:
    value = None
    if hasattr(headers, "items"):
        value = next((v for k, v in headers.items() if str(k).lower() == "retry-after"), None)
    if isinstance(value, list):  # slack_sdk's sync client keeps lists
        value = value[0] if value else None
    try:
        return max(1.0, float(str(value)))
    except ValueError:
        return 30.0
