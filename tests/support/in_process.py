"""Commands in the test process: a start of Python takes longer than most of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from bot.cli import app

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def command(folder: Path, *arguments: str, environment: Mapping[str, str | None]) -> tuple[int, str]:
    """Run a command in a folder. Returns its exit code and all that it printed. Unhandled errors are raised.

    ``environment``: variables beside those of the test process; None takes one away.
    """
    with contextlib.chdir(folder):
        ended = CliRunner().invoke(app, arguments, env=environment)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.exit_code, ended.output
