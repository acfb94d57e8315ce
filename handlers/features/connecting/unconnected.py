"""The bot of a workspace that has no PandaPon account yet: whatever people do, it offers to connect one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.access.subjects import PERSON, claimed
from handlers.blocks import action_ids
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page, home_page
from handlers.commands.declarations import Button, Feature, Listener, MessageShortcut, Opener
from handlers.commands.registry import Commands
from handlers.features.connecting import connect, views
from handlers.interactions.error_boundary import explain
from handlers.wire import payloads

if TYPE_CHECKING:
    from typing import Any

    from handlers.access.subjects import Subject
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from handlers.wire.requests import Request

SHORTCUTS = (action_ids.SEARCH_PICTURE, action_ids.TRACK_MESSAGE, action_ids.WATCH_MESSAGE)


async def show_home(subject: Subject, interaction: Interaction) -> None:
    """Publish an App Home that offers to connect the workspace."""
    if payloads.text(interaction.body, "event", "tab") not in {"", payloads.HOME}:
        return
    try:
        await claimed(interaction, subject)
        message = views.not_connected()
    except Exception as error:  # noqa: BLE001  the home is the only place where this person can be answered
        message = explain(error)
    await interaction.client.views_publish(user_id=interaction.user, view=home_page(message))


async def _page(_interaction: Interaction, _nothing: Any) -> View:
    return answer_page(views.not_connected(), title=_("Connect PandaPon"))


# This comes after connect.FEATURE, whose own button is therefore found first: the empty prefix matches every button.
EVERYTHING_ELSE = Feature(
    buttons=(Button("", PERSON, connect.offer),),
    message_shortcuts=tuple(MessageShortcut(name, PERSON, connect.offer) for name in SHORTCUTS),
    openers=(Opener("shortcut", action_ids.FIND_ORDERS, PERSON, _page),),
    listeners=(Listener("event", "app_home_opened", PERSON, show_home),),
)


class UnconnectedCommands(Commands):
    """The commands of a workspace without an account: whatever was typed is read as ``connect``."""

    def __init__(self) -> None:
        super().__init__((connect.FEATURE, EVERYTHING_ELSE))

    def read(self, _text: str, *, command: str = "/panda") -> Request:
        """Return the offer to connect the workspace."""
        del command
        return connect.Connect()
