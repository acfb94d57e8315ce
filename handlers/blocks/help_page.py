"""The help page of one command: a title, a description, and examples that work as they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Message

Example = tuple[str, str]  # a command as it is typed, and its effect

ID = "2542285634920880794"
ID2 = "3305075341149134260"
MADE_UP = re.compile(f"{ID}|{ID2}")


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page in the reader's language; all its texts are Slack text."""

    title: str
    words: str
    examples: tuple[Example, ...] = ()


def bullets(examples: tuple[Example, ...] | list[Example]) -> str:
    """The examples, each on a line."""
    return "\n".join(f"• `{command}`  {meaning}" for command, meaning in examples)


def with_ids(text: str, order_ids: Sequence[str]) -> str:
    """The text with the account's order ids in place of the made-up ones, as far as ``order_ids`` has enough."""
    own = dict(zip((ID, ID2), order_ids, strict=False))
    # In one pass: an order of the account may have the very id that is made up for another place.
    return MADE_UP.sub(lambda match: own.get(match[0], match[0]), text)


def show(page: HelpPage, order_ids: Sequence[str] = ()) -> Message:
    """The page as a message. ``order_ids``: the account's own, for the examples."""
    examples = with_ids(bullets(page.examples), order_ids)
    blocks = [el.section(f"*{page.title}*\n{page.words}"), *([el.section(examples)] if examples else [])]
    return el.message([*blocks, el.context(_("Everything else: {command}").format(command="`/panda help`"))])
