"""The command line imports the parts of a command when that command is called, and not before."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from support.patience import PATIENCE

from benchmarks.kill import inherited

# Each takes longer to import than all that a word of the command line itself needs.
OF_COMMANDS = {"aiohttp", "handlers", "pydantic_settings", "rich", "sandbox", "slack_bolt", "slack_sdk", "tracking"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_word_about_the_command_line_imports_no_command(option: str) -> None:
    """Neither the settings nor the bot; the help is drawn by rich."""
    line = [sys.executable, "-X", "importtime", "-m", "bot", option]
    done = subprocess.run(  # noqa: S603  our own program
        line, env=inherited(), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    imported = set(re.findall(r"\| +(\w+)", done.stderr))
    assert {"bot", "typer"} <= imported
    assert imported & OF_COMMANDS <= ({"rich"} if option == "--help" else set())
