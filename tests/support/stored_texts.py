"""A database that holds couriers' texts, for the commands that list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.store_harness import NOW, baseline, scan

from storage import recording
from storage.sqlite.opening import open_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def store_texts(path: Path, texts: Sequence[str]) -> None:
    """Make a database with one order, whose parcel has an entry for each of these texts."""
    nodes = tuple(scan(f"entry-{n}", text) for n, text in enumerate(texts))
    conn = open_file(path)
    recording.add_order(conn, NOW, baseline(nodes=nodes))
    conn.close()
