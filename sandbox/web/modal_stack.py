"""The stack of modals that are open on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace
    from sandbox.web.page_json import Json


class ModalStack:
    """A page's open modals, the topmost last. The workspace has the views, the stack their order and errors."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stack: list[str] = []
        self._errors: dict[str, Json] = {}

    def shown(self) -> list[Json]:
        """Return the open views, the topmost last, each with the errors of its last submission."""
        self._stack = [view_id for view_id in self._stack if view_id in self._workspace.views]
        return [self._workspace.views[view_id] | self._errors.get(view_id, {}) for view_id in self._stack]

    def opened(self, view_id: str, *, pushed: bool = False) -> None:
        """Show a new view: on top of the open ones if it was ``pushed``, otherwise in their place."""
        stack = self._stack if pushed else []
        if view_id not in stack:
            self._stack = [*stack, view_id]
        self._errors.pop(view_id, None)

    def refused(self, view_id: str, errors: dict[str, str]) -> None:
        """Keep the errors of a submission, by block id. By ``tries`` the page sees that the same errors came again."""
        tries = self._errors.get(view_id, {"tries": 0})["tries"] + 1
        self._errors[view_id] = {"errors": errors, "tries": tries}

    def updated(self, view_id: str) -> None:
        """Drop the errors of a view whose content was replaced."""
        self._errors.pop(view_id, None)

    def close(self, view_id: str) -> None:
        """Close a view and the views on top of it."""
        if view_id in self._stack:
            depth = self._stack.index(view_id)
            self._drop(self._stack[depth:])
            self._stack = self._stack[:depth]

    def close_all(self) -> None:
        """Close the whole stack."""
        self._drop(self._stack)
        self._stack = []

    def _drop(self, view_ids: list[str]) -> None:
        for view_id in view_ids:
            self._workspace.views.pop(view_id, None)
            self._errors.pop(view_id, None)
