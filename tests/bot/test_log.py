"""The log: secrets and phone numbers are blotted out, whatever the level and wherever they stand."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from support.restored_logging import CHANGED, restored_logging

from bot.process.log import configure
from pandapon import log_context
from pandapon.errors import TransportError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def logged(form: str) -> Iterator[io.StringIO]:
    """The root logger writes here, in this form."""
    text = io.StringIO()
    with restored_logging():
        configure("debug", ["top-secret-key", "9f8e7d6c"], text, form=form)
        yield text


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The root logger writes here for one test, for people."""
    with logged("line") as text:
        yield text


@pytest.fixture
def objects() -> Iterator[io.StringIO]:
    """The same for machines."""
    with logged("json") as text:
        yield text


def hooks_and_levels() -> list[object]:
    return [
        threading.excepthook,
        sys.excepthook,
        warnings.showwarning,
        *(logging.getLogger(name).level for name in CHANGED),
    ]


def test_a_log_leaves_nothing_to_the_next_test() -> None:
    """What it sets for the whole process: else an error in a thread would fail no later test."""
    before = hooks_and_levels()
    with logged("line"):
        within = hooks_and_levels()
        logging.getLogger("opentelemetry").propagate = False
    assert not any(hook is other for hook, other in zip(before[:3], within[:3], strict=True))
    assert hooks_and_levels() == before
    assert logging.getLogger("opentelemetry").propagate


@pytest.mark.parametrize(
    "line",
    [
        "key top-secret-key here",
        "token xoxb-123-abc-DEF here",
        "app token xapp-1-A1-22-beef",
        "POST https://hooks.slack.com/commands/T1/2/secretpart failed",
        "POST https://hooks.slack.com/actions/T1/2/secretpart failed",
        "ws://127.0.0.1/link?ticket=secretpart&x=1",
        "POST /pandapon/callbacks/secretpart",
        "courier 13800138000 is on the way",
    ],
)
def test_secrets_are_blotted_out(stream: io.StringIO, line: str) -> None:
    """Known secrets, token shapes, response URLs, tickets and phone numbers become ***."""
    logging.getLogger("x").info(line)
    written = stream.getvalue()
    assert "***" in written
    for secret in ("top-secret", "xoxb-1", "xapp-1", "secretpart", "13800138000"):
        assert secret not in written


def test_secrets_in_arguments_and_tracebacks_are_blotted_out(stream: io.StringIO) -> None:
    """Lazy arguments and exception texts go through the same filter."""
    try:
        raise ValueError("bad 9f8e7d6c")
    except ValueError:
        logging.getLogger("x").exception("while using %s", "top-secret-key")
    assert "9f8e7d6c" not in stream.getvalue()
    assert "top-secret" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_order_ids_are_not_taken_for_phone_numbers(stream: io.StringIO) -> None:
    """A 19-digit id must stay readable: it is how a log line is found again."""
    logging.getLogger("x").info("order 2542285634920880794")
    assert "2542285634920880794" in stream.getvalue()


def test_libraries_that_print_urls_are_quiet(stream: io.StringIO) -> None:
    """Httpx prints whole addresses at INFO; they never reach the log."""
    logging.getLogger("httpx").info("GET https://api.example/x?orderId=1")
    assert stream.getvalue() == ""


ODD = 'a "b" = \n\x1b[31m top-secret-key'


def test_fields_stand_behind_the_event(stream: io.StringIO) -> None:
    """Each as name=value; one with blanks is quoted, one with nothing is left out, an error says what it may."""
    fields = {"order": "1688:1", "posts": 0, "title": "two words", "reason": "", "card": None}
    logging.getLogger("x").info("card deleted", extra=fields | {"at": StorageError("full")})
    assert stream.getvalue().endswith('  card deleted order=1688:1 posts=0 title="two words" at=full\n')
    logging.getLogger("x").info("read", extra={"error": TransportError("no answer of 13800138000")})
    assert "13800138000" not in stream.getvalue()


@pytest.mark.parametrize("value", [{"a": 1}, [1, 2], {3}, b"four", 0, False, object()])
def test_a_field_may_be_of_any_type(stream: io.StringIO, value: object) -> None:
    """Libraries add what they like, also what has no hash; nothing and an empty text alone are left out."""
    logging.getLogger("bot").info("event", extra={"given": value, "nothing": None, "empty": ""})
    [line] = stream.getvalue().splitlines()
    assert " given=" in line
    assert "nothing" not in line
    assert "empty" not in line


def test_a_line_of_json_is_one_object(objects: io.StringIO) -> None:
    """With time, level, logger and event, whose names no field can take; its trace is a list of lines."""
    try:
        raise ValueError("bad 9f8e7d6c")
    except ValueError:
        logging.getLogger("x").exception("broken", extra={"order": "1688:1", "event": "forged", "odd": ODD})
    [line] = objects.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["event"], entry["order"]) == ("error", "x", "broken", "1688:1")
    assert entry["trace"][-1] == "ValueError"
    assert not any(secret in line for secret in ("top-secret", "9f8e7d6c", "\x1b"))
    assert "T" in entry["time"]


@pytest.mark.parametrize("form", ["line", "json"])
def test_fields_are_redacted(form: str) -> None:
    """Secrets and phones in a field's value, line ends that would begin a line of their own, and what is too long."""
    with logged(form) as text:
        logging.getLogger("x").info("odd", extra={"odd": ODD, "phone": "13800138000", "long": "x" * 5000})
    written = text.getvalue()
    assert len(written.splitlines()) == 1
    assert len(written) < 2000
    assert not any(secret in written for secret in ("top-secret", "13800138000", "\x1b"))


async def test_what_is_at_work_stands_on_every_line_of_it(stream: io.StringIO) -> None:
    """In its task and in those that it starts; not in its neighbours."""
    log = logging.getLogger("x")

    async def work(number: int) -> None:
        log_context.bind(post=number)
        await asyncio.sleep(0)
        log.info("began")
        with log_context.bound(order="1688:9"):
            await asyncio.gather(asyncio.to_thread(log.info, "in a thread"), inner())
        log.info("ended")

    async def inner() -> None:
        log.info("in a task")

    await asyncio.gather(asyncio.create_task(work(1)), asyncio.create_task(work(2)))
    log.info("outside")
    lines = [line.partition(" x  ")[2] for line in stream.getvalue().splitlines() if " x  " in line]
    assert lines.pop() == "outside"
    for number in (1, 2):
        ours = [line for line in lines if f"post={number}" in line]
        assert sorted(ours) == sorted(
            [
                f"began post={number}",
                f"in a thread post={number} order=1688:9",
                f"in a task post={number} order=1688:9",
                f"ended post={number}",
            ]
        )
