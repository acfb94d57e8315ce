"""The only answer in a workspace for which no bot runs: a sentence that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.pages import orders_page

if TYPE_CHECKING:
    from handlers.blocks.message import Message


def not_installed() -> Message:
    """Say that the app is not installed in the workspace, or not any more."""
    return el.message([el.section(_("pandabot is not installed in this workspace, so I do nothing here."))])


def starting() -> Message:
    """Say that the bot of the workspace is being started."""
    return el.message([el.section(_("I am just starting for this workspace. Please try again in a minute."))])


def not_running() -> Message:
    """Say that the bot of the workspace could not be started."""
    words = _("I cannot start for this workspace at the moment, so nothing was done. My operator can see why.")
    return el.message([el.section(f"⚠️ {words}")])


def page(message: Message) -> dict[str, Any]:
    """Make the page that shows such a message in place of a form."""
    return orders_page(message.blocks, title="pandabot")
