"""`pandabot courier`: for whoever wants to know why, and what to report."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.stored_texts import store_texts
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.courier import masked, unknown
from storage.sqlite.opening import open_to_read

if TYPE_CHECKING:
    from pathlib import Path


def test_the_stages_of_one_text() -> None:
    """Each stage is a line, and the claim is the last."""
    result = CliRunner().invoke(app, ["courier", "read", "快件已被【丰巢】代收，请及时取件"])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "form:   快件已被[丰巢]代收,请及时取件"
    assert "丰巢=locker" in lines[1]
    assert "act:    proxy (代收): done at locker (丰巢)" in lines
    assert lines[-1] == "claim:  ready_for_pickup; holder: locker; action: pick_up; reason: -"


@pytest.mark.parametrize("encoding", ["latin-1", "gbk", "cp874", "utf-8"])
def test_a_terminal_without_chinese_gets_what_it_can_show(encoding: str) -> None:
    """A console in another encoding than UTF-8 shows the numbers of the characters that it lacks, and nothing fails."""
    read = [sys.executable, "-m", "bot", "courier", "read", "快件已签收 ไทย"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    out = subprocess.run(read, env=environment, capture_output=True, check=True).stdout.decode(encoding)  # noqa: S603  our own
    assert "form:" in out
    assert "claim:  delivered" in out
    for text in ("快件已签收", "ไทย"):
        escaped = text.encode("ascii", "backslashreplace").decode()
        assert (text if text.encode(encoding, "ignore") else escaped) in out


def test_what_is_not_understood(tmp_path: Path) -> None:
    """Commonest first, two texts that differ by a number are one, and neither number nor name is shown."""
    path = tmp_path / "bot.db"
    store_texts(path, ["【甲地】嗡嗡嗡声 13000000001", "【乙地】嗡嗡嗡声 13000000002", "嘀嘀嘀嘀嘀", "已签收"])
    with closing(open_to_read(path)) as opened:
        texts = unknown(opened, 10)
    assert texts == [(2, "…嗡嗡嗡声…"), (1, "嘀嘀嘀嘀嘀")]


def test_names_are_blotted_out() -> None:
    """The form stays, so that it can be told what is meant."""
    assert masked("【滨海】的快递员王小明 13000000001 嗡嗡嗡嗡嗡") == "…的快递员…嗡嗡嗡嗡嗡"
