"""docs/pandapon.md tells what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pandapon.operations import orders
from pandapon.operations.catalogue import OPERATIONS

TEXT = (Path(__file__).parents[2] / "docs" / "pandapon.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"pandabot api ([a-z0-9._]+)(?: --body '([^']+)')?")
ROW = re.compile(r"^\| `([a-z0-9._]+)` \| ([A-Z]+) `([^`?]+)[^`]*` \| (\S) \|", re.MULTILINE)


def test_the_examples_send_what_the_client_sends() -> None:
    """Whoever tries a live key by the document asks the same question as the bot."""
    bodies = {name: json.loads(body) for name, body in EXAMPLE.findall(TEXT) if body}
    assert bodies == {
        "1688.order.list": orders.ListAlibaba(page_size=2).wire(),
        "1688.order.detail": {"webSite": "1688", "orderId": "…"},
    }


def test_the_table_of_endpoints_is_the_catalogues() -> None:
    """Method, path and grade of each call of the bot are told as they are."""
    catalogue = {operation.name: (operation.method, operation.path, operation.grade) for operation in OPERATIONS}
    rows = {name: (method, path, grade) for name, method, path, grade in ROW.findall(TEXT)}
    assert len(rows) == 8
    assert rows.items() <= catalogue.items()
