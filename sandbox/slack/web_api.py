"""The Web API's methods: arguments in, the answer out, Slack's own error codes as SlackError."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.slack.blocks import check_message, check_view
from sandbox.slack.workspace import APP, BOT, BOT_USER, TEAM, Channel, Message, SlackError, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.interactions import Interactions

Arguments = dict[str, Any]
Answer = dict[str, Any]

LONGEST_TEXT = 40_000
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
        self._workspace, self._interactions, self.scopes = workspace, interactions, scopes
        self._methods: dict[str, Callable[[Arguments], Answer]] = {
            "api.test": lambda _: {},
            "auth.test": self._auth_test,
            "team.info": lambda _: {"team": {"id": TEAM, "name": "Panda Trading", "domain": "panda"}},
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "conversations.list": self._list,
            "conversations.info": self._info,
            "conversations.members": self._members,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.open": self._open,
            "conversations.join": self._join,
            "users.info": self._user,
            "users.list": lambda _: {"members": [self._person(one) for one in workspace.users]},
            "views.open": self._view_open,
            "views.push": self._view_open,
            "views.update": self._view_update,
            "views.publish": self._view_publish,
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

    # --- chat -------------------------------------------------------------------------------------------------------

    def _post(self, arguments: Arguments) -> Answer:
        channel = self._postable(str(arguments.get("channel", "")))
        content = self._content(arguments)
        thread = str(arguments.get("thread_ts") or "")
        if thread and thread not in channel.messages:
            thread = ""  # Slack posts a reply to a deleted parent into the channel
        message = self._workspace.post(
            channel,
            BOT_USER,
            thread_ts=thread,
            broadcast=bool(thread) and _flag(arguments.get("reply_broadcast")),
            metadata=_json(arguments.get("metadata")),
            **content,
        )
        return {"channel": channel.id, "ts": message.ts, "message": message.wire()}

    def _post_ephemeral(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        if BOT_USER not in channel.members:
            raise SlackError("channel_not_found" if channel.is_private else "not_in_channel")
        viewer = str(arguments.get("user", ""))
        if viewer not in channel.members:
            raise SlackError("user_not_in_channel")
        message = self._workspace.whisper(channel.id, viewer, **self._content(arguments))
        return {"message_ts": message.ts}

    def _update(self, arguments: Arguments) -> Answer:
        channel = self._postable(str(arguments.get("channel", "")))
        message = self._workspace.find(channel, str(arguments.get("ts", "")))
        if message.user != BOT_USER:
            raise SlackError("cant_update_message")
        content = self._content(arguments)
        message.text, message.blocks = content["text"], content["blocks"]
        message.edited = True
        if "metadata" in arguments:
            message.metadata = _json(arguments["metadata"])
        self._workspace.touch()
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.wire()}

    def _delete(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        message = self._workspace.find(channel, str(arguments.get("ts", "")))
        if message.user != BOT_USER:
            raise SlackError("cant_delete_message")
        del channel.messages[message.ts]
        self._workspace.touch()
        return {"channel": channel.id, "ts": message.ts}

    def _permalink(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        ts = str(arguments.get("message_ts", ""))
        self._workspace.find(channel, ts)
        link = f"https://panda.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _postable(self, target: str) -> Channel:
        """The channel, if the bot may post there now."""
        if target.startswith("U"):
            return self._workspace.direct(target)
        channel = self._workspace.channel(target)
        if channel.is_private and BOT_USER not in channel.members:
            raise SlackError("channel_not_found")
        if channel.is_archived:
            raise SlackError("is_archived")
        if BOT_USER not in channel.members and "chat:write.public" not in self.scopes:
            raise SlackError("not_in_channel")
        return channel

    def _content(self, arguments: Arguments) -> dict[str, Any]:
        text, blocks = str(arguments.get("text") or ""), _json(arguments.get("blocks")) or []
        if len(text) > LONGEST_TEXT:
            raise SlackError("msg_too_long")
        if not text and not blocks:
            raise SlackError("no_text")
        if problems := check_message({"text": text or "-", "blocks": blocks}):
            raise SlackError("invalid_blocks", response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})
        return {"text": text, "blocks": blocks}

    # --- conversations ----------------------------------------------------------------------------------------------

    def _readable(self, arguments: Arguments) -> Channel:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        if BOT_USER not in channel.members:
            raise SlackError("channel_not_found" if channel.is_private else "not_in_channel")
        return channel

    def _list(self, arguments: Arguments) -> Answer:
        kinds = str(arguments.get("types") or "public_channel").split(",")
        found = [
            self._describe(channel)
            for channel in self._workspace.channels.values()
            if ("private_channel" if channel.is_private else "public_channel") in kinds
            and not channel.is_im
            and (not channel.is_private or BOT_USER in channel.members)
            and not (_flag(arguments.get("exclude_archived")) and channel.is_archived)
        ]
        page, cursor = _page(found, arguments)
        return {"channels": page, "response_metadata": {"next_cursor": cursor}}

    def _info(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        if channel.is_private and BOT_USER not in channel.members:
            raise SlackError("channel_not_found")
        return {"channel": self._describe(channel)}

    def _members(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        if channel.is_private and BOT_USER not in channel.members:
            raise SlackError("channel_not_found")
        page, cursor = _page(sorted(channel.members), arguments)
        return {"members": page, "response_metadata": {"next_cursor": cursor}}

    def _history(self, arguments: Arguments) -> Answer:
        channel = self._readable(arguments)
        found = [m for m in channel.messages.values() if not m.thread_ts or m.broadcast or m.thread_ts == m.ts]
        return self._messages(sorted(found, key=lambda m: m.ts, reverse=True), arguments)

    def _replies(self, arguments: Arguments) -> Answer:
        channel = self._readable(arguments)
        parent = str(arguments.get("ts", ""))
        if parent not in channel.messages:
            raise SlackError("thread_not_found")
        found = [channel.messages[parent], *self._workspace.thread(channel, parent)]
        return self._messages(found, arguments)

    def _messages(self, found: list[Message], arguments: Arguments) -> Answer:
        oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9" * 12)
        inclusive = _flag(arguments.get("inclusive"))
        within = [
            message
            for message in found
            if float(oldest) < float(message.ts) < float(latest)
            or (inclusive and float(message.ts) in {float(oldest), float(latest)})
        ]
        page, cursor = _page(within, arguments)
        metadata = _flag(arguments.get("include_all_metadata"))
        return {
            "messages": [message.wire(metadata=metadata) for message in page],
            "has_more": bool(cursor),
            "response_metadata": {"next_cursor": cursor},
        }

    def _open(self, arguments: Arguments) -> Answer:
        channel = self._workspace.direct(str(arguments.get("users", "")))
        return {"channel": {"id": channel.id}}

    def _join(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        if channel.is_private:
            raise SlackError("method_not_supported_for_channel_type")
        channel.members.add(BOT_USER)
        return {"channel": self._describe(channel)}

    def _describe(self, channel: Channel) -> Answer:
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.is_private,
            "is_group": channel.is_private and not channel.is_im,
            "is_im": channel.is_im,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "is_member": BOT_USER in channel.members,
            "num_members": len(channel.members),
        }

    # --- people and views -------------------------------------------------------------------------------------------

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

    def _view_open(self, arguments: Arguments) -> Answer:
        self._interactions.use_trigger(str(arguments.get("trigger_id", "")))
        return {"view": self._store_view(arguments, f"V{self._workspace.next_ts().replace('.', '')}")}

    def _view_update(self, arguments: Arguments) -> Answer:
        view_id = str(arguments.get("view_id") or "")
        if view_id not in self._workspace.views:
            raise SlackError("not_found")
        return {"view": self._store_view(arguments, view_id)}

    def _view_publish(self, arguments: Arguments) -> Answer:
        user = str(arguments.get("user_id", ""))
        view = self._store_view(arguments, f"VHOME{user}")
        self._workspace.homes[user] = view
        return {"view": view}

    def _store_view(self, arguments: Arguments, view_id: str) -> Answer:
        view = _json(arguments.get("view"))
        if not isinstance(view, dict):
            raise SlackError("invalid_arguments")
        if problems := check_view(view):
            raise SlackError("invalid_arguments", response_metadata={"messages": problems})
        stored = {**view, "id": view_id, "team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": view_id}
        self._workspace.views[view_id] = stored
        self._workspace.touch()
        return stored


def _page(found: list[Any], arguments: Arguments) -> tuple[list[Any], str]:
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    end = start + limit
    return found[start:end], str(end) if end < len(found) else ""


def _flag(value: Any) -> bool:
    return value in {True, "true", "1"}


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value
