"""A message as Slack takes it: a text that is complete by itself, and blocks within Slack's limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.blocks.text import truncate_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Block = dict[str, Any]

MAX_BLOCKS = 50
SPARE_BLOCKS, SPARE_SIZE = 3, 600  # blocks and characters kept free for the lines that say how much is left out
MAX_TEXT = 3900  # Slack advises 4000 and cuts off at 40,000
MAX_SIZE = 8000  # characters of all blocks as JSON; with the text it stays under the 12,000 that Slack takes
# The same for a list. Its many buttons carry the list's command each, so its blocks need more room and get it from the
# text, which only repeats the rows.
LIST_ROOM, LIST_TEXT = 9900, 2000


@dataclass(frozen=True)
class Message:
    """``text`` is for notifications and screen readers and complete by itself; ``blocks`` are for the eye."""

    text: str
    blocks: list[Block]

    def followed_by(self, other: Message) -> Message:
        """Both messages in one. Blocks of ``other`` are left out from the first that does not fit."""
        layout = Layout(self.blocks)
        for block in other.blocks:
            if not layout.add(block):
                break
        return Message(truncate_mrkdwn(f"{self.text}\n\n{other.text}", MAX_TEXT), layout.blocks)


class Layout:
    """Collects blocks up to Slack's limits, and keeps room for the ``tail``, the blocks that must come last."""

    def __init__(self, blocks: Sequence[Block] = (), *, tail: Sequence[Block] = (), room: int = MAX_SIZE) -> None:
        """``room``: characters of all blocks as JSON. A room above ``MAX_SIZE`` leaves less to the message's text."""
        self._blocks, self._tail, self._room = list(blocks), list(tail), room
        self._size = sum(map(_size, (*self._blocks, *self._tail)))

    @property
    def blocks(self) -> list[Block]:
        """Everything, the tail at the end."""
        return [*self._blocks, *self._tail]

    def add(self, *blocks: Block) -> bool:
        """Append all these blocks, or none where they do not all fit. Returns whether they were appended."""
        return self._append(blocks, MAX_BLOCKS - SPARE_BLOCKS, self._room - SPARE_SIZE)

    def note(self, block: Block) -> bool:
        """Append a line that says how much is left out; ``add`` keeps room for a few. Returns whether it fitted."""
        return self._append((block,), MAX_BLOCKS, self._room)

    def _append(self, blocks: Sequence[Block], most: int, room: int) -> bool:
        size = sum(map(_size, blocks))
        if len(self._blocks) + len(self._tail) + len(blocks) > most or self._size + size > room:
            return False
        self._blocks += blocks
        self._size += size
        return True


def first_fitting(layouts: Iterable[tuple[Layout, int]]) -> tuple[Layout, int]:
    """The first of several layouts that holds everything, else the last. Each comes with its number of rows left out.

    The layouts are built one by one, as far as needed.
    """
    tried = (Layout(), 0)
    for tried in layouts:
        if not tried[1]:
            break
    return tried


def _size(block: Block) -> int:
    return len(json.dumps(block, ensure_ascii=False)) + 1
