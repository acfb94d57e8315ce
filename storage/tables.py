"""The tables of a database as its engine describes them, and the checks by which two engines can exchange rows."""

from __future__ import annotations

import hashlib
import operator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Row = tuple[Any, ...]

KINDS = ("text", "integer", "bytes", "real")  # the kinds of columns, which both engines store alike
NUL = "\\x00"  # as repr() writes it
BITS = 128


@dataclass(frozen=True, slots=True)
class Key:
    """Columns whose values are unique together. ``is_partial``: only among the rows of the index's condition."""

    columns: tuple[str, ...]
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``columns``: each name with its kind, one of ``KINDS`` or the engine's own word for another type."""

    name: str
    columns: Mapping[str, str]
    keys: frozenset[Key] = frozenset()
    references: frozenset[str] = frozenset()  # the tables that its foreign keys refer to
    identity: str = ""  # the column that the engine numbers; empty: there is none

    @property
    def kinds(self) -> list[str]:
        """The kind of each column, in the table's order."""
        return list(self.columns.values())


def parents_first(tables: Mapping[str, Table]) -> list[Table]:
    """Return the tables in an order in which each comes after the tables that it references."""
    graph = {name: sorted(table.references - {name}) for name, table in sorted(tables.items())}
    return [tables[name] for name in TopologicalSorter(graph).static_order()]


def differences(source: Mapping[str, Table], target: Mapping[str, Table]) -> list[str]:
    """Return the differences that prevent a move, a clause for each: missing or other tables, columns and keys."""
    clauses = [f"only one of them has the table {name}" for name in sorted(source.keys() ^ target.keys())]
    for name in sorted(source.keys() & target.keys()):
        here, there = source[name], target[name]
        columns = dict(here.columns).items() ^ dict(there.columns).items()
        clauses += [f"{name}.{column} differs" for column in sorted({column for column, _kind in columns})]
        clauses += [f"{name} has different unique keys"] * (here.keys != there.keys)
        clauses += [f"{name} numbers its rows in one of them only"] * (here.identity != there.identity)
    for table in source.values():
        clauses += [f"{table.name}.{name} is {kind}" for name, kind in table.columns.items() if kind not in KINDS]
    return clauses


@dataclass(slots=True)
class Tally:
    """The number and the checksum of a table's rows in any order. ``nuls``: the number of NUL characters left out.

    ``kinds``: the kinds of the table's columns, in their order.
    """

    kinds: Sequence[str] = ()
    rows: int = 0
    nuls: int = 0
    _sum: int = field(default=0)

    @property
    def checksum(self) -> str:
        """The sum of the rows' hashes, in hexadecimal digits."""
        return f"{self._sum % 2**BITS:032x}"

    def counted(self, batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
        """Count the rows of the batches, and yield these without NUL characters, which PostgreSQL cannot store."""
        blake2b, from_bytes = hashlib.blake2b, int.from_bytes
        shown = _shown(self.kinds)
        for batch in batches:
            total = 0
            for place, row in enumerate(batch):
                text = shown(row)
                if NUL in text:
                    batch[place] = without = self._without_nuls(row)
                    text = shown(without)
                total += from_bytes(blake2b(text.encode(), digest_size=BITS // 8).digest(), "big")
            self._sum += total
            self.rows += len(batch)
            yield batch

    def _without_nuls(self, row: Row) -> Row:
        self.nuls += sum(value.count("\0") for value in row if isinstance(value, str))
        return tuple(value.replace("\0", "") if isinstance(value, str) else value for value in row)


def _shown(kinds: Sequence[str]) -> Callable[[Row], str]:
    """Return a function that makes a text of a row; different rows have different texts.

    Bytes are shown as hexadecimal digits: repr() takes ten times as long for them, and would show NUL characters.
    """
    packed = [place for place, kind in enumerate(kinds) if kind == "bytes"]
    plain = [place for place in range(len(kinds)) if place not in packed]
    if not packed:
        return repr
    plain_values = operator.itemgetter(*plain) if plain else lambda _row: ()
    return lambda row: repr([plain_values(row), *[_digits(row[place]) for place in packed]])


def _digits(value: bytes | None) -> str | None:
    return None if value is None else value.hex()
