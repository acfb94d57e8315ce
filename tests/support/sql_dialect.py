"""Finds statements of a module that PostgreSQL would refuse although SQLite accepts them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|PRAGMA|WITH|BEGIN|WHERE|SET|CASE|FROM)\b|\w\(")
FUNCTIONS = (
    "abs_|changes|date|datetime|glob|group_concat|hex|ifnull|iif|instr|json|json_[a-z_]+|julianday|last_insert_rowid|"
    "likelihood|likely|printf|quote|randomblob|sqlite_[a-z_]+|strftime|time|total|total_changes|typeof|"
    "unicode|unixepoch|unlikely|zeroblob"
)
ONLY_SQLITE = {
    "a conflict clause of SQLite": re.compile(r"\b(INSERT|UPDATE)\s+OR\s+\w+|\bREPLACE\s+INTO\b"),
    "a pragma": re.compile(r"\bPRAGMA\b|\bpragma_\w+"),
    "a table of SQLite's own": re.compile(r"\bsqlite_(master|schema|sequence|stat\d|temp_\w+)\b|\b_?rowid_?\b|\boid\b"),
    "a function of SQLite": re.compile(rf"(?<![\w.])({FUNCTIONS})\(", re.IGNORECASE),
    "a word of SQLite's grammar": re.compile(
        r"\b(GLOB|REGEXP|INDEXED\s+BY|WITHOUT\s+ROWID|STRICT|AUTOINCREMENT|ATTACH|DETACH|REINDEX)\b"
    ),
    "a lock of SQLite's": re.compile(r"\bBEGIN\s+(IMMEDIATE|EXCLUSIVE|DEFERRED)\b"),
    "a blob": re.compile(r"\bx'[0-9a-f]*'", re.IGNORECASE),
    "a numbered place": re.compile(r"\?\d"),
    "IS with a value": re.compile(r"\bIS\s+(NOT\s+)?(?!NOT\b|NULL\b|TRUE\b|FALSE\b|DISTINCT\b)[?:\w]"),
    "a negative limit": re.compile(r"\bLIMIT\s+-"),
    "== for =": re.compile(r"=="),
    "a column that stands on both sides of a conflict": re.compile(r"DO UPDATE SET.*?\b(?<!\.)(\w+) = \1\b", re.DOTALL),
}


def sql_of(path: Path) -> list[str]:
    """Return the texts of a module that are, or may be part of, a statement, without interpolated values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    parts = {id(value) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for value in node.values}
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts.append("".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (docstrings | parts):
            texts.append(node.value)
    return [text for text in texts if STATEMENT.search(text)]


def only_sqlite(sql: str) -> list[str]:
    """Return the parts of a statement that PostgreSQL would refuse."""
    constructs = [name for name, pattern in ONLY_SQLITE.items() if pattern.search(sql)]
    if any("," in _outermost(_inside(sql, call.end())) for call in re.finditer(r"\b(MAX|MIN)\(", sql)):
        constructs.append("the larger or smaller of two")
    for call in re.finditer(r"\b(FROM|JOIN)\s+\((?=\s*(SELECT|\{))", sql):
        after = sql[call.end() + len(_inside(sql, call.end())) + 1 :]
        if not re.match(r"\s+(AS\s+)?(?!WHERE\b|GROUP\b|ORDER\b|ON\b|LIMIT\b)\w+", after):
            constructs.append("a subquery without a name")
    return constructs


def _inside(sql: str, start: int) -> str:
    """Return the text up to the closing parenthesis of an opened one."""
    depth = 1
    for place, sign in enumerate(sql[start:], start):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return sql[start:place]
    return sql[start:]


def _outermost(sql: str) -> str:
    """Remove the text in parentheses."""
    while (shorter := re.sub(r"\([^()]*\)", "", sql)) != sql:
        sql = shorter
    return sql
