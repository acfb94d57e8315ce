"""Checks attachments, the secondary part of a message. Previews of links are attachments, too."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.slack.blocks import check_message
from sandbox.slack.workspace import SlackError

MOST = 100  # attachments of one message
# An attachment needs at least one of these to show anything.
SHOWN = {"text", "title", "fallback", "pretext", "author_name", "footer", "image_url", "thumb_url", "fields", "blocks"}


def checked(given: Any, *, malformed: str = "invalid_arguments") -> list[dict[str, Any]]:
    """Return the attachments, numbered as Slack numbers them. Raises SlackError: ``malformed``, or a limit's code."""
    if not isinstance(given, list) or not all(isinstance(item, dict) and SHOWN & item.keys() for item in given):
        raise SlackError(malformed)
    if len(given) > MOST:
        raise SlackError("too_many_attachments")
    for attachment in given:
        if problems := check_message({"text": "-", "blocks": attachment.get("blocks") or []}):
            messages = [f"[ERROR] {problem}" for problem in problems]
            raise SlackError("invalid_blocks", response_metadata={"messages": messages})
    return [{**copy.deepcopy(attachment), "id": number} for number, attachment in enumerate(given, start=1)]
