"""What `--help` shows is what was written: brackets in it are text, and no markup that a terminal swallows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from rich.text import Text

from bot.cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer._click.core import Command


def texts(command: Command, name: str) -> Iterator[tuple[str, str]]:
    """Each help text below a command, with where it stands."""
    yield name, command.help or ""
    for parameter in command.params:
        yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
    for each, below in getattr(command, "commands", {}).items():
        yield from texts(below, f"{name} {each}".strip())


TEXTS = [(where, text) for where, text in texts(typer.main.get_command(app), "") if text]


@pytest.mark.parametrize(("where", "text"), TEXTS, ids=[where or "pandabot" for where, _ in TEXTS])
def test_a_help_text_is_shown_whole(where: str, text: str) -> None:
    """Rich takes `[words]` for markup, and shows nothing in its place."""
    assert Text.from_markup(text).plain == text, where


def test_the_texts_are_found() -> None:
    """The test above looks at what is there."""
    assert {"", "migrate source", "restored workspace", "workspaces connect rate"} <= {where for where, _ in TEXTS}
