"""Pages that come late, when the person may have closed the form: a message to them then tells the outcome."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.message import MAX_TEXT, Layout, Message
from handlers.blocks.text import truncate_mrkdwn
from handlers.interactions.answering import Replier
from handlers.wire import payloads
from handlers.wire.slack import FAILURES, code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.blocks.message import Block
    from handlers.interactions.interaction import Interaction

View = dict[str, Any]

log = logging.getLogger(__name__)


async def show_late(interaction: Interaction, view: View, *, tells: bool) -> None:
    """Show a page in the form that the person sent.

    ``tells``: if Slack does not take the page, the person gets it as a message, since it may say what was done. A page
    with a submit button says nothing of that kind and is not told. Raises slack_sdk's errors if Slack does not take a
    page that is not told.
    """
    try:
        await interaction.client.views_update(view_id=payloads.text(interaction.body, "view", "id"), view=view)
    except FAILURES as error:
        if not tells or view.get("submit"):
            raise
        log.info("the form is gone, its last page is told directly", extra={"error": code_of(error) or error})
        replier = replace(Replier.of(interaction.body, interaction.client, None), view="", trigger="")
        await replier.tell(as_message(view))


def as_message(view: View) -> Message:
    """A form's page as a message."""
    blocks: list[Block] = [el.context(_("The form is closed, so I tell you here:")), *view["blocks"]]
    layout = Layout()
    for block in blocks:
        if not layout.add(block):
            break
    words = [text for block in blocks for text in _words(block)]
    return Message(truncate_mrkdwn("\n".join(words), MAX_TEXT), layout.blocks)


def _words(block: Block) -> Iterator[str]:
    """The words of a section or a context block."""
    if block["type"] == "section" and block.get("text"):
        yield block["text"]["text"]
    elif block["type"] == "context":
        yield from (each["text"] for each in block["elements"] if each["type"] == "mrkdwn")
