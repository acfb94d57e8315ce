"""The form that tracks or watches whatever orders are pasted into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import actions
from handlers.i18n import _
from handlers.views import elements as el
from handlers.views.forms import field, option, plain

if TYPE_CHECKING:
    from handlers.views.message import Block, Message

View = dict[str, Any]


def form() -> View:
    """The empty form."""
    return _modal(
        [
            field(
                _("Orders or waybills: ids, links, or a whole message"),
                "orders",
                {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "multiline": True,
                    "max_length": 3000,
                },
            ),
            field(
                _("What to do"),
                "what",
                {
                    "type": "radio_buttons",
                    "action_id": "value",
                    "options": [option("track", _("Show where they are")), option("watch", _("Watch in a channel"))],
                    "initial_option": option("track", _("Show where they are")),
                },
            ),
            field(
                _("Channel for the news"),
                "channel",
                {
                    "type": "conversations_select",
                    "action_id": "value",
                    "default_to_current_conversation": True,
                    "filter": {"include": ["public", "private"], "exclude_bot_users": True},
                },
                optional=True,
            ),
        ],
        submit=_("Go"),
    )


def working() -> View:
    """While PandaPon is asked."""
    return _modal([el.section(_("⏳ Asking PandaPon…"))])


def result(message: Message) -> View:
    """The answer. Buttons that answer in a channel have no place in a form and are left out."""
    blocks = []
    for block in message.blocks:
        if block["type"] == "actions":
            continue
        blocks.append({name: part for name, part in block.items() if name != "accessory" or part["type"] == "image"})
    return _modal(blocks or [el.section(message.text)])


def _modal(blocks: list[Block], *, submit: str = "") -> View:
    view: View = {
        "type": "modal",
        "callback_id": actions.FIND_ORDERS,
        "title": plain(_("Track or watch orders")),
        "close": plain(_("Close")),
        "blocks": blocks,
    }
    return view | ({"submit": plain(submit)} if submit else {})
