"""One open page: who looks, where, and what it is told, in order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sandbox.web import page_json
from sandbox.web.message_feed import MessageFeed
from sandbox.web.modal_stack import ModalStack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.web.hub import Hub
    from sandbox.web.page_json import Json

MOST_WAITING = 5000  # messages for a page that does not take them


class Session:
    """A page of one person at a time. What it shall be told waits in a queue, so that nothing overtakes anything."""

    def __init__(self, hub: Hub, user: str) -> None:
        self.hub, self.user = hub, user
        self.began = hub.sandbox.slack.workspace.next_ts()
        self._wire_from: int | None = None  # the last line of the wire that was told; None: the page does not show it
        self._queue: asyncio.Queue[Json] = asyncio.Queue(MOST_WAITING)
        self.modals = ModalStack(hub.sandbox.slack.workspace)
        self._feed = MessageFeed(hub.sandbox.slack.workspace, user, self.began)
        self._shown: dict[str, Any] = {}  # the rest of the state, as the page was last told

    def send(self, message: Json) -> None:
        """Send a message after all that were sent before. A page that is too far behind is told to begin again."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            message = {"type": "again"}
        self._queue.put_nowait(message)

    def note(self, text: str, *, bad: bool = False) -> None:
        """A sentence that the page shows for a moment."""
        self.send({"type": "note", "text": text, "bad": bad})

    async def write(self, send: Callable[[Json], Awaitable[None]]) -> None:
        """Hand over what waits, for as long as the page is there."""
        while True:
            await send(await self._queue.get())

    def switch_user(self, user: str) -> None:
        """Be another person. Private messages of this page's life stay; those from before it, and modals, do not."""
        self.modals.close_all()
        self.user = user
        self._feed = MessageFeed(self.hub.sandbox.slack.workspace, user, self.began)
        self.send_state()

    def send_state(self) -> None:
        """The whole state, but for the messages: they are asked for channel by channel."""
        self._feed.skip()
        self._shown = self._state()
        self.send({"type": "hello", "me": self.user, **self.hub.setting(), **self._shown})

    def send_changes(self) -> None:
        """Tell what changed since the last look."""
        for change in self._feed.changes():
            self.send(change)
        state = self._state()
        for name, value in state.items():
            if value != self._shown.get(name):
                self.send({"type": name, name: value})
        self._shown = state

    def show_wire(self, *, wanted: bool) -> None:
        """Show the wire from now on, the last lines at once; or no longer."""
        self._wire_from = max(0, self.hub.wire.number - 100) if wanted else None
        self.send_wire()

    def send_wire(self) -> None:
        """Tell the new lines of the wire, if the page shows it."""
        if self._wire_from is not None and (lines := self.hub.wire.since(self._wire_from)):
            self._wire_from = self.hub.wire.number
            self.send({"type": "wire", "lines": lines})

    def history(self, channel: str, before: str = "", thread: str = "") -> None:
        """Some fifty messages of a channel, or of a thread in it. Raises SlackError."""
        room = self.hub.room(self.user, channel)
        messages, more = self._feed.page(room, before, thread)
        told: Json = {"type": "messages", "channel": room.id, "before": before, "messages": messages, "more": more}
        if thread:
            parent = self.hub.sandbox.slack.workspace.find(room, thread)
            told |= {"type": "thread", "ts": thread, "parent": self._feed.shape(room, parent)}
        self.send(told)

    def _state(self) -> Json:
        """What a page holds beside the messages; each part is told again, whole, when it is not as it was."""
        workspace = self.hub.sandbox.slack.workspace
        rooms = page_json.rooms(workspace, self.user)
        return {
            "users": {one.id: page_json.person(one) for one in workspace.users.values()},
            "channels": [page_json.channel(one, self.hub.unread(self.user, one)) for one in rooms],
            "views": self.modals.shown(),
            "home": workspace.homes.get(self.user),
            "faults": self.hub.switches.state(),
        }
