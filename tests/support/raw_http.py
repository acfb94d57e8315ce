"""HTTP that no library would send: bytes on a socket, and correctly signed requests with any body."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.signature import SignatureVerifier
from support.bot_harness import SIGNING, BotHarness
from support.patience import PATIENCE

if TYPE_CHECKING:
    from sandbox.slack.delivery import Ack

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. Status 0 means that the connection was closed without one."""

    status: int
    text: str
    seconds: float


def signature(body: bytes, stamp: str, secret: str = SIGNING) -> str:
    """Return Slack's signature, also of bytes that are no text, which the library refuses."""
    ours = "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    with contextlib.suppress(UnicodeDecodeError):
        assert ours == SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    return ours


def signed(body: bytes, kind: str = FORM, *, secret: str = SIGNING, at: float | None = None) -> dict[str, str]:
    """Return the head of a request that Slack has signed."""
    stamp = str(int(time.time() if at is None else at))
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(body, stamp, secret),
    }


def request(path: str, body: bytes = b"", headers: dict[str, str] | None = None, method: str = "POST") -> bytes:
    """Return a request as bytes."""
    head = {"Host": "bot", "Content-Length": str(len(body))} | (headers or {})
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


async def send(port: int, raw: bytes) -> Answer:
    """Send bytes and read the answer."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE):
            try:
                writer.write(raw)
                await writer.drain()
                answer = await _read(reader)
            except ConnectionError:
                answer = b""
    finally:
        writer.close()
    head, _, text = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1]) if head else 0
    return Answer(status, text.decode(), loop.time() - began)


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)


async def post(port: int, body: bytes, headers: dict[str, str], path: str = "/slack/events") -> Answer:
    """Send one POST."""
    return await send(port, request(path, body, headers))


async def hand_over(harness: BotHarness, kind: str, payload: Any) -> Ack:
    """Deliver a payload, valid or not, in the mode of this harness."""
    if harness.mode == "socket":
        return await harness.slack.sockets.send(kind, payload, 3.0)
    return await harness.slack._post(kind, payload, 0)
