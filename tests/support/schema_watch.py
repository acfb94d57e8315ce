"""Checks the traffic between an app and the Slack stand-in against the schema made from Slack's published types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.slack.schemas import errors

if TYPE_CHECKING:
    from sandbox.slack.delivery import Ack
    from sandbox.slack.server import Call, SlackServer

CALLS = {
    "api.test": "ApiTest",
    "apps.connections.open": "ConnectionsOpen",
    "auth.test": "AuthTest",
    "bots.info": "Bot",
    "chat.delete": "Delete",
    "chat.getPermalink": "Permalink",
    "chat.postEphemeral": "PostEphemeral",
    "chat.postMessage": "PostMessage",
    "chat.unfurl": "Unfurl",
    "chat.update": "Update",
    "conversations.history": "History",
    "conversations.info": "Channel",
    "conversations.join": "Join",
    "conversations.list": "Channels",
    "conversations.members": "Members",
    "conversations.open": "OpenDirect",
    "conversations.replies": "Replies",
    "files.completeUploadExternal": "ShareFile",
    "files.getUploadURLExternal": "AnnounceFile",
    "files.info": "File",
    "team.info": "TeamInfo",
    "usergroups.users.list": "UserGroup",
    "users.info": "User",
    "users.list": "Users",
    "views.open": "OpenView",
    "views.publish": "PublishView",
    "views.push": "PushView",
    "views.update": "UpdateView",
}
INTERACTIONS = {
    "block_actions": "Actions",
    "block_suggestion": "Suggestion",
    "message_action": "MessageShortcut",
    "shortcut": "Shortcut",
    "view_closed": "Closed",
    "view_submission": "Submission",
}
EVENTS = {"app_home_opened": "HomeOpened", "link_shared": "LinkShared"}
# Arguments that a query or form carries as text, while Slack's types have another type for them.
STRUCTURES = {"attachments", "blocks", "files", "metadata", "unfurls", "view"}
NUMBERS = {"length", "limit"}
FLAGS = {"exclude_archived", "include_all_metadata", "include_locale", "include_num_members", "inclusive", "return_im"}


class SchemaWatch:
    """Watches a stand-in. ``problems`` holds the violations; ``seen`` counts the checked values by kind."""

    def __init__(self, slack: SlackServer) -> None:
        self.problems: list[str] = []
        self.seen: dict[str, int] = {}
        slack.on_call.append(self._call)
        slack.on_payload.append(self._payload)

    def _call(self, call: Call) -> None:
        if call.method == "response_url":
            if call.status == 200:
                self._check("Blocks", call.arguments.get("blocks") or [])
        elif call.answer.get("ok"):
            # Bolt's client adds the team to every call. Slack accepts it everywhere, but few types have it.
            sent = {name: _parsed(name, value) for name, value in call.arguments.items() if name != "team_id"}
            self._check(CALLS.get(call.method, ""), sent, call.method)

    def _payload(self, kind: str, payload: dict[str, Any], ack: Ack | None) -> None:
        if ack is not None:
            return
        if kind == "slash_commands":
            self._check("Command", payload)
        elif kind == "events_api":
            name = str(payload["event"]["type"])
            self._check(EVENTS.get(name, ""), payload, name)
        else:
            self._check(INTERACTIONS.get(payload["type"], ""), payload, payload["type"])

    def _check(self, kind: str, value: Any, name: str = "") -> None:
        self.seen[kind] = self.seen.get(kind, 0) + 1
        self.problems += [f"{kind}: {problem}" for problem in errors(kind, value)] if kind else [f"{name} is unchecked"]


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in STRUCTURES:
        return json.loads(value)
    if name in NUMBERS:
        return int(value)
    return value in {"1", "true"} if name in FLAGS else value
