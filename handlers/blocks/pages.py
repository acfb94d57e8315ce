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

# Commands whose answer belongs to no channel, so that their buttons work wherever they are pressed.
_FOR_ANY_PLACE = frozenset(
    {
        "address",
        "discover",
        "freight",
        "help",
        "order",
        "orders",
        "picture",
        "product",
        "refund",
        "refunds",
        "search",
        "seller",
        "status",
        "track",
    }
)
# Buttons whose value names their subject, so that they work wherever they are pressed.
_BY_VALUE = (action_ids.PAY_PAGE, action_ids.ACT_RESUME, action_ids.WITHDRAW_REQUEST)


def answer_page(message: Message, *, title: str = "") -> View:
    """An answer as a page of a form. ``title``: the form's; empty: the title of the form that looks up orders.

    Buttons that act on the channel in which they are pressed are left out, since a form belongs to no channel.
    """
    blocks = [kept for block in message.blocks if (kept := _without_channel(block))]
    return orders_page(blocks or [el.section(message.text)], title=title)


def orders_page(blocks: list[Block], *, submit: str = "", title: str = "") -> View:
    """A page of the form that looks up orders. Answers that have no form of their own use it, too."""
    view: View = {
        "type": "modal",
        "callback_id": action_ids.FIND_ORDERS,
        "title": plain(title or _("Track or watch orders")),
        "close": plain(_("Close")),
        "blocks": blocks,
    }
    return view | ({"submit": plain(submit)} if submit else {})


def _without_channel(block: Block) -> Block | None:
    """The block without the buttons that act on the channel in which they are pressed; None where nothing is left."""
    if block["type"] == "actions":
        elements = [element for element in block["elements"] if _works_anywhere(element)]
        return block | {"elements": elements} if elements else None
    if block.get("accessory") and not _works_anywhere(block["accessory"]):
        return {name: part for name, part in block.items() if name != "accessory"}
    return block


def _works_anywhere(element: Block) -> bool:
    """Whether an element is a picture, or a button that names its subject or runs a command that needs no channel."""
    if element["type"] == "button" and element["action_id"].startswith(_BY_VALUE):
        return True
    if element["type"] != "button" or not element["action_id"].startswith((action_ids.RUN, action_ids.SHOW)):
        return bool(element["type"] == "image")
    command = element["value"]
    return command.partition(" ")[0] in _FOR_ANY_PLACE or " in <#" in command


def home_page(message: Message) -> View:
    """App Home that shows one message."""
    return {"type": "home", "blocks": message.blocks}
