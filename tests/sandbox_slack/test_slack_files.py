"""Files in the stand-in: announced, uploaded, shared in a conversation of the bot, and downloaded by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from support.fake_slack import MEI, ORDERS, SCOPES, SECRET, stand_in, web_client

if TYPE_CHECKING:
    from sandbox.clock import SimClock

CONTENT = "订单,金额\r\n".encode()


async def refused(call: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]  # a coroutine of slack_sdk
    return str(caught.value.response["error"])


async def test_a_file_is_shared_and_downloaded(clock: SimClock) -> None:
    """Slack's own client uploads it; the message in the conversation leads to the same bytes."""
    async with stand_in(clock, *SCOPES, "files:write") as slack:
        client = web_client(slack)
        direct = (await client.chat_postMessage(channel=MEI, text="Your orders"))["channel"]
        answer = await client.files_upload_v2(
            channel=direct, filename="订单.csv", content=CONTENT, initial_comment="Here"
        )
        assert answer["file"]["title"] == "订单.csv"
        newest = list(slack.workspace.direct(MEI).messages.values())[-1]
        comment, link = newest.text.split("\n")
        assert (comment, newest.user) == ("Here", "U0BOTPANDA")
        async with aiohttp.ClientSession() as session, session.get(link.strip("<>").split("|")[0]) as download:
            assert await download.read() == CONTENT
            assert "attachment" in download.headers["Content-Disposition"]


async def test_what_is_no_upload(clock: SimClock) -> None:
    """The scope, the announced length, the uploaded bytes and the conversation are all checked."""
    async with stand_in(clock) as slack:
        assert await refused(web_client(slack).files_upload_v2(filename="a", content="x")) == "missing_scope"
    async with stand_in(clock, *SCOPES, "files:write") as slack, aiohttp.ClientSession() as session:
        client = web_client(slack)
        assert await refused(client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"
        place = await client.files_getUploadURLExternal(filename="a", length=3)
        async with session.post(place["upload_url"], data=b"four") as response:
            assert response.status == 404
        unfinished = client.files_completeUploadExternal(files=[{"id": place["file_id"]}], channel_id=ORDERS)
        assert await refused(unfinished) == "file_not_found"
        async with session.post(place["upload_url"], data=b"abc") as response:
            assert response.status == 200
        elsewhere = client.files_completeUploadExternal(files=[{"id": place["file_id"]}], channel_id=SECRET)
        assert await refused(elsewhere) == "channel_not_found"
        async with session.get(f"{slack.base_url}/files/{place['file_id']}/a") as response:
            assert response.status == 404  # shared nowhere
