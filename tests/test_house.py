"""The plan of the house, where the import rules don't reach."""

from __future__ import annotations

import ast
import importlib
import re
import tokenize
from pathlib import Path

import pytest
from support.sql_dialect import only_sqlite, sql_of

import bot.process

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "handlers", "pandapon", "sandbox", "storage", "tracking")
ADAPTERS = {"model_validate_json", "validate_json", "dump_json", "model_dump_json"}


def modules(*rooms: str) -> list[Path]:
    """The Python files of these rooms."""
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", modules("bot/jobs", "handlers"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_view_job_or_handler_reads_the_databases_json(path: Path) -> None:
    """Records give values; the package ``storage.codec`` makes them. A block's length for Slack may be measured."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            called = f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
            assert node.attr not in ADAPTERS, called
            assert called != "json.loads", called
            assert called != "json.dumps" or path.name == "message.py", called


@pytest.mark.parametrize("path", modules("storage"), ids=lambda path: path.name)
def test_one_package_makes_and_reads_the_databases_json(path: Path) -> None:
    """Only the package ``storage.codec`` imports ``json`` and uses pydantic's adapters."""
    if path.parent == ROOT / "storage" / "codec":
        return
    text = path.read_text(encoding="utf-8")
    assert not any(adapter in text for adapter in ADAPTERS)
    assert not re.search(r"^\s*(import json|from json)\b", text, re.MULTILINE)


def test_what_lives_in_memory_names_its_owner() -> None:
    """Each class that the list names is there."""
    owners = re.findall(r"^``([\w.]+)``", bot.process.__doc__ or "", re.MULTILINE)
    assert len(owners) > 10
    for owner in owners:
        module, _, name = owner.rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), name), type), owner


ENGINES = {"sqlite", "postgres", "migrations"}  # the engines, and the tables, which each makes in its own SQL


@pytest.mark.parametrize("path", modules(*ROOMS), ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_that_only_sqlite_understands_stands_in_its_room(path: Path) -> None:
    """Other engines come under the same functions: every statement elsewhere is one that PostgreSQL takes too."""
    if path.parent.name in ENGINES:
        return
    assert {sql: constructs for sql in sql_of(path) if (constructs := only_sqlite(sql))} == {}
    assert "lastrowid" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT OR IGNORE INTO a (b) VALUES (?)",
        "UPDATE OR REPLACE a SET b = 1",
        "PRAGMA journal_mode=WAL",
        "SELECT name FROM sqlite_master",
        "SELECT value FROM json_each(?)",
        "SELECT hex(randomblob(16))",
        "UPDATE a SET b = MAX(b, ?)",
        "UPDATE a SET b = MIN(COALESCE(b, ?), ?)",
        "SELECT a FROM b WHERE c IS NOT ?",
        "SELECT a FROM b WHERE c = ?2",
        "UPDATE a SET b = x''",
        "DELETE FROM a WHERE b IN (SELECT b FROM a LIMIT -1 OFFSET ?)",
        "SELECT COUNT(*) FROM (SELECT 1 FROM a LIMIT 5)",
        "INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1, fence = fence + 1",
        "BEGIN IMMEDIATE",
        "SELECT unixepoch()",
        "SELECT iif(a, 1, 2) FROM b",
    ],
)
def test_what_only_sqlite_understands_is_seen(sql: str) -> None:
    """Each kind that was in these modules once, or may come into them."""
    assert only_sqlite(sql)


# --- length and suppressions ------------------------------------------------------------------------------------------

MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_MODULE = 300
TABLES = {  # longer than a module should be, but read entry by entry
    "handlers/wire/requests.py",  # a dataclass for each command
    "pandapon/operations/goods.py",  # a request, an answer and an operation for each address of the API
    "pandapon/operations/orders.py",  # the same
    "pandapon/operations/refunds.py",  # the same
    "storage/store.py",  # for each aggregate, a line for each storage operation
}


def test_no_function_is_too_long_to_read_at_once() -> None:
    """Its lines from ``def`` to its end; those within another function count in both."""
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in modules(*ROOMS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_no_module_is_too_long_but_tables() -> None:
    """A table that has become short leaves the list."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*ROOMS)
    }
    long = {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_MODULE}
    assert {name: length for name, length in long.items() if name not in TABLES} == {}
    assert long.keys() >= TABLES


CODES = r"[A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*"
SUPPRESSION = re.compile(r"# ?(?:noqa|type: ?ignore)\b")
WITH_RULES = re.compile(rf"# (?:noqa: {CODES}|type: ignore\[[a-z0-9, -]+\])(?:  |$)")


def is_bare(comment: str) -> bool:
    """Whether a suppression names no rule, or no reason two spaces behind it."""
    reason = WITH_RULES.sub("", comment)
    return bool(SUPPRESSION.search(reason)) or not reason.strip(" #")


def suppressions_without_a_reason(path: Path) -> list[str]:
    """The comments of a file that switch off a rule or the type checker and don't say why."""
    if not SUPPRESSION.search(path.read_text(encoding="utf-8")):
        return []  # most files have none, and reading tokens takes time
    with tokenize.open(path) as file:
        comments = [token for token in tokenize.generate_tokens(file.readline) if token.type == tokenize.COMMENT]
    return [
        f"{path}:{comment.start[0]}: {comment.string}"
        for comment in comments
        if SUPPRESSION.search(comment.string) and is_bare(comment.string)
    ]


def test_each_suppression_states_its_reason() -> None:
    """Two spaces after the rule, and then why it does not hold here; in tests and benchmarks, too."""
    paths = modules(*ROOMS, "tests", "benchmarks", ".ci")
    assert [bare for path in paths for bare in suppressions_without_a_reason(path)] == []


@pytest.mark.parametrize(
    ("comment", "is_seen"),
    [
        ("# noqa", True),
        ("# noqa: S608", True),
        ("# noqa: S608 its own", True),
        ("# noqa: S608  # type: ignore", True),
        ("# type: ignore[arg-type]  # noqa: S608", True),
        ("# type: ignore", True),
        ("# type: ignore[misc]", True),
        ("# noqa: S608, S603  its own", False),
        ("# type: ignore[misc]  # its reason", False),
        ("# type: ignore[arg-type]  # noqa: S608  its own", False),
        ("# why this stands here", False),
    ],
)
def test_a_suppression_without_a_reason_is_seen(tmp_path: Path, comment: str, is_seen: bool) -> None:
    """One in a string is none."""
    path = tmp_path / "module.py"
    path.write_text(f'x = "# noqa"  {comment}\n', encoding="utf-8")
    assert bool(suppressions_without_a_reason(path)) is is_seen
