"""What is taken out of a text before it is logged, whatever was done to it on its way."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.process.log import LineFormatter
from bot.process.redaction import LONGEST, Redaction
from pandapon.errors import ApiError, TransportError
from storage.errors import BusyFileError

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "s3cret/with+signs=&ü"
HOOK = "https://hooks.slack.com/actions/T1/22/hookpart"
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, lower": lambda text: quote(text, safe="").lower() if text == HOOK else quote(text),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent three times": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "json": lambda text: json.dumps(text).replace("/", "\\/"),
    "json in json": lambda text: json.dumps(json.dumps(text).replace("/", "\\/")),
    "unicode": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "repr of bytes": lambda text: repr(text.encode()),
    "hex escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "html": html.escape,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"user:{text}".encode()).decode().rstrip("="),
    "hex": lambda text: text.encode().hex(),
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text),
    "broken up": "\u200b".join,
}


@pytest.mark.parametrize("hidden", [SECRET, HOOK], ids=["secret", "response URL"])
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_every_encoding(encoding: Callable[[str], str], hidden: str) -> None:
    """The rule is written once, for the plain form."""
    shown = Redaction([SECRET]).line(f"before {encoding(hidden)} after")
    assert "***" in shown
    assert encoding(hidden)[-12:] not in shown
    assert "hookpart" not in shown
    assert shown.startswith("before ")


@pytest.mark.parametrize("secret", ['pa"ss-word-99', "it's-a-word-9", "back\\slash-77", 'b\\"oth-88'])
@pytest.mark.parametrize("encoding", [str, repr, json.dumps, lambda text: json.dumps(json.dumps(text))])
def test_a_secret_with_quotes_and_backslashes(encoding: Callable[[str], str], secret: str) -> None:
    """JSON and repr put backslashes before them."""
    shown = Redaction([secret]).line(f"before {encoding(secret)} after")
    assert "***" in shown
    assert secret[-6:] not in shown


@pytest.mark.parametrize(
    "text",
    [
        "token=abcdefgh12345678",
        '{"token": "abcdefgh12345678"}',
        "{'X-Slack-Signature': 'v0=abcdefgh12345678'}",
        "(signature: v0=abcdefgh12345678, timestamp: 1)",
        "Authorization: Bearer abcdefgh12345678",
        "xoxe.xoxp-1-abcdefgh12345678",
        "wss://wss-primary.slack.com/link/?ticket=abcdefgh12345678",
        "https://hooks.slack.com/triggers/T1/abcdefgh12345678",
        "POST /pandapon/callbacks%2Fabcdefgh12345678",
    ],
)
def test_what_looks_like_a_secret(text: str) -> None:
    """Also where nobody has told it beforehand."""
    assert "abcdefgh12345678" not in Redaction([]).line(text)


@pytest.mark.parametrize(
    "text",
    [
        "order 2542285634920880794 is shown from the store",
        "Slack refuses the bot's token (invalid_auth): nothing can be posted until it is mended",
        "incident 0c5b63df",
        "database copied to pandabot-20260302-0200.db",
        "no Socket Mode connection yet; it is tried on in the background",
        "channel C0ORDERS01 cannot be posted to (not_in_channel); 2 watches are paused",
    ],
)
def test_our_own_lines_stay(text: str) -> None:
    """Nothing is taken out of what an operator needs."""
    assert Redaction(["xoxb-secret", "0123456789abcdef"]).line(text) == text


@given(st.text(max_size=300), st.integers(0, 5))
def test_one_printable_line_of_a_length(text: str, times: int) -> None:
    """For any text: nothing moves a cursor, nothing starts a line, and it is not long."""
    shown = Redaction(["secret"]).line(text * 10**times if times < 4 else text)
    assert shown.isprintable()
    assert "secret" not in shown
    assert len(shown) <= LONGEST * len("\\U00018cd6") + 20  # a character without a glyph is written out


@pytest.mark.parametrize("before", range(3_900, 4_020, 7))
def test_a_secret_at_the_cut(before: int) -> None:
    """Half of it is not left either."""
    secret = "abcdefghijklmnopqrstuvwxyz0123456789"
    shown = Redaction([secret]).line(f"{secret} " * 20 + "x" * before + secret + "y" * 5_000)
    assert "abcdefgh" not in shown


def test_errors_in_arguments() -> None:
    """Our own sentences and codes are told; what others say may be anything."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(Redaction([])))
    logger = logging.Logger("x")  # noqa: LOG001  of this test alone
    logger.addHandler(handler)
    logger.error("1 %s", ApiError("王大山 lives here", code="1001", request_id="r-7"))
    logger.error("2 %s", TransportError("no whole answer (ServerDisconnectedError)"))
    logger.error("3 %s", BusyFileError("The database is held by another process."))
    logger.error("4 %s", ValueError("王大山"))
    logger.error("5 %d", "王")
    written = stream.getvalue()
    assert "ApiError, code 1001, request r-7" in written
    assert "ServerDisconnectedError" in written
    assert "held by another process" in written
    assert "4 ValueError" in written
    assert "王" not in written
    assert len(written.splitlines()) == 5
