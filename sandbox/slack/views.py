"""The views methods of the Web API: modals and App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.arguments import parsed
from sandbox.slack.blocks import check_view
from sandbox.slack.workspace import APP, BOT, TEAM, SlackError

if TYPE_CHECKING:
    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.interactions import Interactions
    from sandbox.slack.workspace import Workspace

MOST_STACKED = 3
# The fields of a stored view that its app may leave out.
DEFAULTS = {
    "callback_id": "",
    "private_metadata": "",
    "external_id": "",
    "state": {"values": {}},
    "clear_on_close": False,
    "notify_on_close": False,
    "previous_view_id": None,
    "close": None,
    "submit": None,
}


class Views:
    """The bot's modals and App Home views."""

    def __init__(self, workspace: Workspace, interactions: Interactions) -> None:
        self._workspace, self._interactions = workspace, interactions

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "views.open": self._open,
            "views.push": self._push,
            "views.update": self._update,
            "views.publish": self._publish,
        }

    def _open(self, arguments: Arguments) -> Answer:
        view = _checked(arguments)
        self._interactions.use_trigger(str(arguments["trigger_id"]))
        return {"view": self._store(view, f"V{self._workspace.next_ts().replace('.', '')}")}

    def _push(self, arguments: Arguments) -> Answer:
        view = _checked(arguments)
        below = self._workspace.views.get(self._interactions.use_trigger(str(arguments["trigger_id"])))
        if below is not None and self._depth(below) >= MOST_STACKED:
            raise SlackError("push_limit_reached")
        stored = self._store(view, f"V{self._workspace.next_ts().replace('.', '')}")
        if below is not None:
            stored |= {"previous_view_id": below["id"], "root_view_id": below["root_view_id"]}
        return {"view": stored}

    def _depth(self, view: Answer) -> int:
        """Count the views from this one down to the bottom of its stack."""
        below = self._workspace.views.get(view["previous_view_id"] or "")
        return 1 + (self._depth(below) if below is not None else 0)

    def _update(self, arguments: Arguments) -> Answer:
        view_id = str(arguments["view_id"])
        present = self._workspace.views.get(view_id)
        if present is None:
            raise SlackError("not_found")
        if arguments.get("hash") not in {None, "", present["hash"]}:
            raise SlackError("hash_conflict")
        stored = self._store(_checked(arguments), view_id)
        stored |= {key: present[key] for key in ("previous_view_id", "root_view_id")}
        return {"view": stored}

    def _publish(self, arguments: Arguments) -> Answer:
        user = str(arguments["user_id"])
        if user not in self._workspace.users:
            raise SlackError("invalid_arguments")
        present = self._workspace.homes.get(user)
        if present is not None and arguments.get("hash") not in {None, "", present["hash"]}:
            raise SlackError("hash_conflict")
        view = self._store(_checked(arguments), f"VHOME{user}")
        self._workspace.homes[user] = view
        return {"view": view}

    def _store(self, view: Arguments, view_id: str) -> Answer:
        stored = {
            **DEFAULTS,
            **view,
            "id": view_id,
            "root_view_id": view_id,
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT,
            "hash": self._workspace.next_ts(),
        }
        self._workspace.views[view_id] = stored
        self._workspace.touch()
        return stored


def _checked(arguments: Arguments) -> Arguments:
    view = parsed(arguments["view"])
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments")
    if problems := check_view(view):
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})
    return view
