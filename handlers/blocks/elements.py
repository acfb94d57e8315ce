"""The Block Kit elements of messages, each within Slack's limits: longer texts are cut off. Values in, dicts out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handlers.blocks.addresses import picture_address, web_address
from handlers.blocks.message import MAX_TEXT, Block, Message
from handlers.blocks.text import escape, plain, truncate, truncate_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Slack's limits: characters of each kind of text, and elements in a block.
HEADER, BUTTON, SECTION, FIELD, CONTEXT, VALUE, ALT, ADDRESS = 150, 75, 3000, 2000, 2000, 2000, 300, 3000
OPTION, OPTION_VALUE = 75, 150
MAX_FIELDS, MAX_CONTEXT, MAX_OPTIONS = 10, 10, 5
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")


def header(text: str) -> Block:
    """A heading, as ``plain_text``: remote text in it needs no escaping."""
    return {"type": "header", "text": _plain(text, HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn. The caller has escaped the remote text in it."""
    block: Block = {"type": "section", "text": mrkdwn(text, SECTION)}
    if accessory:
        block["accessory"] = accessory
    return block


def fields(texts: Sequence[str]) -> Block:
    """Two columns of short mrkdwn texts, ten at most."""
    return {"type": "section", "fields": [mrkdwn(text, FIELD) for text in texts[:MAX_FIELDS]]}


def context(*texts: str) -> Block:
    """Small print in mrkdwn, ten texts at most."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT) for text in texts[:MAX_CONTEXT]]}


def divider() -> Block:
    """A horizontal line."""
    return {"type": "divider"}


def button(text: str, action_id: str, value: str, style: str = "") -> Block:
    """A button; ``value`` comes back when it is pressed. Raises ValueError for a value longer than Slack allows."""
    if len(value) > VALUE:
        raise ValueError(f"a button's value has {len(value)} characters, more than {VALUE}")
    block: Block = {"type": "button", "text": _plain(text, BUTTON), "action_id": action_id, "value": value}
    return block | ({"style": style} if style else {})


def link_button(text: str, action_id: str, url: str, style: str = "") -> Block:
    """A button that opens an address in the browser; Slack also sends the press to the bot.

    Raises ValueError unless ``url`` is a web address of at most 3000 characters.
    """
    if not web_address(url, longest=ADDRESS):
        raise ValueError("a button opens web addresses only")
    return button(text, action_id, "open", style) | {"url": url}


def overflow(options: Sequence[tuple[str, str]], action_id: str) -> Block:
    """The menu ⋯ for acts that need no button of their own. ``options``: label and value of each.

    Slack sends the value of the chosen option back. Raises ValueError for no option, for more than five, and for a
    value longer than Slack allows.
    """
    if not 1 <= len(options) <= MAX_OPTIONS:
        raise ValueError(f"a menu has 1 to {MAX_OPTIONS} options, not {len(options)}")
    if too_long := [value for _label, value in options if len(value) > OPTION_VALUE]:
        raise ValueError(f"an option's value has {len(too_long[0])} characters, more than {OPTION_VALUE}")
    entries = [{"text": _plain(label, OPTION), "value": value} for label, value in options]
    return {"type": "overflow", "action_id": action_id, "options": entries}


def actions(buttons: Iterable[Block]) -> list[Block]:
    """A row of buttons and menus; an empty list where there are none."""
    row = list(buttons)
    return [{"type": "actions", "elements": row}] if row else []


def image(url: str, alt: str) -> Block | None:
    """A picture beside a paragraph; None where Slack must not open the address (see ``addresses.picture_address``)."""
    address = picture_address(url)
    if not address:
        return None
    return {"type": "image", "image_url": address, "alt_text": truncate(plain(alt), ALT) or "–"}


def link(url: str, title: str) -> str:
    """A link with remote words as its text; the escaped words alone where ``url`` is no web address."""
    address = web_address(url).replace("&", "&amp;")
    return f"<{address}|{escape(title).replace('|', '¦')}>" if address and title.strip() else escape(title)


def mention(user_id: str) -> str:
    """A mention, which notifies the person when it is posted.

    Only news that concerns this person mentions them; other texts use :func:`handlers.blocks.people.name`, which does
    not notify.
    """
    return f"<@{user_id}>" if _USER.fullmatch(user_id) else escape(user_id)


def channel(channel_id: str) -> str:
    """A reference that Slack shows as the channel's present name; empty for a direct message, which has no name."""
    return f"<#{channel_id}>" if _CHANNEL.fullmatch(channel_id) else ""


def message(blocks: list[Block], summary: str = "", whole: str = "", *, longest: int = MAX_TEXT) -> Message:
    """A message whose text holds the words of all its blocks.

    ``summary``: the first line of the text, for notifications. ``whole``: the last line, which is never cut off, such
    as the whole id of an order that the blocks name by its short id. ``longest``: characters of the text; callers whose
    blocks take more than ``MAX_SIZE`` give fewer.
    """
    lines = [summary, *(line for block in blocks for line in _lines(block))]
    ending = f"\n{whole}" if whole else ""
    return Message(truncate_mrkdwn("\n".join(line for line in lines if line), longest - len(ending)) + ending, blocks)


def mrkdwn(text: str, limit: int) -> Block:
    """A text object; ``verbatim`` keeps Slack from turning remote words into links and mentions."""
    return {"type": "mrkdwn", "text": truncate_mrkdwn(text, limit) or " ", "verbatim": True}


def _plain(text: str, limit: int) -> Block:
    # "<!channel>" notifies nobody in plain text; it is disarmed all the same for other readers of the payload.
    return {"type": "plain_text", "text": truncate(plain(text), limit).replace("<", "＜") or "–", "emoji": True}


def _lines(block: Block) -> list[str]:
    texts = [block.get("text"), *block.get("fields", []), *_context_elements(block)]
    return [_line(text) for text in texts if text]


def _context_elements(block: Block) -> list[Any]:
    return list(block["elements"]) if block["type"] == "context" else []


def _line(text: Block) -> str:
    return escape(text["text"]) if text["type"] == "plain_text" else str(text["text"])
