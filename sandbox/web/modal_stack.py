"""The modals that are open on one page, in the order in which they lie upon each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace
    from sandbox.web.page_json import Json


class ModalStack:
    """A page's stack of modals. The workspace holds the views; here is only their order, for as long as the page."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stack: list[str] = []
        self._errors: dict[str, Json] = {}

    def shown(self) -> list[Json]:
        """The open views, the topmost last, each with the errors of its last submission."""
        self._stack = [view_id for view_id in self._stack if view_id in self._workspace.views]
        return [self._workspace.views[view_id] | self._errors.get(view_id, {}) for view_id in self._stack]

    def opened(self, view_id: str, *, pushed: bool = False) -> None:
        """A view came: alone, or upon the one that is open."""
        stack = self._stack if pushed else []
        if view_id not in stack:
            self._stack = [*stack, view_id]
        self._errors.pop(view_id, None)

    def refused(self, view_id: str, errors: dict[str, str]) -> None:
        """A submission came back with errors, by block id. ``tries`` tells the page that the same ones came again."""
        tries = self._errors.get(view_id, {"tries": 0})["tries"] + 1
        self._errors[view_id] = {"errors": errors, "tries": tries}

    def updated(self, view_id: str) -> None:
        """A view has new content: the old errors are about what is not there any more."""
        self._errors.pop(view_id, None)

    def close(self, view_id: str) -> None:
        """Close a view and what lies upon it."""
        if view_id in self._stack:
            place = self._stack.index(view_id)
            self._drop(self._stack[place:])
            self._stack = self._stack[:place]

    def close_all(self) -> None:
        """Close the whole stack."""
        self._drop(self._stack)
        self._stack = []

    def _drop(self, view_ids: list[str]) -> None:
        for view_id in view_ids:
            self._workspace.views.pop(view_id, None)
            self._errors.pop(view_id, None)
