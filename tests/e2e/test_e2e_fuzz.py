"""Malformed requests in great number: no answer of 5xx, no traceback, each within 3 s, and the process as before.

``PANDABOT_LONG=1`` makes it a long run.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import CALLBACK_TOKEN, ORDER, BotHarness, running
from support.canaries import leaks_in, logged
from support.effort import LONG
from support.garbage import body, chances, malformed, noise
from support.raw_http import FORM, Answer, hand_over, post, signed

if TYPE_CHECKING:
    import io
    import random
    from collections.abc import Coroutine

SIGNED, UNSIGNED, CALLBACKS = (500, 500, 300) if LONG else (120, 60, 40)
SEED = 20_260_302
AT_ONCE = 10
GROWTH = 40 * 1024 * 1024  # bytes: far below what keeping the requests would take


def memory_and_files() -> tuple[int, int]:
    """Bytes of memory and open files of this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096, len(list(Path("/proc/self/fd").iterdir()))


async def in_turns(work: list[Coroutine[None, None, Answer]]) -> list[Answer]:
    """A few at a time, so that the time of each is its own."""
    answers: list[Answer] = []
    for at in range(0, len(work), AT_ONCE):
        answers += await asyncio.gather(*work[at : at + AT_ONCE])
    return answers


async def settled(harness: BotHarness, log: io.StringIO, before: tuple[int, int]) -> None:
    """No traceback; and when all answers are given, neither memory nor files are kept, and a command is answered."""
    assert harness.bot is not None
    await harness.idle()
    written = log.getvalue()
    assert 'File "' not in written, written
    assert leaks_in(written) == []
    memory, files = memory_and_files()
    assert memory - before[0] < GROWTH
    assert files <= before[1] + 20
    answers = [await harness.ask("/panda help") for _ in range(3)]  # a late answer to what was sent may come first
    assert any("help" in answer.lower() for answer in answers)


async def test_signed_and_malformed_over_http(tmp_path: Path) -> None:
    """Rightly signed, and nothing that Slack would send."""
    chance = chances(SEED)
    with logged("debug") as log:
        async with running(tmp_path, mode="http") as harness:
            assert harness.bot is not None
            port, before = harness.bot.http_port, memory_and_files()
            made = [body(*malformed(chance)) if number % 3 else noise(chance) for number in range(SIGNED)]
            answers = await in_turns([post(port, content, signed(content, kind)) for content, kind in made])
            for (content, _kind), answer in zip(made, answers, strict=True):
                assert 200 <= answer.status < 500, content
                assert answer.seconds < 3, content
            assert {200, 400} <= {answer.status for answer in answers}
            await settled(harness, log, before)


async def test_malformed_over_the_socket(tmp_path: Path) -> None:
    """Each envelope is acknowledged, whatever is in it."""
    chance = chances(SEED + 1)
    with logged("debug") as log:
        async with running(tmp_path) as harness:
            before = memory_and_files()
            for _ in range(SIGNED):
                kind, payload = malformed(chance)
                ack = await hand_over(harness, kind, payload)
                assert ack.ok, (kind, payload)
                assert ack.seconds < 3
            await settled(harness, log, before)


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_unsigned(tmp_path: Path, mode: str) -> None:
    """In Socket Mode the address is not there at all."""
    chance = chances(SEED + 2)
    with logged("debug") as log:
        async with running(tmp_path, mode=mode) as harness:
            assert harness.bot is not None
            port, before = harness.bot.http_port, memory_and_files()
            made = [noise(chance) for _ in range(UNSIGNED)]
            heads = [_forged(chance, content, kind) for content, kind in made]
            answers = await in_turns([post(port, sample[0], head) for sample, head in zip(made, heads, strict=True)])
            expected = {400, 401, 413} if mode == "http" else {404}
            assert {answer.status for answer in answers} <= expected
            assert all(answer.text.count("\n") <= 1 and len(answer.text) < 120 for answer in answers)
            assert max(answer.seconds for answer in answers) < 3
            await settled(harness, log, before)


def _forged(chance: random.Random, content: bytes, kind: str) -> dict[str, str]:
    """Any head but the right one."""
    right = signed(content, kind)
    match chance.randrange(6):
        case 0:
            return {"Content-Type": kind}
        case 1:
            return right | {"X-Slack-Request-Timestamp": chance.choice(["nan", "inf", "-1", "", "1e9", "9" * 30])}
        case 2:
            return right | {"X-Slack-Signature": chance.choice(["", "v0=", "v0=" + "0" * 64, "x" * 5000])}
        case 3:
            return signed(content, kind, secret="another")
        case 4:
            return signed(content, kind, at=time.time() - 400)
        case _:
            return signed(content + b"x", kind) | {"Content-Type": chance.choice([FORM, kind, "text/html"])}


async def test_callbacks(tmp_path: Path) -> None:
    """Messages of any form at the right address."""
    chance = chances(SEED + 3)
    with logged("debug") as log:
        async with running(tmp_path) as harness:
            assert harness.bot is not None
            port, before = harness.bot.http_port, memory_and_files()
            made = [_message(chance) for _ in range(CALLBACKS)]
            answers = await in_turns([post(port, body, {}, f"/pandapon/callbacks/{CALLBACK_TOKEN}") for body in made])
            assert {answer.status for answer in answers} <= {200, 400, 413}
            assert max(answer.seconds for answer in answers) < AT_ONCE
            await settled(harness, log, before)


def _message(chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        return noise(chance)[0]
    _kind, odd = malformed(chance)
    inner = chance.choice([odd, json.dumps(odd), [odd], {"orderId": ORDER, "list": [odd]}])
    return json.dumps({"messageType": chance.choice([*odd, "1688_ORDER"]), "messageBody": inner}).encode()
