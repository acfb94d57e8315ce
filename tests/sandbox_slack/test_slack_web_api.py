"""The Web API of the stand-in, called by slack_sdk: what it answers, what it refuses, and who sees the outcome."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from support.fake_slack import (
    APP_TOKEN,
    BOT_TOKEN,
    BUYERS,
    MEI,
    OLDIES,
    ORDERS,
    RANDOM,
    SECRET,
    TOM,
    button,
    modal,
    section,
    stand_in,
    web_client,
)

from sandbox.slack.interactions import TRIGGER_LIFE

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from sandbox.clock import SimClock
    from sandbox.slack.server import SlackServer


async def refusal(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answer = caught.value.response.data
    assert answer["ok"] is False
    return dict(answer)


async def error(call: Awaitable[AsyncSlackResponse]) -> str:
    return str((await refusal(call))["error"])


async def test_who_am_i(client: AsyncWebClient) -> None:
    """auth.test names the bot and lists the manifest's scopes in its header."""
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0BOTPANDA", "B0PANDA01", "T0PANDA01")
    scopes = answer.headers["x-oauth-scopes"].split(",")
    assert "chat:write" in scopes
    assert "chat:write.public" not in scopes


def call_all_shapes(api_url: str) -> tuple[str, list[str], str]:
    """A JSON body, a GET with a query, a POST with a query; by the client that does not know asyncio."""
    sync = WebClient(token=BOT_TOKEN, base_url=api_url)
    posted = sync.chat_postMessage(channel=ORDERS, text="裙子 has left", blocks=[section("裙子 *has left*")])
    history = sync.conversations_history(channel=ORDERS, limit=1)
    sync.chat_delete(channel=ORDERS, ts=posted["ts"])
    return posted["ts"], [message["text"] for message in history["messages"]], sync.auth_test()["user"]


async def test_every_request_shape_of_the_sync_client(slack: SlackServer) -> None:
    """The client of the sync world sends JSON, queries and empty bodies: all are understood."""
    ts, texts, user = await asyncio.to_thread(call_all_shapes, slack.api_url)
    assert texts == ["裙子 has left"]
    assert user == "pandabot"
    assert slack.visible("#orders", "mei") == []
    assert ts == slack.calls[0].answer["ts"]


async def test_a_form_with_structures_as_json_text(slack: SlackServer) -> None:
    """A form body carries blocks as JSON text and flags as words."""
    form = {"token": BOT_TOKEN, "channel": ORDERS, "text": "x", "blocks": '[{"type": "divider"}]'}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}chat.postMessage", data=form) as answer,
    ):
        assert (await answer.json())["ok"] is True
    [message] = slack.visible("#orders", "mei")
    assert message.blocks == [{"type": "divider"}]
    assert "token" not in slack.calls[0].arguments


async def test_a_body_that_is_no_json(slack: SlackServer) -> None:
    """Broken JSON gets Slack's error, not a server error."""
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{slack.api_url}chat.postMessage", data=b"{no") as answer,
    ):
        assert answer.status == 200
        assert (await answer.json())["error"] == "invalid_json"


@pytest.mark.parametrize(("token", "code"), [("xoxb-wrong", "invalid_auth"), (APP_TOKEN, "invalid_auth")])
async def test_wrong_tokens(slack: SlackServer, token: str, code: str) -> None:
    """A token that is not the bot's opens nothing."""
    assert await error(web_client(slack, token).auth_test()) == code


async def test_no_token(slack: SlackServer) -> None:
    """A call without a token is told so."""
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}auth.test") as answer:
        assert (await answer.json())["error"] == "not_authed"


async def test_tokens_are_in_no_ledger(slack: SlackServer, client: AsyncWebClient) -> None:
    """What was called is kept, without the token."""
    await client.chat_postMessage(channel=ORDERS, text="hello")
    [call] = slack.calls
    assert (call.method, call.status, call.arguments["text"]) == ("chat.postMessage", 200, "hello")
    assert BOT_TOKEN not in repr(call)


async def test_a_method_that_is_not_there(client: AsyncWebClient) -> None:
    """An unknown method is refused by name."""
    assert await error(client.api_call("chat.shout")) == "unknown_method"


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C0NOTHING", "channel_not_found"),
        (SECRET, "channel_not_found"),
        (RANDOM, "not_in_channel"),
        (OLDIES, "is_archived"),
    ],
)
async def test_where_the_bot_may_not_post(client: AsyncWebClient, channel: str, code: str) -> None:
    """A private channel without the bot does not exist for it; the other refusals say why."""
    assert await error(client.chat_postMessage(channel=channel, text="hello")) == code


async def test_public_channels_with_the_scope(clock: SimClock) -> None:
    """With chat:write.public, a public channel without the bot takes its message; a private one still does not."""
    async with stand_in(clock, "chat:write", "chat:write.public") as slack:
        await web_client(slack).chat_postMessage(channel=RANDOM, text="hello")
        assert [message.text for message in slack.visible("#random", "tom")] == ["hello"]
        assert await error(web_client(slack).chat_postMessage(channel=SECRET, text="hello")) == "channel_not_found"


async def test_a_user_id_is_a_direct_message(slack: SlackServer, client: AsyncWebClient) -> None:
    """A message to a person goes into the bot's direct conversation with them, which conversations.open names too."""
    posted = await client.chat_postMessage(channel=MEI, text="psst 林梅")
    assert posted["channel"].startswith("D")
    assert [message.text for message in slack.visible(posted["channel"], "mei")] == ["psst 林梅"]
    assert await error(client.chat_postMessage(channel="U0NOBODY", text="hello")) == "channel_not_found"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("汉" * 2900) for _ in range(5)]}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "card", "event_payload": "text"}}, "invalid_metadata_format"),
    ],
)
async def test_what_is_no_message(client: AsyncWebClient, content: dict[str, Any], code: str) -> None:
    """Empty, overlong and malformed messages are refused with Slack's codes."""
    assert await error(client.api_call("chat.postMessage", json={"channel": ORDERS, **content})) == code


async def test_invalid_blocks_say_what(client: AsyncWebClient) -> None:
    """The refusal of blocks names the block and its fault."""
    blocks = [section("fine"), {"type": "actions", "elements": [button("a"), button("a")]}]
    answer = await refusal(client.chat_postMessage(channel=ORDERS, text="x", blocks=blocks))
    [problem] = answer["response_metadata"]["messages"]
    assert "block 1" in problem
    assert "action_id" in problem


async def test_missing_arguments(client: AsyncWebClient) -> None:
    """A required argument that is missing is named."""
    answer = await refusal(client.api_call("chat.update", json={"channel": ORDERS, "text": "x"}))
    assert answer["error"] == "invalid_arguments"
    assert "ts" in answer["response_metadata"]["messages"][0]


async def test_threads_and_broadcasts(slack: SlackServer, client: AsyncWebClient) -> None:
    """A reply is in its thread only; a broadcast is in both; the parent counts them."""
    parent = (await client.chat_postMessage(channel=ORDERS, text="card"))["ts"]
    await client.chat_postMessage(channel=ORDERS, text="scan", thread_ts=parent)
    await client.chat_postMessage(channel=ORDERS, text="delivered", thread_ts=parent, reply_broadcast=True)
    assert [message.text for message in slack.visible("#orders", "mei")] == ["card", "delivered"]
    replies = (await client.conversations_replies(channel=ORDERS, ts=parent))["messages"]
    assert [reply["text"] for reply in replies] == ["card", "scan", "delivered"]
    assert (replies[0]["thread_ts"], replies[0]["reply_count"]) == (parent, 2)
    assert replies[0]["latest_reply"] == replies[2]["ts"]
    assert replies[2]["subtype"] == "thread_broadcast"
    assert all(reply["thread_ts"] == parent for reply in replies)


async def test_editing(slack: SlackServer, client: AsyncWebClient) -> None:
    """An edit keeps the ts; text alone takes the blocks away and marks the message edited, blocks do not mark it."""
    posted = await client.chat_postMessage(channel=ORDERS, text="one", blocks=[section("one")])
    await client.chat_update(channel=ORDERS, ts=posted["ts"], text="two", blocks=[section("two")])
    [message] = slack.visible("#orders", "mei")
    assert (message.text, message.blocks[0]["text"]["text"], message.edited) == ("two", "two", False)
    answer = await client.chat_update(channel=ORDERS, ts=posted["ts"], text="three")
    assert answer["ts"] == posted["ts"]
    assert (message.text, message.blocks, message.edited) == ("three", [], True)


async def test_what_cannot_be_edited(slack: SlackServer, client: AsyncWebClient) -> None:
    """Another's message and a message that is gone can neither be edited nor deleted."""
    theirs = await slack.say("tom", "#orders", "mine")
    assert await error(client.chat_update(channel=ORDERS, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error(client.chat_delete(channel=ORDERS, ts=theirs.ts)) == "cant_delete_message"
    ours = (await client.chat_postMessage(channel=ORDERS, text="ours"))["ts"]
    await client.chat_delete(channel=ORDERS, ts=ours)
    assert await error(client.chat_update(channel=ORDERS, ts=ours, text="x")) == "message_not_found"
    assert await error(client.chat_delete(channel=ORDERS, ts=ours)) == "message_not_found"


async def test_whispers(slack: SlackServer, client: AsyncWebClient) -> None:
    """An ephemeral message is seen by one person, not by the history, and cannot be edited by its ts."""
    ts = (await client.chat_postEphemeral(channel=ORDERS, user=MEI, text="only you"))["message_ts"]
    assert [message.text for message in slack.visible("#orders", "mei")] == ["only you"]
    assert slack.visible("#orders", "tom") == []
    assert (await client.conversations_history(channel=ORDERS))["messages"] == []
    assert await error(client.chat_update(channel=ORDERS, ts=ts, text="x")) == "message_not_found"


@pytest.mark.parametrize(
    ("channel", "user", "code"),
    [
        (RANDOM, MEI, "not_in_channel"),
        (SECRET, TOM, "channel_not_found"),
        (ORDERS, "U0NOBODY", "user_not_in_channel"),
        (OLDIES, MEI, "is_archived"),
    ],
)
async def test_whispers_that_reach_nobody(client: AsyncWebClient, channel: str, user: str, code: str) -> None:
    """Ephemeral messages need the bot and the person in the channel."""
    assert await error(client.chat_postEphemeral(channel=channel, user=user, text="x")) == code


async def test_permalinks(client: AsyncWebClient) -> None:
    """A message's link holds its channel and its ts without the dot."""
    ts = (await client.chat_postMessage(channel=ORDERS, text="x"))["ts"]
    link = (await client.chat_getPermalink(channel=ORDERS, message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/{ORDERS}/p{ts.replace('.', '')}")
    assert await error(client.chat_getPermalink(channel=SECRET, message_ts=ts)) == "channel_not_found"


async def test_channels_that_the_bot_can_list(client: AsyncWebClient) -> None:
    """Public channels, and the private ones that it is in; archived ones can be left out; pages follow by cursor."""
    kinds = "public_channel,private_channel"
    names, cursor = list[str](), ""
    while True:
        page = await client.conversations_list(types=kinds, exclude_archived=True, limit=2, cursor=cursor)
        names += [channel["name"] for channel in page["channels"]]
        if not (cursor := page["response_metadata"]["next_cursor"]):
            break
    assert names == ["orders", "urgent", "random", "buyers"]
    assert await error(client.conversations_list(cursor="nonsense")) == "invalid_cursor"


async def test_what_a_channel_is(slack: SlackServer, client: AsyncWebClient) -> None:
    """Renaming, archiving and leaving show in what is told of a channel."""
    channel = slack.workspace.channels[ORDERS]
    channel.name, channel.is_archived = "bestellungen", True
    channel.members.discard("U0BOTPANDA")
    told = (await client.conversations_info(channel=ORDERS))["channel"]
    assert (told["name"], told["is_archived"], told["is_member"]) == ("bestellungen", True, False)
    assert await error(client.conversations_info(channel=SECRET)) == "channel_not_found"
    assert await error(client.conversations_info(channel="#bestellungen")) == "channel_not_found"


async def test_coming_in_and_opening(clock: SimClock) -> None:
    """With their scopes, the bot joins a public channel and opens a direct conversation; no other lets it in."""
    async with stand_in(clock, "channels:read", "groups:read", "channels:join", "im:write", "chat:write") as slack:
        client = web_client(slack)
        assert (await client.conversations_join(channel=RANDOM))["channel"]["is_member"] is True
        members = (await client.conversations_members(channel=RANDOM))["members"]
        assert sorted(members) == sorted([MEI, TOM, "U0BOTPANDA"])
        opened = (await client.conversations_open(users=MEI))["channel"]["id"]
        assert (await client.chat_postMessage(channel=MEI, text="psst"))["channel"] == opened
        assert await error(client.conversations_join(channel=OLDIES)) == "is_archived"
        assert await error(client.conversations_join(channel=BUYERS)) == "method_not_supported_for_channel_type"
        assert await error(client.conversations_members(channel=SECRET)) == "channel_not_found"
        assert await error(client.conversations_open(users="U0NOBODY")) == "user_not_found"


async def test_people(client: AsyncWebClient) -> None:
    """A person has a time zone, and a language when one asks for it."""
    mei = (await client.users_info(user=MEI, include_locale=True))["user"]
    assert (mei["tz"], mei["locale"], mei["is_bot"]) == ("Asia/Shanghai", "en-US", False)
    assert "locale" not in (await client.users_info(user=MEI))["user"]
    assert await error(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert len((await client.users_list())["members"]) == 3


@pytest.mark.parametrize(
    ("scopes", "method", "arguments", "needed"),
    [
        (("channels:read",), "chat.postMessage", {"channel": ORDERS, "text": "x"}, "chat:write"),
        (("channels:read",), "conversations.info", {"channel": BUYERS}, "groups:read"),
        (("groups:read",), "conversations.info", {"channel": ORDERS}, "channels:read"),
        (("channels:read",), "conversations.list", {"types": "public_channel,private_channel"}, "groups:read"),
        (("channels:history",), "conversations.history", {"channel": BUYERS}, "groups:history"),
        (("channels:history",), "conversations.open", {"users": MEI}, "im:write"),
        (("channels:read",), "conversations.join", {"channel": RANDOM}, "channels:join"),
        (("chat:write",), "users.info", {"user": MEI}, "users:read"),
    ],
)
async def test_scopes(
    clock: SimClock, scopes: tuple[str, ...], method: str, arguments: dict[str, Any], needed: str
) -> None:
    """A method without its scope is refused, with the scope that it needs and those there are."""
    async with stand_in(clock, *scopes) as slack:
        answer = await refusal(web_client(slack).api_call(method, json=arguments))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", needed, ",".join(scopes))


async def test_trigger_ids_open_one_modal(slack: SlackServer, client: AsyncWebClient, clock: SimClock) -> None:
    """A trigger id is good once, for three seconds, and only if Slack gave it."""
    trigger = slack.interactions.new_trigger()
    view = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    assert (view["type"], view["state"], view["private_metadata"]) == ("modal", {"values": {}}, "")
    assert view["root_view_id"] == view["id"]
    assert await error(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    assert await error(client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"
    late = slack.interactions.new_trigger()
    clock.advance(TRIGGER_LIFE * 2)
    assert await error(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"


async def test_trigger_ids_that_are_used_up(slack: SlackServer, client: AsyncWebClient) -> None:
    """With the fault, no new trigger id opens a view; Slack's own act, for an acknowledgement, still does."""
    slack.interactions.spent_triggers = True
    refused = client.views_open(trigger_id=slack.interactions.new_trigger(), view=modal())
    assert await error(refused) == "exchanged_trigger_id"
    await client.views_open(trigger_id=slack.interactions.new_trigger(own=True), view=modal())
    assert len(slack.workspace.views) == 1


async def test_views_that_changed_meanwhile(slack: SlackServer, client: AsyncWebClient) -> None:
    """Each change of a view has its own hash; an update with an old one is refused."""
    view = (await client.views_open(trigger_id=slack.interactions.new_trigger(), view=modal()))["view"]
    newer = (await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Newer")))["view"]
    assert newer["id"] == view["id"]
    assert newer["hash"] != view["hash"]
    assert await error(client.views_update(view_id=view["id"], hash=view["hash"], view=modal())) == "hash_conflict"
    assert await error(client.views_update(view_id="V0", view=modal())) == "not_found"
    assert slack.workspace.views[view["id"]]["title"]["text"] == "Newer"


async def test_a_stack_of_views(slack: SlackServer, client: AsyncWebClient) -> None:
    """Three views lie upon each other; a fourth does not fit."""
    trigger = slack.interactions.new_trigger()
    view = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    root = view["id"]
    for title in ("Second", "Third"):
        trigger, below = slack.interactions.new_trigger(view["id"]), view["id"]
        view = (await client.views_push(trigger_id=trigger, view=modal(title)))["view"]
        assert (view["previous_view_id"], view["root_view_id"]) == (below, root)
    trigger = slack.interactions.new_trigger(view["id"])
    assert await error(client.views_push(trigger_id=trigger, view=modal("Fourth"))) == "push_limit_reached"
    assert len(slack.workspace.views) == 3


async def test_a_home(slack: SlackServer, client: AsyncWebClient) -> None:
    """A home is published for a person who exists."""
    home = {"type": "home", "blocks": [section("欢迎")]}
    await client.views_publish(user_id=MEI, view=home)
    assert slack.workspace.homes[MEI]["blocks"] == [section("欢迎")]
    assert await error(client.views_publish(user_id="U0NOBODY", view=home)) == "invalid_arguments"
    old = slack.workspace.homes[MEI]["hash"]
    await client.views_publish(user_id=MEI, view=home, hash=old)
    assert await error(client.views_publish(user_id=MEI, view=home, hash=old)) == "hash_conflict"


async def test_a_view_that_is_none(slack: SlackServer, client: AsyncWebClient) -> None:
    """A modal beyond Slack's limits is refused, and its reasons are told."""
    answer = await refusal(
        client.views_open(trigger_id=slack.interactions.new_trigger(), view=modal("A title of far too many characters"))
    )
    assert answer["error"] == "invalid_arguments"
    assert "title" in answer["response_metadata"]["messages"][0]
