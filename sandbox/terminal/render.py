"""Renders a Slack message as lines for a terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sandbox.terminal.blocks import Button, Layout, add_block
from sandbox.terminal.mrkdwn import Viewer, mrkdwn

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Rendered:
    """The lines of one message, none wider than the requested width, and its buttons."""

    lines: tuple[Text, ...]
    buttons: tuple[Button, ...]

    @property
    def plain(self) -> str:
        """The text without colours. The no-break spaces of labels are plain spaces again."""
        return "\n".join(plain_line(line) for line in self.lines)


def plain_line(line: Text) -> str:
    """Return a line's text without colours."""
    return line.plain.replace("\u00a0", " ").rstrip()


def render(message: Mapping[str, Any], viewer: Viewer, width: int = 80) -> Rendered:
    """Render a message: its blocks, or its text if it has none, and then its attachments."""
    layout = Layout(viewer, width)
    for block in message.get("blocks") or ():
        add_block(layout, block)
    if not layout.lines:
        layout.add(mrkdwn(message.get("text") or "", viewer))
    for attachment in message.get("attachments") or ():
        _attachment(layout, attachment)
    return Rendered(tuple(layout.lines), tuple(layout.buttons))


def _attachment(layout: Layout, attachment: Mapping[str, Any]) -> None:
    """Render an attachment behind a bar: its blocks, or Slack's older fields if it has none."""
    inner = Layout(layout.viewer, layout.width - 2, buttons=layout.buttons)
    for block in attachment.get("blocks") or ():
        add_block(inner, block)
    if not inner.lines:
        parts = [str(attachment.get(key) or "") for key in ("pretext", "title", "text")]
        inner.add(
            mrkdwn("\n".join(part for part in parts if part) or str(attachment.get("fallback") or ""), layout.viewer)
        )
    layout.lines += [Text("▏ ", style="dim").append_text(line) for line in inner.lines]
