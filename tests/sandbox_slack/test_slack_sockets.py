"""Socket Mode on the wire, spoken by hand: tickets, greetings, envelopes, refreshes; and HTTP mode's signature."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from support.fake_slack import APP_TOKEN, BOT_TOKEN, MEI, SIGNING, http_mode, socket_mode, web_client
from support.patience import PATIENCE
from support.small_app import SmallApp

from sandbox.slack.delivery import post_signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack.delivery import Ack
    from sandbox.slack.server import SlackServer

Socket = aiohttp.ClientWebSocketResponse
EVENT = {"type": "app_home_opened", "user": MEI, "channel": "D0MEI00001", "tab": "home"}


async def address(slack: SlackServer) -> str:
    return str((await web_client(slack, APP_TOKEN).apps_connections_open(app_token=APP_TOKEN))["url"])


@asynccontextmanager
async def connected(slack: SlackServer) -> AsyncIterator[Socket]:
    """A connection that has been greeted."""
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(slack)) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        yield socket


async def test_only_the_app_token_opens(slack: SlackServer) -> None:
    """The bot's token gets no address."""
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await web_client(slack).apps_connections_open(app_token=BOT_TOKEN)


async def test_a_ticket_is_for_one_connection(slack: SlackServer) -> None:
    """The greeting counts connections and says how long they last; the same address opens no second one."""
    url = await address(slack)
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["debug_info"]["approximate_connection_time"] > 0
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url)
        assert caught.value.status == 403


async def test_envelopes(slack: SlackServer) -> None:
    """Commands and interactions take an answer in the acknowledgement, events do not and count their tries."""
    async with connected(slack) as socket:
        acting = asyncio.create_task(slack.slash("mei", "#orders", "/ask", "裙子"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert envelope["payload"]["text"] == "裙子"
        assert "retry_attempt" not in envelope
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "answer"}})
        assert (await acting).payload == {"text": "answer"}
        happening = asyncio.create_task(slack.event(EVENT))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        again = await socket.receive_json()
        assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
        assert again["envelope_id"] != envelope["envelope_id"]
        assert again["payload"]["event_id"] == envelope["payload"]["event_id"]
        await socket.send_json({"envelope_id": again["envelope_id"]})
        assert (await happening).ok


async def test_an_acknowledgement_that_means_nothing(slack: SlackServer) -> None:
    """What is no acknowledgement, or comes too late, is taken for none and hurts nobody."""
    async with connected(slack) as socket:
        acting = asyncio.create_task(slack.slash("mei", "#orders", "/ask"))
        envelope = await socket.receive_json()
        for text in ("{no", "[]", "{}", '{"envelope_id": "another"}'):
            await socket.send_str(text)
        assert not (await acting).ok
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        ack = asyncio.create_task(slack.slash("mei", "#orders", "/ask"))
        await socket.send_json({"envelope_id": (await socket.receive_json())["envelope_id"]})
        assert (await ack).ok


async def test_one_connection_gets_each_event(slack: SlackServer) -> None:
    """With two connections, each envelope goes to one of them."""
    counts = [0, 0]
    async with connected(slack) as first, connected(slack) as other:
        answering = [asyncio.create_task(_answer(socket, counts, of)) for of, socket in enumerate((first, other))]
        for _ in range(4):
            assert (await slack.slash("mei", "#orders", "/ask")).ok
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
    assert counts == [2, 2]


async def _answer(socket: Socket, counts: list[int], of: int) -> None:
    while True:
        await socket.send_json({"envelope_id": (await socket.receive_json())["envelope_id"]})
        counts[of] += 1


async def test_nobody_is_there(slack: SlackServer) -> None:
    """With no connection, a command fails at once."""
    ack = await slack.slash("mei", "#orders", "/ask")
    assert (ack.ok, ack.seconds) == (False, 0.0)
    assert slack.visible("#orders", "mei")[0].text == "/ask failed because the app did not respond"


async def test_a_refresh(slack: SlackServer) -> None:
    """Asked to, slack_sdk's client connects anew, and the app goes on answering."""
    app = SmallApp(slack)
    async with socket_mode(slack, app.bolt):
        await slack.sockets.refresh()
        async with asyncio.timeout(PATIENCE):
            while slack.sockets.connections < 2 or len(slack.sockets.open) != 1:  # noqa: ASYNC110  the SDK tells nobody
                await asyncio.sleep(0.02)
        assert (await slack.slash("mei", "#orders", "/ask", "now")).ok
    assert slack.visible("#orders", "mei")[-1].text == "said in the acknowledgement"


async def signed(slack: SlackServer, secret: str, shift: float = 0) -> Ack:
    app = SmallApp(slack)
    payload = {"command": "/ask", "text": "now", "user_id": MEI, "channel_id": "C0ORDERS01", "team_id": "T0PANDA01"}
    async with http_mode(slack, app.bolt), aiohttp.ClientSession() as session:
        return await post_signed(
            session, slack.request_url, secret, "slash_commands", payload, 3, sent_at=time.time() + shift
        )


@pytest.mark.parametrize(
    ("secret", "shift", "status"),
    [(SIGNING, 0, 200), ("another", 0, 401), (SIGNING, -301, 401), (SIGNING, 301, 401)],
    ids=["right", "bad secret", "stale", "from the future"],
)
async def test_signatures(slack: SlackServer, secret: str, shift: float, status: int) -> None:
    """Bolt takes what the stand-in signs, and nothing that is signed otherwise or at another time."""
    assert (await signed(slack, secret, shift)).status == status


async def test_the_request_url_is_gone(slack: SlackServer) -> None:
    """Where nobody listens, the act fails and is seen to fail."""
    slack.request_url = "http://127.0.0.1:9/slack/events"
    ack = await slack.slash("mei", "#orders", "/ask")
    assert (ack.ok, ack.status) == (False, 0)
    assert slack.visible("#orders", "mei")[0].text.startswith("/ask failed")


async def test_listeners_hear_each_payload_and_its_end(slack: SlackServer) -> None:
    """Who listens hears of a payload before it goes, and of its acknowledgement."""
    heard: list[Any] = []
    slack.on_payload.append(lambda kind, payload, ack: heard.append((kind, payload["text"], ack and ack.ok)))
    await slack.slash("mei", "#orders", "/ask", "x")
    assert heard == [("slash_commands", "x", None), ("slash_commands", "x", False)]


async def test_waiting_for_what_never_comes(slack: SlackServer) -> None:
    """Waiting says no in the end, and yes at once when it is so."""
    assert await slack.workspace.wait_for(lambda: True, 0.01)
    assert not await slack.workspace.wait_for(lambda: False, 0.01)
    with pytest.raises(StopIteration):
        slack.workspace.user("nobody")
