"""``pandabot audit``: the records as text and as a file for a spreadsheet, also while a bot runs on the database."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli import app
from pandapon.shipment import Platform
from storage.store import open_store
from tracking.changes.cart import CartChange
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
EVIL = '=HYPERLINK("https://evil.example")'
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "PANDAPON_ACCESS_KEY": "key",
    "PANDAPON_ACCESS_SECRET": "secret",
    "PANDAPON_USER_ID": "1",
}


def write(n: int, state: WriteState = WriteState.DONE, title: str = "裙") -> Write:
    """One record."""
    change = CartChange(Platform.ALIBABA, "712345678901", "4000000000001", "", title, "M", 0, n)
    at = NOW + timedelta(minutes=n)
    return Write(f"w{n}", f"k{n}", "1688.cart.add", "U1", "C1", at, state, change, 3_680 * n + 5, "r1", "", None)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal with settings, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name, value in (SETTINGS | {"DATABASE_PATH": str(tmp_path / "bot.db")}).items():
        monkeypatch.setenv(name, value)
    return CliRunner()


async def test_the_file_has_every_record(runner: CliRunner, tmp_path: Path) -> None:
    """More than fit into one reading; amounts in yuan, ids whole, no formula; the bot's connection stays open."""
    store = await open_store(tmp_path / "bot.db")
    for n in range(600):
        await store.writes.begin(write(n, title=EVIL if n == 599 else "裙"))
    await store.writes.begin(
        Write("x", "x", "cart.add", "U2", "", NOW - timedelta(days=1), WriteState.REFUSED, reason="unknown_form")
    )
    result = runner.invoke(app, ["audit", "--csv"])
    await store.close()
    assert result.exit_code == 0
    heading, *rows = csv.reader(io.StringIO(result.stdout))
    assert len(rows) == 601
    newest = dict(zip(heading, rows[0], strict=True))
    assert newest["change"].startswith(f"\t{EVIL}")
    assert newest["subject"] == "\t712345678901"
    assert newest["amount (yuan)"] == f"{(3_680 * 599 + 5) / 100:.2f}"
    assert newest["time (UTC)"] == "2026-03-02 11:59:00"
    assert rows[-1][heading.index("reason")] == "unknown_form"
    plain = runner.invoke(app, ["audit"]).stdout.splitlines()
    assert len(plain) == 601
    assert "1688.cart.add" in plain[0]


def test_without_a_database_it_is_one_sentence(runner: CliRunner) -> None:
    """And none is made."""
    result = runner.invoke(app, ["audit", "--csv"])
    assert result.exit_code != 0
    assert "There is no database at" in result.output


async def test_a_database_without_records_is_an_empty_file(runner: CliRunner, tmp_path: Path) -> None:
    """The heading alone."""
    await (await open_store(tmp_path / "bot.db")).close()
    assert len(runner.invoke(app, ["audit", "--csv"]).stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WRITES", "everything", "WRITES: "),
        ("WRITERS", "@mei", "WRITERS: '@mei' is no Slack id of a person"),
        ("AUDITORS", "U0MEI00001, finance", "AUDITORS: 'finance' is no Slack id"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """Rather than opening or closing the cart to the wrong people."""
    monkeypatch.setenv(name, value)
    result = runner.invoke(app, ["audit"])
    assert result.exit_code != 0
    assert says in result.output
