"""Draws Slack's mrkdwn as styled text: names for mentions, dates in the viewer's zone, no control characters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from rich.emoji import Emoji
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKENS = re.compile(
    r"```(?P<pre>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>(?! )(?:<[^>\n]*>|[^*\n])+(?<! ))\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>(?! )(?:<[^>\n]*>|[^\n])+?(?<! ))_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>(?! )(?:<[^>\n]*>|[^~\n])+(?<! ))~(?![\w~])"
    r"|(?P<emoji>:[a-z0-9_+'-]+:)",
    re.DOTALL,
)
_STYLES = {"bold": "bold", "italic": "italic", "strike": "strike"}
_DATE_TOKENS = re.compile(r"\{([a-z_]+)\}")
_DATE_PARTS = 3  # epoch, format, and an optional address
# Characters that move the cursor, ring the bell, or change the direction of the text after them.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Viewer:
    """The person who reads: the names of users and channels by id, the time zone, and the present time for "today"."""

    names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    now: datetime | None = None

    def local_time(self) -> str:
        """Return the present time in the viewer's zone."""
        return f"{self.now.astimezone(self.zone):%a %d %b, %H:%M}" if self.now else "an unknown time"


def mrkdwn(text: str, viewer: Viewer) -> Text:
    """Draw mrkdwn; text without markup stays as it is."""
    drawn = Text()
    for number, line in enumerate(_quotes(text)):
        if number:
            drawn.append("\n")
        drawn.append_text(_inline(line, viewer))
    return drawn


def plain(text: str, *, emoji: bool = True) -> Text:
    """Draw a plain_text object: emoji codes become characters, everything else is literal."""
    return Text(safe(Emoji.replace(text) if emoji else text))


def safe(text: str) -> str:
    """Remove control characters and marks that change the direction of writing."""
    return _UNSAFE.sub("", text.expandtabs(4))


def unescape(text: str) -> str:
    """Turn Slack's three entities back into characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _quotes(text: str) -> list[str]:
    """Split text into lines and mark quoted ones with a bar. A code block counts as one line."""
    parts = re.split(r"(```.+?```)", text, flags=re.DOTALL)
    lines = [""]
    for number, part in enumerate(parts):
        first, *following = [part] if number % 2 else part.split("\n")
        lines[-1] += first
        lines += following
    return [re.sub(r"^(?:&gt;|>)(?!&gt;|>) ?", "▏ ", line) for line in lines]


def _inline(text: str, viewer: Viewer) -> Text:
    drawn, at = Text(), 0
    for token in _TOKENS.finditer(text):
        drawn.append(_leaf(text[at : token.start()]))
        drawn.append_text(_token(token, viewer))
        at = token.end()
    return drawn.append(_leaf(text[at:]))


def _leaf(text: str) -> str:
    return safe(unescape(text))


def _token(token: re.Match[str], viewer: Viewer) -> Text:
    kind = token.lastgroup or ""
    inner = token.group(kind)
    if kind in _STYLES:
        styled = _inline(inner, viewer)
        styled.stylize(_STYLES[kind])
        return styled
    if kind == "pre":
        return Text(_leaf(inner.strip("\n")), style="cyan")
    if kind == "code":
        return Text(_leaf(inner), style="cyan")
    return angle(inner, viewer) if kind == "angle" else Text(Emoji.replace(inner))


def angle(inner: str, viewer: Viewer) -> Text:
    """Draw the text between ``<`` and ``>``: a mention, a date, a broadcast or a link."""
    address, _, label = inner.partition("|")
    for sign, look_up in _MENTIONS.items():
        if address.startswith(sign):
            return Text(_leaf(look_up(address.removeprefix(sign), label, viewer)), style="blue")
    if address.startswith("!date^"):
        return Text(_leaf(date(address.removeprefix("!date^"), label, viewer)))
    if address.startswith("!"):
        return Text(_leaf(f"@{label.removeprefix('@') or address[1:].partition('^')[0]}"), style="bold yellow")
    return Text(_leaf(label or address), style="blue underline")


def _user(user_id: str, label: str, viewer: Viewer) -> str:
    return f"@{viewer.names.get(user_id) or label or user_id}"


def _channel(channel_id: str, label: str, viewer: Viewer) -> str:
    return f"#{(viewer.names.get(channel_id) or label or channel_id).removeprefix('#')}"


_MENTIONS: dict[str, Callable[[str, str, Viewer], str]] = {"@": _user, "#": _channel}


def date(inner: str, fallback: str, viewer: Viewer) -> str:
    """Format ``EPOCH^FORMAT`` in the viewer's zone; return the fallback where Slack would use it, too."""
    parts = inner.split("^", _DATE_PARTS - 1)
    try:
        when = datetime.fromtimestamp(int(parts[0]), viewer.zone)
    except (ValueError, OverflowError, OSError):
        return fallback or inner
    pattern = parts[1] if len(parts) > 1 else "{date_short_pretty} {time}"
    return _DATE_TOKENS.sub(lambda token: _date_token(token.group(1), when, viewer) or token.group(0), pattern)


def _date_token(name: str, when: datetime, viewer: Viewer) -> str:
    if name == "ago":
        return _ago(when, viewer)
    if name.endswith("_pretty"):
        name = name.removesuffix("_pretty")
        if word := _relative_day(when, viewer):
            return word
    short, long = f"{when:%b} {when.day}, {when.year}", f"{when:%A}, {when:%B} {when.day}, {when.year}"
    return {
        "date_num": f"{when:%Y-%m-%d}",
        "date": f"{when:%B} {when.day}, {when.year}",
        "date_short": short,
        "date_long": long,
        "time": f"{when:%H:%M}",
        "time_secs": f"{when:%H:%M:%S}",
    }.get(name, "")


def _relative_day(when: datetime, viewer: Viewer) -> str:
    if viewer.now is None:
        return ""
    days = (when.date() - viewer.now.astimezone(viewer.zone).date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, "")


def _ago(when: datetime, viewer: Viewer) -> str:
    if viewer.now is None:
        return ""
    minutes = int((viewer.now - when).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if count := minutes // size:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return ""
