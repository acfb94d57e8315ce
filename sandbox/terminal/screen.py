"""Keeps the messages that were shown, finds new and edited ones, and draws their lines. Pure."""

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
UNWRAPPED = 10_000  # columns: no line break may split a text that an expectation searches


@dataclass(frozen=True)
class Item:
    """A message as a person sees it."""

    channel: str  # the shown name: #orders, or @pandabot for a direct message
    ts: str
    sender: str
    at: datetime
    content: Mapping[str, Any]  # text, blocks, attachments
    by_bot: bool = False
    thread: str = ""  # the ts of the thread's parent; empty outside threads and for the parent itself
    broadcast: bool = False  # a reply that the channel shows, too
    private: bool = False  # ephemeral: nobody else sees it

    @property
    def key(self) -> tuple[str, str, bool]:
        """The identity. An ephemeral message may have the ts of another message."""
        return self.channel, self.ts, self.private


@dataclass(frozen=True)
class Entry:
    """A message on the screen, with the number by which a person names it."""

    number: int
    item: Item
    drawn: Rendered


@dataclass(frozen=True)
class Change:
    """A message to show: a new one, or an edited one with its state ``before``."""

    entry: Entry
    before: Entry | None = None

    @property
    def is_news(self) -> bool:
        """Whether the message is news of the bot in a thread, not an answer to a person."""
        item = self.entry.item
        return self.before is None and item.by_bot and bool(item.thread) and not item.private

    @property
    def is_answer(self) -> bool:
        """Whether the message is the bot's answer to one person."""
        return self.entry.item.by_bot and self.entry.item.private


@dataclass
class Screen:
    """The messages that were shown, in the order in which they came."""

    viewer: Viewer
    width: int
    entries: dict[tuple[str, str, bool], Entry] = field(default_factory=dict)
    count: int = 0

    def update(self, items: Iterable[Item]) -> list[Change]:
        """Take the present messages and return the new and edited ones, oldest first. Deleted messages are dropped."""
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
        """Return the messages of a channel, oldest first."""
        entries = [entry for entry in self.entries.values() if entry.item.channel == name]
        return sorted(entries, key=lambda entry: entry.item.ts)

    def find(self, number: int) -> Entry | None:
        """Return the message with this number; None if it is gone."""
        return next((entry for entry in self.entries.values() if entry.number == number), None)

    def thread(self, entry: Entry) -> list[Entry]:
        """Return the whole thread of a message, its parent first."""
        parent = entry.item.thread or entry.item.ts
        messages = self.channel(entry.item.channel)
        return [message for message in messages if parent in {message.item.ts, message.item.thread}]

    def visible_text(self, name: str) -> str:
        """Return the text of a channel, unwrapped and with single spaces, for an expectation to search."""
        texts = (render(entry.item.content, self.viewer, UNWRAPPED).plain for entry in self.channel(name))
        return " ".join(" ".join(texts).split())

    def introduce(self, change: Change) -> list[Text]:
        """Return the lines to print: all lines of a new message or an edited answer, the changed lines of a card."""
        body = list(change.entry.drawn.lines)
        if change.before and not change.entry.item.private:
            old = {plain_line(line) for line in self._draw(change.before.item).lines}
            body = [line for line in body if plain_line(line) not in old]
        return [self.heading(change.entry, edited=change.before is not None), *_indented(body)]

    def whole(self, entry: Entry) -> list[Text]:
        """Return all lines of a message, drawn anew, because "today" may have become "yesterday"."""
        return [self.heading(entry), *_indented(self._draw(entry.item).lines)]

    def heading(self, entry: Entry, *, edited: bool = False) -> Text:
        """Return the line above a message: number, channel, sender, time and remarks."""
        item = entry.item
        line = Text(f"m{entry.number} {safe(item.channel)} ", style="dim")
        line.append(safe(item.sender), style="bold green" if item.by_bot else "bold blue")
        line.append(f" {item.at.astimezone(self.viewer.zone):%H:%M}{self._remarks(item, edited=edited)}", style="dim")
        return line

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
