"""Answers as views: a page of a form, or App Home."""

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
    """An answer in a form. Its buttons are left out: they answer in a channel, and a form has none."""
    blocks = []
    for block in message.blocks:
        if block["type"] == "actions":
            continue
        blocks.append({name: part for name, part in block.items() if name != "accessory" or part["type"] == "image"})
    return orders_page(blocks or [el.section(message.text)])


def orders_page(blocks: list[Block], *, submit: str = "") -> View:
    """A page of the form that looks up orders. Answers that have no form of their own use it, too."""
    view: View = {
        "type": "modal",
        "callback_id": action_ids.FIND_ORDERS,
        "title": plain(_("Track or watch orders")),
        "close": plain(_("Close")),
        "blocks": blocks,
    }
    return view | ({"submit": plain(submit)} if submit else {})


def home_page(message: Message) -> View:
    """App Home that shows one message."""
    return {"type": "home", "blocks": message.blocks}
