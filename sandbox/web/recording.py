"""A conversation as a file: what people did, whole, and what was then said. ``replaying`` does the same again.

What only looks (history, menus that ask the app, the wire) is no part of it: it changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import BOT_USER, Message, SlackError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.slack.workspace import Workspace
    from sandbox.web.page_json import Json

VERSION = 2
# What differs from run to run: the moment of a date, as the demo's life begins when it is started, and the port.
DATE_TOKEN = re.compile(r"<!date\^\d+\^([^|>]*)\|[^>]*>")
PORT = re.compile(r"(http://127\.0\.0\.1):\d+")


class Recorder:
    """Keeps every deed with how much had been said before it, so that a replay knows when to go on."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime]) -> None:
        self._workspace, self._clock = workspace, clock
        self._began = clock()
        self._steps: list[Json] = []
        self._pages: dict[str, int] = {}

    def record(self, do: str, user: str, page: str, **what: Any) -> None:
        """Somebody did something now. ``page`` tells the open pages apart: each has modals of its own."""
        number = self._pages.setdefault(page, len(self._pages))
        seen = {"after": len(all_messages(self._workspace)), "look": conversation_digest(self._workspace)}
        self._steps.append({"do": do, "user": user, "page": number, "at": self._passed(), **seen, **what})

    def recording(self) -> Json:
        """Everything since the beginning. Times are seconds since then."""
        began = self._began.timestamp()
        return {
            "version": VERSION,
            "began": self._began.isoformat(),
            "lasted": self._passed(),
            "steps": list(self._steps),
            "conversation": [
                {"at": round(float(one.ts) - began, 3), **normalized(one)} for one in all_messages(self._workspace)
            ],
        }

    def _passed(self) -> float:
        return round((self._clock() - self._began).total_seconds(), 3)


def all_messages(workspace: Workspace) -> list[Message]:
    """Everything that was said, to all or to one, in the order it was."""
    shared = [one for channel in workspace.channels.values() for one in channel.messages.values()]
    return sorted([*shared, *workspace.ephemeral], key=lambda one: one.ts)


def message_reference(workspace: Workspace, message: Message) -> Json:
    """How a recording names a message: who said it where, and its number among those.

    Its place among all would not do: an answer and news from the poller may come in either order.
    """
    kind = message_key(message)
    alike = (one for one in all_messages(workspace) if message_key(one) == kind)
    return kind | {"number": next(number for number, one in enumerate(alike) if one is message)}


def find_message(workspace: Workspace, place: Json) -> Message | None:
    """The message that a recording names, once it is there."""
    kind = {name: value for name, value in place.items() if name != "number"}
    alike = [one for one in all_messages(workspace) if message_key(one) == kind]
    return alike[place["number"]] if place["number"] < len(alike) else None


def message_key(one: Message) -> Json:
    """Who said a message, where, and to whom."""
    found: Json = {"channel": one.channel, "user": "pandabot" if one.user == BOT_USER else one.user}
    return found | {name: value for name, value in (("viewer", one.viewer), ("thread", bool(one.thread_ts))) if value}


def conversation_digest(workspace: Workspace) -> str:
    """A short sum of all that is to be read: a deed waits until the bot has put its answer in place of "one moment"."""
    lines = sorted(json.dumps(normalized(one), ensure_ascii=False, sort_keys=True) for one in all_messages(workspace))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def normalized(one: Message) -> Json:
    """A message without what differs from run to run."""
    shown = {"text": one.text, "blocks": one.blocks, "attachments": one.attachments}
    return message_key(one) | {name: without_run_specifics(value) for name, value in shown.items() if value}


def without_run_specifics(value: Any) -> Any:
    """The same without moments and ports."""
    if isinstance(value, dict):
        return {key: without_run_specifics(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_run_specifics(one) for one in value]
    return PORT.sub(r"\1", DATE_TOKEN.sub(r"<!date^…^\1>", value)) if isinstance(value, str) else value


def find_view(home: Json | None, stack: list[Json], place: Any) -> Json | None:
    """The view that a recording names, once it is there: ``home``, or how deep in the stack of modals."""
    if place == "home":
        return home
    return stack[place] if place < len(stack) else None


def view_reference(home: Json | None, stack: list[Json], view_id: str) -> str | int:
    """How a recording names a view. Raises SlackError view_not_found."""
    if home is not None and home["id"] == view_id:
        return "home"
    for depth, view in enumerate(stack):
        if view["id"] == view_id:
            return depth
    raise SlackError("view_not_found")
