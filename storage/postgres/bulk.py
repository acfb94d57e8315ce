"""Combines a statement for many sets of values into a single statement, which is several times as fast.

The values are passed as one array for each parameter, and ``unnest`` turns these into rows again:

    UPDATE t SET a = ? WHERE b = ?   becomes   UPDATE t SET a = g.p0 FROM unnest(…) AS g (p0, p1) WHERE b = g.p1

It works for statements with parameters in order that add or change rows, if no two sets concern the same row.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 4  # sets of values; with fewer sets the statement is run for each set
INSERT = re.compile(r"\s*INSERT INTO \w+ \([^)]*\)\s*")
TYPES = {bool: "boolean", int: "bigint", str: "text", bytes: "bytea"}


def combined(sql: str, rows: Sequence[Any]) -> tuple[str, list[list[Any]]] | None:
    """Return the combined statement, with psycopg's parameters, and its arrays; None: it cannot be combined."""
    if len(rows) < FEWEST or isinstance(rows[0], dict):
        return None
    columns = [list(column) for column in zip(*rows, strict=True)]
    kinds = tuple(_kind(column) for column in columns)
    statement = _statement(sql, kinds)
    if statement is None:
        return None
    return statement, [column for column, kind in zip(columns, kinds, strict=True) if kind]


def _kind(column: Sequence[Any]) -> str:
    """PostgreSQL's type for a column of values; empty: all values are NULL."""
    value = next((value for value in column if value is not None), None)
    return "" if value is None else next(name for kind, name in TYPES.items() if isinstance(value, kind))


@lru_cache(maxsize=500)
def _statement(sql: str, kinds: tuple[str, ...]) -> str | None:
    places = iter(f"g.p{number}" if kind else "NULL" for number, kind in enumerate(kinds))
    given = ", ".join(f"p{number}" for number, kind in enumerate(kinds) if kind)
    arrays = ", ".join(f"%b::{kind}[]" for kind in kinds if kind)
    source = f" FROM unnest({arrays}) AS g ({given})"
    text = re.sub(r"\?", lambda _place: next(places), sql.replace("%", "%%"))
    if text.lstrip().startswith("UPDATE"):
        return _inserted(text, "WHERE", source, "")
    if text.lstrip().startswith("DELETE"):
        return _inserted(text, "WHERE", source.replace(" FROM ", " USING ", 1), "")
    head = INSERT.match(text)
    if head is None:
        return None
    body = text[head.end() :]
    if body.startswith("VALUES"):
        end = _closing(body, body.index("("))
        return f"{text[: head.end()]}SELECT {body[body.index('(') + 1 : end]}{source}{body[end + 1 :]}"
    return _inserted(text, "FROM", f"{source},", " ", takes_word=True)


def _inserted(text: str, word: str, addition: str, after: str, *, takes_word: bool = False) -> str | None:
    """Insert an addition before the first ``word`` outside all parentheses (``takes_word``: instead of it).

    ``after``: the text between the addition and the remaining statement. None: there is no such word.
    """
    depth = 0
    for match in re.finditer(rf"[()]|\b{word}\b", text):
        if match[0] == word and not depth:
            remaining = text[match.end() :] if takes_word else text[match.start() :]
            return f"{text[: match.start()].rstrip()}{addition}{after or ' '}{remaining.lstrip()}"
        depth += (match[0] == "(") - (match[0] == ")")
    return None


def _closing(text: str, start: int) -> int:
    """The position of the parenthesis that closes the parenthesis at ``start``. Raises ValueError."""
    depth = 0
    for match in re.finditer(r"[()]", text[start:]):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return start + match.start()
    raise ValueError(text)
