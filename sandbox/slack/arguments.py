"""The arguments of a Web API call in each of the shapes that slack_sdk sends, and the token."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import SlackError

if TYPE_CHECKING:
    from aiohttp import web

Arguments = dict[str, Any]
Answer = dict[str, Any]
Method = Callable[[Arguments], Answer]


async def read(request: web.Request) -> tuple[dict[str, Any], str]:
    """JSON bodies, form bodies, and arguments in the query, whichever there are. The token is not among them.

    Raises SlackError invalid_json.
    """
    arguments: dict[str, Any] = dict(request.query)
    body = await request.text()
    if request.content_type == "application/json" and body:
        arguments |= as_object(body)
    elif body:
        arguments |= {name: str(value) for name, value in (await request.post()).items()}
    header = request.headers.get("Authorization", "")
    token = str(arguments.pop("token", "") or header.removeprefix("Bearer "))
    return arguments, token


def require(arguments: Arguments, names: tuple[str, ...]) -> None:
    """Raises SlackError that names what is missing."""
    if missing := [name for name in names if not arguments.get(name)]:
        problems = [f"[ERROR] missing required field: {name}" for name in missing]
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})


def as_object(text: str, code: str = "invalid_json") -> Arguments:
    """The object that a body holds. Raises SlackError with the code."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SlackError(code)
    return found


def flag(value: Any) -> bool:
    """A yes or no, as JSON or as a form field."""
    return value in {True, "true", "1"}


def parsed(value: Any, code: str = "invalid_arguments") -> Any:
    """A structure, whether it came as JSON or as JSON text in a form field. Raises SlackError with the code."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(code) from None
