"""What is on the screen already, what is new, and how each message is introduced. Pure: messages in, lines out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sandbox.terminal.mrkdwn import safe
from sandbox.terminal.render import Rendered, plain_line, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sandbox.terminal.mrkdwn import Viewer

INDENT = 2
UNWRAPPED = 10_000  # columns: no line breaks where an expectation may look for words


@dataclass(frozen=True)
class Item:
    """A message as somebody sees it."""

    channel: str  # a name as shown: #orders, or @pandabot for a direct message
    ts: str
    sender: str
    at: datetime
    content: Mapping[str, Any]  # text, blocks, attachments
    by_bot: bool = False
    thread: str = ""  # the ts of the thread's parent; empty outside threads and for the parent itself
    broadcast: bool = False  # a reply that the channel shows too
    private: bool = False  # ephemeral: nobody else sees it

    @property
    def key(self) -> tuple[str, str, bool]:
        """What identifies it: an ephemeral message may bear the ts of a real one."""
        return self.channel, self.ts, self.private


@dataclass(frozen=True)
class Entry:
    """A message on the screen, with the number by which a person names it."""

    number: int
    item: Item
    drawn: Rendered


@dataclass(frozen=True)
class Change:
    """Something to show: a message that is new, or one that was edited (``before`` tells what it was)."""

    entry: Entry
    before: Entry | None = None

    @property
    def is_news(self) -> bool:
        """The bot said it to a thread by itself, rather than in answer to somebody."""
        item = self.entry.item
        return self.before is None and item.by_bot and bool(item.thread) and not item.private

    @property
    def is_answer(self) -> bool:
        """The bot told it to one person."""
        return self.entry.item.by_bot and self.entry.item.private


@dataclass
class Screen:
    """Everything shown so far, in the order it came."""

    viewer: Viewer
    width: int
    entries: dict[tuple[str, str, bool], Entry] = field(default_factory=dict)
    count: int = 0

    def update(self, items: Iterable[Item]) -> list[Change]:
        """Take what is visible now; returns what differs from before, oldest first. What is gone loses its entry."""
        present = {item.key: item for item in items}
        for key in [key for key in self.entries if key not in present]:
            del self.entries[key]
        changes = [self._take(item) for item in sorted(present.values(), key=lambda item: item.ts)]
        return [change for change in changes if change is not None]

    def _take(self, item: Item) -> Change | None:
        before = self.entries.get(item.key)
        if before and before.item.content == item.content:
            return None
        if before is None:
            self.count += 1
        entry = Entry(before.number if before else self.count, item, self._draw(item))
        self.entries[item.key] = entry
        return Change(entry, before)

    def _draw(self, item: Item) -> Rendered:
        return render(item.content, self.viewer, self.width - INDENT)

    def channel(self, name: str) -> list[Entry]:
        """What a channel shows, oldest first."""
        return sorted((one for one in self.entries.values() if one.item.channel == name), key=lambda one: one.item.ts)

    def find(self, number: int) -> Entry | None:
        """The message with this number, while it is there."""
        return next((one for one in self.entries.values() if one.number == number), None)

    def thread(self, entry: Entry) -> list[Entry]:
        """The whole thread that a message belongs to, its parent first."""
        parent = entry.item.thread or entry.item.ts
        return [one for one in self.channel(entry.item.channel) if parent in {one.item.ts, one.item.thread}]

    def visible_text(self, name: str) -> str:
        """Everything that a channel shows now, unwrapped, white space made single: what an expectation looks into."""
        drawn = (render(one.item.content, self.viewer, UNWRAPPED).plain for one in self.channel(name))
        return " ".join(" ".join(drawn).split())

    def introduce(self, change: Change) -> list[Text]:
        """The lines to print: a new message whole, an edited answer whole, of an edited card what differs."""
        body = list(change.entry.drawn.lines)
        if change.before and not change.entry.item.private:
            old = {plain_line(line) for line in self._draw(change.before.item).lines}
            body = [line for line in body if plain_line(line) not in old]
        return [self.heading(change.entry, edited=change.before is not None), *_indented(body)]

    def whole(self, entry: Entry) -> list[Text]:
        """A message once more, as it reads now: "today" may be yesterday."""
        return [self.heading(entry), *_indented(self._draw(entry.item).lines)]

    def heading(self, entry: Entry, *, edited: bool = False) -> Text:
        """Number, channel, sender and time; who sees it; whose thread it is in."""
        item = entry.item
        made = Text(f"m{entry.number} {safe(item.channel)} ", style="dim")
        made.append(safe(item.sender), style="bold green" if item.by_bot else "bold blue")
        made.append(f" {item.at.astimezone(self.viewer.zone):%H:%M}{self._remarks(item, edited=edited)}", style="dim")
        return made

    def _remarks(self, item: Item, *, edited: bool) -> str:
        parent = self.entries.get((item.channel, item.thread, False)) if item.thread else None
        remarks = [
            f"in the thread of m{parent.number}" if parent else "in a thread" if item.thread else "",
            "shown in the channel too" if item.broadcast else "",
            "only you see this" if item.private else "",
            "now reads" if edited and not item.private else "",
        ]
        return "".join(f" · {remark}" for remark in remarks if remark)


def _indented(lines: Iterable[Text]) -> list[Text]:
    return [Text(" " * INDENT).append_text(line) for line in lines]
