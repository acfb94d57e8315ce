"""The Web API: the methods, their scopes and required arguments. Slack's error codes are raised as SlackError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.arguments import flag, require
from sandbox.slack.chat import Chat
from sandbox.slack.conversations import Conversations
from sandbox.slack.files import Files
from sandbox.slack.views import Views
from sandbox.slack.workspace import APP, BOT, BOT_USER, TEAM, SlackError, Workspace

if TYPE_CHECKING:
    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.interactions import Interactions
    from sandbox.slack.links import Links

ADDRESS = "https://panda.slack.com/"  # the workspace's address in auth.test
ALL_SCOPES = (
    "commands",
    "chat:write",
    "chat:write.public",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "users:read",
    "files:write",
    "files:read",
    "usergroups:read",
)
# The scope of each method; a method that is not listed needs none. For private channels and direct conversations the
# part before the colon is another one (FAMILIES).
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.unfurl": "links:write",
    "conversations.list": "channels:read",
    "conversations.info": "channels:read",
    "conversations.members": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.open": "im:write",
    "conversations.join": "channels:join",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "bots.info": "users:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "usergroups.users.list": "usergroups:read",
}
FAMILIES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
REQUIRED = {
    "chat.postMessage": ("channel",),
    "chat.postEphemeral": ("channel", "user"),
    "chat.update": ("channel", "ts"),
    "chat.delete": ("channel", "ts"),
    "chat.getPermalink": ("channel", "message_ts"),
    "conversations.info": ("channel",),
    "conversations.members": ("channel",),
    "conversations.history": ("channel",),
    "conversations.replies": ("channel", "ts"),
    "conversations.join": ("channel",),
    "conversations.open": ("users",),  # or a channel, which this bot never names
    "files.getUploadURLExternal": ("filename", "length"),
    "files.completeUploadExternal": ("files",),
    "files.info": ("file",),
    "bots.info": ("bot",),
    "users.info": ("user",),
    "usergroups.users.list": ("usergroup",),
    "views.open": ("trigger_id", "view"),
    "views.push": ("trigger_id", "view"),
    "views.update": ("view_id", "view"),
    "views.publish": ("user_id", "view"),
}


class WebApi:
    """All methods that the bot may call."""

    def __init__(self, workspace: Workspace, interactions: Interactions, scopes: frozenset[str], links: Links) -> None:
        self._workspace, self.scopes = workspace, scopes
        self.enterprise = ""  # the organisation to which the workspace belongs
        self.files = Files(workspace)
        self._methods: dict[str, Method] = {
            "api.test": lambda _: {},
            "auth.test": self._auth_test,
            "team.info": lambda _: {"team": {"id": TEAM, "name": "Panda Trading", "domain": "panda"}},
            "bots.info": self._bot,
            "users.info": self._user,
            "users.list": lambda _: {"members": [self._person(user_id) for user_id in workspace.users]},
            "usergroups.users.list": self._group,
            **Chat(workspace, lambda scope: scope in self.scopes).methods(),
            **Conversations(workspace).methods(),
            **Views(workspace, interactions).methods(),
            **self.files.methods(),
            **links.methods(),
        }

    def call(self, method: str, arguments: Arguments) -> Answer:
        """Carry out a method and return its answer without ``ok``. Raises SlackError."""
        if method not in self._methods:
            raise SlackError("unknown_method")
        self._check_scopes(method, arguments)
        require(arguments, REQUIRED.get(method, ()))
        return self._methods[method](arguments)

    def _check_scopes(self, method: str, arguments: Arguments) -> None:
        scope = SCOPES.get(method, "")
        family, _, right = scope.partition(":")
        families = self._families(method, arguments) if scope in {"channels:read", "channels:history"} else [family]
        for family_name in families:
            needed = f"{family_name}:{right}" if family_name else ""
            if needed and needed not in self.scopes:
                raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))

    def _families(self, method: str, arguments: Arguments) -> list[str]:
        """Return the scope families of the conversations that a call reads: of the listed kinds, or of the channel."""
        if method == "conversations.list":
            kinds = str(arguments.get("types") or "public_channel").split(",")
            return [FAMILIES[kind.strip()] for kind in kinds if kind.strip() in FAMILIES]
        channel = self._workspace.channels.get(str(arguments.get("channel", "")))
        if channel is None or not channel.is_private:
            return ["channels"]
        return ["im" if channel.is_im else "mpim" if channel.is_mpim else "groups"]

    def _auth_test(self, _: Arguments) -> Answer:
        return {
            "url": ADDRESS,
            "team": "Panda Trading",
            "user": "pandabot",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        } | ({"enterprise_id": self.enterprise} if self.enterprise else {})

    def _bot(self, arguments: Arguments) -> Answer:
        if str(arguments.get("bot", "")) != BOT:
            raise SlackError("bot_not_found")
        return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "pandabot", "deleted": False}}

    def _user(self, arguments: Arguments) -> Answer:
        if str(arguments.get("user", "")) not in self._workspace.users:
            raise SlackError("user_not_found")
        person = self._person(str(arguments["user"]))
        if flag(arguments.get("include_locale")):
            person["locale"] = self._workspace.users[str(arguments["user"])].locale
        return {"user": person}

    def _group(self, arguments: Arguments) -> Answer:
        members = self._workspace.groups.get(str(arguments["usergroup"]))
        if members is None:
            raise SlackError("no_such_subteam")
        return {"users": sorted(members)}

    def _person(self, user_id: str) -> Answer:
        user = self._workspace.users[user_id]
        return {
            "id": user.id,
            "team_id": user.team,
            "name": user.name,
            "real_name": user.real_name,
            "tz": user.tz,
            "is_bot": user.is_bot,
            "is_admin": user.is_admin,
            "is_restricted": user.is_restricted or user.is_ultra_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
        } | ({"is_stranger": True} if user.team != TEAM else {})
