"""The state that all open pages share, and the tasks that send them changes."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sandbox.pandapon.goods import FIRST_SEARCH, MORE_SEARCHES, PICTURES_TO_TRY
from sandbox.slack.workspace import SlackError
from sandbox.web.reading import ReadMarks
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

# The page whose command is being carried out: a modal opens on the page where the person acted.
current_page: ContextVar[Page | None] = ContextVar("current_page", default=None)
COALESCE = 0.03  # seconds in which changes are gathered and then sent together
WIRE_EVERY = 0.2  # seconds between two looks at the wire
ONE_WAIT = 3600.0  # seconds; the wait for a change is repeated without end
KEPT = 10_000  # entries of the stand-ins' own logs
# The places in the menu: label, time zone, locale.
PLACES = (
    ("Shanghai · 中文", "Asia/Shanghai", "zh-CN"),
    ("Berlin · English", "Europe/Berlin", "en-US"),
    ("Bangkok · ไทย", "Asia/Bangkok", "th-TH"),
    ("São Paulo · português", "America/Sao_Paulo", "pt-BR"),
)


class Page(Protocol):
    """An open page, as far as the hub needs it."""

    modals: ModalStack

    def send_changes(self) -> None:
        """Send the changes since the last time."""
        ...

    def send_wire(self) -> None:
        """Send the new exchanges of the wire, if the page shows it."""
        ...

    def send(self, message: Json) -> None:
        """Send a message after all that were sent before."""
        ...


class Hub:
    """Shared state of the pages. Run ``follow`` and ``follow_wire`` as tasks, and call ``close`` at the end."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.pages: set[Page] = set()
        workspace = sandbox.slack.workspace
        for person in [user for user in workspace.users.values() if not user.is_bot]:
            workspace.direct(person.id)
        self.switches = Switches(sandbox.slack, sandbox.pandapon)
        self.wire = Wire(sandbox.clock)
        self.recorder = Recorder(workspace, sandbox.clock, sandbox.scene)
        self.marks = ReadMarks(workspace)
        self._speed = 1.0
        self._orders: list[Json] = []
        self._orders_at = -1  # the revision of the world whose orders these are
        self._triggers: dict[str, Page] = {}  # the page on which the person acted, by trigger id
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listen()

    async def follow(self) -> None:
        """Send the changes to every page, until cancelled."""
        workspace = self.sandbox.slack.workspace
        while True:
            seen = workspace.version
            self.send_changes()
            while not await workspace.wait_for(lambda seen=seen: workspace.version != seen, ONE_WAIT):  # type: ignore[misc]  # mypy knows no defaults in lambdas
                pass
            await asyncio.sleep(COALESCE)

    async def follow_wire(self) -> None:
        """Send new exchanges to the pages that show the wire, and shorten the stand-ins' logs, until cancelled."""
        while True:
            await asyncio.sleep(WIRE_EVERY)
            for page in self.pages:
                page.send_wire()
            for log in (self.sandbox.slack.calls, self.sandbox.slack.acks, self.sandbox.pandapon.requests):
                if len(log) > KEPT:  # a page may stay open for days
                    del log[: -KEPT // 2]

    async def close(self) -> None:
        """Cancel the commands that are still running."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def leave(self, page: Page) -> None:
        """Forget a closed page. Its modals close, as in Slack's clients, and no later modal opens there."""
        self.pages.discard(page)
        self._triggers = {trigger: where for trigger, where in self._triggers.items() if where is not page}
        page.modals.close_all()

    def send_changes(self) -> None:
        """Send every page the changes that are new to it."""
        for page in self.pages:
            page.send_changes()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a command as a task: an acknowledgement may take three seconds, for which no other command must wait."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def send_all(self, message: Json) -> None:
        """Send all pages the same message."""
        for page in self.pages:
            page.send(message)

    # --- state ------------------------------------------------------------------------------------------------------

    def setting(self) -> Json:
        """Return the part of the state that does not change while a page is open, and the clock."""
        features = self.sandbox.slack.manifest.get("features") or {}
        app_home = features.get("app_home") or {}
        return {
            "commands": features.get("slash_commands") or [],
            "shortcuts": features.get("shortcuts") or [],
            "has_home": bool(app_home.get("home_tab_enabled")),
            "read_only": bool(app_home.get("messages_tab_read_only_enabled")),
            "places": [{"name": name, "tz": tz, "locale": locale} for name, tz, locale in PLACES],
            "clock": self.time(),
            "searches": {code: [first, *MORE_SEARCHES[code]] for code, first in FIRST_SEARCH.items()},
            "pictures": [{"id": product, "name": name} for product, name in PICTURES_TO_TRY.items()],
            "starts": self.sandbox.starts,
            "is_lively": bool(self.sandbox.scene),
        }

    def orders(self) -> list[Json]:
        """Return the account's present orders, the newest arrival last, for the forms of the demo's controls."""
        world = self.sandbox.world
        world.arrive()
        if self._orders_at != world.revision:
            self._orders, self._orders_at = self._listed(), world.revision
        return self._orders

    def _listed(self) -> list[Json]:
        now = self.sandbox.clock()
        return [
            {
                "id": order.order_id,
                "platform": order.platform.value,
                "title": order.lines[0].title,
                "waybills": [package.waybill for package in order.packages],
                "is_paid": order.paid_at(now) is not None,
                "has_refund": bool(order.refund(now).status),
            }
            for order in self.sandbox.world.orders.values()
        ]

    def time(self) -> Json:
        """Return the demo's time as a Unix timestamp, and its speed (1: as fast as real time)."""
        return {"at": self.sandbox.clock().timestamp(), "speed": self._speed}

    def forward(self, seconds: float) -> None:
        """Move the clock forward, for the bot and every page. Raises ValueError for a step back."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))
        self.send_all({"type": "clock", "clock": self.time()})

    def set_speed(self, factor: float) -> None:
        """Set how many seconds pass in one real second. Raises ValueError if negative."""
        self.sandbox.clock.set_speed(factor)
        self._speed = factor
        self.send_all({"type": "clock", "clock": self.time()})

    def room(self, user: str, channel_id: str) -> Channel:
        """Return a channel that this person is in. Raises SlackError channel_not_found."""
        channel = self.sandbox.slack.workspace.channels.get(channel_id)
        if channel is None or user not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def mark_read(self, user: str, channel_id: str, ts: str, thread: str = "") -> None:
        """Record that a person has read a channel, or a thread, up to a message. Raises SlackError."""
        self.marks.mark(user, self.room(user, channel_id).id, ts, thread)

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
        for open_page in self.pages:
            open_page.modals.updated(view["id"])
