"""A real Bolt app meets the stand-in, over Socket Mode and over HTTP: each act arrives, each answer is seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from support.fake_slack import ACK_SECONDS, MEI, ORDERS, TOM, http_mode, modal, section, socket_mode, typed
from support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.small_app import SmallApp as App

    from sandbox.slack.server import SlackServer
    from sandbox.slack.workspace import Message

from support.small_app import SmallApp


@pytest_asyncio.fixture(params=["socket", "http"])
async def app(slack: SlackServer, request: pytest.FixtureRequest) -> AsyncIterator[App]:
    small = SmallApp(slack)
    way = socket_mode if request.param == "socket" else http_mode
    async with way(slack, small.bolt):
        yield small


async def message_with(slack: SlackServer, text: str, *, user: str = "mei", channel: str = "#orders") -> Message:
    """The message with a text, once it is there."""
    assert await slack.workspace.wait_for(
        lambda: any(message.text == text for message in slack.visible(channel, user)), PATIENCE
    )
    return next(message for message in slack.visible(channel, user) if message.text == text)


async def test_a_command(slack: SlackServer, app: App) -> None:
    """A command arrives with who, where and what; escaping turns mentions into ids."""
    ack = await slack.slash("mei", "#orders", "/ask", "裙子 & <b> in #urgent for @tom not #nowhere")
    assert ack.ok
    [body] = app.bodies
    assert (body["user_id"], body["channel_id"], body["command"]) == (MEI, ORDERS, "/ask")
    assert body["text"] == f"裙子 &amp; &lt;b&gt; in <#C0URGENT02|urgent> for <@{TOM}|tom> not #nowhere"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("see https://x.cn/?a=1&b=2#urgent, #urgent", "see <https://x.cn/?a=1&amp;b=2#urgent>, <#C0URGENT02|urgent>"),
        ("<https://x.cn/a>.", "&lt;<https://x.cn/a>&gt;."),
        ("https:// http://x", "https:// <http://x>"),
    ],
)
async def test_a_command_with_a_link(slack: SlackServer, app: App, typed: str, sent: str) -> None:
    """Escaping marks addresses as links; what follows a # in them mentions nothing."""
    await slack.slash("mei", "#orders", "/ask", typed)
    assert app.bodies[0]["text"] == sent


async def test_a_command_without_should_escape(slack: SlackServer, app: App) -> None:
    """Without should_escape, mentions and addresses stay what was typed."""
    await slack.slash("mei", "#orders", "/plain", "#urgent @tom https://x.cn")
    assert app.bodies[0]["text"] == "#urgent @tom https://x.cn"


@pytest.mark.parametrize(
    ("channel", "name"), [("#orders", "orders"), ("#buyers", "privategroup"), (MEI, "directmessage")]
)
async def test_what_the_channel_is_called(slack: SlackServer, app: App, channel: str, name: str) -> None:
    """A command tells no name of a private channel or a direct conversation."""
    await slack.slash("mei", slack.workspace.direct(MEI).id if channel == MEI else channel, "/ask")
    assert app.bodies[0]["channel_name"] == name


async def test_an_answer_in_the_acknowledgement(slack: SlackServer, app: App) -> None:
    """Text in the acknowledgement is seen by the asker alone, or by all if it says so."""
    await slack.slash("mei", "#orders", "/ask", "now")
    await slack.slash("mei", "#orders", "/ask", "aloud")
    assert [message.text for message in slack.visible("#orders", "mei")] == [
        "said in the acknowledgement",
        "said to all",
    ]
    assert [message.text for message in slack.visible("#orders", "tom")] == ["said to all"]


@pytest.mark.parametrize("text", ["slow", "broken"])
async def test_no_acknowledgement_that_counts(slack: SlackServer, app: App, text: str) -> None:
    """An app that is too slow, or that answers what Slack refuses, leaves a line that says the command failed."""
    await slack.slash("mei", "#orders", "/ask", text)
    [line] = slack.visible("#orders", "mei")
    assert line.text.startswith("/ask failed")
    assert slack.visible("#orders", "tom") == []
    if text == "slow":
        assert slack.acks[0].seconds > ACK_SECONDS - 0.05
        await asyncio.sleep(ACK_SECONDS)


async def test_an_acknowledgement_that_is_held_back(slack: SlackServer, app: App) -> None:
    """The app does its work in time, and the person reads after the whole timer that it did not respond."""
    slack.faults.late_acks = True
    command = asyncio.ensure_future(slack.slash("mei", "#orders", "/ask", "buttons"))
    await message_with(slack, "choose")
    assert not command.done()
    ack = await command
    assert (ack.ok, ack.payload) == (False, None)
    assert ack.seconds == pytest.approx(ACK_SECONDS)
    assert slack.visible("#orders", "mei")[-1].text == "/ask failed because the app did not respond"
    slack.faults.clear()
    assert (await slack.slash("mei", "#orders", "/ask")).ok


async def test_a_command_that_nobody_answers(slack: SlackServer, app: App) -> None:
    """A command that the app does not know fails."""
    assert not (await slack.slash("mei", "#orders", "/unknown")).ok
    assert slack.visible("#orders", "mei")[0].text == "/unknown failed because the app did not respond"


async def test_a_button_of_a_private_answer(slack: SlackServer, app: App) -> None:
    """A press in an ephemeral message tells the container, not the message; the answer replaces the message."""
    await slack.slash("mei", "#orders", "/ask", "buttons")
    message = await message_with(slack, "choose")
    await slack.press("mei", message, "more")
    await message_with(slack, "you chose the button")
    body = app.bodies[-1]
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": ORDERS,
        "is_ephemeral": True,
    }
    assert "message" not in body
    assert [message.text for message in slack.visible("#orders", "mei")] == ["you chose the button"]


async def test_a_menu(slack: SlackServer, app: App) -> None:
    """A chosen option arrives whole."""
    await slack.slash("mei", "#orders", "/ask", "buttons")
    await slack.press("mei", await message_with(slack, "choose"), "choose", value="白")
    await message_with(slack, "you chose 白")
    [action] = app.bodies[-1]["actions"]
    assert action["selected_option"]["text"]["text"] == "白"
    assert action["type"] == "static_select"
    with pytest.raises(LookupError, match="colour"):
        await slack.press("mei", await message_with(slack, "you chose 白"), "colour")


async def test_a_button_of_a_public_message(slack: SlackServer, app: App) -> None:
    """A press in a message that all see tells the message, its thread, and a block id that the message has too."""
    elements = [{"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "x"}, "value": "v"}]
    blocks = [section("one"), {"type": "actions", "elements": elements}]
    parent = (await app.client.chat_postMessage(channel=ORDERS, text="parent"))["ts"]
    posted = await app.client.chat_postMessage(channel=ORDERS, text="card", blocks=blocks, thread_ts=parent)
    message = slack.workspace.channels[ORDERS].messages[posted["ts"]]
    await slack.press("tom", message, "more")
    body = app.bodies[-1]
    assert (body["user"]["id"], body["channel"]["name"]) == (TOM, "orders")
    assert body["message"]["thread_ts"] == parent
    assert body["container"]["thread_ts"] == parent
    assert body["actions"][0]["block_id"] == body["message"]["blocks"][1]["block_id"]
    assert body["message"]["blocks"][0]["block_id"] != body["message"]["blocks"][1]["block_id"]


async def test_a_button_without_a_listener(slack: SlackServer, app: App) -> None:
    """A press that the app does not take leaves a line."""
    await slack.slash("mei", "#orders", "/ask", "buttons")
    assert not (await slack.press("mei", await message_with(slack, "choose"), "silent")).ok
    assert slack.visible("#orders", "mei")[-1].text.startswith("This button failed")


async def test_a_message_shortcut(slack: SlackServer, app: App) -> None:
    """A shortcut brings the message that it was chosen on, another person's too."""
    message = await slack.say("tom", "#orders", "裙子 2542285634920880794")
    await slack.shortcut("mei", message, "look")
    await message_with(slack, "it says 裙子 2542285634920880794")
    body = app.bodies[0]
    assert (body["type"], body["message"]["user"], body["message_ts"]) == ("message_action", TOM, message.ts)
    assert not (await slack.shortcut("mei", message, "unknown")).ok


async def opened(slack: SlackServer, app: App) -> str:
    """A form that a global shortcut opened."""
    await slack.global_shortcut("mei", "form")
    assert await slack.workspace.wait_for(lambda: bool(slack.workspace.views), PATIENCE)
    return next(iter(slack.workspace.views))


async def test_a_modal_with_errors_and_then_success(slack: SlackServer, app: App) -> None:
    """Errors come back with the acknowledgement and leave the modal open; a good value closes it."""
    view_id = await opened(slack, app)
    refused = await slack.submit("mei", view_id, typed("ten"))
    assert refused.payload == {"response_action": "errors", "errors": {"number": "'ten' is no number"}}
    assert view_id in slack.workspace.views
    accepted = await slack.submit("mei", view_id, typed("10"))
    assert accepted.ok
    assert view_id not in slack.workspace.views
    body = app.bodies[-1]
    assert (body["type"], body["view"]["callback_id"]) == ("view_submission", "form")
    assert body["view"]["state"]["values"] == typed("10")


async def test_what_an_acknowledgement_does_to_modals(slack: SlackServer, app: App) -> None:
    """It may put another view in the modal's place, put one on top, or close them all."""
    view_id = await opened(slack, app)
    views = slack.workspace.views
    await slack.submit("mei", view_id, typed("update"))
    assert views[view_id]["title"]["text"] == "Updated"
    await slack.submit("mei", view_id, typed("push"))
    [top] = [view for view in views.values() if view["title"]["text"] == "On top"]
    assert (top["previous_view_id"], top["root_view_id"]) == (view_id, view_id)
    await slack.submit("mei", top["id"], typed("clear"))
    assert views == {}


async def test_a_modal_from_a_command(slack: SlackServer, app: App) -> None:
    """A command's trigger id opens a modal."""
    await slack.slash("mei", "#orders", "/ask", "form")
    assert await slack.workspace.wait_for(lambda: bool(slack.workspace.views), PATIENCE)
    [view] = slack.workspace.views.values()
    assert view["blocks"] == modal()["blocks"]


async def test_an_event_that_is_acknowledged(slack: SlackServer, app: App) -> None:
    """An event comes once when the app takes it."""
    ack = await slack.event({"type": "app_home_opened", "user": MEI, "channel": "D0MEI00001", "tab": "home"})
    assert ack.ok
    assert app.retries == ["0"]
    assert app.bodies[0]["event"]["user"] == MEI


async def test_an_event_is_delivered_again(slack: SlackServer, app: App) -> None:
    """An event that is not acknowledged in time comes again with the same id, counted."""
    app.naps = [ACK_SECONDS * 1.5]
    ack = await slack.event({"type": "app_home_opened", "user": MEI, "channel": "D0MEI00001", "tab": "home"})
    assert ack.ok
    assert app.retries == ["0", "1"]
    assert [ack.ok for ack in slack.acks] == [False, True]
    assert len({body["event_id"] for body in app.bodies}) == 1


async def test_an_event_that_is_never_taken(slack: SlackServer) -> None:
    """With no app there, an event is tried four times and given up."""
    ack = await slack.event({"type": "app_home_opened", "user": MEI, "channel": "D0MEI00001", "tab": "home"})
    assert not ack.ok
    assert len(slack.acks) == 4
