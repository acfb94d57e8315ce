"""The arguments of a Web API call in each of the shapes that slack_sdk sends, and the token."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web


async def read(request: web.Request) -> tuple[dict[str, Any], str]:
    """JSON bodies, form bodies, and arguments in the query, whichever there are. The token is not among them."""
    arguments: dict[str, Any] = dict(request.query)
    body = await request.text()
    if request.content_type == "application/json" and body:
        arguments |= json.loads(body)
    elif body:
        arguments |= {name: str(value) for name, value in (await request.post()).items()}
    header = request.headers.get("Authorization", "")
    token = str(arguments.pop("token", "") or header.removeprefix("Bearer "))
    return arguments, token
