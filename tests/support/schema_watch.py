"""Holds what passes between an app and the Slack stand-in to the schema made from Slack's published types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.slack.schemas import errors

if TYPE_CHECKING:
    from sandbox.slack.delivery import Ack
    from sandbox.slack.server import Call, SlackServer

CALLS = {
    "chat.postMessage": "PostMessage",
    "chat.postEphemeral": "PostEphemeral",
    "chat.update": "Update",
    "views.open": "OpenView",
    "views.update": "UpdateView",
    "views.publish": "PublishView",
}
INTERACTIONS = {
    "block_actions": "Actions",
    "message_action": "MessageShortcut",
    "shortcut": "Shortcut",
    "view_submission": "Submission",
}


class SchemaWatch:
    """``problems`` holds what did not fit; ``seen`` counts what was looked at, by kind."""

    def __init__(self, slack: SlackServer) -> None:
        self.problems: list[str] = []
        self.seen: dict[str, int] = {}
        slack.on_call.append(self._call)
        slack.on_payload.append(self._payload)

    def _call(self, call: Call) -> None:
        if call.answer.get("ok") and call.method in CALLS:
            # Bolt's client adds the team to every call; Slack takes it anywhere, its types know it where it matters.
            sent = {name: _parsed(name, value) for name, value in call.arguments.items() if name != "team_id"}
            self._check(CALLS[call.method], sent)
        elif call.method == "response_url" and call.status == 200:
            self._check("Blocks", call.arguments.get("blocks") or [])

    def _payload(self, kind: str, payload: dict[str, Any], ack: Ack | None) -> None:
        if ack is not None:
            return
        if kind == "slash_commands":
            self._check("Command", payload)
        elif payload.get("type") in INTERACTIONS:
            self._check(INTERACTIONS[payload["type"]], payload)

    def _check(self, kind: str, value: Any) -> None:
        self.seen[kind] = self.seen.get(kind, 0) + 1
        self.problems += [f"{kind}: {problem}" for problem in errors(kind, value)]


def _parsed(name: str, value: Any) -> Any:
    """A form carries structures as JSON text; the types speak of the structures."""
    return json.loads(value) if name in {"blocks", "metadata", "view"} and isinstance(value, str) else value
