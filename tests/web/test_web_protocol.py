"""The page's server as a page meets it: HTTP and the websocket, with the real bot behind."""

from __future__ import annotations

import asyncio
import json
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from support.web_protocol import Pages

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = "2542285634920880794"
MEI, TOM, ORDERS = "U0MEI00001", "U0TOM00002", "C0ORDERS01"


async def test_hello_tells_the_whole_state(pages: Pages) -> None:
    """People, channels, commands of the manifest, faults and the time come first, so that a page can draw itself."""
    hello = await (await pages.open()).of("hello")
    assert hello["me"] == MEI
    assert [channel["name"] for channel in hello["channels"]] == ["orders", "urgent", "random", "buyers", "pandabot"]
    assert {"command", "description", "usage_hint"} <= hello["commands"][0].keys()
    assert {fault["side"] for fault in hello["faults"]} == {"Slack", "PandaPon"}
    assert not any(fault["on"] for fault in hello["faults"])
    assert ORDER in {order["id"] for order in hello["orders"]}


async def test_a_command_is_answered_to_its_user_alone(pages: Pages) -> None:
    """The ephemeral answer reaches Mei's page; Tom's page, open on the same channel, gets nothing of it."""
    mei, tom = await pages.open("mei"), await pages.open("tom")
    await mei.say("slash", channel=ORDERS, command="/panda", text=f"order {ORDER}")
    told = await mei.until(lambda told: told["type"] == "ephemeral" and ORDER in json.dumps(told))
    assert told["message"]["ephemeral"] is True
    await tom.say("history", channel=ORDERS)
    assert (await tom.of("messages"))["messages"] == []
    assert not [told for told in tom.told if told["type"] in {"ephemeral", "message"}]


async def test_news_reaches_every_page_and_counts_as_unread(pages: Pages) -> None:
    """A watched order's card is pushed to both; reading it takes the count away, for that person only."""
    mei, tom = await pages.open("mei"), await pages.open("tom")
    await mei.say("slash", channel=ORDERS, command="/panda", text=f"watch {ORDER}")
    card = await mei.of("message")
    assert (await tom.of("message"))["message"]["ts"] == card["message"]["ts"]
    assert (await tom.of("channels"))["channels"][0]["unread"] == 1
    await tom.say("mark_read", channel=ORDERS, ts=card["message"]["ts"])
    await tom.until(lambda told: told["type"] == "channels" and told["channels"][0]["unread"] == 0)
    await tom.say("switch_user", user=MEI)
    assert (await tom.of("hello"))["channels"][0]["unread"] == 1
    await mei.say("time", forward=660)
    await mei.until(lambda told: told["type"] == "message" and told["message"].get("thread_ts", "") != "")


async def test_private_answers_vanish_on_reload_and_history_stays(pages: Pages) -> None:
    """A new page of the same person gets the messages of the channel without those that only they saw."""
    page = await pages.open()
    await page.say("say", channel=ORDERS, text="大家好 <b> #urgent https://example.com/x.")
    await page.say("slash", channel=ORDERS, command="/panda", text="help")
    await page.of("ephemeral")
    await page.say("history", channel=ORDERS)
    assert len((await page.of("messages"))["messages"]) == 2
    again = await pages.open()
    await again.say("history", channel=ORDERS)
    [kept] = (await again.of("messages"))["messages"]
    assert kept["text"] == "大家好 &lt;b&gt; <#C0URGENT02|urgent> <https://example.com/x>."


async def test_long_history_comes_in_pages(pages: Pages) -> None:
    """Fifty messages at a time, newest first asked, each page oldest first, until there are no more."""
    workspace = pages.server.hub.sandbox.slack.workspace
    for number in range(120):
        workspace.post(workspace.channel("orders"), TOM, f"number {number}")
    page = await pages.open()
    texts: list[str] = []
    before, has_more = "", True
    while has_more:
        await page.say("history", channel=ORDERS, before=before)
        told = await page.of("messages")
        texts = [message["text"] for message in told["messages"]] + texts
        before, has_more = told["messages"][0]["ts"], told["more"]
        assert len(told["messages"]) <= 50
    assert texts == [f"number {number}" for number in range(120)]


async def test_a_button_and_a_shortcut(pages: Pages) -> None:
    """A press carries the action that the page drew; a shortcut works on a shared message, and is refused on others."""
    page = await pages.open()
    await page.say("say", channel=ORDERS, text=f"please see {ORDER}")
    message = (await page.of("message"))["message"]
    await page.say("shortcut", channel=ORDERS, ts=message["ts"], callback_id="track_message")
    answer = await page.until(lambda told: told["type"] in {"ephemeral", "changed"} and ORDER in json.dumps(told))
    element = next(
        (block, candidate)
        for block in answer["message"]["blocks"]
        for candidate in (block.get("accessory"), *(block.get("elements") or []))
        if candidate and candidate.get("type") == "button"
    )
    action = {"type": "button", "block_id": element[0].get("block_id", ""), "action_id": element[1]["action_id"]}
    action |= {"text": element[1]["text"]}
    action |= {"value": element[1]["value"]} if "value" in element[1] else {}
    await page.say("press", channel=ORDERS, ts=answer["message"]["ts"], action=action)
    whole = await page.of("changed")
    assert whole["message"]["ts"] == answer["message"]["ts"]
    assert "已揽收" in whole["message"]["text"]
    await page.say("shortcut", channel=ORDERS, ts=answer["message"]["ts"], callback_id="track_message")
    assert (await page.of("note"))["bad"] is True


async def test_faults_time_and_nodes(pages: Pages) -> None:
    """Every switch turns on and off again; wrong requests are answered with a sentence."""
    page = await pages.open()
    hello = await page.of("hello")
    for fault in hello["faults"]:
        await page.say("fault", name=fault["name"], on=True)
        await page.say("fault", name=fault["name"], on=False)
    await page.say("fault", name="slack-ack", on=True)
    await page.until(
        lambda told: told["type"] == "faults" and [f["name"] for f in told["faults"] if f["on"]] == ["slack-ack"]
    )
    await page.say("slash", channel=ORDERS, command="/panda", text="help")
    await page.holding("did not respond")
    await page.say("fault", name="slack-ack", on=False)
    wrongs: list[dict[str, Any]] = [
        {"kind": "time", "forward": -1},
        {"kind": "time", "speed": 0},
        {"kind": "add_node", "order": "1", "text": "x"},
        {"kind": "add_node", "order": ORDER, "text": " "},
        {"kind": "add_node", "order": "2542285634920889990", "text": "x"},
        {"kind": "slash", "channel": ORDERS, "command": "/nonsense"},
        {"kind": "say", "channel": "G0SECRET05", "text": "not mine"},
        {"kind": "nonsense"},
        {"kind": "press"},
    ]
    for wrong in wrongs:
        await page.say(wrong.pop("kind"), **wrong)
        assert (await page.of("note"))["bad"] is True
    await page.say("add_node", order=ORDER, text="快件已到达 手工添加网点", moment="transport")
    assert (await page.of("note"))["bad"] is False
    await page.say("slash", channel=ORDERS, command="/panda", text=f"track {ORDER}")
    await page.holding("手工添加网点")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}"])
async def test_another_host_is_refused(server: WebServer, host: str) -> None:
    """A name that was rebound to this machine gets nothing, whatever it asks for."""
    port = server.base_url.rpartition(":")[2]
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/static/app/main.js", "/recording.json", "/ws"):
            headers = {"Host": host.format(port=port)}
            async with session.get(server.base_url + path, headers=headers) as answer:
                assert answer.status == HTTPStatus.FORBIDDEN
        async with session.get(server.base_url, headers={"Host": f"localhost:{port}"}) as answer:
            assert answer.status == HTTPStatus.OK


@pytest.mark.parametrize("origin", ["", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:{port}"])
async def test_another_origin_gets_no_websocket(server: WebServer, origin: str) -> None:
    """A page from elsewhere cannot talk to the demo through the browser."""
    origin = origin.format(port=server.base_url.rpartition(":")[2])
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{server.base_url}/ws", headers={"Origin": origin} if origin else {})


async def test_only_the_pages_own_files_are_served(server: WebServer) -> None:
    """No way leads out of the folder, however it is written."""
    port = int(server.base_url.rpartition(":")[2])
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static//etc/passwd", "/static/app", "/static/"):
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.setblocking(False)  # noqa: FBT003  the socket module's own signature
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(raw, f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            assert b" 404 " in await loop.sock_recv(raw, 64)
