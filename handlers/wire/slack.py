"""Slack's answers, read with care: what a failed call says, and what stands in a page of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

# All that a call to Slack fails with: refused, not understood, not answered, not in time.
FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
BLOCKS = "invalid_blocks"  # with whatever Slack adds: invalid_blocks_format


class OddAnswerError(SlackClientError):
    """An answer that is no refusal and does not hold what it should."""


class EndlessError(OddAnswerError):
    """A list with more pages than are looked through, or whose cursors go round."""


def code_of(error: BaseException) -> str:
    """Slack's word for why it refused; empty where it said none."""
    data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else ""


def part(answer: Any, name: str) -> dict[str, Any]:
    """An object within an answer. Raises OddAnswerError where there is none."""
    found = answer.get(name)
    if not isinstance(found, dict):
        raise OddAnswerError(f"Slack's answer holds no {name}")
    return found


def rows(answer: Any, name: str) -> list[Any]:
    """A list within an answer. Raises OddAnswerError where there is none."""
    found = answer.get(name)
    if not isinstance(found, list):
        raise OddAnswerError(f"Slack's answer holds no {name}")
    return found


def ts_of(message: Any) -> str:
    """A message's time stamp, which is its id; empty where it bears none."""
    found = message.get("ts")
    whole, dot, rest = found.partition(".") if isinstance(found, str) else ("", "", "")
    return f"{whole}.{rest}" if dot and (whole + rest).isdecimal() and whole.isascii() and rest.isascii() else ""


async def pages(call: Callable[[str | None], Awaitable[Any]], most: int) -> AsyncIterator[Any]:
    """Page after page: ``call`` takes a cursor. Ends after ``most`` pages, and where Slack's cursors go round.

    Raises EndlessError then: what was looked for may stand on a page that was not seen.
    """
    cursor, seen = "", set[str]()
    for _page in range(most):
        answer = await call(cursor or None)
        yield answer
        cursor = _cursor(answer)
        if not cursor:
            return
        if cursor in seen:
            raise EndlessError("Slack's list goes round in circles")
        seen.add(cursor)
    raise EndlessError(f"Slack's list has more than {most} pages")


def _cursor(answer: Any) -> str:
    more = answer.get("response_metadata")
    cursor = more.get("next_cursor") if isinstance(more, dict) else None
    return cursor if isinstance(cursor, str) else ""
