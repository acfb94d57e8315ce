"""Payloads that Slack would never send: real ones with random changes, and random bytes."""

from __future__ import annotations

import copy
import json
import random
from typing import Any
from urllib.parse import urlencode

from support.canaries import payloads
from support.raw_http import FORM, JSON

DEEP: Any = "x"
for _ in range(200):
    DEEP = [DEEP]
ODD: tuple[Any, ...] = (
    None,
    "",
    " ",
    0,
    -1,
    2**70,
    1.5,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"id": None},
    {"id": 5},
    {"": ""},
    "x" * 5_000,
    "²",
    "9" * 30,
    "\ud800",
    "a\x00b",
    "<!channel>",
    "-" * 300,
    DEEP,
)
RAW = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"NaN",
    b'{"type": NaN}',
    b'{"type": 1e999}',
    b"9" * 5_000,
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"\xff\xfe{}",
    b"payload",
    b"payload=",
    b"payload=%FF",
    b"payload=%7B%22type%22%3A",
    b"payload=null&payload=%7B%7D",
    b"&" * 10_000,
    b"a=1&" * 10_000,
    b"command=/panda",
    b"command=panda&user_id=U1&channel_id=C1",
    b"\x00" * 1_000,
    b'{"type": "event_callback"}',
    b'{"type": "url_verification"}',
    b'{"type": "block_actions", "user": {"id": "U1"}, "actions": []}',
)


def chances(seed: int) -> random.Random:
    """A source of chance that makes the same garbage for the same seed."""
    return random.Random(seed)  # noqa: S311  no secret is made of it


def malformed(chance: random.Random) -> tuple[str, dict[str, Any]]:
    """Return a payload with one to three random changes, and its kind."""
    kind, payload = chance.choice(list(payloads()))
    payload = copy.deepcopy(payload)
    for _ in range(chance.randint(1, 3)):
        _change(payload, chance)
    return kind, payload


def _change(payload: Any, chance: random.Random) -> None:
    """Change the value at a random place of a payload."""
    here = payload
    while here:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = chance.choice(keys)
        below = here[key]
        if isinstance(below, dict | list) and below and chance.random() < 0.7:
            here = below
            continue
        match chance.randrange(4):
            case 0:
                del here[key]
            case 1 if isinstance(here, dict):
                here[str(chance.choice(ODD))] = here.pop(key)
            case _:
                here[key] = copy.deepcopy(chance.choice(ODD))
        return


def body(kind: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    """The body in which HTTP mode carries a payload, and its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), JSON
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), FORM
    return urlencode({name: str(value) for name, value in payload.items()}, errors="replace").encode(), FORM


def noise(chance: random.Random) -> tuple[bytes, str]:
    """One of RAW, or a malformed payload that is cut off and has random bytes in it; and a content type."""
    if chance.random() < 0.5:
        return chance.choice(RAW), chance.choice((FORM, JSON))
    whole, kind = body(*malformed(chance))
    cut = chance.randrange(len(whole) + 1)
    spoilt = bytearray(whole[:cut])
    for _ in range(min(len(spoilt), 5)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt), kind
