"""A migration step: one change of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the tables, as SQL for each engine. A semicolon at the end of a line ends a statement.

    ``convert`` fills the changed tables where SQL alone cannot; it runs after the SQL, in the same transaction.
    """

    name: str
    sqlite: str
    postgres: str = ""  # empty: PostgreSQL had no tables yet, or has them in this form from the beginning
    convert: Callable[[Connection], None] | None = None

    def for_sqlite(self) -> Iterator[str]:
        """Yield SQLite's statements one by one."""
        return _parts(self.sqlite)

    def for_postgres(self) -> Iterator[str]:
        """Yield PostgreSQL's statements one by one."""
        return _parts(self.postgres)


def _parts(text: str) -> Iterator[str]:
    return (statement for statement in text.split(";\n") if statement.strip())
