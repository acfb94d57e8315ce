"""`pandabot migrate` with many workspaces: all rows go to a folder and on to another server, and nothing by halves."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from support.host_harness import UNKNOWN, A, B
from support.many_workspaces import SECRETS, WORKING, ManyWorkspaces, installed, rows
from support.moving import PASSWORD, new_database
from support.patience import PATIENCE

from bot.workspaces.vault import new_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ManyWorkspaces:
    """The installation, and no settings of this machine."""
    monkeypatch.chdir(tmp_path)
    return installed(tmp_path)


def folder_of(many: ManyWorkspaces, name: str = "on-its-way") -> str:
    return f"sqlite:///{many.folder / name}"


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url) as raw:
        for statement in statements:
            raw.execute(statement.encode())


def test_there_and_on(many: ManyWorkspaces) -> None:
    """Equal rows in the folder and on another server; secrets stay sealed, and neither they nor a password are said."""
    before, folder, server = rows(many.url), folder_of(many), new_database()
    assert set(before) == {"", A, B}
    assert all(before[A].values())
    away = many.run("migrate", "--to", folder)
    assert away.exit_code == 0, away.output
    assert f"{A}: " in away.output
    assert f"{UNKNOWN}: no data yet." in away.output
    assert sorted(path.name for path in (many.folder / "on-its-way").glob("*.db")) == [
        f"{A}.db",
        f"{B}.db",
        "installation.db",
    ]
    assert rows(folder) == before == rows(many.url)
    on = many.run("migrate", "--from", folder, "--to", server)
    assert on.exit_code == 0, on.output
    assert on.output.splitlines()[-1] == "STORAGE_URL=" + server.replace(PASSWORD, "PASSWORD")
    assert rows(server) == before
    listed = many.run("workspaces", "list", STORAGE_URL=server)
    assert listed.output.count("connected 2026-11-28") == 2, listed.output
    kept = b"".join(path.read_bytes() for path in (many.folder / "on-its-way").iterdir())
    for secret in (*SECRETS, PASSWORD, many.key):
        assert secret not in away.output + on.output
        assert secret.encode() not in kept


def test_what_was_left_starts_no_process(many: ManyWorkspaces) -> None:
    """The refusal names the way back, which all workspaces take together."""
    folder = folder_of(many)
    assert many.run("migrate", "--to", folder).exit_code == 0
    again = many.run("migrate", "--to", folder_of(many, "second"))
    assert (again.exit_code, f"The data moved to {folder}" in again.output) == (1, True), again.output
    started = many.run("run", HTTP_PORT="0")
    assert (started.exit_code, "The data moved to" in started.output) == (78, True), started.output
    command = started.output.split("`")[3].split()
    assert command[:3] == ["pandabot", "restored", "--at"]
    result = many.run(*command[1:], "--workspace", A)
    assert (result.exit_code, "The data moved to" in result.output) == (1, True), result.output
    back = many.run(*command[1:])
    assert back.exit_code == 0, back.output
    assert back.output.count("may start on this database again") == 3
    assert many.run("migrate", "--to", folder_of(many, "second")).exit_code == 0
    assert many.run("restored", *command[2:], "--from", folder).exit_code == 0, "a folder that was not left"


@pytest.mark.parametrize("to_server", [True, False], ids=["to PostgreSQL", "to SQLite"])
def test_a_dry_run_keeps_nothing(many: ManyWorkspaces, to_server: bool) -> None:
    """It moves and compares all, and leaves both as they were."""
    source, target = many.url, folder_of(many)
    if to_server:
        many.run("migrate", "--to", target)
        source, target = target, new_database()
    before = rows(source)
    result = many.run("migrate", "--from", source, "--to", target, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "dry run" in result.output.splitlines()[-1]
    assert (rows(source), rows(target)) == (before, {})
    assert to_server or not (many.folder / "on-its-way").exists()
    assert many.run("migrate", "--from", source, "--to", target).exit_code == 0


# Of the first workspace, between the two, of the second, and of what they share.
POINTS = ["after_begin", "after_table:3", "after_commit:1", "after_move:1", "before_commit:2", "after_move:2"]
LAST = ["before_commit:3", "after_commit:3", "after_move:3"]


@pytest.mark.parametrize("point", [*POINTS, *LAST])
@pytest.mark.parametrize("to_server", [True, False], ids=["to PostgreSQL", "to SQLite"])
@pytest.mark.timeout(PATIENCE * 10)
def test_a_second_run_carries_on(many: ManyWorkspaces, point: str, to_server: bool) -> None:
    """Wherever the first one was killed: no process starts meanwhile, another target is refused, and all arrives."""
    source, target = many.url, folder_of(many)
    if to_server:
        assert many.run("migrate", "--to", target).exit_code == 0
        source, target = target, new_database()
    before = rows(source)
    killed = many.killed(point, "migrate", "--from", source, "--to", target)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert rows(source) == before
    if not to_server:
        started = many.run("run", HTTP_PORT="0")
        assert (started.exit_code, "is not finished" in started.output) == (78, True), started.output
    elsewhere = folder_of(many, "else") if not to_server else new_database()
    other = many.run("migrate", "--from", source, "--to", elsewhere)
    assert (other.exit_code, "is not finished" in other.output) == (1, True), other.output
    if to_server and point not in ("after_begin", *LAST[1:]):
        started = many.run("run", STORAGE_URL=target, HTTP_PORT="0")
        assert (started.exit_code, "is not finished" in started.output) == (78, True), started.output
    again = many.run("migrate", "--from", source, "--to", target)
    assert again.exit_code == 0, again.output
    assert rows(target) == before
    nothing_had_arrived = POINTS[:2] if to_server else POINTS[:3]  # a file gets its name after its commit
    assert ("moved by an earlier run" in again.output) == (point not in nothing_had_arrived), again.output
    third = many.run("migrate", "--from", source, "--to", target)
    assert (third.exit_code, "The data moved to" in third.output) == (1, True), third.output


def test_a_move_that_is_given_up(many: ManyWorkspaces) -> None:
    """The source serves again, and what had arrived is no longer taken for a part of the next move."""
    target = folder_of(many)
    assert many.killed("after_move:1", "migrate", "--to", target).returncode == -signal.SIGKILL
    output = many.run("run", HTTP_PORT="0").output
    given_up = many.run(*output.split("`")[3].split()[1:])
    assert given_up.exit_code == 0, given_up.output
    refused = many.run("migrate", "--to", target)
    assert (refused.exit_code, "is not empty" in refused.output) == (1, True), refused.output
    assert many.run("migrate", "--to", folder_of(many, "second")).exit_code == 0


def _full(many: ManyWorkspaces) -> tuple[str, str]:
    first, server = folder_of(many, "first"), new_database()
    many.run("migrate", "--to", first)
    many.run("migrate", "--from", first, "--to", server)
    many.run("restored", "--at", "2026-11-28T23:00:00+00:00", "--from", first)
    return first, server


def _a_left_workspace(many: ManyWorkspaces) -> tuple[str, str]:
    first, server = _full(many)
    execute(server, "TRUNCATE installations, accounts, account_paces, account_outages, host_workers, oauth_states")
    return first, server


def _taken(many: ManyWorkspaces) -> tuple[str, str]:
    (many.folder / "on-its-way").mkdir()
    (many.folder / "on-its-way" / "letter.txt").write_text("somebody's")
    return many.url, folder_of(many)


def _newer(many: ManyWorkspaces) -> tuple[str, str]:
    execute(many.url, "INSERT INTO team_t0bbbbbb2.migrations (name) VALUES ('9999_later')")
    return many.url, folder_of(many)


def _newer_shared(many: ManyWorkspaces) -> tuple[str, str]:
    execute(many.url, "ALTER TABLE installations ADD COLUMN later TEXT")
    return many.url, folder_of(many)


def _at_work(many: ManyWorkspaces) -> tuple[str, str]:
    execute(many.url, WORKING)
    return many.url, folder_of(many)


def _half(many: ManyWorkspaces) -> tuple[str, str]:
    many.killed("after_move:1", "migrate", "--to", folder_of(many))
    return folder_of(many), new_database()


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (_full, "has rows of pandabot already (in account"),
        (_a_left_workspace, f"(in the schema team_{A.lower()}: "),
        (_taken, "is not empty: it holds letter.txt"),
        (_newer, f"{B}: The database was written by a newer version"),
        (_newer_shared, "were written by a newer version of pandabot"),
        (_at_work, "w1: poll) was at work"),
        (_half, "There is no database at"),
        (lambda many: (folder_of(many, "none"), new_database()), "There is no database at"),
        (lambda many: (new_database(), folder_of(many)), "no tables of pandabot"),
        (lambda many: (folder_of(many), folder_of(many, "b")), "Both databases are folders"),
        (lambda _: (new_database(), new_database()), "use pg_dump"),
        (lambda many: (many.url, "sqlite:////proc/none"), "cannot be"),
    ],
    ids=["full", "left", "taken", "newer", "shared", "at work", "half", "none", "empty", "two", "servers", "folder"],
)
def test_a_move_that_cannot_be_is_refused_in_a_sentence(
    many: ManyWorkspaces, made: Callable[[ManyWorkspaces], tuple[str, str]], sentence: str
) -> None:
    """Nothing is begun, so the next try, elsewhere or later, is free."""
    source, target = made(many)
    result = many.run("migrate", "--from", source, "--to", target)
    assert (result.exit_code, sentence in result.output) == (1, True), result.output
    with psycopg.connect(many.url) as raw:
        began = raw.execute("SELECT count(*) FROM host_facts WHERE name = 'moving'").fetchone()
    assert began == (int(made is _half),)


def test_a_missing_key_is_found_before_anything_is_moved(many: ManyWorkspaces) -> None:
    """Whoever moves without the key would find out when it is too late. What is damaged is moved as it is."""
    result = many.run("migrate", "--to", folder_of(many), PANDABOT_KEYS=new_key())
    assert (result.exit_code, "which PANDABOT_KEYS does not name" in result.output) == (1, True), result.output
    assert not (many.folder / "on-its-way").exists()
    execute(many.url, "UPDATE accounts SET sealed = 'damaged' WHERE id LIKE 'T0A%'")
    assert many.run("migrate", "--to", folder_of(many)).exit_code == 0


def test_one_workspace_that_fails_stops_only_the_end(many: ManyWorkspaces) -> None:
    """The others are moved, and the sentence says that it is not over; mended, a second run finishes."""
    execute(
        many.url,
        "CREATE TABLE team_t0aaaaaa1.stray (id BIGINT PRIMARY KEY)",  # no table of ours: the other engine lacks it
    )
    before, target = rows(many.url), folder_of(many)
    failed = many.run("migrate", "--to", target)
    assert failed.exit_code == 1
    assert f"{A}: The tables of the two databases do not match" in failed.output
    assert "it carries on" in failed.output.splitlines()[-1]
    assert rows(target)[B] == before[B]
    execute(many.url, "DROP TABLE team_t0aaaaaa1.stray")
    again = many.run("migrate", "--to", target)
    assert again.exit_code == 0, again.output
    assert f"{B}: moved by an earlier run." in again.output
    assert rows(target) == rows(many.url)


def test_a_forgotten_workspaces_data_come_along(many: ManyWorkspaces) -> None:
    """Its installation was removed without them."""
    assert many.run("workspaces", "remove", A, "--yes").exit_code == 0
    assert many.run("migrate", "--to", folder_of(many)).exit_code == 0
    with closing(sqlite3.connect(many.folder / "on-its-way" / f"{A}.db")) as conn:
        assert conn.execute("SELECT COUNT(*) FROM orders").fetchone()[0] > 0
