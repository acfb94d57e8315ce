"""Fields of Slack's payloads. A field that is missing or of an unexpected type reads as empty."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

HOME = "home"  # the type of the view that is App Home


def part(body: Any, *path: str | int) -> Any:
    """The value at a path of keys (in objects) and indexes from 0 (in lists); None where the path leads nowhere."""
    value = body
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def text(body: Any, *path: str | int) -> str:
    """The text at a path; empty where there is none, or a value of another type."""
    value = part(body, *path)
    return value if isinstance(value, str) else ""


def table(body: Any, *path: str | int) -> Body:
    """The object at a path; an empty one where there is none, or a value of another type."""
    value = part(body, *path)
    return value if isinstance(value, dict) else {}


def user(body: Body) -> str:
    """The id of the person who sent the command or pressed the button, or whom the event is about."""
    return text(body, "user", "id") or text(body, "user_id") or text(body, "event", "user")


def channel(body: Body) -> str:
    """The id of the channel to which a payload belongs; empty for App Home, forms and global shortcuts."""
    return text(body, "channel", "id") or text(body, "channel_id") or text(body, "container", "channel_id")


def channel_name(body: Body) -> str:
    """The name of the payload's channel; ``privategroup``, ``directmessage``, or ``mpdm-…`` for several people."""
    return text(body, "channel", "name") or text(body, "channel_name")


def value(body: Body) -> str:
    """The value of the pressed button, or of the chosen option."""
    return text(body, "actions", 0, "value") or text(body, "actions", 0, "selected_option", "value")


def teams(body: Body) -> set[str]:
    """The ids of the workspaces to which Slack sent the payload.

    In a channel that several workspaces share, these are the workspaces in which the app is installed.
    """
    installed = [text(authorization, "team_id") for authorization in _list(body, "authorizations")]
    teams = {text(body, "view", "app_installed_team_id"), *installed} - {""}
    return teams or {text(body, "team", "id"), text(body, "team_id")} - {""}


def enterprises(body: Body) -> set[str]:
    """The ids of the organisations (Enterprise Grid) that own the workspaces of :func:`teams`; empty without a Grid."""
    installed = [text(authorization, "enterprise_id") for authorization in _list(body, "authorizations")]
    return {text(body, "enterprise", "id"), text(body, "enterprise_id"), *installed} - {""}


def users_team(body: Body) -> str:
    """The id of the workspace of the payload's :func:`user`; empty where Slack does not send it.

    In a shared channel, this workspace may be none of :func:`teams`.
    """
    return text(body, "user", "team_id") or text(body, "event", "user_team")


def _list(body: Body, name: str) -> list[Any]:
    value = body.get(name)
    return value if isinstance(value, list) else []
