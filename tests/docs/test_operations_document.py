"""docs/operations.md is the catalogue."""

from __future__ import annotations

from support.operations_table import FILE, IN_SLACK, table

from pandapon.operations.catalogue import OPERATIONS


def test_the_table_is_the_catalogue() -> None:
    """``PYTHONPATH=tests python -m support.operations_table`` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == table()


def test_every_operation_stands_there_once() -> None:
    """Sixty-seven of the navigation, and one more."""
    text = table()
    assert [text.count(f"| `{operation.name}` |") for operation in OPERATIONS] == [1] * 68
    assert IN_SLACK.keys() <= {operation.name for operation in OPERATIONS}
