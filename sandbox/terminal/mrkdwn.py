"""Slack's mrkdwn as styled terminal text: names for mentions, dates in the viewer's zone, no control codes."""

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
# What would move the cursor, ring, or turn the reading direction of everything behind it.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Viewer:
    """Whose eyes: names by id (users, channels), the time zone, and the present for "today"."""

    names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    now: datetime | None = None

    def local_time(self) -> str:
        """The present as the viewer reads it."""
        return f"{self.now.astimezone(self.zone):%a %d %b, %H:%M}" if self.now else "an unknown time"


def mrkdwn(text: str, viewer: Viewer) -> Text:
    """Styled text for mrkdwn; what is not markup stays as it is written."""
    made = Text()
    for number, line in enumerate(_quotes(text)):
        if number:
            made.append("\n")
        made.append_text(_inline(line, viewer))
    return made


def plain(text: str, *, emoji: bool = True) -> Text:
    """A plain_text object: short codes become signs, everything else is shown literally."""
    return Text(safe(Emoji.replace(text) if emoji else text))


def safe(text: str) -> str:
    """Without control characters and marks that change the direction of writing."""
    return _UNSAFE.sub("", text.expandtabs(4))


def unescape(text: str) -> str:
    """Slack's three entities, back to characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _quotes(text: str) -> list[str]:
    """Quoted lines get a bar; a code block is one line here, whatever it holds."""
    parts = re.split(r"(```.+?```)", text, flags=re.DOTALL)
    lines = [""]
    for number, part in enumerate(parts):
        first, *rest = [part] if number % 2 else part.split("\n")
        lines[-1] += first
        lines += rest
    return [re.sub(r"^(?:&gt;|>)(?!&gt;|>) ?", "▏ ", line) for line in lines]


def _inline(text: str, viewer: Viewer) -> Text:
    made, at = Text(), 0
    for found in _TOKENS.finditer(text):
        made.append(_leaf(text[at : found.start()]))
        made.append_text(_token(found, viewer))
        at = found.end()
    return made.append(_leaf(text[at:]))


def _leaf(text: str) -> str:
    return safe(unescape(text))


def _token(found: re.Match[str], viewer: Viewer) -> Text:
    kind = found.lastgroup or ""
    inner = found.group(kind)
    if kind in _STYLES:
        made = _inline(inner, viewer)
        made.stylize(_STYLES[kind])
        return made
    if kind == "pre":
        return Text(_leaf(inner.strip("\n")), style="cyan")
    if kind == "code":
        return Text(_leaf(inner), style="cyan")
    return angle(inner, viewer) if kind == "angle" else Text(Emoji.replace(inner))


def angle(inner: str, viewer: Viewer) -> Text:
    """What stands between ``<`` and ``>``: a mention, a date, a special word or a link."""
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
    """``EPOCH^FORMAT`` in the viewer's zone; the fallback where Slack would use it too."""
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
