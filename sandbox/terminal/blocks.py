"""Draws Block Kit blocks as styled lines. An unknown block or element is named, never dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sandbox.terminal.mrkdwn import Viewer, mrkdwn, plain, safe
from sandbox.terminal.rich_text import rich_text

if TYPE_CHECKING:
    from collections.abc import Callable

Block = dict[str, Any]

TWO_COLUMNS = 56  # columns; in a narrower layout, fields stand below each other
_GAP = 2


@dataclass(frozen=True)
class Button:
    """A button, or an option of a menu ⋯: its number in the message, from 1, and the fields of a press."""

    number: int
    label: str
    action_id: str
    block_id: str
    value: str


@dataclass
class Layout:
    """Collects the lines of one message, and its buttons in reading order."""

    viewer: Viewer
    width: int
    lines: list[Text] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def add(self, text: Text) -> None:
        """Append a text, wrapped."""
        self.lines += wrap(text, self.width)

    def button(self, element: Block, block_id: str) -> Text:
        """Number a button, keep it and return its text."""
        label = text_object(element.get("text"), self.viewer).plain
        number = len(self.buttons) + 1
        button = Button(number, label, element.get("action_id", ""), block_id, element.get("value", ""))
        self.buttons.append(button)
        shown = Text(f"[{number}] {label}")
        shown.stylize({"primary": "bold green", "danger": "bold red"}.get(element.get("style", ""), "bold magenta"))
        return shown

    def overflow(self, element: Block) -> Text:
        """Number the options of a menu ⋯ like buttons, keep them and return their text."""
        options = [{**option, "action_id": element.get("action_id", "")} for option in element.get("options", [])]
        return Text("⋯ ").append_text(Text("   ").join(self.button(option, "") for option in options))


def wrap(text: Text, width: int) -> list[Text]:
    """Wrap a text into lines of ``width`` cells. A Chinese character takes two cells."""
    console = Console(width=max(width, 10), file=StringIO(), color_system=None)
    return [_trimmed(line) for line in text.wrap(console, max(width, 10))] or [Text()]


def _trimmed(line: Text) -> Text:
    line.rstrip()
    return line


def text_object(source: Block | None, viewer: Viewer) -> Text:
    """Draw a text object, mrkdwn or plain_text."""
    if not source:
        return Text()
    if source.get("type") == "mrkdwn":
        return mrkdwn(source.get("text", ""), viewer)
    return plain(source.get("text", ""), emoji=source.get("emoji", True))


def add_block(layout: Layout, block: Block) -> None:
    """Append a block to the layout."""
    draw = _BLOCKS.get(block.get("type", ""))
    if draw is None:
        layout.add(_unknown("block", block))
        return
    draw(layout, block)


def _unknown(part: str, block: Block) -> Text:
    return Text(f"⟨{part} of a kind this terminal cannot show: {safe(str(block.get('type')))}⟩", style="dim italic")


def _section(layout: Layout, block: Block) -> None:
    if block.get("text"):
        layout.add(text_object(block["text"], layout.viewer))
    _fields(layout, [text_object(field_text, layout.viewer) for field_text in block.get("fields", [])])
    if accessory := block.get("accessory"):
        layout.add(_element(layout, accessory, block.get("block_id", "")))


def _fields(layout: Layout, texts: list[Text]) -> None:
    if layout.width < TWO_COLUMNS:
        for text in texts:
            layout.add(text)
        return
    column = (layout.width - _GAP) // 2
    for at in range(0, len(texts), 2):
        left, right = wrap(texts[at], column), wrap(texts[at + 1], column) if at + 1 < len(texts) else []
        for left_line, right_line in zip_longest(left, right, fillvalue=Text()):
            layout.lines.append(_beside(left_line, right_line, column))


def _beside(left: Text, right: Text, column: int) -> Text:
    line = left.copy()
    if right.plain:
        line.append(" " * (column + _GAP - cell_len(left.plain)))
        line.append_text(right)
    return line


def _header(layout: Layout, block: Block) -> None:
    title = text_object(block.get("text"), layout.viewer)
    title.stylize("bold")
    layout.add(title)


def _context(layout: Layout, block: Block) -> None:
    elements = [_context_element(layout, element) for element in block.get("elements", [])]
    line = Text("  ").join(elements)
    line.stylize("dim", 0, len(line))
    layout.add(line)


def _context_element(layout: Layout, element: Block) -> Text:
    if element.get("type") in {"mrkdwn", "plain_text"}:
        return text_object(element, layout.viewer)
    return _element(layout, element, "")


def _divider(layout: Layout, _block: Block) -> None:
    layout.lines.append(Text("─" * min(layout.width, 40), style="dim"))


def _actions(layout: Layout, block: Block) -> None:
    elements = [_element(layout, element, block.get("block_id", "")) for element in block.get("elements", [])]
    layout.add(Text("   ").join(_unbroken(element) for element in elements))


def _unbroken(text: Text) -> Text:
    """Replace a label's spaces by no-break spaces, so that the label stays on one line."""
    label = Text(text.plain.replace(" ", "\u00a0"))
    for span in text.spans:
        label.stylize(span.style, span.start, span.end)
    return label


def _image(layout: Layout, block: Block) -> None:
    image = picture(block)
    if title := text_object(block.get("title"), layout.viewer).plain:
        image.append(f" ({title})")
    layout.add(image)


def picture(element: Block) -> Text:
    """Draw an image as its alternative text."""
    return Text(f"🖼 {safe(element.get('alt_text', ''))}", style="green")


def _rich_text(layout: Layout, block: Block) -> None:
    for element in block.get("elements", []):
        layout.add(rich_text(element, layout.viewer) or _unknown("text", element))


def _video(layout: Layout, block: Block) -> None:
    layout.add(Text(f"▶ {text_object(block.get('title'), layout.viewer).plain} ({block.get('video_url', '')})"))


def _element(layout: Layout, element: Block, block_id: str) -> Text:
    kind = element.get("type", "")
    if kind == "button":
        return layout.button(element, block_id)
    if kind == "image":
        return picture(element)
    if kind == "overflow":
        return layout.overflow(element)
    if kind.endswith("_select"):
        return _menu(layout, element)
    return _unknown("element", element)


def _menu(layout: Layout, element: Block) -> Text:
    options = [text_object(option.get("text"), layout.viewer).plain for option in element.get("options", [])]
    title = text_object(element.get("placeholder"), layout.viewer).plain or "…"
    return Text(f"⟨menu {title}: {' / '.join(options)}⟩", style="magenta")


_BLOCKS: dict[str, Callable[[Layout, Block], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "image": _image,
    "rich_text": _rich_text,
    "video": _video,
}
