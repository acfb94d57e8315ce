"""Plays a recording against the demo: the same deeds by the same hands, with a clock that goes along."""

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
BRIEFLY = 0.5  # seconds for a look that is as it was, once one was not
OURS = {"do", "user", "page", "at", "after", "look", "message", "thread", "view"}  # the rest is as the page sent it


class ReplayError(Exception):
    """The conversation did not go on as it was recorded."""


async def replay(recording: Json, sandbox: Sandbox, *, patience: float = PATIENCE) -> list[Json]:
    """Do a recording's deeds again, each as soon as as much has been said as then. Returns the new conversation.

    Begin with a sandbox whose clock stands at the recording's ``began``. Raises ReplayError for another version, when
    something never comes that was recorded, or when it comes with another text or other blocks.
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
        self._look_patience = patience
        self._hub = Hub(sandbox)
        self._began = sandbox.clock()
        self._reached = 0  # lines of the recorded conversation
        self._pages: dict[int, Session] = {}

    async def play(self, step: Json) -> None:
        """One deed, when everything is there that was there then."""
        if step["do"] not in page_commands.COMMANDS:
            raise ReplayError(f"{step['do']!r} cannot be played here")
        await self._reach(step["after"], step["at"])
        await self._until(
            lambda: self._count() >= step["after"],
            lambda: f"{step['after']} messages had been recorded, and {self._count()} came",
        )
        self._pass(step["at"])
        workspace = self._sandbox.slack.workspace
        # Only as far as it can be had: the deed may have come in the middle of an answer, or the words have changed.
        if not await workspace.wait_for(lambda: conversation_digest(workspace) == step["look"], self._look_patience):
            self._look_patience = BRIEFLY
        page = self._page(step)
        await self._until(
            lambda: self._is_there(page, step), lambda: f"what {step['do']!r} is about never came: {step}"
        )
        if step["do"] == "time" and "speed" in step:
            return  # what the speed did is played: the clock stands at each deed and message where it stood
        await page_commands.execute(page, self._body(page, step))

    async def end(self) -> list[Json]:
        """Wait for the rest, and for it to be the same."""
        wanted, lasted = self._recording["conversation"], self._recording["lasted"]
        await self._reach(len(wanted), lasted)
        self._pass(lasted)
        await self._until(lambda: _difference(wanted, self._lines()) == "", lambda: _difference(wanted, self._lines()))
        return self._lines()

    async def close(self) -> None:
        """End what is still under way."""
        await self._hub.close()

    async def _reach(self, count: int, at: float) -> None:
        """What was said until then comes again, one after the other: the poller has to see each moment."""
        lines = self._recording["conversation"][:count]
        while self._reached < len(lines) and lines[self._reached]["at"] <= at:
            self._pass(lines[self._reached]["at"])
            self._reached += 1
            await self._until(
                lambda: self._count() >= self._reached,
                lambda: f"{self._reached} messages had been recorded, and {self._count()} came",
            )

    def _pass(self, at: float) -> None:
        """Let time pass until then; a replay that waited longer is there already."""
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
        """The message or view, with what is pressed in it: it may still be the one that says "one moment"."""
        blocks: list[Json] = []
        if "message" in step:
            one = find_message(self._sandbox.slack.workspace, step["message"])
            if one is None:
                return False
            blocks = one.identified_blocks()
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
        """The deed as a page would ask for it now."""
        body = {name: value for name, value in step.items() if name not in OURS} | {"type": step["do"]}
        if "message" in step:
            one = self._message(step["message"])
            body |= {"channel": one.channel, "ts": one.ts}
        if "thread" in step:
            body["thread"] = self._message(step["thread"]).ts
        if "view" in step and (view := self._view(page, step)) is not None:
            body["view_id"] = view["id"]
        return body

    def _message(self, place: Json) -> Message:
        found = find_message(self._sandbox.slack.workspace, place)
        if found is None:
            raise ReplayError(f"there is no such message: {place}")
        return found

    def _count(self) -> int:
        return len(all_messages(self._sandbox.slack.workspace))

    def _lines(self) -> list[Json]:
        return [normalized(one) for one in all_messages(self._sandbox.slack.workspace)]

    async def _until(self, predicate: Callable[[], bool], words: Callable[[], str]) -> None:
        if not await self._sandbox.slack.workspace.wait_for(predicate, self._patience):
            raise ReplayError(words())


def _difference(recorded: list[Json], came: list[Json]) -> str:
    """The first message that is not as it was recorded, among those of one person in one place; empty if none is."""
    wanted, found = _sorted(recorded), _sorted(came)
    if len(recorded) != len(came):
        return f"{len(recorded)} messages had been recorded, and {len(came)} came"
    for place, lines in wanted.items():
        for one, other in zip_longest(lines, found.get(place, [])):
            if one != other:
                return f"recorded was {one}, and what came is {other}"
    return ""


def _sorted(lines: list[Json]) -> dict[str, list[Json]]:
    """By who said it where: an answer and news from the poller may come in either order."""
    found: dict[str, list[Json]] = {}
    for one in lines:
        plain = {name: value for name, value in one.items() if name != "at"}
        place: Any = [plain.get(name) for name in ("channel", "user", "viewer", "thread")]
        found.setdefault(json.dumps(place), []).append(plain)
    return found
