"""A Slack message as lines for a terminal. Pure: what renders knows nothing of what serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sandbox.terminal.blocks import Button, Page, add_block
from sandbox.terminal.mrkdwn import Viewer, mrkdwn

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Rendered:
    """The lines of one message, none wider than asked for, and the buttons in them."""

    lines: tuple[Text, ...]
    buttons: tuple[Button, ...]

    @property
    def plain(self) -> str:
        """Without colours. Hard spaces, which only keep labels together, are spaces again."""
        return "\n".join(plain_line(line) for line in self.lines)


def plain_line(line: Text) -> str:
    """One line without colours."""
    return line.plain.replace("\u00a0", " ").rstrip()


def render(message: Mapping[str, Any], viewer: Viewer, width: int = 80) -> Rendered:
    """Draw a message: its blocks where it has any, as Slack does, its text otherwise; then its attachments."""
    page = Page(viewer, width)
    for block in message.get("blocks") or ():
        add_block(page, block)
    if not page.lines:
        page.add(mrkdwn(message.get("text") or "", viewer))
    for attachment in message.get("attachments") or ():
        _attachment(page, attachment)
    return Rendered(tuple(page.lines), tuple(page.buttons))


def _attachment(page: Page, attachment: Mapping[str, Any]) -> None:
    """An attachment of the older kind, indented behind a bar; its blocks where it has any."""
    inner = Page(page.viewer, page.width - 2, buttons=page.buttons)
    for block in attachment.get("blocks") or ():
        add_block(inner, block)
    if not inner.lines:
        told = [str(attachment.get(key) or "") for key in ("pretext", "title", "text")]
        inner.add(
            mrkdwn("\n".join(part for part in told if part) or str(attachment.get("fallback") or ""), page.viewer)
        )
    page.lines += [Text("▏ ", style="dim").append_text(line) for line in inner.lines]
