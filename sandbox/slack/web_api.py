"""The Web API: which method needs which scope, who answers it; Slack's own error codes as SlackError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.chat import Chat
from sandbox.slack.conversations import Conversations
from sandbox.slack.views import Views
from sandbox.slack.workspace import BOT, BOT_USER, TEAM, SlackError, Workspace

if TYPE_CHECKING:
    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.interactions import Interactions

ALL_SCOPES = (
    "commands",
    "chat:write",
    "chat:write.public",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "users:read",
)
# The scope each method needs; what is not listed needs none. Private channels and direct ones have scopes of their own.
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.list": "channels:read",
    "conversations.info": "channels:read",
    "conversations.members": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "users.info": "users:read",
    "users.list": "users:read",
}


class WebApi:
    """Slack's side of every call that the bot may make."""

    def __init__(self, workspace: Workspace, interactions: Interactions, scopes: frozenset[str]) -> None:
        self._workspace, self.scopes = workspace, scopes
        self._methods: dict[str, Method] = {
            "api.test": lambda _: {},
            "auth.test": self._auth_test,
            "team.info": lambda _: {"team": {"id": TEAM, "name": "Panda Trading", "domain": "panda"}},
            "users.info": self._user,
            "users.list": lambda _: {"members": [self._person(one) for one in workspace.users]},
            **Chat(workspace, lambda scope: scope in self.scopes).methods(),
            **Conversations(workspace).methods(),
            **Views(workspace, interactions).methods(),
        }

    def call(self, method: str, arguments: Arguments) -> Answer:
        """Do what a method does. Raises SlackError."""
        if method not in self._methods:
            raise SlackError("unknown_method")
        self._check_scope(method, arguments)
        return self._methods[method](arguments)

    def _check_scope(self, method: str, arguments: Arguments) -> None:
        needed = SCOPES.get(method)
        if needed in {"channels:read", "channels:history"} and self._is_private(arguments):
            needed = needed.replace("channels:", "groups:")
        if needed and needed not in self.scopes:
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))

    def _is_private(self, arguments: Arguments) -> bool:
        channel = self._workspace.channels.get(str(arguments.get("channel", "")))
        return channel is not None and channel.is_private and not channel.is_im

    def _auth_test(self, _: Arguments) -> Answer:
        return {
            "url": "https://panda.slack.com/",
            "team": "Panda Trading",
            "user": "pandabot",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        }

    def _user(self, arguments: Arguments) -> Answer:
        if str(arguments.get("user", "")) not in self._workspace.users:
            raise SlackError("user_not_found")
        return {"user": self._person(str(arguments["user"]))}

    def _person(self, user_id: str) -> Answer:
        user = self._workspace.users[user_id]
        return {
            "id": user.id,
            "team_id": TEAM,
            "name": user.name,
            "real_name": user.real_name,
            "tz": user.tz,
            "locale": user.locale,
            "is_bot": user.is_bot,
        }
