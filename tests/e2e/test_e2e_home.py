"""The app's home and the form behind the global shortcut, over both ways to Slack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.house import ORDER, House, running, words

from sandbox.pandapon.demo import SECOND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=["socket", "http"])
async def house(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path, mode=request.param) as one:
        yield one


async def fill(house: House, text: str, what: str = "track", channel: str = "") -> str:
    """Choose the shortcut, fill the form in and submit it; what it shows in the end, or what is wrong."""
    before = set(house.slack.workspace.views)
    assert (await house.slack.global_shortcut("mei", "find_orders")).ok
    await house.until(lambda: bool(set(house.slack.workspace.views) - before))
    view_id = (set(house.slack.workspace.views) - before).pop()
    values: dict[str, Any] = {
        "orders": {"value": {"type": "plain_text_input", "value": text or None}},
        "what": {"value": {"type": "radio_buttons", "selected_option": {"value": what}}},
        "channel": {
            "value": {
                "type": "conversations_select",
                "selected_conversation": house.slack.workspace.channel(channel).id if channel else None,
            }
        },
    }
    ack = await house.slack.submit("mei", view_id, values)
    assert ack.ok
    if ack.payload and ack.payload.get("response_action") == "errors":
        return " ".join(ack.payload["errors"].values())
    await house.until(lambda: "⏳" not in _shown(house, view_id))
    return _shown(house, view_id)


def _shown(house: House, view_id: str) -> str:
    return json.dumps(house.slack.workspace.views[view_id]["blocks"], ensure_ascii=False)


async def test_an_empty_home_says_how_to_begin(house: House) -> None:
    """Nothing is watched: the home says what to type."""
    assert "Nothing is watched in your channels yet" in await house.home()


async def test_the_home_shows_what_a_persons_channels_watch(house: House) -> None:
    """Channel by channel; a private channel that somebody else is in stays unnamed to those who are not."""
    await house.ask(f"/panda watch {ORDER}")
    await house.ask(f"/panda watch {SECOND}", channel="#buyers")
    private = house.slack.workspace.channel("#buyers")
    tom = house.slack.workspace.user("tom").id
    private.members.discard(tom)
    mine, his = await house.home(), await house.home("tom")
    assert ORDER in mine
    assert SECOND in mine
    assert ORDER in his
    assert SECOND not in his
    assert private.id not in his


async def test_what_needs_a_look_stands_first(house: House) -> None:
    """An order in trouble is named before all channels."""
    await house.ask(f"/panda watch {ORDER}")
    house.scan("快件在运输途中破损，已转问题件", action="ABNORMAL")
    [card] = house.channel("#orders")
    await house.until(lambda: bool(house.thread(card)))
    shown = await house.home()
    assert shown.index("Needs a look") < shown.index("1 order")


async def test_the_form_tracks_what_is_pasted(house: House) -> None:
    """Ids are found in any text, and the answer takes the form's place."""
    shown = await fill(house, f"where are {ORDER} and {SECOND}?")
    assert ORDER in shown
    assert SECOND in shown


async def test_the_form_watches_in_a_channel(house: House) -> None:
    """The card is posted there, as by the command."""
    shown = await fill(house, ORDER, "watch", "#orders")
    assert "Watching 1 order" in shown
    assert any(ORDER in words(message) for message in house.channel("#orders"))


@pytest.mark.parametrize(
    ("text", "what", "channel", "says"),
    [
        ("", "track", "", "no order id"),
        ("12345", "track", "", "12 to 20 digits"),
        (ORDER, "watch", "", "Choose the channel"),
    ],
    ids=["empty", "short", "no channel"],
)
async def test_wrong_fields_are_marked(house: House, text: str, what: str, channel: str, says: str) -> None:
    """Each with what would be right; the form stays open and nothing is watched."""
    assert says in await fill(house, text, what, channel)
    assert house.channel("#orders") == []


async def test_a_channel_without_the_bot_is_told_in_words(house: House) -> None:
    """Slack's list shows channels that the bot is not in."""
    shown = await fill(house, ORDER, "watch", "#secret")
    assert "I can't see the channel" in shown


async def test_the_form_is_no_way_into_a_private_channel(house: House) -> None:
    """The bot is in it, the person is not: nothing is posted, and the answer does not say whether it exists."""
    private = house.slack.workspace.channel("#buyers")
    private.members.discard(house.slack.workspace.user("mei").id)
    shown = await fill(house, ORDER, "watch", "#buyers")
    assert "I can't see the channel" in shown
    assert not any(message.by_bot for message in private.messages.values())
