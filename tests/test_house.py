"""The plan of the house, where the import rules don't reach."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from support.sql_dialect import only_sqlite, sql_of

import bot.process

ROOT = Path(__file__).resolve().parents[1]
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


@pytest.mark.parametrize("path", modules("storage"), ids=lambda path: path.name)
def test_sql_that_only_sqlite_understands_stands_in_its_room(path: Path) -> None:
    """Other engines come under the same functions: every statement elsewhere is one that PostgreSQL takes too."""
    if path.parent.name in ENGINES:
        return
    assert {sql: found for sql in sql_of(path) if (found := only_sqlite(sql))} == {}
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
