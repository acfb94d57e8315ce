"""The file .env: one that cannot be read is a sentence for every command, and nothing is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import in_process

if TYPE_CHECKING:
    from collections.abc import Callable

HOUSE = Path(__file__).parents[2]
COMMANDS = ("run", "check", "audit", "api list", "workspaces list")  # each reads the settings in a way of its own


def in_gbk(file: Path) -> None:
    """As an editor on a Chinese Windows saves it."""
    file.write_bytes("# 采购机器人\nSLACK_BOT_TOKEN=xoxb-canary\n".encode("gbk"))


def in_utf16(file: Path) -> None:
    """As an editor on Windows may save it, too."""
    file.write_bytes("SLACK_BOT_TOKEN=xoxb-canary\n".encode("utf-16"))


@pytest.mark.parametrize("written", [in_gbk, in_utf16])
@pytest.mark.parametrize("command", COMMANDS)
def test_another_encoding_is_one_sentence(tmp_path: Path, written: Callable[[Path], None], command: str) -> None:
    """Not a trace of Python, in which a line of the file could stand."""
    written(tmp_path / ".env")
    code, output = in_process.command(tmp_path, *command.split(), environment={})
    assert (code, "The file .env is not in UTF-8: save it in that encoding." in output) == (78, True), output
    assert "Traceback" not in output
    assert "canary" not in output
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env"]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, who becomes somebody else")
@pytest.mark.parametrize("closed", ["file", "folder"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_somebody_else_is_one_sentence(tmp_path: Path, closed: str, command: str) -> None:
    """`sudo -u pandabot pandabot check` in root's own folder."""
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-canary\n", encoding="utf-8")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    (tmp_path / ".env" if closed == "file" else tmp_path).chmod(0o700)
    code, output = pandabot(command, tmp_path, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    assert (code, "The file .env cannot be read (PermissionError)" in output) == (78, True), output
    assert "Traceback" not in output


def pandabot(command: str, folder: Path, *before: str) -> tuple[int, str]:
    """Run a command in a folder and a process of its own. Returns its exit code and all that it said."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HOUSE),
        "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
        "HOME": "/nonexistent",
    }
    line = [*before, sys.executable, "-m", "bot", *command.split()]
    ended = subprocess.run(line, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603  our own
    return ended.returncode, (ended.stdout + ended.stderr).decode()
