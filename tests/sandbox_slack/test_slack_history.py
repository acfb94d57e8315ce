"""Reading back what was said: the history, its pages and its bounds, and the metadata that only some may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from support.fake_slack import ORDERS

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack.server import SlackServer


async def post(client: AsyncWebClient, text: str, **arguments: Any) -> str:
    return str((await client.chat_postMessage(channel=ORDERS, text=text, **arguments))["ts"])


async def texts(client: AsyncWebClient, **arguments: Any) -> list[str]:
    answer = await client.conversations_history(channel=ORDERS, **arguments)
    return [message["text"] for message in answer["messages"]]


async def test_metadata_only_on_request(client: AsyncWebClient) -> None:
    """The history tells a message's metadata only with include_all_metadata; a thread does the same."""
    ours = {"event_type": "order_card", "event_payload": {"order_id": "2542285634920880794"}}
    parent = await post(client, "card", metadata=ours)
    await post(client, "news", thread_ts=parent, metadata=ours)
    bare = await client.conversations_history(channel=ORDERS)
    assert "metadata" not in bare["messages"][0]
    full = await client.conversations_history(channel=ORDERS, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == ours
    thread = await client.conversations_replies(channel=ORDERS, ts=parent, include_all_metadata=True)
    assert [message["metadata"] for message in thread["messages"]] == [ours, ours]


async def test_an_edit_keeps_or_changes_metadata(client: AsyncWebClient) -> None:
    """An edit that says nothing of metadata keeps it; one that does replaces it."""
    ours = {"event_type": "order_card", "event_payload": {"state": "1"}}
    ts = await post(client, "card", metadata=ours)
    await client.chat_update(channel=ORDERS, ts=ts, text="edited")
    [kept] = (await client.conversations_history(channel=ORDERS, include_all_metadata=True))["messages"]
    assert kept["metadata"] == ours
    newer = {"event_type": "order_card", "event_payload": {"state": "2"}}
    await client.chat_update(channel=ORDERS, ts=ts, text="again", metadata=newer)
    [changed] = (await client.conversations_history(channel=ORDERS, include_all_metadata=True))["messages"]
    assert changed["metadata"] == newer


async def test_pages_of_history(client: AsyncWebClient) -> None:
    """Pages come newest first, follow one another by cursor, and end with an empty one."""
    for number in range(5):
        await post(client, str(number))
    history, cursor, pages = list[str](), "", 0
    while True:
        answer = await client.conversations_history(channel=ORDERS, limit=2, cursor=cursor)
        history += [message["text"] for message in answer["messages"]]
        pages += 1
        cursor = answer["response_metadata"]["next_cursor"]
        assert answer["has_more"] is bool(cursor)
        if not cursor:
            break
    assert (history, pages) == (["4", "3", "2", "1", "0"], 3)


async def test_bounds(client: AsyncWebClient) -> None:
    """The bounds leave out the messages that they name unless they are inclusive, to the microsecond."""
    first, _, last = [await post(client, text) for text in ("first", "middle", "last")]
    assert await texts(client, oldest=first, latest=last) == ["middle"]
    assert await texts(client, oldest=first, latest=last, inclusive=True) == ["last", "middle", "first"]
    assert await texts(client, oldest=first) == ["last", "middle"]
    assert await texts(client, latest=first, inclusive=True, limit=1) == ["first"]


async def test_replies_are_not_in_the_channel(client: AsyncWebClient) -> None:
    """The channel's history holds the parent and broadcasts; the thread holds all, whichever message names it."""
    parent = await post(client, "parent")
    reply = await post(client, "reply", thread_ts=parent)
    await post(client, "loud", thread_ts=parent, reply_broadcast=True)
    assert await texts(client) == ["loud", "parent"]
    answer = await client.conversations_replies(channel=ORDERS, ts=reply)
    assert [message["text"] for message in answer["messages"]] == ["parent", "reply", "loud"]


async def test_a_deleted_reply_is_not_counted(client: AsyncWebClient) -> None:
    """A parent tells how many replies are left, and is no thread any more without any."""
    parent = await post(client, "parent")
    reply = await post(client, "reply", thread_ts=parent)
    await client.chat_delete(channel=ORDERS, ts=reply)
    [message] = (await client.conversations_history(channel=ORDERS))["messages"]
    assert "reply_count" not in message
    assert "thread_ts" not in message


async def test_a_reply_to_what_is_gone(slack: SlackServer, client: AsyncWebClient) -> None:
    """A reply to a message that was deleted stands alone in the channel."""
    parent = await post(client, "parent")
    await client.chat_delete(channel=ORDERS, ts=parent)
    await post(client, "orphan", thread_ts=parent, reply_broadcast=True)
    [message] = slack.visible("#orders", "mei")
    assert (message.text, message.thread_ts, message.broadcast) == ("orphan", "", False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"cursor": "what"}, "invalid_cursor"),
        ({"cursor": "99"}, "invalid_cursor"),
        ({"limit": 1001}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "tomorrow"}, "invalid_ts_latest"),
    ],
)
async def test_bad_bounds(client: AsyncWebClient, arguments: dict[str, Any], code: str) -> None:
    """Cursors, limits and bounds that mean nothing are refused."""
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel=ORDERS, **arguments)
    assert caught.value.response["error"] == code


async def test_no_such_thread(client: AsyncWebClient) -> None:
    """A thread that is not there is refused."""
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.conversations_replies(channel=ORDERS, ts="1.000001")


async def test_ts_are_unique_and_grow(client: AsyncWebClient, slack: SlackServer) -> None:
    """However fast messages come, no two have the same ts, and a later one has a greater one."""
    now = slack.workspace._clock()
    slack.workspace._clock = lambda: now
    stamps = [await post(client, str(number)) for number in range(20)]
    assert stamps == sorted(set(stamps))
