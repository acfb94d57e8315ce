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


class Views:
    """What the bot shows in modals and in App Home."""

    def __init__(self, workspace: Workspace, interactions: Interactions) -> None:
        self._workspace, self._interactions = workspace, interactions

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "views.open": self._open,
            "views.push": self._open,
            "views.update": self._update,
            "views.publish": self._publish,
        }

    def _open(self, arguments: Arguments) -> Answer:
        self._interactions.use_trigger(str(arguments.get("trigger_id", "")))
        return {"view": self._store(arguments, f"V{self._workspace.next_ts().replace('.', '')}")}

    def _update(self, arguments: Arguments) -> Answer:
        view_id = str(arguments.get("view_id") or "")
        if view_id not in self._workspace.views:
            raise SlackError("not_found")
        return {"view": self._store(arguments, view_id)}

    def _publish(self, arguments: Arguments) -> Answer:
        user = str(arguments.get("user_id", ""))
        view = self._store(arguments, f"VHOME{user}")
        self._workspace.homes[user] = view
        return {"view": view}

    def _store(self, arguments: Arguments, view_id: str) -> Answer:
        view = parsed(arguments.get("view"))
        if not isinstance(view, dict):
            raise SlackError("invalid_arguments")
        if problems := check_view(view):
            raise SlackError("invalid_arguments", response_metadata={"messages": problems})
        stored = {**view, "id": view_id, "team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": view_id}
        self._workspace.views[view_id] = stored
        self._workspace.touch()
        return stored
