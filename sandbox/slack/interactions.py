"""Trigger ids and response URLs, which Slack gives to the app with each interaction for a short time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.slack.blocks import check_message
from sandbox.slack.workspace import Message, SlackError, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

TRIGGER_LIFE = timedelta(seconds=3)
URL_LIFE = timedelta(minutes=30)
URL_USES = 5


@dataclass
class ResponseUrl:
    """A response URL: the number of its uses, and the place of its answers."""

    channel: str
    viewer: str
    expires: datetime
    kind: str  # "commands" | "actions"
    uses: int = 0
    source: Message | None = None  # the message with the pressed button, which ``replace_original`` replaces


@dataclass
class Trigger:
    """The right to open one view."""

    expires: datetime
    view_id: str = ""
    used: bool = False


class Interactions:
    """Every trigger id and response URL that was handed out."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime]) -> None:
        self._workspace, self._clock = workspace, clock
        self._triggers: dict[str, Trigger] = {}
        self.urls: dict[str, ResponseUrl] = {}
        self.spent_triggers = self.spent_urls = False  # faults: new triggers or URLs are used up when the app gets them

    def new_trigger(self, view_id: str = "", *, own: bool = False) -> str:
        """Return a trigger id for one use within three seconds. ``view_id``: the modal in which the person acted.

        ``own``: the trigger is for the ``response_action`` of an acknowledgement, and no fault affects it.
        """
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger] = Trigger(self._clock() + TRIGGER_LIFE, view_id, used=self.spent_triggers and not own)
        return trigger

    def use_trigger(self, trigger_id: str) -> str:
        """Use a trigger, and return the id of the modal in which the person acted; empty: none.

        Raises SlackError for an unknown, used or expired trigger.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.view_id

    def new_url(self, kind: str, channel: str, viewer: str, source: Message | None = None) -> str:
        """Return the path of a new response URL, relative to the server's address."""
        path = f"/{kind}/T0PANDA01/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        uses = URL_USES if self.spent_urls else 0
        self.urls[path] = ResponseUrl(channel, viewer, self._clock() + URL_LIFE, kind, uses, source=source)
        return path

    def respond(self, path: str, body: dict[str, Any]) -> None:
        """Apply the app's post to a response URL, which also works in channels without the bot. Raises SlackError."""
        url = self.urls.get(path)
        if url is None:
            raise SlackError("no_such_url")
        if self._clock() > url.expires:
            raise SlackError("expired_url")
        if url.uses >= URL_USES:
            raise SlackError("used_url")
        url.uses += 1
        self.answer(url, body)

    def answer(self, url: ResponseUrl, body: dict[str, Any]) -> None:
        """Post, replace or delete a message. Only the message of a pressed button can be replaced or deleted."""
        target = url.source
        if body.get("delete_original") and target is not None:
            self._workspace.remove(target)
            return
        text, blocks = str(body.get("text") or ""), body.get("blocks") or []
        if not text and not blocks:
            raise SlackError("no_text")
        if problems := check_message({"text": text or "-", "blocks": blocks}):
            raise SlackError("invalid_blocks", messages=problems)
        if body.get("replace_original") and target is not None:
            target.text, target.blocks = text, blocks
            target.edited = not target.viewer
            self._workspace.touch()
            return
        self._say(url, body, text, blocks)

    def _say(self, url: ResponseUrl, body: dict[str, Any], text: str, blocks: list[dict[str, Any]]) -> None:
        thread = str(body.get("thread_ts") or "")
        if body.get("response_type") == "in_channel":
            channel = self._workspace.channel(url.channel)
            self._workspace.post(channel, "U0BOTPANDA", text, blocks=blocks, thread_ts=thread)
        else:
            self._workspace.post_ephemeral(url.channel, url.viewer, text, blocks=blocks, thread_ts=thread)
