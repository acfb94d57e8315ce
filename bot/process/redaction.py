"""What must not be read in a log is taken out of any text: secrets, addresses that can be written to, phones, controls.

The text is first brought into its plain form, whatever was done to it on its way (percent signs, JSON, ``repr``, HTML,
full-width letters, base64, hex), so that each rule is written once.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pandapon.phones import mask_phones

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MASK = "***"
LONGEST = 2_000  # characters of one line
LAYERS = 4  # encodings within encodings that are undone

_ESCAPE = re.compile(r"\\+u([0-9A-Fa-f]{4})|(?:\\+x[0-9A-Fa-f]{2})+|\\+/")
_BYTE = re.compile(r"\\+x([0-9A-Fa-f]{2})")
_REST = r"[^\s\"'<>]+"
# Slack's tokens; response URLs, incoming hooks and socket tickets; PandaPon's callback address.
_SHAPES = re.compile(
    rf"xox[a-z][-.][\w.%-]+|xapp-[\w-]+|(?<=slack\.com/)(?:services|commands|actions|workflows|triggers|app)/{_REST}"
    rf"|(?<=/services/){_REST}|(?<=/commands/){_REST}|(?<=/actions/){_REST}|(?<=/workflows/){_REST}"
    rf"|(?<=/callbacks/){_REST}",
    re.IGNORECASE,
)
# A value under a name that says that it is nobody's business: token=…, "token": "…", 'X-Slack-Signature': '…'.
_NAMED = re.compile(
    r"((?:token|ticket|secret|signature|password|authorization|access[-_]?key|response_url|trigger_id)\\*[\"']?"
    r"(?:\s?[:=]\s?|, )\\*b?[\"']?(?:Bearer |Basic )?)(?=[^\s\"'&,;)}\]]{6})[^\s\"'&,;)}\]]+",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")


class Redaction:
    """Takes the secrets of one process, and all that looks like one, out of texts."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(sorted({_plain(one) for one in secrets if one}, key=len, reverse=True))
        # A secret cut in two by the limit must not be left half.
        self._margin = max((len(one) for one in self._secrets), default=0)

    def line(self, text: str, longest: int = LONGEST) -> str:
        """One harmless line of at most ``longest`` characters."""
        return _printable(self.clean(text, longest))

    def clean(self, text: str, longest: int = LONGEST) -> str:
        """The text without what must not be read; its line ends stay."""
        cut = text[: longest * 2 + self._margin]
        clean = self._blot(self._decoded(_plain(cut)))
        if len(cut) < len(text):
            clean = clean[: max(0, len(clean) - self._margin)]
        left_out = len(text) - len(cut) + max(0, len(clean) - longest)
        return f"{clean[:longest]}… ({left_out} more)" if left_out else clean

    def _blot(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _SHAPES.sub(MASK, text)
        text = _NAMED.sub(rf"\1{MASK}", text)
        return mask_phones(text, MASK)

    def _decoded(self, text: str) -> str:
        """Blot out each run of base64 or hex that hides something."""
        text = _HEX.sub(self._blot_where(bytes.fromhex), text)
        return _BASE64.sub(self._blot_where(_from_base64), text)

    def _blot_where(self, decode: Callable[[str], bytes]) -> Callable[[re.Match[str]], str]:
        def blot(match: re.Match[str]) -> str:
            hidden = _text(decode, match[0])
            return MASK if hidden and self._blot(hidden) != hidden else match[0]

        return blot


def _text(decode: Callable[[str], bytes], run: str) -> str:
    """What a run of base64 or hex says; empty where it is none."""
    try:
        return decode(run).decode()
    except (ValueError, binascii.Error):
        return ""


def _from_base64(run: str) -> bytes:
    plain = run.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _plain(text: str) -> str:
    """The text as it was before it was encoded for an address, for JSON, for HTML or by ``repr``."""
    for _ in range(LAYERS):
        before = text
        if "%" in text:
            text = unquote(text)
        if "\\" in text:
            text = _ESCAPE.sub(_unescaped, text)
        if "&" in text:
            text = html.unescape(text)
        if text == before:
            break
    return text if text.isascii() else _narrow(text)


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    if match[0].endswith("/"):
        return "/"
    return bytes(int(one, 16) for one in _BYTE.findall(match[0])).decode(errors="replace")


def _narrow(text: str) -> str:
    """Full-width letters, digits and signs as plain ones; nothing that is not seen."""
    return "".join(
        chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else one for one in text if unicodedata.category(one) != "Cf"
    )


def _printable(text: str) -> str:
    """No sign that moves a cursor or starts a line; what is not printable is shown as its escape."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
