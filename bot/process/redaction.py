"""Removes from a text what may not be logged: secrets, response URLs and hooks, phone numbers, control characters.

The text is first decoded to its plain form (from percent signs, JSON, ``repr``, HTML, full-width letters, base64,
hex), so that each rule is written once.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote
from weakref import WeakSet

from pandapon.phones import mask_phones

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MASK = "***"
LONGEST = 2_000  # characters of one line
ESCAPES = 3  # backslashes that JSON in JSON puts before a quote of a secret
LAYERS = 4  # nested encodings that are decoded

_ESCAPE = re.compile(r"\\+u([0-9A-Fa-f]{4})|(?:\\+x[0-9A-Fa-f]{2})+|\\+/")
_QUOTING = re.compile(r"[\\\"']")
_BYTE = re.compile(r"\\+x([0-9A-Fa-f]{2})")
_REST = r"[^\s\"'<>]+"
# Slack's tokens; response URLs, incoming hooks and socket tickets; PandaPon's callback address.
_SHAPES = re.compile(
    rf"xox[a-z][-.][\w.%-]+|xapp-[\w-]+|(?<=slack\.com/)(?:services|commands|actions|workflows|triggers|app)/{_REST}"
    rf"|(?<=/services/){_REST}|(?<=/commands/){_REST}|(?<=/actions/){_REST}|(?<=/workflows/){_REST}"
    rf"|(?<=/callbacks/){_REST}",
    re.IGNORECASE,
)
# A value under the name of a secret: token=…, "token": "…", 'X-Slack-Signature': '…'.
_NAMED = re.compile(
    r"((?:token|ticket|secret|signature|password|authorization|access[-_]?key|response_url|trigger_id)\\*[\"']?"
    r"(?:\s?[:=]\s?|, )\\*b?[\"']?(?:Bearer |Basic )?)(?=[^\s\"'&,;)}\]]{6})[^\s\"'&,;)}\]]+",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")


_everywhere: WeakSet[Redaction] = WeakSet()


def hide(secrets: Sequence[str]) -> None:
    """Replace further secrets from now on, in the log and in reports: those of a workspace that came later."""
    for redaction in _everywhere:
        redaction.add(secrets)


class Redaction:
    """Replaces the secrets of one process, and whatever looks like a secret, by :data:`MASK`."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets: tuple[str, ...] = ()
        self._escaped: dict[str, re.Pattern[str]] = {}
        self._margin = 0  # a cut at the length limit may leave half a secret, which this many characters remove
        self.add(secrets)
        _everywhere.add(self)

    def add(self, secrets: Sequence[str]) -> None:
        """Replace these secrets as well."""
        plain = {_plain(secret) for secret in secrets if secret}
        self._secrets = tuple(sorted(plain.union(self._secrets), key=len, reverse=True))
        self._escaped = {secret: _however_escaped(secret) for secret in self._secrets if _QUOTING.search(secret)}
        lengths = (len(secret) + ESCAPES * len(_QUOTING.findall(secret)) for secret in self._secrets)
        self._margin = max(lengths, default=0)

    def line(self, text: str, longest: int = LONGEST) -> str:
        """Return the redacted text as one printable line of at most ``longest`` characters."""
        return _printable(self.clean(text, longest))

    def clean(self, text: str, longest: int = LONGEST) -> str:
        """Return the redacted text, of at most ``longest`` characters. Its line ends stay."""
        cut = text[: longest * 2 + self._margin]
        clean = self._blot(self._decoded(_plain(cut)))
        if len(cut) < len(text):
            clean = clean[: max(0, len(clean) - self._margin)]
        left_out = len(text) - len(cut) + max(0, len(clean) - longest)
        return f"{clean[:longest]}… ({left_out} more)" if left_out else clean

    def _blot(self, text: str) -> str:
        for secret in self._secrets:
            escaped = self._escaped.get(secret)
            text = escaped.sub(MASK, text) if escaped else text.replace(secret, MASK)
        text = _SHAPES.sub(MASK, text)
        text = _NAMED.sub(rf"\1{MASK}", text)
        return mask_phones(text, MASK)

    def _decoded(self, text: str) -> str:
        """Mask each run of base64 or hex whose decoded text would be masked."""
        text = _HEX.sub(self._blot_where(bytes.fromhex), text)
        return _BASE64.sub(self._blot_where(_from_base64), text)

    def _blot_where(self, decode: Callable[[str], bytes]) -> Callable[[re.Match[str]], str]:
        def blot(match: re.Match[str]) -> str:
            hidden = _text(decode, match[0])
            return MASK if hidden and self._blot(hidden) != hidden else match[0]

        return blot


def _however_escaped(secret: str) -> re.Pattern[str]:
    """Match a secret with quotes or backslashes, also in JSON and ``repr``, which put backslashes before them."""
    parts = (r"\\+" if part == "\\" else rf"\\*{part}" if part in {'"', "'"} else re.escape(part) for part in secret)
    return re.compile("".join(parts))


def _text(decode: Callable[[str], bytes], run: str) -> str:
    """Decode a run of base64 or hex; empty when it is neither."""
    try:
        return decode(run).decode()
    except (ValueError, binascii.Error):
        return ""


def _from_base64(run: str) -> bytes:
    plain = run.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _plain(text: str) -> str:
    """Undo the encoding for an address, for JSON, for HTML or by ``repr``."""
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
    return bytes(int(digits, 16) for digits in _BYTE.findall(match[0])).decode(errors="replace")


def _narrow(text: str) -> str:
    """Make full-width letters, digits and signs plain, and drop invisible characters."""
    return "".join(
        chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text if unicodedata.category(char) != "Cf"
    )


def _printable(text: str) -> str:
    """Show each unprintable character as its escape, so that none moves a cursor or starts a line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
