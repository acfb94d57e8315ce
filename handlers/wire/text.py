"""The text that Slack sends: its invisible and full-width characters, dashes, quotes, escapes and plain numbers."""

from __future__ import annotations

import re
import unicodedata

# Phones turn two hyphens into a dash; Chinese keyboards type hyphens and quotes full-width.
DASHES = "-－‐‑‒–—―−﹣"
DOUBLE_QUOTES = '"“”„‟＂'
SINGLE_QUOTES = "'‘’＇"
INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_CALL = re.compile(r"<tel:([^<>|]*)(?:\|([^<>]*))?>", re.IGNORECASE)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}


def clean(text: str) -> str:
    """Drop control and bidi characters, fold full-width letters and digits, and undo Slack's links to phone numbers.

    Slack takes some ids for phone numbers: ``<tel:200048859480|200048859480>`` becomes 200048859480 again. Only letters
    and digits are folded (ＩＰｈｏｎｅ１５ is searched as IPhone15): Chinese punctuation, emoji and their joiners reach
    the API as they were typed.
    """
    kept = (character for character in text if character.isspace() or not _is_unwanted(character))
    return _CALL.sub(lambda call: call[2] or call[1], "".join(kept).translate(_FULL_WIDTH))


def folded(text: str) -> str:
    """The text in one width and case, without invisible characters: for comparing verbs, options, numbers and ids."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold().strip()


def is_number(text: str, digits: int) -> bool:
    """Whether the text is 1 to ``digits`` plain digits. No sign, space or digit of another script is taken.

    The limit comes before any conversion: Python refuses to convert thousands of digits.
    """
    return text.isascii() and text.isdigit() and len(text) <= digits


def number_of(text: str, digits: int) -> int | None:
    """Return the whole number that 1 to ``digits`` plain digits stand for; None for every other text."""
    return int(text) if is_number(text, digits) else None


def quoted(text: str) -> str:
    """The text between quotes, with quotes and backslashes in it escaped, so that it is read back as one token."""
    return '"' + re.sub(rf"([\\{DOUBLE_QUOTES}])", r"\\\1", text) + '"'


def unescape(wire: str) -> str:
    """Undo :func:`escape_wire`."""
    return wire.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape_wire(text: str) -> str:
    """Escape ``& < >`` as Slack does in the texts it sends."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_unwanted(character: str) -> bool:
    return character in INVISIBLE or unicodedata.category(character) in {"Cc", "Cs"}
