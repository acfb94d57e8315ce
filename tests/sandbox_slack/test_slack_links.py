"""Links of the app's domains: the event that they were posted, what the app attaches, and attachments of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from support.fake_slack import BUYERS, MEI, ORDERS, SECRET, button, manifest, section, socket_mode, web_client
from support.patience import PATIENCE
from support.schema_watch import SchemaWatch
from support.small_app import SmallApp

from sandbox.slack.server import SlackServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.clock import SimClock
    from sandbox.slack.workspace import Message

PAGE = "https://shop.example/dress?a=1&b=2"


def asking(*scopes: str, events: tuple[str, ...] = ("link_shared",)) -> dict[str, Any]:
    """A manifest that asks for the links of a domain."""
    asked = manifest("chat:write", "channels:history", *scopes)
    asked["features"]["unfurl_domains"] = ["shop.example"]
    return asked | {"settings": {"event_subscriptions": {"bot_events": list(events)}}}


@pytest_asyncio.fixture
async def slack(clock: SimClock) -> AsyncIterator[SlackServer]:
    async with SlackServer(clock, bot_token="xoxb-test-bot", manifest=asking("links:read", "links:write")) as server:
        watch = SchemaWatch(server)
        yield server
        assert watch.problems == []


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return web_client(slack)


async def posted(slack: SlackServer, text: str = f"see <{PAGE.replace('&', '&amp;')}|this>") -> Message:
    return await slack.say("mei", "#orders", text)


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def link_events(slack: SlackServer, *, tried: str, where: str = "#orders") -> list[dict[str, Any]]:
    """The events that were sent when somebody posts this."""
    events: dict[str, dict[str, Any]] = {}  # by id: nobody takes them, so that they come again
    slack.on_payload.append(lambda _kind, payload, _ack: events.update({payload["event_id"]: payload["event"]}))
    await slack.say("tom", where, tried)
    await asyncio.sleep(0.05)
    return list(events.values())


async def test_the_event(slack: SlackServer) -> None:
    """The app hears of each of its links once, whole, with the message and whether its bot is there."""
    [event] = await link_events(
        slack, tried=f"<{PAGE.replace('&', '&amp;')}|a>, http://www.shop.example/x and <{PAGE}>"
    )
    assert event["type"] == "link_shared"
    assert event["links"] == [
        {"url": PAGE, "domain": "shop.example"},
        {"url": "http://www.shop.example/x", "domain": "shop.example"},
    ]
    assert (event["channel"], event["is_bot_user_member"], event["source"]) == (ORDERS, True, "conversations_history")
    [event] = await link_events(slack, tried=PAGE, where="#secret")
    assert (event["channel"], event["is_bot_user_member"]) == (SECRET, False)


@pytest.mark.parametrize("text", ["https://myshop.example/x", "shop.example", "https://example/shop.example", "x"])
async def test_links_of_others(slack: SlackServer, text: str) -> None:
    """Another domain, and what is no link, is not told."""
    assert await link_events(slack, tried=text) == []


@pytest.mark.parametrize("scopes", [(), ("links:read",)])
async def test_who_did_not_ask(clock: SimClock, scopes: tuple[str, ...]) -> None:
    """Without the scope, or without the subscription, the app hears of nothing."""
    async with SlackServer(clock, manifest=asking(*scopes, events=("link_shared",) if not scopes else ())) as slack:
        assert await link_events(slack, tried=PAGE) == []


async def test_an_app_that_unfurls(clock: SimClock) -> None:
    """A real app hears of the link and attaches a preview; history has it, and a second call changes the same one."""
    async with SlackServer(
        clock, bot_token="xoxb-test-bot", app_token="xapp-test-app", manifest=asking("links:read", "links:write")
    ) as slack:
        small, watch = SmallApp(slack), SchemaWatch(slack)

        @small.bolt.event("link_shared")
        async def unfurl(event: dict[str, Any]) -> None:
            for price in ("36.80", "35.00"):
                blocks = [section(f"¥{price}"), {"type": "actions", "elements": [button("more")]}]
                unfurls = {link["url"]: {"blocks": blocks} for link in event["links"]}
                await small.client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)

        async with socket_mode(slack, small.bolt):
            message = await posted(slack)
            assert await slack.workspace.wait_for(lambda: "35.00" in str(message.attachments), PATIENCE)
            [kept] = (await small.client.conversations_history(channel=ORDERS))["messages"][0]["attachments"]
        assert watch.problems == []
        assert {"LinkShared", "Unfurl"} <= watch.seen.keys()
    assert (kept["app_unfurl_url"], kept["is_app_unfurl"], kept["id"]) == (PAGE, True, 1)
    assert kept["blocks"][0]["text"]["text"] == "¥35.00"
    assert kept["blocks"][0]["block_id"] not in {"b0", "b1"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unfurls": None}, "missing_unfurls"),
        ({"unfurls": "{"}, "invalid_unfurls_format"),
        ({"unfurls": [PAGE]}, "invalid_unfurls_format"),
        ({"unfurls": {PAGE: {}}}, "cannot_parse_attachment"),
        ({"unfurls": {PAGE: "text"}}, "cannot_parse_attachment"),
        ({"unfurls": {PAGE: {"blocks": [{"type": "sektion"}]}}}, "invalid_blocks"),
        ({"unfurls": {"https://shop.example/other": {"text": "x"}}}, "cannot_unfurl_url"),
        ({"channel": ""}, "missing_channel"),
        ({"ts": ""}, "missing_ts"),
        ({"channel": "C0NOWHERE"}, "cannot_find_channel"),
        ({"channel": BUYERS}, "cannot_find_message"),
        ({"source": "conversations_history"}, "missing_unfurl_id"),
        ({"unfurl_id": "x"}, "missing_source"),
        ({"unfurl_id": "x", "source": "nowhere"}, "invalid_source"),
        ({"unfurl_id": "x", "source": "composer"}, "invalid_unfurl_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_is_refused(slack: SlackServer, client: AsyncWebClient, change: dict[str, Any], code: str) -> None:
    """Each mistake has Slack's own code, and nothing is attached."""
    message = await posted(slack)
    arguments = {"channel": ORDERS, "ts": message.ts, "unfurls": {PAGE: {"text": "¥36.80"}}} | change
    assert await error(client.api_call("chat.unfurl", json=arguments)) == code
    assert message.attachments == []


async def test_by_the_events_own_id(slack: SlackServer, client: AsyncWebClient) -> None:
    """The id and the source of the event name the message too."""
    [event] = await link_events(slack, tried=PAGE)
    named = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    await client.api_call("chat.unfurl", json={**named, "unfurls": {PAGE: {"title": "A dress"}}})
    [message] = slack.workspace.channels[ORDERS].messages.values()
    assert message.attachments[0]["title"] == "A dress"


async def test_without_the_scope(clock: SimClock) -> None:
    """Attaching needs links:write."""
    async with SlackServer(clock, bot_token="xoxb-test-bot", manifest=asking("links:read")) as slack:
        message = await posted(slack)
        arguments = {"channel": ORDERS, "ts": message.ts, "unfurls": {PAGE: {"text": "x"}}}
        assert await error(web_client(slack).api_call("chat.unfurl", json=arguments)) == "missing_scope"


async def test_attachments_of_a_message(slack: SlackServer, client: AsyncWebClient) -> None:
    """They are posted, whispered and updated; an update that does not speak of them keeps them."""
    given: list[dict[str, Any]] = [{"text": "one", "color": "good"}, {"blocks": [section("two")]}]
    posted = await client.chat_postMessage(channel=ORDERS, text="x", attachments=given)
    ts = posted["ts"]
    assert [attachment["id"] for attachment in posted["message"]["attachments"]] == [1, 2]
    await client.chat_update(channel=ORDERS, ts=ts, text="y")
    kept = (await client.conversations_history(channel=ORDERS))["messages"][0]
    assert (kept["text"], kept["attachments"][0]["text"]) == ("y", "one")
    await client.chat_update(channel=ORDERS, ts=ts, text="z", attachments=[])
    assert "attachments" not in (await client.conversations_history(channel=ORDERS))["messages"][0]
    alone = await client.api_call("chat.postEphemeral", json={"channel": ORDERS, "user": MEI, "attachments": given})
    assert alone["ok"]
    assert slack.visible("#orders", "mei")[-1].attachments[1]["blocks"] == [section("two")]


@pytest.mark.parametrize(
    ("attachments", "code"),
    [
        ([{"text": "x"}] * 101, "too_many_attachments"),
        ([{"blocks": [{"type": "sektion"}]}], "invalid_blocks"),
        ([{"color": "good"}], "invalid_arguments"),
        ({"text": "x"}, "invalid_arguments"),
        ([], "no_text"),
    ],
    ids=["many", "blocks", "nothing", "no list", "none"],
)
async def test_attachments_that_are_refused(client: AsyncWebClient, attachments: Any, code: str) -> None:
    """A message with bad attachments, or with nothing at all, is not posted."""
    assert (
        await error(client.api_call("chat.postMessage", json={"channel": ORDERS, "attachments": attachments})) == code
    )
