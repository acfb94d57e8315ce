"""The app's home and the form behind the global shortcut, over both ways to Slack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.bot_harness import ORDER, BotHarness, running, words

from sandbox.pandapon.demo import SECOND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=["socket", "http"])
async def harness(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path, mode=request.param) as one:
        yield one


async def fill(harness: BotHarness, text: str, what: str = "track", channel: str = "") -> str:
    """Choose the shortcut, fill the form in and submit it; what it shows in the end, or what is wrong."""
    before = set(harness.slack.workspace.views)
    assert (await harness.slack.global_shortcut("mei", "find_orders")).ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - before))
    view_id = (set(harness.slack.workspace.views) - before).pop()
    values: dict[str, Any] = {
        "orders": {"value": {"type": "plain_text_input", "value": text or None}},
        "what": {"value": {"type": "radio_buttons", "selected_option": {"value": what}}},
        "channel": {
            "value": {
                "type": "conversations_select",
                "selected_conversation": harness.slack.workspace.channel(channel).id if channel else None,
            }
        },
    }
    ack = await harness.slack.submit("mei", view_id, values)
    assert ack.ok
    if ack.payload and ack.payload.get("response_action") == "errors":
        return " ".join(ack.payload["errors"].values())
    await harness.until(lambda: "⏳" not in _shown(harness, view_id))
    return _shown(harness, view_id)


def _shown(harness: BotHarness, view_id: str) -> str:
    return json.dumps(harness.slack.workspace.views[view_id]["blocks"], ensure_ascii=False)


async def test_an_empty_home_says_how_to_begin(harness: BotHarness) -> None:
    """Nothing is watched: the home says what to type."""
    assert "Nothing is watched in your channels yet" in await harness.home()


async def test_the_home_shows_what_a_persons_channels_watch(harness: BotHarness) -> None:
    """Channel by channel; a private channel that somebody else is in stays unnamed to those who are not."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda watch {SECOND}", channel="#buyers")
    private = harness.slack.workspace.channel("#buyers")
    tom = harness.slack.workspace.user("tom").id
    private.members.discard(tom)
    mine, his = await harness.home(), await harness.home("tom")
    assert ORDER in mine
    assert SECOND in mine
    assert ORDER in his
    assert SECOND not in his
    assert private.id not in his


async def test_what_needs_a_look_stands_first(harness: BotHarness) -> None:
    """An order in trouble is named before all channels."""
    await harness.ask(f"/panda watch {ORDER}")
    harness.scan("快件在运输途中破损，已转问题件", action="ABNORMAL")
    [card] = harness.channel("#orders")
    await harness.until(lambda: bool(harness.thread(card)))
    shown = await harness.home()
    assert shown.index("Needs a look") < shown.index("1 order")


async def test_the_form_tracks_what_is_pasted(harness: BotHarness) -> None:
    """Ids are found in any text, and the answer takes the form's place."""
    shown = await fill(harness, f"where are {ORDER} and {SECOND}?")
    assert ORDER in shown
    assert SECOND in shown


async def test_the_form_watches_in_a_channel(harness: BotHarness) -> None:
    """The card is posted there, as by the command."""
    shown = await fill(harness, ORDER, "watch", "#orders")
    assert "Watching 1 order" in shown
    assert any(ORDER in words(message) for message in harness.channel("#orders"))


@pytest.mark.parametrize(
    ("text", "what", "channel", "says"),
    [
        ("", "track", "", "no order id"),
        ("12345", "track", "", "12 to 20 digits"),
        (ORDER, "watch", "", "Choose the channel"),
    ],
    ids=["empty", "short", "no channel"],
)
async def test_wrong_fields_are_marked(harness: BotHarness, text: str, what: str, channel: str, says: str) -> None:
    """Each with what would be right; the form stays open and nothing is watched."""
    assert says in await fill(harness, text, what, channel)
    assert harness.channel("#orders") == []


async def test_a_channel_without_the_bot_is_told_in_words(harness: BotHarness) -> None:
    """Slack's list shows channels that the bot is not in."""
    shown = await fill(harness, ORDER, "watch", "#secret")
    assert "I can't see the channel" in shown


async def test_the_form_is_no_way_into_a_private_channel(harness: BotHarness) -> None:
    """The bot is in it, the person is not: nothing is posted, and the answer does not say whether it exists."""
    private = harness.slack.workspace.channel("#buyers")
    private.members.discard(harness.slack.workspace.user("mei").id)
    shown = await fill(harness, ORDER, "watch", "#buyers")
    assert "I can't see the channel" in shown
    assert not any(message.by_bot for message in private.messages.values())
