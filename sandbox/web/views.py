"""The modals that are open: who opened which, in what order they lie upon each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace
    from sandbox.web.shapes import Json


class Views:
    """Each person's stack of modals. The workspace holds the views; here is only their order."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[str]] = {}
        self._errors: dict[str, Json] = {}

    def of(self, user: str) -> list[Json]:
        """A person's open views, the topmost last, each with the errors of its last submission."""
        self._forget_closed(user)
        found = []
        for view_id in self._stacks.get(user, ()):
            view = self._workspace.views[view_id]
            found.append(view | self._errors.get(view_id, {}))
        return found

    def opened(self, user: str, view_id: str, *, pushed: bool = False) -> None:
        """A view came: alone, or upon the one that is open."""
        stack = self._stacks.get(user, []) if pushed else []
        if view_id not in stack:
            self._stacks[user] = [*stack, view_id]
        self._errors.pop(view_id, None)

    def refused(self, view_id: str, errors: dict[str, str]) -> None:
        """A submission came back with errors, by block id. ``tries`` tells the page that the same ones came again."""
        tries = self._errors.get(view_id, {"tries": 0})["tries"] + 1
        self._errors[view_id] = {"errors": errors, "tries": tries}

    def updated(self, view_id: str) -> None:
        """A view has new content: the old errors are about what is not there any more."""
        self._errors.pop(view_id, None)

    def close(self, user: str, view_id: str) -> None:
        """Close a view and what lies upon it."""
        stack = self._stacks.get(user, [])
        if view_id in stack:
            self._drop(stack[stack.index(view_id) :])
            self._stacks[user] = stack[: stack.index(view_id)]

    def close_all(self, user: str) -> None:
        """Close a person's whole stack."""
        self._drop(self._stacks.pop(user, []))

    def _drop(self, view_ids: list[str]) -> None:
        for view_id in view_ids:
            self._workspace.views.pop(view_id, None)
            self._errors.pop(view_id, None)

    def _forget_closed(self, user: str) -> None:
        stack = self._stacks.get(user, [])
        self._stacks[user] = [view_id for view_id in stack if view_id in self._workspace.views]
