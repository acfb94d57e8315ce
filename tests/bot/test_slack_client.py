"""The connections of Slack's client, against a server that speaks bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

from support.pandapon_api import byte_server

from bot.clients.slack import slack_session, web_client
from bot.settings import load

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

GIVEN = {
    "slack_bot_token": "xoxb-1",
    "slack_app_token": "xapp-1",
    "pandapon_access_key": "key",
    "pandapon_access_secret": "secret-value",
    "pandapon_user_id": "2100007341207",
}


def answer(ts: str) -> bytes:
    body = json.dumps({"ok": True, "channel": "C1", "ts": ts}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def test_what_comes_over_an_idle_connection_is_no_answer() -> None:
    """A proxy that repeats an answer would give one card the timestamp of another, and news would go to its thread."""
    connections: list[StreamWriter] = []
    posts = 0

    async def speak(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal posts
        connections.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
                posts += 1
                writer.write(answer(f"{posts}.0"))

    async with byte_server(speak) as url, slack_session() as session:
        settings = load(None, **(GIVEN | {"slack_api_url": f"{url}/api/"}))
        client = web_client(settings, session, patient=False, on_rate_limit=lambda: None)
        first = await client.chat_postMessage(channel="C1", text="a card")
        kept = await client.chat_postMessage(channel="C1", text="a second one")
        connections[0].write(answer("666.0"))
        await asyncio.sleep(0.1)
        third = await client.chat_postMessage(channel="C1", text="a third one")
    assert [post["ts"] for post in (first, kept, third)] == ["1.0", "2.0", "3.0"]
    assert len(connections) == 2  # the first was used again until then
