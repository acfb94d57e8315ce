"""Attachments: the secondary part of a message, in which links are unfurled too."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.slack.blocks import check_message
from sandbox.slack.workspace import SlackError

MOST = 100  # of one message
# Any of these makes something to be seen.
SHOWN = {"text", "title", "fallback", "pretext", "author_name", "footer", "image_url", "thumb_url", "fields", "blocks"}


def checked(given: Any, *, malformed: str = "invalid_arguments") -> list[dict[str, Any]]:
    """A message's attachments, numbered. Raises SlackError: ``malformed`` for what is none, or Slack's for the rest."""
    if not isinstance(given, list) or not all(isinstance(one, dict) and SHOWN & one.keys() for one in given):
        raise SlackError(malformed)
    if len(given) > MOST:
        raise SlackError("too_many_attachments")
    for one in given:
        if problems := check_message({"text": "-", "blocks": one.get("blocks") or []}):
            raise SlackError("invalid_blocks", response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})
    return [{**copy.deepcopy(one), "id": number} for number, one in enumerate(given, start=1)]
