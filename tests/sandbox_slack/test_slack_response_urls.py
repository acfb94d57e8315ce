"""Response URLs: five uses in thirty minutes, wherever the command was typed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient
from support.fake_slack import BOT_TOKEN, MEI, ORDERS, RANDOM, SECRET, TOM, section

from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from sandbox.clock import SimClock
    from sandbox.slack.server import SlackServer
    from sandbox.slack.workspace import Message


def url(
    slack: SlackServer,
    channel: str = ORDERS,
    viewer: str = MEI,
    *,
    kind: str = "commands",
    source: Message | None = None,
) -> AsyncWebhookClient:
    """Slack's own client for a response URL that a person's act gave to the app."""
    return AsyncWebhookClient(slack.base_url + slack.interactions.new_url(kind, channel, viewer, source))


def texts(slack: SlackServer, user: str = "mei", channel: str = "#orders") -> list[str]:
    return [message.text for message in slack.visible(channel, user)]


async def test_to_whom(slack: SlackServer) -> None:
    """An answer is for the asker, unless it says that it is for the channel."""
    hook = url(slack)
    assert (await hook.send(text="for you")).body == "ok"
    await hook.send(text="for all", response_type="in_channel")
    assert texts(slack) == ["for you", "for all"]
    assert texts(slack, "tom") == ["for all"]


@pytest.mark.parametrize(("channel", "viewer", "user"), [(SECRET, TOM, "tom"), (RANDOM, MEI, "mei")])
async def test_where_the_bot_is_not(slack: SlackServer, channel: str, viewer: str, user: str) -> None:
    """It works in channels that the bot is not in, aloud too."""
    hook = url(slack, channel, viewer)
    await hook.send(text="private")
    await hook.send(text="aloud", response_type="in_channel")
    assert texts(slack, user, channel) == ["private", "aloud"]


async def test_used_up_from_the_first(slack: SlackServer) -> None:
    """With the fault, a new URL has no use left; those from before it have theirs."""
    before = url(slack)
    slack.interactions.spent_urls = True
    refused = await url(slack).send(text="too late")
    assert (refused.status_code, "used_url" in refused.body) == (404, True)
    await before.send(text="in time")
    assert [(call.status, call.remark) for call in slack.calls] == [(404, ""), (200, "use 1 of 5")]
    assert texts(slack) == ["in time"]


async def test_five_uses(slack: SlackServer) -> None:
    """The sixth use is refused and says nothing."""
    hook = url(slack)
    for number in range(5):
        assert (await hook.send(text=str(number))).status_code == 200
    refused = await hook.send(text="one too many")
    assert refused.status_code == 404
    assert "used_url" in refused.body
    assert texts(slack) == ["0", "1", "2", "3", "4"]


async def test_thirty_minutes(slack: SlackServer, clock: SimClock) -> None:
    """It works for thirty minutes and not longer."""
    hook = url(slack)
    clock.advance(timedelta(minutes=29))
    assert (await hook.send(text="in time")).status_code == 200
    clock.advance(timedelta(minutes=2))
    refused = await hook.send(text="late")
    assert (refused.status_code, "expired_url" in refused.body) == (404, True)
    assert texts(slack) == ["in time"]


async def test_an_address_that_nobody_gave(slack: SlackServer) -> None:
    """A made-up address answers nobody."""
    hook = AsyncWebhookClient(f"{slack.base_url}/commands/T0PANDA01/1/made-up")
    assert (await hook.send(text="hello")).status_code == 404


@pytest.mark.parametrize("kind", ["ephemeral", "in_channel"])
async def test_a_command_replaces_nothing(slack: SlackServer, kind: str) -> None:
    """A command has no message of its own: what should replace is said anew, below what was said before."""
    hook = url(slack)
    await hook.send(text="Looking …", response_type=kind)
    await hook.send(text="Found 裙子", blocks=[section("Found 裙子")], response_type=kind, replace_original=True)
    assert sorted(texts(slack)) == ["Found 裙子", "Looking …"]


async def test_the_message_of_a_button(slack: SlackServer) -> None:
    """A button's message can be replaced or deleted, be it everybody's or one person's; else the answer is new."""
    orders = slack.workspace.channels[ORDERS]
    public = slack.workspace.post(orders, "U0BOTPANDA", "public", blocks=[section("public")])
    private = slack.workspace.post_ephemeral(ORDERS, MEI, "private")
    await url(slack, kind="actions", source=public).send(text="public, replaced", replace_original=True)
    await url(slack, kind="actions", source=private).send(text="private, replaced", replace_original=True)
    await url(slack, kind="actions", source=public).send(text="new")
    assert texts(slack) == ["public, replaced", "private, replaced", "new"]
    await url(slack, kind="actions", source=public).send(delete_original=True)
    await url(slack, kind="actions", source=private).send(delete_original=True)
    assert texts(slack) == ["new"]


async def test_the_message_of_a_button_stays_the_original(slack: SlackServer) -> None:
    """What was said through a button's address since does not matter: the message with the button is replaced."""
    pressed = slack.workspace.post_ephemeral(ORDERS, MEI, "pressed")
    hook = url(slack, kind="actions", source=pressed)
    await hook.send(text="new")
    await hook.send(text="pressed, replaced", replace_original=True)
    await hook.send(text="replaced again", replace_original=True)
    assert texts(slack) == ["replaced again", "new"]


async def test_an_answer_in_a_thread(slack: SlackServer) -> None:
    """An answer to what was pressed in a thread can stay in the thread."""
    parent = await slack.say("tom", "#orders", "parent")
    body = {"text": "in the thread", "response_type": "in_channel", "thread_ts": parent.ts}
    await url(slack, kind="actions").send_dict(body)
    assert [message.text for message in slack.thread(parent)] == ["in the thread"]
    assert texts(slack) == ["parent"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks"),
    ],
)
async def test_what_is_no_answer(slack: SlackServer, body: dict[str, Any], code: str) -> None:
    """Empty and malformed answers are refused."""
    refused = await url(slack).send_dict(body)
    assert refused.status_code == 400
    assert code in refused.body
    assert texts(slack) == []


@pytest.mark.parametrize("body", ["{no", "null", "[]", ""])
async def test_an_answer_that_is_no_json(slack: SlackServer, body: str) -> None:
    """A body that is no JSON object is refused as such."""
    async with aiohttp.ClientSession() as session, session.post(url(slack).url, data=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"] == "invalid_payload"


@pytest.mark.parametrize("status", [500, 429])
async def test_faults(slack: SlackServer, status: int) -> None:
    """Faults can be planned for response URLs; a use that was refused is not counted."""
    hook = url(slack)
    slack.faults.plan(Fault("response_url", status=status))
    assert (await hook.send(text="lost")).status_code == status
    for number in range(5):
        assert (await hook.send(text=str(number))).status_code == 200


async def test_listeners_and_the_ledger(slack: SlackServer) -> None:
    """What is said through a response URL is noted like any call, without a token."""
    heard: list[int] = []
    slack.on_call.append(lambda call: heard.append(call.status))
    await url(slack).send(text="hello")
    await url(slack).send_dict({"text": ""})
    assert [call.method for call in slack.calls] == ["response_url", "response_url"]
    assert heard == [200, 400]
    assert BOT_TOKEN not in repr(slack.calls)
