"""The README's pictures, drawn from entries of the gallery: a channel with a thread, and the same in a terminal.

The terminal's picture is text, so the same messages give the same bytes. How a browser draws depends on its version and
fonts. So its picture carries a digest of the messages from which it was drawn, in a chunk of text that viewers skip.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import zlib
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text
from support import readme_messages
from support.view_samples import NOW

from handlers.blocks.i18n import use_language
from pandapon.times import CHINA
from sandbox.pandapon import pictures
from sandbox.terminal.blocks import Layout, add_block
from sandbox.terminal.mrkdwn import Viewer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page, ViewportSize

WIDTH = 92  # columns of the terminal
LONGEST = 14  # lines of one part of the terminal's picture
SIZE: ViewportSize = {"width": 1400, "height": 860}  # pixels of the page's picture, which grows with its messages
CARD, ALARM, SEARCH = (names[0] for _, names in (readme_messages.PARTS[0], *readme_messages.PARTS[2:]))
THREAD = readme_messages.PARTS[1][1]
SIGNATURE, KEYWORD = b"\x89PNG\r\n\x1a\n", b"messages"
STYLE = """
html, body { height: auto; }
body { overflow: visible; }
main { display: grid; grid-template-columns: 840px 1fr; align-items: start; }
main > section { padding-bottom: 16px; }
main > section + section { border-left: 1px solid var(--line); min-height: 100vh; }
main h2 { margin: 0; padding: 14px 20px; border-bottom: 1px solid var(--line); font-size: 17px; }
.replied { margin: 0; color: var(--muted); font-size: 12px; }
"""
DRAW = """async ({ messages, columns, pictures, style, now }) => {
  const { renderBlocks } = await import("/static/blocks/index.js");
  const element = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };
  const context = { users: {}, channels: {}, locale: "en-US", timeZone: "Asia/Shanghai", surface: "message",
    heading: 3, now: () => now * 1000, act: () => {}, options: async () => [] };
  const message = ({ name, time, remark, replies }) => {
    const avatar = element("div", "avatar pandabot", Object.assign(new Image(), { src: "/static/panda.svg", alt: "" }));
    const head = element("div", "head", element("span", "author", "pandabot"), element("span", "app-tag", "APP"),
      element("time", "", time));
    const said = element("div", "body", renderBlocks(messages[name], context));
    const above = remark ? [element("div", "only-you", remark)] : [];
    const below = replies ? [element("button", "replies", replies)] : [];
    const told = element("div", "told", ...above, head, said, ...below);
    return element("article", remark ? "message private" : "message", avatar, told);
  };
  const column = ([title, entries]) => element("section", "", element("h2", "", title), ...entries.map(message));
  document.querySelector("main").replaceChildren(...columns.map(column));
  for (const image of document.querySelectorAll(".body img")) image.src = pictures[image.src] ?? image.src;
  document.head.append(element("style", "", style));
  await Promise.all([...document.images].map((image) => image.decode()));
}"""


def blocks() -> dict[str, list[dict[str, Any]]]:
    """The blocks of each message of the pictures, in English."""
    with use_language("en"):
        return {name: message.blocks for name, message in readme_messages.messages().items()}


def digest() -> str:
    """The digest of the messages from which the page's picture is drawn."""
    return hashlib.sha256(json.dumps(blocks(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def terminal() -> str:
    """The SVG of the messages as the demo's terminal draws them: each part below its command."""
    drawn = blocks()
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    for caption, names in readme_messages.PARTS:
        lines = [line for name in names for line in _lines(drawn[name])]
        shown = lines if len(lines) <= LONGEST else [*lines[:LONGEST], Text("…", style="dim")]
        console.print(Text(f"❯ {caption}", style="bold cyan"))
        console.print(Padding(Group(*shown), (0, 0, 1, 2)))
    return self_contained(console.export_svg(title="pandabot", unique_id="pandabot"))


def _lines(message: Sequence[dict[str, Any]]) -> list[Text]:
    layout = Layout(Viewer(zone=CHINA, now=NOW), WIDTH - 4)
    for block in message:
        add_block(layout, block)
    return layout.lines


def self_contained(svg: str) -> str:
    """Remove the font faces, which would be fetched from another host; every reader has a monospaced font."""
    without = re.sub(r"@font-face\s*\{[^}]*\}|font-variant-east-asian:[^;]*;", "", svg)
    named = without.replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK SC'")
    return re.sub(r"[ \t]+$", "", re.sub(r"\n\s*\n+", "\n", named), flags=re.MULTILINE)


async def channel(page: Page) -> bytes:
    """The PNG of the messages as the demo's page draws them. ``page``: one of :mod:`support.block_board`."""
    await page.set_viewport_size(SIZE)
    await page.emulate_media(color_scheme="light")
    await page.add_style_tag(url="/static/style/messages.css")
    replies = [{"name": name, "time": time} for name, time in zip(THREAD, readme_messages.TIMES, strict=True)]
    card = {"name": CARD, "time": "May 18", "replies": f"{len(THREAD)} replies"}
    search = {"name": SEARCH, "time": "4:00 PM", "remark": "Only visible to you"}
    setting = {
        "messages": blocks(),
        "columns": [["# orders", [card, {"name": ALARM, "time": "3:58 PM"}, search]], ["Thread", replies]],
        "pictures": {address: _product(colour) for address, colour in readme_messages.PICTURES.items()},
        "style": STYLE,
        "now": int(NOW.timestamp()),
    }
    await page.evaluate(DRAW, setting)
    return _stamped(await page.screenshot(animations="disabled", full_page=True), digest())


def _product(colour: str) -> str:
    return f"data:image/png;base64,{base64.b64encode(pictures.draw('dress', colour)).decode()}"


def _stamped(png: bytes, text: str) -> bytes:
    """A PNG with a chunk of text behind its header."""
    content = b"tEXt" + KEYWORD + b"\0" + text.encode()
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    header = len(SIGNATURE) + 25  # the IHDR chunk
    return png[:header] + chunk + png[header:]


def stamp(png: bytes) -> str:
    """The digest that a PNG carries; empty where it carries none."""
    _, _, content = png.partition(b"tEXt" + KEYWORD + b"\0")
    return content[:64].decode("ascii", "replace")
