"""Slack's answers to calls: the error code of a failed call, the parts of an answer, and the pages of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

# Everything that a call to Slack raises: for refusals, unreadable answers, lost connections and timeouts.
FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
BLOCKS = "invalid_blocks"  # the beginning of a code: Slack also sends invalid_blocks_format


class OddAnswerError(SlackClientError):
    """A successful answer lacks a part that it should have."""


class EndlessError(OddAnswerError):
    """A list has more pages than the bot reads, or its cursors repeat."""


def code_of(error: BaseException) -> str:
    """Slack's code of a refusal, such as ``not_in_channel``; empty for other errors, and where Slack sent none."""
    data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else ""


def part(answer: Any, name: str) -> dict[str, Any]:
    """The object ``name`` of an answer. Raises OddAnswerError where there is none."""
    value = answer.get(name)
    if not isinstance(value, dict):
        raise OddAnswerError(f"Slack's answer holds no {name}")
    return value


def rows(answer: Any, name: str) -> list[Any]:
    """The list ``name`` of an answer. Raises OddAnswerError where there is none."""
    value = answer.get(name)
    if not isinstance(value, list):
        raise OddAnswerError(f"Slack's answer holds no {name}")
    return value


def ts_of(message: Any) -> str:
    """A message's time stamp (seconds since 1970), which is its id; empty where it has none of that form."""
    ts = message.get("ts")
    whole, dot, fraction = ts.partition(".") if isinstance(ts, str) else ("", "", "")
    digits = whole + fraction
    return f"{whole}.{fraction}" if dot and digits.isdecimal() and digits.isascii() else ""


async def pages(call: Callable[[str | None], Awaitable[Any]], most: int, cursor: str = "") -> AsyncIterator[Any]:
    """The pages of a list, one after the other. ``call`` gets a page by its cursor; None: the first page.

    ``cursor``: the page to begin with; empty: the first. Raises the errors of ``call``, and EndlessError after ``most``
    pages or where Slack's cursors repeat: the entry that the caller looks for may stand on a page that was not read.
    """
    seen = {cursor} - {""}
    for _page in range(most):
        answer = await call(cursor or None)
        yield answer
        cursor = cursor_of(answer)
        if not cursor:
            return
        if cursor in seen:
            raise EndlessError("Slack's list goes round in circles")
        seen.add(cursor)
    raise EndlessError(f"Slack's list has more than {most} pages")


def cursor_of(answer: Any) -> str:
    """The cursor of the next page; empty where this is the last one."""
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    return cursor if isinstance(cursor, str) else ""
