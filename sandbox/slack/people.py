"""The people of the workspace: they type commands, press buttons, choose shortcuts, submit modals, and write."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from sandbox.slack import payloads
from sandbox.slack.delivery import Ack
from sandbox.slack.links import Links
from sandbox.slack.mentions import escaped
from sandbox.slack.state import state_values
from sandbox.slack.workspace import SlackError, identified

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sandbox.slack.files import File
    from sandbox.slack.interactions import Interactions
    from sandbox.slack.web_api import WebApi
    from sandbox.slack.workspace import Channel, Message, User, Workspace

EVENT_RETRIES = 3


class People(ABC):
    """The people of a workspace. Each of their acts sends the app the payload that Slack would send."""

    web_api: WebApi

    def __init__(
        self, workspace: Workspace, interactions: Interactions, clock: Callable[[], datetime], manifest: dict[str, Any]
    ) -> None:
        self.workspace, self.interactions, self.manifest = workspace, interactions, manifest
        self.links = Links(workspace, manifest)
        self.base_url = ""
        self._clock = clock
        self._under_way: set[asyncio.Task[Ack]] = set()
        self._events = 0

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Ack:
        """Type a slash command. The person then sees the acknowledgement's text, or that the app did not respond."""
        person, room = self.workspace.user(user), self.workspace.channel(channel)
        path = self.interactions.new_url("commands", room.id, person.id)
        payload = payloads.command(
            person,
            room,
            command,
            escaped(text, self.workspace, with_mentions=self._should_escape(command)),
            trigger=self.interactions.new_trigger(),
            url=self.base_url + path,
        )
        ack = await self.deliver("slash_commands", payload)
        if not ack.ok:
            self._failed(room, person, command)
        elif isinstance(ack.payload, dict) and (ack.payload.get("text") or ack.payload.get("blocks")):
            try:
                self.interactions.answer(self.interactions.urls[path], ack.payload)
            except SlackError as error:
                line = f"{command} failed because the app's answer was refused: {error.code}"
                self.workspace.post_ephemeral(room.id, person.id, line)
        return ack

    async def press(self, user: str, message: Message, action_id: str, *, value: str | None = None) -> Ack:
        """Press a button of a message, or choose the option ``value`` of a menu.

        Raises LookupError if the message has no such element.
        """
        person, room = self.workspace.user(user), self.workspace.channel(message.channel)
        blocks = message.identified_blocks()
        block, element = _element(blocks, action_id)
        action = _action(block, element, self.workspace.next_ts(), value)
        path = self.interactions.new_url("actions", room.id, person.id, message)
        payload = payloads.block_actions(
            person,
            room,
            message,
            action,
            trigger=self.interactions.new_trigger(),
            url=self.base_url + path,
            state=state_values(blocks, {block["block_id"]: {action_id: action}}),
        )
        ack = await self.deliver("interactive", payload)
        if not ack.ok:
            self._failed(room, person, "This button")
        return ack

    async def shortcut(self, user: str, message: Message, callback_id: str) -> Ack:
        """Choose a message shortcut."""
        person, room = self.workspace.user(user), self.workspace.channel(message.channel)
        path = self.interactions.new_url("actions", room.id, person.id)
        payload = payloads.message_shortcut(
            person, room, message, callback_id, trigger=self.interactions.new_trigger(), url=self.base_url + path
        )
        ack = await self.deliver("interactive", payload)
        if not ack.ok:
            self._failed(room, person, "This shortcut")
        return ack

    async def global_shortcut(self, user: str, callback_id: str) -> Ack:
        """Choose a global shortcut."""
        person = self.workspace.user(user)
        trigger = self.interactions.new_trigger()
        payload = payloads.global_shortcut(person, callback_id, trigger=trigger, ts=self.workspace.next_ts())
        return await self.deliver("interactive", payload)

    async def submit(self, user: str, view_id: str, values: dict[str, Any]) -> Ack:
        """Submit a modal with these inputs, by block_id and action_id. Other inputs keep their initial values.

        The modal closes, unless the acknowledgement has another ``response_action``. Raises SlackError for a bad view.
        """
        view = self.workspace.views[view_id]
        payload = payloads.view_submission(
            self.workspace.user(user),
            view,
            self.web_api.files.given(state_values(identified(view["blocks"]), values)),
            trigger=self.interactions.new_trigger(view_id),
        )
        ack = await self.deliver("interactive", payload)
        if ack.ok:
            self._answer_submission(view_id, ack.payload if isinstance(ack.payload, dict) else {})
        return ack

    def _answer_submission(self, view_id: str, answer: dict[str, Any]) -> None:
        views = self.workspace.views
        match answer.get("response_action"):
            case "errors":
                return
            case "update":
                self.web_api.call("views.update", {"view_id": view_id, "view": answer.get("view")})
            case "push":
                trigger = self.interactions.new_trigger(view_id, own=True)
                self.web_api.call("views.push", {"trigger_id": trigger, "view": answer.get("view")})
            case "clear":
                root = views[view_id]["root_view_id"]
                for stacked_id in [stacked_id for stacked_id, view in views.items() if view["root_view_id"] == root]:
                    del views[stacked_id]
            case _:
                views.pop(view_id, None)
        self.workspace.touch()

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str = "",
        blocks: list[dict[str, Any]] | None = None,
        files: Sequence[File] = (),
    ) -> Message:
        """Write a message. If it has links in the app's domains, the app gets an event, without a wait for it here."""
        person, room = self.workspace.user(user), self.workspace.channel(channel)
        shared_files = [self.web_api.files.share(file, room) for file in files]
        message = self.workspace.post(
            room, person.id, text, thread_ts=thread_ts, blocks=blocks or [], files=shared_files
        )
        if "links:read" in self.web_api.scopes and (shared := self.links.shared(message)) is not None:
            task = asyncio.ensure_future(self.event(shared))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return message

    async def event(self, body: dict[str, Any], *, event_id: str = "") -> Ack:
        """Send an event, and send it again up to ``EVENT_RETRIES`` times until it is acknowledged."""
        self._events += 1
        body = {"event_ts": self.workspace.next_ts(), **body}
        payload = payloads.event(body, event_id=event_id or f"Ev{self._events:08d}", at=int(self._clock().timestamp()))
        ack = Ack(ok=False, seconds=0.0)
        for attempt in range(EVENT_RETRIES + 1):
            ack = await self.deliver("events_api", payload, attempt)
            if ack.ok:
                break
        return ack

    async def leave(self) -> None:
        """Cancel the events that are still being sent."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    @abstractmethod
    async def deliver(self, kind: str, payload: payloads.Payload, attempt: int = 0) -> Ack:
        """Send a payload unchanged. ``attempt``: 0 for the first delivery, then the number of the redelivery."""

    def _failed(self, channel: Channel, user: User, subject: str) -> None:
        self.workspace.post_ephemeral(channel.id, user.id, f"{subject} failed because the app did not respond")

    def _should_escape(self, command: str) -> bool:
        commands = (self.manifest.get("features") or {}).get("slash_commands") or []
        return any(declared["command"] == command and declared.get("should_escape") for declared in commands)


def _element(blocks: list[dict[str, Any]], action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        for element in (*(block.get("elements") or []), block.get("accessory") or {}):
            if element.get("action_id") == action_id:
                return block, element
    raise LookupError(f"the message has no element {action_id!r}")


def _action(block: dict[str, Any], element: dict[str, Any], ts: str, value: str | None) -> dict[str, Any]:
    action = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        action["text"] = element["text"]
        if "value" in element:
            action["value"] = element["value"]
    else:
        options = element.get("options") or []
        action["selected_option"] = next(option for option in options if option.get("value") == value)
    return action
