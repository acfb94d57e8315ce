"""An answer as a page: in a form, or in the place of App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import plain
from handlers.blocks.i18n import _

if TYPE_CHECKING:
    from handlers.blocks.message import Block, Message

View = dict[str, Any]


def answer_page(message: Message) -> View:
    """The answer. Buttons that answer in a channel have no place in a form and are left out."""
    blocks = []
    for block in message.blocks:
        if block["type"] == "actions":
            continue
        blocks.append({name: part for name, part in block.items() if name != "accessory" or part["type"] == "image"})
    return orders_page(blocks or [el.section(message.text)])


def orders_page(blocks: list[Block], *, submit: str = "") -> View:
    """A page of the form that looks up orders; every other answer without a place of its own stands in one, too."""
    view: View = {
        "type": "modal",
        "callback_id": action_ids.FIND_ORDERS,
        "title": plain(_("Track or watch orders")),
        "close": plain(_("Close")),
        "blocks": blocks,
    }
    return view | ({"submit": plain(submit)} if submit else {})


def home_page(message: Message) -> View:
    """App Home with nothing but a message."""
    return {"type": "home", "blocks": message.blocks}
