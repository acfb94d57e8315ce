"""`pandabot restored` with many workspaces: all are marked, or it says which are not, and a second run finishes."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from support.host_harness import UNKNOWN, A, B
from support.many_workspaces import WORKING, ManyWorkspaces, installed

if TYPE_CHECKING:
    from pathlib import Path

AT = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ManyWorkspaces:
    """The installation, and no settings of this machine."""
    monkeypatch.chdir(tmp_path)
    return installed(tmp_path)


def execute(many: ManyWorkspaces, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(many.url) as raw:
        cursor = raw.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def marked(many: ManyWorkspaces) -> list[str]:
    """The workspaces all of whose orders are to be read again."""
    sql = "SELECT bool_and(unconfirmed_since IS NOT NULL) FROM team_{}.orders"
    return [id_ for id_ in (A, B) if execute(many, sql.format(id_.lower())) == [(True,)]]


def pending(many: ManyWorkspaces) -> list[tuple[Any, ...]]:
    return execute(many, "SELECT name FROM host_facts ORDER BY name")


def test_all_are_marked_once(many: ManyWorkspaces) -> None:
    """The sentences are those of a single bot, with the workspace before them; the second call changes nothing."""
    result = many.run("restored", "--at", AT)
    assert result.exit_code == 0, result.output
    assert f"{A}: Marked what happened after" in result.output
    assert f"{B}: Marked what happened after" in result.output
    assert f"{UNKNOWN}: no data yet" in result.output
    assert "Workspaces: 2 marked, 0 marked before, 0 failed." in result.output
    assert "nothing is told twice" in result.output.splitlines()[-1]
    assert (marked(many), pending(many)) == ([A, B], [])
    execute(many, WORKING)  # a failover's script runs this on each machine
    again = many.run("restored", "--at", AT)
    assert again.exit_code == 0, again.output
    assert again.output.count("That was done already") == 2
    assert "Workspaces: 0 marked, 2 marked before, 0 failed." in again.output


def test_one_alone(many: ManyWorkspaces) -> None:
    """The others stay as they are; one without data has nothing to be marked."""
    result = many.run("restored", "--at", AT, "--workspace", B)
    assert result.exit_code == 0, result.output
    assert marked(many) == [B]
    assert A not in result.output
    assert "no data yet" in many.run("restored", "--at", AT, "--workspace", UNKNOWN).output
    remaining = many.run("restored", "--at", AT)
    assert "Workspaces: 1 marked, 1 marked before, 0 failed." in remaining.output
    assert marked(many) == [A, B]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--at", AT, "--workspace", "T0NOWHERE"), 2, "is not installed in T0NOWHERE"),
        (("--at", AT, "--workspace", "../etc"), 2, "is no workspace's"),
        (("--at", "soon"), 2, "is no ISO time"),
        (("--at", "2026-01-01T00:00:00Z", "--from", "mysql://u:canary@h/d"), 2, "must be"),
        (("--at", AT, "--from", "sqlite:///none"), 1, "There is no database at none/installation.db"),
    ],
)
def test_what_cannot_be_meant(many: ManyWorkspaces, arguments: tuple[str, ...], code: int, says: str) -> None:
    """Each is a sentence, and nothing is marked."""
    result = many.run("restored", *arguments)
    assert (result.exit_code, says in result.output) == (code, True), result.output
    assert "canary" not in result.output
    assert (marked(many), pending(many)) == ([], [])


def test_while_a_process_works_nothing_is_marked(many: ManyWorkspaces) -> None:
    """As with a single bot: within a minute of its last sign, for all workspaces or one."""
    execute(many, WORKING)
    for options in ((), ("--workspace", A)):
        result = many.run("restored", "--at", AT, *options)
        assert (result.exit_code, "w1: poll) was at work" in result.output) == (1, True), result.output
    assert (marked(many), pending(many)) == ([], [])
    execute(many, "UPDATE host_workers SET seen_at = seen_at - 300 * 1000000")
    assert many.run("restored", "--at", AT).exit_code == 0


def test_one_that_fails_is_named_and_stays_to_be_marked(many: ManyWorkspaces) -> None:
    """The others are marked. Its bot does not start until a second run has reached it."""
    execute(many, "INSERT INTO team_t0aaaaaa1.migrations (name) VALUES ('9999_later')")
    failed = many.run("restored", "--at", AT)
    assert failed.exit_code == 1
    assert f"{A}: The database was written by a newer version" in failed.output
    assert f"Workspaces: 1 marked, 0 marked before, 1 failed ({A})." in failed.output
    assert (marked(many), pending(many)) == ([B], [(f"restoring:{A}",)])
    execute(many, "DELETE FROM team_t0aaaaaa1.migrations WHERE name = '9999_later'")
    again = many.run("restored", "--at", AT)
    assert again.exit_code == 0, again.output
    assert (marked(many), pending(many)) == ([A, B], [])


@pytest.mark.parametrize(("point", "after"), [("after_notes", []), ("after_workspace", [A])])
def test_a_run_that_was_killed_is_finished_by_the_next(many: ManyWorkspaces, point: str, after: list[str]) -> None:
    """Which workspaces it has not reached is known."""
    killed = many.killed(point, "restored", "--at", AT)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert marked(many) == after
    assert pending(many) == [(f"restoring:{id_}",) for id_ in (A, B) if id_ not in after]
    again = many.run("restored", "--at", AT)
    assert f"Workspaces: {2 - len(after)} marked, {len(after)} marked before, 0 failed." in again.output
    assert (marked(many), pending(many)) == ([A, B], [])


def test_a_workspace_that_is_deleted_is_not_waited_for(many: ManyWorkspaces) -> None:
    """What cannot be mended may be given up."""
    execute(many, "INSERT INTO team_t0aaaaaa1.migrations (name) VALUES ('9999_later')")
    assert many.run("restored", "--at", AT).exit_code == 1
    assert many.run("workspaces", "remove", A, "--data", "--yes").exit_code == 0
    assert pending(many) == []
    result = many.run("restored", "--at", AT)
    assert (result.exit_code, A in result.output) == (0, False), result.output


def test_a_database_without_workspaces(many: ManyWorkspaces) -> None:
    """Such as that of a slip in STORAGE_URL: a mark there would protect nobody."""
    for id_ in (A, B, UNKNOWN):
        many.run("workspaces", "remove", id_, "--data", "--yes")
    result = many.run("restored", "--at", AT)
    assert (result.exit_code, "No workspace has installed the app" in result.output) == (1, True), result.output
