"""The few Block Kit pieces that messages are made of, each within Slack's limits. Values in, dicts out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handlers.blocks.addresses import picture_address, web_address
from handlers.blocks.message import MAX_TEXT, Block, Message
from handlers.blocks.text import escape, plain, truncate, truncate_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADER, BUTTON, SECTION, FIELD, CONTEXT, VALUE, ALT = 150, 75, 3000, 2000, 2000, 2000, 300
MAX_FIELDS, MAX_CONTEXT = 10, 10
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")


def header(text: str) -> Block:
    """A heading; remote text in it is shown as it is."""
    return {"type": "header", "text": _plain(text, HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn: remote text in it is escaped already."""
    block: Block = {"type": "section", "text": mrkdwn(text, SECTION)}
    if accessory:
        block["accessory"] = accessory
    return block


def fields(texts: Sequence[str]) -> Block:
    """Two columns of short mrkdwn texts, ten at most."""
    return {"type": "section", "fields": [mrkdwn(text, FIELD) for text in texts[:MAX_FIELDS]]}


def context(*texts: str) -> Block:
    """Small print in mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT) for text in texts[:MAX_CONTEXT]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def button(text: str, action_id: str, value: str, style: str = "") -> Block:
    """A button that carries a command. Raises ValueError for a value that Slack would cut off."""
    if len(value) > VALUE:
        raise ValueError(f"a button's value has {len(value)} characters, more than {VALUE}")
    made: Block = {"type": "button", "text": _plain(text, BUTTON), "action_id": action_id, "value": value}
    return made | ({"style": style} if style else {})


def actions(buttons: Iterable[Block]) -> list[Block]:
    """A row of buttons; no row when there are none."""
    row = list(buttons)
    return [{"type": "actions", "elements": row}] if row else []


def image(url: str, alt: str) -> Block | None:
    """A picture beside a paragraph; None when the address is not one that Slack may be sent to."""
    address = picture_address(url)
    if not address:
        return None
    return {"type": "image", "image_url": address, "alt_text": truncate(plain(alt), ALT) or "–"}


def link(url: str, title: str) -> str:
    """A link built by us around remote words; the words alone where the address is none."""
    address = web_address(url).replace("&", "&amp;")
    return f"<{address}|{escape(title).replace('|', '¦')}>" if address and title.strip() else escape(title)


def mention(user_id: str) -> str:
    """A mention: posted, it notifies that person. Only for what is theirs; else ``handlers.people.name``."""
    return f"<@{user_id}>" if _USER.fullmatch(user_id) else escape(user_id)


def channel(channel_id: str) -> str:
    """A channel's name, whatever it is called now; a direct message has none."""
    return f"<#{channel_id}>" if _CHANNEL.fullmatch(channel_id) else ""


def message(blocks: list[Block], summary: str = "") -> Message:
    """A message whose text says everything that its blocks say. ``summary``: a first line for notifications."""
    lines = [summary, *(line for block in blocks for line in _lines(block))]
    return Message(truncate_mrkdwn("\n".join(line for line in lines if line), MAX_TEXT), blocks)


def mrkdwn(text: str, limit: int) -> Block:
    """A text object; ``verbatim`` keeps Slack from finding links and names in remote words."""
    return {"type": "mrkdwn", "text": truncate_mrkdwn(text, limit) or " ", "verbatim": True}


def _plain(text: str, limit: int) -> Block:
    # "<!channel>" has no force here; it is still not left standing for whatever reads the payload next.
    return {"type": "plain_text", "text": truncate(plain(text), limit).replace("<", "＜") or "–", "emoji": True}


def _lines(block: Block) -> list[str]:
    texts = [block.get("text"), *block.get("fields", []), *_context_elements(block)]
    return [_line(text) for text in texts if text]


def _context_elements(block: Block) -> list[Any]:
    return list(block["elements"]) if block["type"] == "context" else []


def _line(text: Block) -> str:
    return escape(text["text"]) if text["type"] == "plain_text" else str(text["text"])
