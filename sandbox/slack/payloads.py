"""Makes the payloads that Slack sends to an app: commands, actions, shortcuts, submitted views, events."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import APP, TEAM, identified

if TYPE_CHECKING:
    from sandbox.slack.workspace import Channel, Message, User

Payload = dict[str, Any]
TOKEN = "deprecated-verification-token"  # noqa: S105  Slack still sends this field, but it protects nothing


def command(user: User, channel: Channel, name: str, text: str, *, trigger: str, url: str) -> Payload:
    """Return a slash command, whose fields are all text."""
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": "panda",
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }


def block_actions(
    user: User, channel: Channel, message: Message, action: Payload, *, trigger: str, url: str, state: Payload
) -> Payload:
    """Return the press of a button, or the choice of an option, in a message."""
    return {
        **_common("block_actions", user),
        **_in_message(channel, message),
        "trigger_id": trigger,
        "state": {"values": state},
        "response_url": url,
        "actions": [action],
    }


def view_actions(user: User, view: Payload, action: Payload, *, trigger: str) -> Payload:
    """Return the press of a button, or the choice of an option, in a modal or in App Home."""
    return {**_common("block_actions", user), **_in_view(view), "trigger_id": trigger, "actions": [action]}


def message_options(user: User, channel: Channel, message: Message, menu: Payload, query: str) -> Payload:
    """Return the request for the options of a menu in a message. ``menu`` holds its block_id and action_id."""
    return {**_common("block_suggestion", user), **_in_message(channel, message), **menu, "value": query}


def view_options(user: User, view: Payload, menu: Payload, query: str) -> Payload:
    """Return the request for the options of a menu in a modal or in App Home."""
    return {**_common("block_suggestion", user), **_in_view(view), **menu, "value": query}


def message_shortcut(
    user: User, channel: Channel, message: Message, callback_id: str, *, trigger: str, url: str
) -> Payload:
    """Return a shortcut from a message's menu."""
    return {
        **_shortcut("message_action", user),
        "action_ts": message.ts,
        "callback_id": callback_id,
        "trigger_id": trigger,
        "response_url": url,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": _name(channel)},
        "message": message.wire(),
    }


def global_shortcut(user: User, callback_id: str, *, trigger: str, ts: str) -> Payload:
    """Return a shortcut from the search bar."""
    payload = {**_shortcut("shortcut", user), "action_ts": ts, "callback_id": callback_id, "trigger_id": trigger}
    del payload["user"]["name"]  # the user of this payload alone has no ``name``
    return payload


def view_submission(user: User, view: Payload, values: Payload, *, trigger: str) -> Payload:
    """Return the submission of a modal."""
    return {
        **_common("view_submission", user),
        "trigger_id": trigger,
        "view": {**_view(view), "state": {"values": values}},
        "response_urls": [],
    }


def view_closed(user: User, view: Payload, *, everything: bool) -> Payload:
    """Return the closing of a modal, or with ``everything`` of the whole stack."""
    return {**_common("view_closed", user), "view": _view(view), "is_cleared": everything}


def home_opened(user: User, channel: Channel, view: Payload | None) -> Payload:
    """Return the event of an opened App Home. ``view``: the view that was published before; None: none was."""
    payload: Payload = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": "home"}
    return payload | ({"view": _view(view)} if view is not None else {})


def event(body: Payload, *, event_id: str, at: int) -> Payload:
    """Wrap an event for the Events API. ``at`` is Unix time."""
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": body,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": at,
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": "U0BOTPANDA", "is_bot": True}],
        "is_ext_shared_channel": False,
    }


def _in_message(channel: Channel, message: Message) -> Payload:
    """Return the fields that describe a message. Slack sends only the container of an ephemeral message."""
    ephemeral = bool(message.viewer)
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts or message.replies:
        container["thread_ts"] = message.thread_ts or message.ts
    place: Payload = {"container": container, "channel": {"id": channel.id, "name": _name(channel)}}
    return place if ephemeral else {**place, "message": message.wire()}


def _in_view(view: Payload) -> Payload:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": _view(view)}


def _view(view: Payload) -> Payload:
    """Return a view as Slack sends it. An App Home view has no title, so Slack adds its own."""
    title = {"type": "plain_text", "text": "View Title", "emoji": True}
    return {"title": title, **copy.deepcopy(view), "blocks": identified(view.get("blocks") or [])}


def _name(channel: Channel) -> str:
    """Return a channel's name in payloads, where private channels share a general name."""
    if channel.is_im:
        return "directmessage"
    if channel.is_mpim:
        return channel.name
    return "privategroup" if channel.is_private else channel.name


def _shortcut(kind: str, user: User) -> Payload:
    """Return the common fields without the app, which shortcuts do not name."""
    return {key: value for key, value in _common(kind, user).items() if key != "api_app_id"}


def _common(kind: str, user: User) -> Payload:
    return {
        "type": kind,
        "token": TOKEN,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": APP,
        "team": {"id": TEAM, "domain": "panda"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
