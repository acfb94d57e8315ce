"""The tables of a database as its engine describes them, and what both engines must agree on to exchange rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KINDS = ("text", "integer", "bytes", "real")  # of columns: what both engines store alike
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
    references: frozenset[str] = frozenset()  # the tables whose rows it names by foreign keys
    identity: str = ""  # the column that the engine numbers; empty: none


def parents_first(tables: Mapping[str, Table]) -> list[Table]:
    """Order tables so that each comes after those that it references."""
    graph = {name: sorted(table.references - {name}) for name, table in sorted(tables.items())}
    return [tables[name] for name in TopologicalSorter(graph).static_order()]


def differences(source: Mapping[str, Table], target: Mapping[str, Table]) -> list[str]:
    """Return why rows of one database have no place in the other, or are less guarded there: a clause for each."""
    found = [f"only one of them has the table {name}" for name in sorted(source.keys() ^ target.keys())]
    for name in sorted(source.keys() & target.keys()):
        here, there = source[name], target[name]
        columns = dict(here.columns).items() ^ dict(there.columns).items()
        found += [f"{name}.{column} differs" for column in sorted({column for column, _kind in columns})]
        found += [f"{name} has different unique keys"] * (here.keys != there.keys)
        found += [f"{name} numbers its rows in one of them only"] * (here.identity != there.identity)
    for table in source.values():
        found += [f"{table.name}.{name} is {kind}" for name, kind in table.columns.items() if kind not in KINDS]
    return found


@dataclass(slots=True)
class Tally:
    """The number and the checksum of a table's rows, whatever their order. ``nuls``: the NUL characters left out."""

    rows: int = 0
    nuls: int = 0
    _sum: int = field(default=0)

    @property
    def checksum(self) -> str:
        """The sum of the rows' hashes, in hexadecimal digits."""
        return f"{self._sum % 2**BITS:032x}"

    def counted(self, batches: Iterable[list[tuple[Any, ...]]]) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the batches, counted, without NUL characters, which only SQLite can store in a text."""
        blake2b, from_bytes = hashlib.blake2b, int.from_bytes
        for batch in batches:
            total = 0
            for place, row in enumerate(batch):
                text = repr(row)
                if NUL in text:
                    batch[place] = row = self._without_nuls(row)  # noqa: PLW2901  the row that is passed on
                    text = repr(row)
                total += from_bytes(blake2b(text.encode(), digest_size=BITS // 8).digest(), "big")
            self._sum += total
            self.rows += len(batch)
            yield batch

    def _without_nuls(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        self.nuls += sum(value.count("\0") for value in row if isinstance(value, str))
        return tuple(value.replace("\0", "") if isinstance(value, str) else value for value in row)
