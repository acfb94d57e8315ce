"""A conversation as a file: every command of a page, and the messages that followed. ``replay`` plays it again.

Commands that only read (history, options of a menu, the wire) change nothing and are not recorded.
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
# The parts that differ from run to run: dates, because the demo begins when it is started; the ts in links to messages;
# and the port.
DATE_TOKEN = re.compile(r"<!date\^\d+\^([^|>]*)\|[^>]*>")
PERMALINK = re.compile(r"(/archives/\w+/p)\d+(?:\?thread_ts=[\d.]+)?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*\+00:00")  # in a button's value
PORT = re.compile(r"(http://127\.0\.0\.1):\d+")


class Recorder:
    """Keeps every command, with the number of messages before it, for which a replay has to wait."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime], scene: str = "") -> None:
        """``scene``: the name of the sandbox's furnishing, which a replay needs as well; empty: the plain one."""
        self._workspace, self._clock, self._scene = workspace, clock, scene
        self._began = clock()
        self._steps: list[Json] = []
        self._pages: dict[str, int] = {}

    def record(self, command: str, user: str, page: str, /, **fields: Any) -> None:
        """Keep a command that a person gives now. ``page`` tells open pages apart, because each has its own modals."""
        number = self._pages.setdefault(page, len(self._pages))
        before = {"after": len(all_messages(self._workspace)), "look": conversation_digest(self._workspace)}
        self._steps.append({"do": command, "user": user, "page": number, "at": self._passed(), **before, **fields})

    def recording(self) -> Json:
        """Return everything since the beginning. ``began`` is an ISO date; all other times are seconds since then."""
        began = self._began.timestamp()
        return {
            "version": VERSION,
            **({"scene": self._scene} if self._scene else {}),
            "began": self._began.isoformat(),
            "lasted": self._passed(),
            "steps": list(self._steps),
            "conversation": [
                {"at": round(float(message.ts) - began, 3), **normalized(message)}
                for message in all_messages(self._workspace)
            ],
        }

    def _passed(self) -> float:
        return round((self._clock() - self._began).total_seconds(), 3)


def all_messages(workspace: Workspace) -> list[Message]:
    """Return all messages, including ephemeral ones, in the order of their ts."""
    shared = [message for channel in workspace.channels.values() for message in channel.messages.values()]
    return sorted([*shared, *workspace.ephemeral], key=lambda message: message.ts)


def message_reference(workspace: Workspace, message: Message) -> Json:
    """Return a recording's name of a message: its author and place, and its number among the messages with both.

    The number among all messages would not do, because an answer and news of the poller may come in either order.
    """
    key = message_key(message)
    alike = (other for other in all_messages(workspace) if message_key(other) == key)
    return key | {"number": next(number for number, other in enumerate(alike) if other is message)}


def find_message(workspace: Workspace, reference: Json) -> Message | None:
    """Return the message that a recording names; None: it is not there yet."""
    key = {name: value for name, value in reference.items() if name != "number"}
    alike = [message for message in all_messages(workspace) if message_key(message) == key]
    return alike[reference["number"]] if reference["number"] < len(alike) else None


def message_key(message: Message) -> Json:
    """Return a message's author, channel and viewer, and whether it is in a thread."""
    key: Json = {"channel": message.channel, "user": "pandabot" if message.user == BOT_USER else message.user}
    optional = {"viewer": message.viewer, "thread": bool(message.thread_ts)}
    return key | {name: value for name, value in optional.items() if value}


def conversation_digest(workspace: Workspace) -> str:
    """Return a digest of all messages. A replay waits for it, so that each answer has replaced its "one moment"."""
    contents = map(normalized, all_messages(workspace))
    lines = sorted(json.dumps(content, ensure_ascii=False, sort_keys=True) for content in contents)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def normalized(message: Message) -> Json:
    """Return a message without the parts that differ from run to run."""
    content = {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}
    return message_key(message) | {name: without_run_specifics(value) for name, value in content.items() if value}


def without_run_specifics(value: Any) -> Any:
    """Return the value without dates, the ts in links, and ports."""
    if isinstance(value, dict):
        return {key: without_run_specifics(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_run_specifics(item) for item in value]
    if not isinstance(value, str):
        return value
    value = MOMENT.sub("…", DATE_TOKEN.sub(r"<!date^…^\1>", value))
    return PORT.sub(r"\1", PERMALINK.sub(r"\1…", value))


def find_view(home: Json | None, stack: list[Json], reference: Any) -> Json | None:
    """Return the view that a recording names ``home`` or by its depth in the modals; None: it is not there yet."""
    if reference == "home":
        return home
    return stack[reference] if reference < len(stack) else None


def view_reference(home: Json | None, stack: list[Json], view_id: str) -> str | int:
    """Return a recording's name of a view (see :func:`find_view`). Raises SlackError view_not_found."""
    if home is not None and home["id"] == view_id:
        return "home"
    for depth, view in enumerate(stack):
        if view["id"] == view_id:
            return depth
    raise SlackError("view_not_found")
