"""The words of a command's canonical text, as requests write them: options, free text, channels and durations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.wire.text import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, escape_wire, folded, quoted

if TYPE_CHECKING:
    from decimal import Decimal

    from pandapon.shipment import Platform

HELP_WORDS = frozenset({"help", "?", "--help", "-h", "帮助"})


def joined(*words: str) -> str:
    """The words with blanks between them. Empty words are left out."""
    return " ".join(word for word in words if word)


def platform_option(platform: Platform | None) -> str:
    """The option that names a platform; empty for None."""
    return f"--{platform.value}" if platform else ""


def page_option(page: int) -> str:
    """The option that names a page; empty for the first page."""
    return f"--page {page}" if page > 1 else ""


def sort_and_price_options(sort: str, price_min: Decimal | None, price_max: Decimal | None) -> list[str]:
    """The options for sorting and for prices in yuan; an empty word for each that is not given."""
    return [
        f"--sort {sort}" if sort else "",
        f"--min {price_min:f}" if price_min is not None else "",
        f"--max {price_max:f}" if price_max is not None else "",
    ]


def back_option(command: str) -> str:
    """The option that carries the command of the list to go back to; empty for an empty command."""
    return f"--back {free_text(command)}" if command else ""


def free_text(text: str) -> str:
    """Free text as one token, whatever characters it has; empty for an empty text."""
    return escape_wire(quoted(text)) if text else ""


def keyword_words(keyword: str) -> str:
    """The keyword of a search, escaped.

    It is quoted if it would be read as a request for help, or a word of it as an option or a quotation.
    """
    special = DASHES + DOUBLE_QUOTES + SINGLE_QUOTES
    if folded(keyword) in HELP_WORDS or any(word[0] in special for word in keyword.split()):
        return escape_wire(quoted(keyword))
    return escape_wire(keyword)


def channel_words(channel: str | None) -> str:
    """The words that name a channel by its id or its name; empty for None."""
    if channel is None:
        return ""
    return f"in <#{channel}>" if is_channel_id(channel) else f"in #{channel}"


def is_channel_id(text: str) -> bool:
    """Whether a text is a channel's id rather than its name: ids are upper case, names never are."""
    return len(text) > 1 and text[0] in "CGD" and text.isalnum() and text.isascii() and text == text.upper()


def duration(span: timedelta) -> str:
    """A duration in hours, or in minutes where it is no whole number of hours."""
    hours, remainder = divmod(span, timedelta(hours=1))
    return f"{span // timedelta(minutes=1)}m" if remainder else f"{hours}h"
