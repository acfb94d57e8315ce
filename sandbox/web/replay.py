"""Plays a recording against the demo: the same commands of the same people, at the same times of the clock."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import identified
from sandbox.web import page_commands
from sandbox.web.hub import Hub
from sandbox.web.recording import VERSION, all_messages, conversation_digest, find_message, find_view, normalized
from sandbox.web.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.workspace import Message
    from sandbox.terminal.sandbox import Sandbox
    from sandbox.web.page_json import Json

PATIENCE = 10.0  # seconds that a message may take to come
SHORT_PATIENCE = 0.5  # seconds for the recorded digest, once a digest has differed
# The keys that the recorder adds to a command; all other keys are the page's.
RECORDER_KEYS = {"do", "user", "page", "at", "after", "look", "message", "thread", "view"}


class ReplayError(Exception):
    """The conversation differs from the recorded one."""


async def replay(recording: Json, sandbox: Sandbox, *, patience: float = PATIENCE) -> list[Json]:
    """Give a recording's commands again, and return the new conversation.

    Each command waits until there are as many messages as there were in the recording. The sandbox's clock must show
    the recording's ``began``; ``patience`` is in seconds. Raises ReplayError for another version, and if a recorded
    message does not arrive or has other content.
    """
    if recording.get("version") != VERSION:
        raise ReplayError(f"recordings of version {recording.get('version')!r} cannot be played")
    player = _Player(recording, sandbox, patience)
    try:
        for step in recording["steps"]:
            await player.play(step)
        return await player.end()
    finally:
        await player.close()


class _Player:
    """One replay."""

    def __init__(self, recording: Json, sandbox: Sandbox, patience: float) -> None:
        self._recording, self._sandbox, self._patience = recording, sandbox, patience
        self._digest_patience = patience
        self._hub = Hub(sandbox)
        self._began = sandbox.clock()
        self._reached = 0  # lines of the recorded conversation
        self._pages: dict[int, Session] = {}

    async def play(self, step: Json) -> None:
        """Give one command when the messages that preceded it are there."""
        if step["do"] not in page_commands.COMMANDS:
            raise ReplayError(f"{step['do']!r} cannot be played here")
        await self._reach(step["after"], step["at"])
        await self._until(
            lambda: self._count() >= step["after"],
            lambda: f"{step['after']} messages had been recorded, and {self._count()} came",
        )
        self._pass(step["at"])
        workspace = self._sandbox.slack.workspace
        # The same digest may never appear: the command was given in the middle of an answer, or texts have changed.
        if not await workspace.wait_for(lambda: conversation_digest(workspace) == step["look"], self._digest_patience):
            self._digest_patience = SHORT_PATIENCE
        page = self._page(step)
        await self._until(
            lambda: self._is_there(page, step), lambda: f"what {step['do']!r} is about never came: {step}"
        )
        if step["do"] == "time" and "speed" in step:
            return  # the replay sets the clock before each command and message, so no speed is needed
        await page_commands.execute(page, self._body(page, step))

    async def end(self) -> list[Json]:
        """Wait until the remaining messages are there and all messages are as recorded; return them."""
        recorded, lasted = self._recording["conversation"], self._recording["lasted"]
        await self._reach(len(recorded), lasted)
        self._pass(lasted)
        await self._until(
            lambda: _difference(recorded, self._lines()) == "", lambda: _difference(recorded, self._lines())
        )
        return self._lines()

    async def close(self) -> None:
        """Cancel the commands that are still running."""
        await self._hub.close()

    async def _reach(self, count: int, at: float) -> None:
        """Move the clock to each message up to a time and wait for it: the poller must poll at all of these times."""
        lines = self._recording["conversation"][:count]
        while self._reached < len(lines) and lines[self._reached]["at"] <= at:
            self._pass(lines[self._reached]["at"])
            self._reached += 1
            await self._until(
                lambda: self._count() >= self._reached,
                lambda: f"{self._reached} messages had been recorded, and {self._count()} came",
            )

    def _pass(self, at: float) -> None:
        """Move the clock forward to a time of the recording, unless it is there already."""
        behind = self._began + timedelta(seconds=at) - self._sandbox.clock()
        if behind > timedelta():
            self._hub.forward(behind.total_seconds())

    def _page(self, step: Json) -> Session:
        page = self._pages.get(step["page"])
        if page is None:
            page = self._pages[step["page"]] = Session(self._hub, step["user"])
            self._hub.pages.add(page)
        if page.user != step["user"]:
            page.switch_user(step["user"])
        return page

    def _is_there(self, page: Session, step: Json) -> bool:
        """Whether the message or view is there with the pressed element; at first it may still say "one moment"."""
        blocks: list[Json] = []
        if "message" in step:
            message = find_message(self._sandbox.slack.workspace, step["message"])
            if message is None:
                return False
            blocks = message.identified_blocks()
        if "view" in step:
            view = self._view(page, step)
            if view is None:
                return False
            blocks = identified(view["blocks"])
        action = (step.get("action") or {}).get("action_id")
        there = {block.get("block_id") for block in blocks}
        return (action is None or json.dumps(action) in json.dumps(blocks)) and there >= set(step.get("values") or {})

    def _view(self, page: Session, step: Json) -> Json | None:
        home = self._sandbox.slack.workspace.homes.get(page.user)
        return find_view(home, page.modals.shown(), step["view"])

    def _body(self, page: Session, step: Json) -> Json:
        """Return the command as a page would send it now."""
        body = {name: value for name, value in step.items() if name not in RECORDER_KEYS} | {"type": step["do"]}
        if "message" in step:
            message = self._message(step["message"])
            body |= {"channel": message.channel, "ts": message.ts}
            if "action" in step:
                body["action"] = _present(message.identified_blocks(), step["action"])
        if "thread" in step:
            body["thread"] = self._message(step["thread"]).ts
        if "view" in step and (view := self._view(page, step)) is not None:
            body["view_id"] = view["id"]
        return body

    def _message(self, reference: Json) -> Message:
        message = find_message(self._sandbox.slack.workspace, reference)
        if message is None:
            raise ReplayError(f"there is no such message: {reference}")
        return message

    def _count(self) -> int:
        return len(all_messages(self._sandbox.slack.workspace))

    def _lines(self) -> list[Json]:
        return [normalized(message) for message in all_messages(self._sandbox.slack.workspace)]

    async def _until(self, predicate: Callable[[], bool], problem: Callable[[], str]) -> None:
        if not await self._sandbox.slack.workspace.wait_for(predicate, self._patience):
            raise ReplayError(problem())


def _present(blocks: list[Json], recorded: Json) -> Json:
    """The recorded press with the button's present value, which may hold a time of this run."""
    own = (block for block in blocks if block.get("block_id") == recorded.get("block_id"))
    elements = [element for block in own for element in (*block.get("elements", ()), block.get("accessory") or {})]
    pressed = (element for element in elements if element.get("action_id") == recorded["action_id"])
    values = [element["value"] for element in pressed if "value" in element]
    return recorded | ({"value": values[0]} if values else {})


def _difference(recorded: list[Json], played: list[Json]) -> str:
    """Describe the first message that differs from the recorded one; empty if no message does."""
    recorded_groups, played_groups = _by_author_and_place(recorded), _by_author_and_place(played)
    if len(recorded) != len(played):
        return f"{len(recorded)} messages had been recorded, and {len(played)} came"
    for place, lines in recorded_groups.items():
        for line, played_line in zip_longest(lines, played_groups.get(place, [])):
            if line != played_line:
                return f"recorded was {line}, and what came is {played_line}"
    return ""


def _by_author_and_place(lines: list[Json]) -> dict[str, list[Json]]:
    """Group messages: the order matters only within a group. An answer and news of the poller may come in any order."""
    groups: dict[str, list[Json]] = {}
    for line in lines:
        plain = {name: value for name, value in line.items() if name != "at"}
        place: Any = [plain.get(name) for name in ("channel", "user", "viewer", "thread")]
        groups.setdefault(json.dumps(place), []).append(plain)
    return groups
