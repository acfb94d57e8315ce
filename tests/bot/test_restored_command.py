"""``pandabot restored``: a time that cannot be meant, and a database that is not there, are refused in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.moving import SETTINGS, eventful
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.restored import MomentError, moment

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "is no ISO time"),
        ("", "is no ISO time"),
        ("2026-03-02T01:00:00", "names no time zone"),
        ("2026-03-02", "write 2026-03-02T00:00:00Z for UTC"),
        ("2026-03-02T02:02:00Z", "has not come yet"),
        ("2025-03-02T02:00:00Z", "more than 60 days ago"),
    ],
)
def test_a_time_that_cannot_be_meant(text: str, says: str) -> None:
    """Each is a slip that would look up nothing, or a channel's whole history."""
    with pytest.raises(MomentError, match=says):
        moment(text, NOW)


@pytest.mark.parametrize("text", ["2026-03-02T01:00:00Z", "2026-03-02T09:00:00+08:00", "2026-03-02 01:00:00.000+00:00"])
def test_a_time_in_any_zone(text: str) -> None:
    """It is read as the same moment."""
    assert moment(text, NOW) == NOW - timedelta(hours=1)


def test_without_a_database_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the settings makes no empty file."""
    monkeypatch.chdir(tmp_path)
    for name, value in (SETTINGS | {"DATABASE_PATH": str(tmp_path / "none.db")}).items():
        monkeypatch.setenv(name, value)
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    result = CliRunner().invoke(app, ["restored", "--at", at])
    assert (result.exit_code, "There is no database" in result.output) == (1, True), result.output
    assert not (tmp_path / "none.db").exists()
    assert CliRunner().invoke(app, ["restored", "--at", "soon"]).exit_code == 2
    alone = CliRunner().invoke(app, ["restored", "--at", at, "--workspace", "T0123ABCD"])
    assert (alone.exit_code, "for an installation with many" in alone.output) == (2, True), alone.output
    assert CliRunner().invoke(app, ["migrate", "--to", "mysql://u:canary@h/d"]).exit_code == 2
    assert "canary" not in CliRunner().invoke(app, ["migrate", "--to", "mysql://u:canary@h/d"]).output


def test_a_database_of_another_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the one that was left by a move, while the settings name the new one."""
    monkeypatch.chdir(tmp_path)
    for name, value in (SETTINGS | {"DATABASE_PATH": str(tmp_path / "none.db")}).items():
        monkeypatch.setenv(name, value)
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    url = eventful(tmp_path / "left.db")
    result = CliRunner().invoke(app, ["restored", "--at", at, "--from", url])
    assert (result.exit_code, "Marked what happened after" in result.output) == (0, True), result.output
    assert not (tmp_path / "none.db").exists()
    again = CliRunner().invoke(app, ["restored", "--at", at, "--from", url])
    assert "was done already" in again.output
