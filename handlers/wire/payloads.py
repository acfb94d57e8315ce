"""What stands in a payload of Slack's: what is missing, or of another type than it should be, counts as not there."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

HOME = "home"  # the type of the view that is App Home


def part(found: Any, *path: str | int) -> Any:
    """What lies at the end of a path of keys and places; None where the path ends before."""
    for step in path:
        if isinstance(step, str):
            found = found.get(step) if isinstance(found, dict) else None
        else:
            found = found[step] if isinstance(found, list) and len(found) > step else None
    return found


def text(body: Any, *path: str | int) -> str:
    """The same where it is a text; empty otherwise."""
    found = part(body, *path)
    return found if isinstance(found, str) else ""


def table(body: Any, *path: str | int) -> Body:
    """The same where it is an object; an empty one otherwise."""
    found = part(body, *path)
    return found if isinstance(found, dict) else {}


def user(body: Body) -> str:
    """Who did it."""
    return text(body, "user", "id") or text(body, "user_id") or text(body, "event", "user")


def channel(body: Body) -> str:
    """The channel in which it was done; empty for App Home, forms and global shortcuts."""
    return text(body, "channel", "id") or text(body, "channel_id") or text(body, "container", "channel_id")


def channel_name(body: Body) -> str:
    """What Slack calls that channel: its name, ``privategroup``, ``directmessage`` or ``mpdm-…`` for several people."""
    return text(body, "channel", "name") or text(body, "channel_name")


def value(body: Body) -> str:
    """What the pressed button carries."""
    return text(body, "actions", 0, "value")


def teams(body: Body) -> set[str]:
    """The workspaces to which it was sent: of those that share a channel, the ones in which the app is installed."""
    installed = [text(one, "team_id") for one in _list(body, "authorizations")]
    found = {text(body, "view", "app_installed_team_id"), *installed} - {""}
    return found or {text(body, "team", "id"), text(body, "team_id")} - {""}


def enterprises(body: Body) -> set[str]:
    """The organisations that own these workspaces, where one does."""
    installed = [text(one, "enterprise_id") for one in _list(body, "authorizations")]
    return {text(body, "enterprise", "id"), text(body, "enterprise_id"), *installed} - {""}


def users_team(body: Body) -> str:
    """The workspace of whoever did it; in a shared channel perhaps another one. Empty where Slack doesn't say."""
    return text(body, "user", "team_id") or text(body, "event", "user_team")


def _list(body: Body, name: str) -> list[Any]:
    found = body.get(name)
    return found if isinstance(found, list) else []
