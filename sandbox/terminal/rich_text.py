"""Draws the rich_text block, into which Slack's composer turns typed text, as styled text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.emoji import Emoji
from rich.text import Text

from sandbox.terminal.mrkdwn import Viewer, angle, date, safe

if TYPE_CHECKING:
    from collections.abc import Callable

Element = dict[str, Any]


def rich_text(element: Element, viewer: Viewer) -> Text | None:
    """Draw one part of a rich_text block; return None for an unknown kind."""
    kind = element.get("type", "")
    if kind == "rich_text_list":
        return _list(element, viewer)
    if kind == "rich_text_quote":
        return Text("\n").join(Text("▏ ").append_text(line) for line in _inline(element, viewer).split("\n"))
    if kind == "rich_text_preformatted":
        code = _inline(element, viewer)
        code.stylize("cyan")
        return code
    return _inline(element, viewer) if kind == "rich_text_section" else None


def _list(element: Element, viewer: Viewer) -> Text:
    ordered = element.get("style") == "ordered"
    indent, start = "  " * element.get("indent", 0), element.get("offset", 0) + 1
    items = [
        Text(f"{indent}{f'{number}.' if ordered else '•'} ").append_text(_inline(item, viewer))
        for number, item in enumerate(element.get("elements", []), start)
    ]
    return Text("\n").join(items)


def _inline(element: Element, viewer: Viewer) -> Text:
    line = Text()
    for piece in element.get("elements", []):
        line.append_text(_piece(piece, viewer))
    return line


def _piece(piece: Element, viewer: Viewer) -> Text:
    draw = _PIECES.get(piece.get("type", ""))
    if draw is None:
        return Text(f"⟨{safe(str(piece.get('type')))}⟩", style="dim italic")
    drawn = draw(piece, viewer)
    for name, on in piece.get("style", {}).items():
        if on and name in {"bold", "italic", "strike"}:
            drawn.stylize(name)
        elif on and name == "code":
            drawn.stylize("cyan")
    return drawn


def _link(piece: Element, _viewer: Viewer) -> Text:
    return Text(safe(piece.get("text") or piece["url"]), style="blue underline")


def _emoji(piece: Element, _viewer: Viewer) -> Text:
    return Text(Emoji.replace(f":{piece['name']}:"))


def _date(piece: Element, viewer: Viewer) -> Text:
    return Text(safe(date(f"{piece['timestamp']}^{piece['format']}", piece.get("fallback", ""), viewer)))


_PIECES: dict[str, Callable[[Element, Viewer], Text]] = {
    "text": lambda piece, _viewer: Text(safe(piece["text"])),
    "link": _link,
    "emoji": _emoji,
    "user": lambda piece, viewer: angle(f"@{piece['user_id']}", viewer),
    "channel": lambda piece, viewer: angle(f"#{piece['channel_id']}", viewer),
    "usergroup": lambda piece, _viewer: Text(f"@{safe(piece['usergroup_id'])}", style="bold yellow"),
    "broadcast": lambda piece, _viewer: Text(f"@{safe(piece['range'])}", style="bold yellow"),
    "date": _date,
    "color": lambda piece, _viewer: Text(safe(piece["value"])),
}
