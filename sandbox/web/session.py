"""One open page: its person, the state that it has been sent, and the queue of messages to it."""

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

MOST_THREADS, LAST_REPLIES = 30, 2  # in the list of threads
MOST_WAITING = 5000  # messages to a page that does not read them


class CannotError(Exception):
    """The page asked for something impossible. The message is a sentence for the person.

    The page translates the sentence, and then fills in the values.
    """

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.values = values


class Session:
    """An open page of one person at a time. Messages to it go through one queue, so they keep their order."""

    def __init__(self, hub: Hub, user: str) -> None:
        self.hub, self.user = hub, user
        self.workspace = hub.sandbox.slack.workspace
        self.began = self.workspace.next_ts()
        self._wire_from: int | None = None  # the last exchange sent; None: the page hides the wire
        self._queue: asyncio.Queue[Json] = asyncio.Queue(MOST_WAITING)
        self.modals = ModalStack(self.workspace)
        self._feed = MessageFeed(self.workspace, user, self.began)
        self._shown: dict[str, Any] = {}  # the state besides messages, as last sent

    def send(self, message: Json) -> None:
        """Queue a message. A page that is too far behind loses its queue, and is told to load its state again."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            message = {"type": "again"}
        self._queue.put_nowait(message)

    def note(self, text: str, *, bad: bool = False, **values: str) -> None:
        """Show a sentence on the page for a moment. The page translates it, and then fills in the values."""
        self.send({"type": "note", "text": text, "bad": bad, "values": values})

    def record(self, command: str, /, **fields: Any) -> None:
        """Add a command of the page's person to the recording."""
        self.hub.recorder.record(command, self.user, self.began, **fields)

    async def write(self, send: Callable[[Json], Awaitable[None]]) -> None:
        """Send the queued messages, until cancelled."""
        while True:
            await send(await self._queue.get())

    def switch_user(self, user: str) -> None:
        """Change the page's person. Modals close; ephemeral messages from before the page was opened are not shown."""
        self.modals.close_all()
        self.user = user
        self._feed = MessageFeed(self.workspace, user, self.began)
        self.send_state()

    def send_state(self) -> None:
        """Send the whole state except messages, for which the page asks channel by channel."""
        self._feed.skip()
        self._shown = self._state()
        self.send({"type": "hello", "me": self.user, **self.hub.setting(), **self._shown})

    def send_changes(self) -> None:
        """Send the changes since the last time."""
        for change in self._feed.changes():
            self.send(change)
        state = self._state()
        for name, value in state.items():
            if value != self._shown.get(name):
                self.send({"type": name, name: value})
        self._shown = state

    def show_wire(self, *, wanted: bool) -> None:
        """Begin to show the wire, with its last exchanges, or stop showing it."""
        self._wire_from = max(0, self.hub.wire.number - 100) if wanted else None
        self.send_wire()

    def send_wire(self) -> None:
        """Send the new exchanges of the wire, if the page shows it."""
        if self._wire_from is not None and (lines := self.hub.wire.since(self._wire_from)):
            self._wire_from = self.hub.wire.number
            self.send({"type": "wire", "lines": lines})

    def history(self, channel: str, before: str = "", thread: str = "") -> None:
        """Send the last messages before a ts, of a channel or of a thread in it. Raises SlackError."""
        room = self.hub.room(self.user, channel)
        messages, has_older = self._feed.page(room, before, thread)
        answer: Json = {"type": "messages", "channel": room.id, "before": before, "messages": messages}
        answer["more"] = has_older
        if thread:
            parent = self.workspace.find(room, thread)
            answer |= {"type": "thread", "ts": thread, "parent": self._feed.as_json(room, parent)}
        self.send(answer)

    def threads(self) -> None:
        """Send the threads with the latest replies: the first message of each, and its last replies."""
        threads = []
        for thread in self.hub.marks.threads(self.user)[:MOST_THREADS]:
            room = self.hub.room(self.user, thread["channel"])
            parent = self.workspace.find(room, thread["ts"])
            last = [self.workspace.find(room, ts) for ts in parent.replies[-LAST_REPLIES:]]
            replies = [self._feed.as_json(room, message) for message in last]
            threads.append({**thread, "parent": self._feed.as_json(room, parent), "replies": replies})
        self.send({"type": "thread_list", "threads": threads})

    def _state(self) -> Json:
        """Return the state besides messages. A part that has changed is sent again as a whole."""
        rooms, marks = page_json.rooms(self.workspace, self.user), self.hub.marks
        mentions = marks.mentions(self.user)
        return {
            "users": {user.id: page_json.person(user) for user in self.workspace.users.values()},
            "channels": [
                page_json.channel(room, marks.unread(self.user, room), mentions.get(room.id, 0)) for room in rooms
            ],
            "threads": marks.threads(self.user),
            "orders": self.hub.orders(),
            "views": self.modals.shown(),
            "home": self.workspace.homes.get(self.user),
            "faults": self.hub.switches.state(),
        }
