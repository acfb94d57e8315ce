"""The text that Slack hands over, before anything is read in it: its characters, its quotes and its escapes."""

from __future__ import annotations

import re
import unicodedata

# Phones turn two hyphens into a dash, Chinese keyboards type them full-width.
DASHES = "-－‐‑‒–—―−﹣"
DOUBLE_QUOTES = '"“”„‟＂'
SINGLE_QUOTES = "'‘’＇"
INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_CALL = re.compile(r"<tel:([^<>|]*)(?:\|([^<>]*))?>", re.IGNORECASE)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}


def clean(text: str) -> str:
    """Drop control and bidi characters and fold full-width letters and digits; everything else stays as typed.

    A number that Slack took for a telephone's, ``<tel:200048859480|200048859480>``, is what was typed again.
    Only letters and digits are folded (ＩＰｈｏｎｅ１５ is searched as IPhone15): the API gets Chinese punctuation,
    emoji and their joiners as they were typed.
    """
    kept = (one for one in text if one.isspace() or not _unwanted(one))
    return _CALL.sub(lambda call: call[2] or call[1], "".join(kept).translate(_FULL_WIDTH))


def folded(text: str) -> str:
    """Width, case and invisible characters folded away: for verbs, options, numbers and ids."""
    plain = unicodedata.normalize("NFKC", "".join(one for one in text if unicodedata.category(one) != "Cf"))
    return plain.casefold().strip()


def quoted(text: str) -> str:
    """The text between quotes, so that it is read back as one piece."""
    return '"' + re.sub(rf"([\\{DOUBLE_QUOTES}])", r"\\\1", text) + '"'


def unescape(wire: str) -> str:
    """Undo what Slack does to the three characters it reserves."""
    return wire.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape_wire(text: str) -> str:
    """Do what Slack does to the three characters it reserves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unwanted(one: str) -> bool:
    return one in INVISIBLE or unicodedata.category(one) in {"Cc", "Cs"}
