"""A conversation as a file: what people did and what was then said; and the same done again, as a test fixture.

Presses inside modals and App Home are not part of it: they say nothing in a channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import BOT_USER, Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.slack.server import SlackServer
    from sandbox.slack.workspace import Workspace
    from sandbox.web.shapes import Json

VERSION = 1
PATIENCE = 10.0  # seconds that a message may take to come when a recording is played


class ReplayError(Exception):
    """The conversation did not go on as it was recorded."""


class Recorder:
    """Keeps every deed with how much had been said before it, so that a replay knows when to go on."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime]) -> None:
        self._workspace, self._clock = workspace, clock
        self._began = clock()
        self._steps: list[Json] = []

    def keep(self, do: str, user: str, **what: Any) -> None:
        """Somebody did something now."""
        at = round((self._clock() - self._began).total_seconds(), 3)
        self._steps.append({"do": do, "user": user, "at": at, "after": len(said(self._workspace)), **what})

    def recording(self) -> Json:
        """Everything since the beginning."""
        return {
            "version": VERSION,
            "began": self._began.isoformat(),
            "steps": list(self._steps),
            "conversation": [line(one) for one in said(self._workspace)],
        }


def said(workspace: Workspace) -> list[Message]:
    """Everything that was said, to all or to one, in the order it was."""
    shared = [one for channel in workspace.channels.values() for one in channel.messages.values()]
    return sorted([*shared, *workspace.ephemeral], key=lambda one: one.ts)


def number_of(workspace: Workspace, message: Message) -> int:
    """How a recording names a message: its place among all."""
    return next(number for number, one in enumerate(said(workspace)) if one is message)


def line(one: Message) -> Json:
    """A message without what differs from run to run."""
    found: Json = {"channel": one.channel, "user": "pandabot" if one.user == BOT_USER else one.user, "text": one.text}
    return found | {
        name: value
        for name, value in (("viewer", one.viewer), ("thread", bool(one.thread_ts)), ("blocks", one.blocks))
        if value
    }


async def replay(
    recording: Json,
    slack: SlackServer,
    *,
    forward: Callable[[float], None] | None = None,
    patience: float = PATIENCE,
) -> list[Json]:
    """Do a recording's deeds again, each as soon as as much has been said as then. Returns the new conversation.

    ``forward`` lets so many seconds pass at once. Raises ReplayError for another version, or when too little is said.
    """
    if recording.get("version") != VERSION:
        raise ReplayError(f"recordings of version {recording.get('version')!r} cannot be played")
    for step in recording["steps"]:
        await _until_said(slack, step["after"], patience)
        await _do(step, slack, forward)
    await _until_said(slack, len(recording["conversation"]), patience)
    return [line(one) for one in said(slack.workspace)]


async def _until_said(slack: SlackServer, count: int, patience: float) -> None:
    if not await slack.workspace.wait_for(lambda: len(said(slack.workspace)) >= count, patience):
        raise ReplayError(f"{count} messages had been recorded, and {len(said(slack.workspace))} came")


async def _do(step: Json, slack: SlackServer, forward: Callable[[float], None] | None) -> None:
    user = step["user"]
    match step["do"]:
        case "say":
            await slack.say(user, step["channel"], step["text"], thread_ts=_thread(step, slack))
        case "slash":
            await slack.slash(user, step["channel"], step["command"], step["text"])
        case "press":
            await slack.press(user, _message(step, slack), step["action_id"], value=step.get("value"))
        case "shortcut":
            await slack.shortcut(user, _message(step, slack), step["callback_id"])
        case "global_shortcut":
            await slack.global_shortcut(user, step["callback_id"])
        case "submit":
            await slack.submit(user, _newest_view(slack), step["values"])
        case "time" if forward is not None:
            forward(step["seconds"])
        case other:
            raise ReplayError(f"{other!r} cannot be played here")


def _message(step: Json, slack: SlackServer) -> Message:
    return said(slack.workspace)[step["message"]]


def _thread(step: Json, slack: SlackServer) -> str:
    return said(slack.workspace)[step["thread"]].ts if "thread" in step else ""


def _newest_view(slack: SlackServer) -> str:
    views = [view_id for view_id, view in slack.workspace.views.items() if view.get("type") == "modal"]
    if not views:
        raise ReplayError("no modal is open")
    return views[-1]
