"""What the page's drawing is compared with: the same samples as another renderer draws them, kept as data."""

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
    """Everything that the bot sends, and a block of each kind."""
    return catalogue() | {f"block {name}": [block] for name, block in SHARED.items()}


def fingerprint(blocks: list[Json]) -> str:
    """Changes whenever a sample does."""
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()[:16]


def comparable(part: Any) -> Any:
    """A sample without ``verbatim``, which the other renderer takes for "no formatting at all"; Slack does not."""
    if isinstance(part, dict):
        return {key: comparable(value) for key, value in part.items() if key != "verbatim"}
    return [comparable(one) for one in part] if isinstance(part, list) else part
