"""The samples for comparing the page's renderer with another one, whose drawings are kept as data."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from support.block_samples import SHARED
from support.message_catalogue import catalogue

Json = dict[str, Any]

FOLDER = Path(__file__).parents[1] / "web_blocks" / "parity"
EXPECTED = FOLDER / "expected.json"
ZONE = "Asia/Shanghai"
PEOPLE = [{"id": "U0123ABCD", "name": "Mei Lin"}, {"id": "U1", "name": "Mei Lin"}]
ROOMS = [{"id": "C0123ABCD", "name": "orders"}, {"id": "C1", "name": "orders"}]
RENEW = "PYTHONPATH=tests .venv/bin/python -m web_blocks.parity.renew"


def samples() -> dict[str, list[Json]]:
    """Return every message of the bot, and a block of each kind."""
    return catalogue() | {f"block {name}": [block] for name, block in SHARED.items()}


def fingerprint(blocks: list[Json]) -> str:
    """Return a digest that changes whenever a sample does."""
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()[:16]


def comparable(part: Any) -> Any:
    """Return a sample without ``verbatim``, which the other renderer wrongly takes for "no formatting at all"."""
    if isinstance(part, dict):
        return {key: comparable(value) for key, value in part.items() if key != "verbatim"}
    return [comparable(item) for item in part] if isinstance(part, list) else part
