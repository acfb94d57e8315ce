"""Reads the arguments and the token of a Web API call, in each of the shapes that slack_sdk sends."""

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
    """Return the arguments of the query and of the JSON or form body, and the token. Raises SlackError invalid_json."""
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
    """Check that a call has these arguments. Raises SlackError invalid_arguments, which names the missing ones."""
    if missing := [name for name in names if not arguments.get(name)]:
        problems = [f"[ERROR] missing required field: {name}" for name in missing]
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})


def as_object(text: str, code: str = "invalid_json") -> Arguments:
    """Parse a body that must be a JSON object. Raises SlackError with the code."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise SlackError(code)
    return value


def flag(value: Any) -> bool:
    """Whether an argument says yes, as JSON or as a form field."""
    return value in {True, "true", "1"}


def parsed(value: Any, code: str = "invalid_arguments") -> Any:
    """Return a structure that came as JSON, or as JSON text in a form field. Raises SlackError with the code."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(code) from None
