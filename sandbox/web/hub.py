"""What all open pages share: the sandbox, who has read what, the switches, the wire; and the task that follows it."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sandbox.slack.workspace import SlackError
from sandbox.web import page_json
from sandbox.web.recording import Recorder
from sandbox.web.switches import Switches
from sandbox.web.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sandbox.slack.server import Call
    from sandbox.slack.workspace import Channel
    from sandbox.terminal.sandbox import Sandbox
    from sandbox.web.modal_stack import ModalStack
    from sandbox.web.page_json import Json

# Whose hand does what is being done: what a person opens is opened on the page where they did it.
current_page: ContextVar[Page | None] = ContextVar("hand", default=None)
TOGETHER = 0.03  # seconds: changes within one breath are looked at once
WIRE_EVERY = 0.2  # seconds
LOOK_AGAIN = 3600.0  # seconds; a wait without end in pieces
KEPT = 10_000  # entries of the stand-ins' own logs
# Where a person can be: the name in the menu, the time zone, the locale.
PLACES = (
    ("Shanghai · 中文", "Asia/Shanghai", "zh-CN"),
    ("Berlin · English", "Europe/Berlin", "en-US"),
    ("São Paulo · português", "America/Sao_Paulo", "pt-BR"),
)


class Page(Protocol):
    """An open page, as the hub knows it."""

    modals: ModalStack

    def send_changes(self) -> None:
        """Tell what changed since the last look."""
        ...

    def send_wire(self) -> None:
        """Tell the new lines of the wire, if the page shows it."""
        ...

    def send(self, message: Json) -> None:
        """Send a message after all that were sent before."""
        ...


class Hub:
    """Everything behind the pages. Use :meth:`follow` as a task, and :meth:`close` at the end."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.pages: set[Page] = set()
        workspace = sandbox.slack.workspace
        for person in [one for one in workspace.users.values() if not one.is_bot]:
            workspace.direct(person.id)
        self.switches = Switches(sandbox.slack, sandbox.pandapon)
        self.wire = Wire(sandbox.clock)
        self.recorder = Recorder(workspace, sandbox.clock)
        self._speed = 1.0
        self._reads: dict[tuple[str, str], str] = {}
        self._triggers: dict[str, Page] = {}  # on which page somebody acted
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listen()

    async def follow(self) -> None:
        """Tell every page what changes, for as long as it is let."""
        workspace = self.sandbox.slack.workspace
        while True:
            seen = workspace.version
            self.send_changes()
            while not await workspace.wait_for(lambda seen=seen: workspace.version != seen, LOOK_AGAIN):  # type: ignore[misc]  # mypy knows no defaults in lambdas
                pass
            await asyncio.sleep(TOGETHER)

    async def follow_wire(self) -> None:
        """Send the wire to the pages that show it, a few times a second."""
        while True:
            await asyncio.sleep(WIRE_EVERY)
            for page in self.pages:
                page.send_wire()
            for log in (self.sandbox.slack.calls, self.sandbox.slack.acks, self.sandbox.pandapon.requests):
                if len(log) > KEPT:  # a page may stay open for days
                    del log[: -KEPT // 2]

    async def close(self) -> None:
        """End what is still under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def leave(self, page: Page) -> None:
        """A page is closed: its modals go with it, as those of Slack's clients do, and nothing opens there any more."""
        self.pages.discard(page)
        self._triggers = {one: where for one, where in self._triggers.items() if where is not page}
        page.modals.close_all()

    def send_changes(self) -> None:
        """Tell every page what is new to it."""
        for page in self.pages:
            page.send_changes()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the reading of what the page sends: an acknowledgement may take its three seconds."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def send_all(self, message: Json) -> None:
        """Send every page the same."""
        for page in self.pages:
            page.send(message)

    # --- state ------------------------------------------------------------------------------------------------------

    def setting(self) -> Json:
        """What does not change while a page is open."""
        features = self.sandbox.slack.manifest.get("features") or {}
        app_home = features.get("app_home") or {}
        return {
            "commands": features.get("slash_commands") or [],
            "shortcuts": features.get("shortcuts") or [],
            "has_home": bool(app_home.get("home_tab_enabled")),
            "read_only": bool(app_home.get("messages_tab_read_only_enabled")),
            "places": [{"name": name, "tz": tz, "locale": locale} for name, tz, locale in PLACES],
            "orders": self.orders(),
            "clock": self.time(),
        }

    def orders(self) -> list[Json]:
        """The account's orders: what there is to try, and to add nodes to."""
        return [
            {
                "id": order.order_id,
                "platform": order.platform.value,
                "title": order.lines[0].title,
                "waybills": [package.waybill for package in order.packages],
            }
            for order in self.sandbox.world.orders.values()
        ]

    def time(self) -> Json:
        """The present of the demo, and how fast it passes."""
        return {"at": self.sandbox.clock().timestamp(), "speed": self._speed}

    def forward(self, seconds: float) -> None:
        """Let time pass at once, for the bot and on every page. Raises ValueError for a step back."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))
        self.send_all({"type": "clock", "clock": self.time()})

    def set_speed(self, factor: float) -> None:
        """Let time pass faster. Raises ValueError for a step back."""
        self.sandbox.clock.set_speed(factor)
        self._speed = factor
        self.send_all({"type": "clock", "clock": self.time()})

    def room(self, user: str, channel_id: str) -> Channel:
        """A channel that this person is in. Raises SlackError channel_not_found."""
        channel = self.sandbox.slack.workspace.channels.get(channel_id)
        if channel is None or user not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def unread(self, user: str, channel: Channel) -> int:
        """How many messages of others this person has not seen."""
        return page_json.unread(channel, user, self._reads.get((user, channel.id), ""))

    def mark_read(self, user: str, channel_id: str, ts: str) -> None:
        """This person has seen a channel up to this message."""
        key = (user, self.room(user, channel_id).id)
        self._reads[key] = max(self._reads.get(key, ""), ts)

    # --- listening --------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        slack, pandapon = self.sandbox.slack, self.sandbox.pandapon
        slack.on_payload.append(self._payload_sent)
        slack.on_payload.append(self.wire.payload)
        slack.on_call.append(self._called)
        slack.on_call.append(self.wire.call)
        pandapon.on_request.append(self.wire.request)

    def _payload_sent(self, _kind: str, payload: Json, ack: object) -> None:
        page = current_page.get()
        if page is not None and ack is None and "trigger_id" in payload:
            self._triggers[payload["trigger_id"]] = page

    def _called(self, call: Call) -> None:
        view = call.answer.get("view")
        if not call.answer.get("ok") or not isinstance(view, dict):
            return
        page = self._triggers.pop(str(call.arguments.get("trigger_id", "")), None)
        if page is not None:
            page.modals.opened(view["id"], pushed=call.method == "views.push")
        for one in self.pages:
            one.modals.updated(view["id"])
