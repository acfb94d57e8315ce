"""The faults that can be switched on, as slack_sdk meets them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from support.fake_slack import MEI, ORDERS, URGENT

from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack.server import SlackServer

POST = "chat.postMessage"


def visible_texts(slack: SlackServer) -> list[str]:
    return [message.text for message in slack.visible("#orders", "mei")]


async def failure(client: AsyncWebClient, **arguments: Any) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**({"channel": ORDERS, "text": "hello"} | arguments))
    return caught.value


async def test_rate_limited(slack: SlackServer, client: AsyncWebClient) -> None:
    """A 429 says how long to wait, comes as often as planned, and says nothing in the channel."""
    slack.faults.plan(Fault(POST, times=2, retry_after=7))
    for _ in range(2):
        refused = await failure(client)
        assert (refused.response.status_code, refused.response["error"]) == (429, "ratelimited")
        assert refused.response.headers["Retry-After"] == "7"
    assert visible_texts(slack) == []
    await client.chat_postMessage(channel=ORDERS, text="at last")
    assert visible_texts(slack) == ["at last"]
    assert [call.status for call in slack.calls] == [429, 429, 200]


async def test_the_sdk_waits_as_told(slack: SlackServer, client: AsyncWebClient) -> None:
    """slack_sdk's own retry handler honours the header."""
    client.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    slack.faults.plan(Fault(POST, retry_after=1))
    began = time.monotonic()
    await client.chat_postMessage(channel=ORDERS, text="hello")
    assert time.monotonic() - began >= 1
    assert visible_texts(slack) == ["hello"]


async def test_rate_limited_in_one_channel(slack: SlackServer, client: AsyncWebClient) -> None:
    """A fault can be one channel's."""
    slack.faults.plan(Fault(POST, retry_after=3, channel=ORDERS))
    await client.chat_postMessage(channel=URGENT, text="elsewhere")
    assert (await failure(client)).response.status_code == 429


async def test_an_error_code(slack: SlackServer, client: AsyncWebClient) -> None:
    """Any of Slack's error codes can be planned."""
    slack.faults.plan(Fault(POST, error="account_inactive"))
    assert (await failure(client)).response["error"] == "account_inactive"
    assert visible_texts(slack) == []


@pytest.mark.parametrize(("applied", "texts"), [(True, ["hello"]), (False, [])])
async def test_a_server_error(slack: SlackServer, client: AsyncWebClient, applied: bool, texts: list[str]) -> None:
    """A 500 may come instead of the work or after it: the answer does not tell which, the channel does."""
    slack.faults.plan(Fault(POST, status=500, applied=applied))
    refused = await failure(client)
    assert refused.response.status_code == 500
    assert visible_texts(slack) == texts
    assert [call.status for call in slack.calls] == [500]


@pytest.mark.parametrize(("applied", "texts"), [(True, ["hello"]), (False, [])])
async def test_a_dropped_connection(
    slack: SlackServer, client: AsyncWebClient, applied: bool, texts: list[str]
) -> None:
    """A connection may break before the work or after it."""
    client.retry_handlers = []
    slack.faults.plan(Fault(POST, drop=True, applied=applied))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=ORDERS, text="hello")
    assert visible_texts(slack) == texts


async def test_the_sdk_posts_again_after_a_drop(slack: SlackServer, client: AsyncWebClient) -> None:
    """Left to its defaults, slack_sdk repeats a post whose connection broke: what was said already is said twice."""
    slack.faults.plan(Fault(POST, drop=True, applied=True))
    await client.chat_postMessage(channel=ORDERS, text="hello")
    assert visible_texts(slack) == ["hello", "hello"]


async def test_slow(slack: SlackServer, client: AsyncWebClient) -> None:
    """A slow answer is still an answer."""
    slack.faults.plan(Fault("*", delay=0.2))
    began = time.monotonic()
    await client.chat_postMessage(channel=ORDERS, text="hello")
    assert time.monotonic() - began >= 0.2
    assert visible_texts(slack) == ["hello"]


async def test_slower_than_the_client_waits(slack: SlackServer, client: AsyncWebClient) -> None:
    """A client that gives up first knows nothing of the outcome."""
    client.timeout = 1  # the least that the client can be told
    slack.faults.plan(Fault(POST, delay=1.3))
    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel=ORDERS, text="hello")
    await asyncio.sleep(0.4)


async def test_down(slack: SlackServer, client: AsyncWebClient) -> None:
    """While Slack is down nothing is answered; afterwards all is well."""
    slack.faults.down = True
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await client.auth_test()
    slack.faults.clear()
    assert (await client.auth_test())["ok"]


async def test_the_pace_of_a_channel(slack: SlackServer, client: AsyncWebClient) -> None:
    """A burst of four passes, the fifth has to wait; another channel has a pace of its own; edits have none."""
    slack.faults.one_per_second = True
    ts = [(await client.chat_postMessage(channel=ORDERS, text=str(number)))["ts"] for number in range(4)]
    refused = await failure(client)
    assert (refused.response.status_code, refused.response.headers["Retry-After"]) == (429, "1")
    await client.chat_postMessage(channel=URGENT, text="elsewhere")
    await client.chat_update(channel=ORDERS, ts=ts[0], text="edited")
    await asyncio.sleep(1.05)
    await client.chat_postMessage(channel=ORDERS, text="later")
    assert visible_texts(slack) == ["edited", "1", "2", "3", "later"]


async def test_listeners_hear_every_answer(slack: SlackServer, client: AsyncWebClient) -> None:
    """Who listens hears of every call with its answer, the failed ones too."""
    heard: list[tuple[str, int, bool]] = []
    slack.on_call.append(lambda call: heard.append((call.method, call.status, bool(call.answer.get("ok")))))
    await client.chat_postEphemeral(channel=ORDERS, user=MEI, text="psst")
    slack.faults.plan(Fault(POST, status=503))
    await failure(client)
    assert heard == [("chat.postEphemeral", 200, True), (POST, 503, False)]
