"""The help page of one command: a title, a description, and examples that work as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _

if TYPE_CHECKING:
    from handlers.blocks.message import Message

Example = tuple[str, str]  # a command as it is typed, and its effect

ID = "2542285634920880794"
ID2 = "3305075341149134260"


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page in the reader's language; all its texts are Slack text."""

    title: str
    words: str
    examples: tuple[Example, ...] = ()


def bullets(examples: tuple[Example, ...] | list[Example]) -> str:
    """The examples, one a line."""
    return "\n".join(f"• `{command}`  {meaning}" for command, meaning in examples)


def show(page: HelpPage) -> Message:
    """The page as a message."""
    examples = bullets(page.examples)
    blocks = [el.section(f"*{page.title}*\n{page.words}"), *([el.section(examples)] if examples else [])]
    return el.message([*blocks, el.context(_("Everything else: {command}").format(command="`/panda help`"))])
