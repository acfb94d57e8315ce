"""The log: secrets and phone numbers are blotted out, whatever the level and wherever they stand."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pytest

from bot.log import configure

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The root logger writes here for one test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    text = io.StringIO()
    configure("debug", ["top-secret-key", "9f8e7d6c"], text)
    yield text
    root.handlers[:] = handlers
    root.setLevel(level)


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
