"""Draws messages as an SVG for the documents, which needs no font, script or address from elsewhere."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from sandbox.terminal.texts import FIRST_ORDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.terminal.screen import Entry, Screen

WIDTH = 92
LONGEST = 14  # lines of one part of the picture
WATCH, SEARCH = f"/panda watch {FIRST_ORDER}", "/panda search 连衣裙 --1688"
# The card is edited a moment after its news. The second wait is for that, so that the picture is always the same.
SCENES = f"{WATCH}\nff 1h\nwait news\nwait edit\n{SEARCH}"


def scenes(screen: Screen, channel: str) -> list[tuple[str, list[Text]]]:
    """Return captions and lines once the scenes were played: the card, its thread, and a search result."""
    entries = screen.channel(channel)
    card = next(entry for entry in entries if entry.item.by_bot and not entry.item.private)
    answer = [entry for entry in entries if entry.item.private][-1]
    return [
        (WATCH, _lines(screen, [card])),
        ("an hour later, in its thread", _lines(screen, screen.thread(card)[1:])),
        (SEARCH, _lines(screen, [answer])),
    ]


def _lines(screen: Screen, entries: Sequence[Entry]) -> list[Text]:
    whole = [line for entry in entries for line in screen.whole(entry)]
    return whole if len(whole) <= LONGEST else [*whole[:LONGEST], Text("  …", style="dim")]


def picture(parts: Sequence[tuple[str, Sequence[Text]]], *, title: str, width: int = WIDTH) -> str:
    """Return an SVG of several parts, each with its caption (the typed command) and its lines.

    The same input gives the same bytes, so that a picture changes only when the messages do.
    """
    console = Console(record=True, width=width, file=StringIO(), force_terminal=True, color_system="truecolor")
    for caption, lines in parts:
        console.print(Text(f"❯ {caption}", style="bold cyan"))
        console.print(Padding(Group(*lines), (0, 0, 1, 2)))
    return _self_contained(console.export_svg(title=title, unique_id="pandabot"))


def _self_contained(svg: str) -> str:
    """Remove the font faces, which would be fetched from another host; every reader has a monospaced font."""
    without = re.sub(r"@font-face\s*\{[^}]*\}|font-variant-east-asian:[^;]*;", "", svg)
    named = without.replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK SC'")
    return re.sub(r"[ \t]+$", "", re.sub(r"\n\s*\n+", "\n", named), flags=re.MULTILINE)
