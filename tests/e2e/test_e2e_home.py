"""The app's home and the form behind the global shortcut, over both ways to Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import BOT_TOKEN, ORDER, BotHarness, running, words

from handlers.blocks.text import short_id
from handlers.features.home import tab
from sandbox.pandapon.demo import SECOND
from sandbox.slack import payloads
from sandbox.slack.blocks import check_view
from storage.watch import NewWatch
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message


@pytest.fixture(params=["socket", "http"])
async def harness(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path, mode=request.param) as harness:
        yield harness


async def fill(harness: BotHarness, text: str, purpose: str = "track", channel: str = "") -> str:
    """Choose the shortcut, fill the form in and submit it; what it shows in the end, or what is wrong."""
    before = set(harness.slack.workspace.views)
    assert (await harness.slack.global_shortcut("mei", "find_orders")).ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - before))
    view_id = (set(harness.slack.workspace.views) - before).pop()
    values: dict[str, Any] = {
        "orders": {"value": {"type": "plain_text_input", "value": text or None}},
        "what": {"value": {"type": "radio_buttons", "selected_option": {"value": purpose}}},
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
    assert short_id(ORDER) in mine
    assert short_id(SECOND) in mine
    assert short_id(ORDER) in his
    assert short_id(SECOND) not in his
    assert private.id not in his


async def test_what_needs_attention_stands_first(harness: BotHarness) -> None:
    """An order in trouble is named before the others."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda watch {SECOND}")
    harness.scan("快件在运输途中破损，已转问题件", action="ABNORMAL")
    card = next(message for message in harness.channel("#orders") if short_id(ORDER) in words(message))
    await harness.until(lambda: bool(harness.thread(card)))
    shown = await harness.home()
    assert shown.index("Needs attention") < shown.index(short_id(ORDER)) < shown.index("On the way")
    assert shown.index("On the way") < shown.index(short_id(SECOND))


async def test_an_order_in_two_channels_stands_once(harness: BotHarness) -> None:
    """With both channels, and a link to a card that is there."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda watch {ORDER}", channel="#random")
    await harness.until(lambda: bool(harness.channel("#random")))
    shown = await harness.home()
    here, there = (harness.slack.workspace.channel(name).id for name in ("#orders", "#random"))
    assert shown.count(short_id(ORDER)) == 1
    assert f"<#{there}> <#{here}>" in shown
    [card] = harness.channel("#random")
    assert f"<{permalink(harness, card)}|" in shown


def permalink(harness: BotHarness, message: Message) -> str:
    """The address that Slack itself gives for a message."""
    answer = harness.slack.web_api.call(
        "chat.getPermalink", {"channel": message.channel, "message_ts": message.ts, "token": BOT_TOKEN}
    )
    return str(answer["permalink"])


async def test_what_was_delivered_is_dropped_after_some_days(harness: BotHarness) -> None:
    """At first it is named in one line, then it is gone."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    harness.scan("快件已签收，签收人：前台", status="SIGN")
    await harness.until(lambda: "Delivered" in words(card))
    shown = await harness.home()
    assert "✅ *1 delivered in the last days*: <https://panda.slack.com/archives/" in shown
    assert "On the way" not in shown
    harness.clock.advance(timedelta(days=3, minutes=1))
    assert "delivered" not in await harness.home()


async def test_many_channels(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """One order in forty channels, of which ten are not looked into; the home says how many."""
    monkeypatch.setattr(tab, "MAX_CHANNELS", 30)
    assert harness.bot is not None
    await harness.ask(f"/panda watch {ORDER}")
    orders = harness.slack.workspace.channel("#orders")
    for n in range(39):
        channel = replace(orders, id=f"C0TEAM{n:04}", name=f"team-{n}", messages={})
        harness.slack.workspace.channels[channel.id] = channel
        wish = NewWatch(f"1688:{ORDER}", channel.id, Filter.ALL, "U0MEI00001")
        await harness.bot.context.store.watches.open(harness.clock(), [wish])
    shown = await harness.home()
    assert shown.count(ORDER) + shown.count(short_id(ORDER)) == 1
    assert "+27" in shown
    assert "10 more channels with older watches are not shown" in shown


# --- the buttons -----------------------------------------------------------------------------------------------------


async def opened(harness: BotHarness, action: str) -> str:
    """Press a button of the home; return the id of the form that opens."""
    before = set(harness.slack.workspace.views)
    await harness.home()
    before |= set(harness.slack.workspace.views)
    assert (await forged.send(harness, forged.press_in_home(harness, f"{action}:1"))).ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - before))
    return (set(harness.slack.workspace.views) - before).pop()


async def pressed(harness: BotHarness, view_id: str, label: str) -> str:
    """Press a button of a form; return what the form then shows."""
    view = harness.slack.workspace.views[view_id]
    elements = [element for block in view["blocks"] for element in (*block.get("elements", []), block.get("accessory"))]
    button = next(
        element
        for element in elements
        if element and element.get("type") == "button" and label in element["text"]["text"]
    )
    before = _shown(harness, view_id)
    action = {**button, "block_id": "b0", "action_ts": "1.2"}
    trigger = harness.slack.interactions.new_trigger(view_id)
    person = harness.slack.workspace.user("mei")
    assert (await forged.send(harness, payloads.view_actions(person, view, action, trigger=trigger))).ok
    await harness.until(lambda: _shown(harness, view_id) != before and "⏳" not in _shown(harness, view_id))
    assert check_view(_bare(harness.slack.workspace.views[view_id])) == []
    return _shown(harness, view_id)


def _bare(view: dict[str, Any]) -> dict[str, Any]:
    return {name: view[name] for name in ("type", "title", "blocks", "callback_id")}


async def test_my_orders_open_in_a_form_in_which_one_can_go_on(harness: BotHarness) -> None:
    """The list of the account's orders, and its pages, in one form."""
    view_id = await opened(harness, "my_orders")
    await harness.until(lambda: "⏳" not in _shown(harness, view_id))
    shown = _shown(harness, view_id)
    assert harness.slack.workspace.views[view_id]["title"]["text"] == "My orders"
    assert "880794" in shown
    assert await pressed(harness, view_id, "Next page") != shown
    assert harness.slack.workspace.views[view_id]["title"]["text"] == "My orders"


async def test_my_orders_while_pandapon_is_down(harness: BotHarness) -> None:
    """The form says so; it does not hang."""
    harness.pandapon.faults.status = 503
    view_id = await opened(harness, "my_orders")
    await harness.until(lambda: "⏳" not in _shown(harness, view_id))
    assert "PandaPon" in _shown(harness, view_id)


async def test_a_search_from_the_home(harness: BotHarness) -> None:
    """Without words the field is marked; with some the results follow, on the chosen platform alone."""
    view_id = await opened(harness, "search_products")
    field: dict[str, Any] = {"keyword": {"value": {"type": "plain_text_input", "value": "  "}}}
    ack = await harness.slack.submit("mei", view_id, field)
    assert ack.payload
    assert "What should I search for?" in ack.payload["errors"]["keyword"]
    chosen = {"value": {"type": "radio_buttons", "selected_option": {"value": "1688"}}}
    field = {"keyword": {"value": {"type": "plain_text_input", "value": "连衣裙"}}, "platform": chosen}
    assert (await harness.slack.submit("mei", view_id, field)).ok
    await harness.until(lambda: "¥" in _shown(harness, view_id))
    assert "search 连衣裙 --1688 --page 2" in _shown(harness, view_id)
    first = _shown(harness, view_id)
    assert await pressed(harness, view_id, "Next page") != first
    details = await pressed(harness, view_id, "Details")
    assert "Similar products" in details
    assert "share_product" not in details  # a form has no channel to share in


async def test_the_settings_of_a_channel_from_the_home(harness: BotHarness) -> None:
    """The form of /panda settings, filled for the channel that was chosen, and what is changed in it is kept."""
    view_id = await opened(harness, "choose_settings")
    ack = await harness.slack.submit("mei", view_id, {})
    assert ack.payload
    assert "Choose a channel" in ack.payload["errors"]["channel"]
    channel = harness.slack.workspace.channel("#orders").id
    chosen = {"channel": {"value": {"type": "conversations_select", "selected_conversation": channel}}}
    assert (await harness.slack.submit("mei", view_id, chosen)).ok
    view = harness.slack.workspace.views[view_id]
    assert (view["callback_id"], view["private_metadata"]) == ("channel_settings", channel)
    assert (await harness.slack.submit("mei", view_id, {})).ok


async def test_the_settings_of_a_channel_that_one_is_not_in(harness: BotHarness) -> None:
    """The form says why not, whatever channel's id is sent."""
    private = harness.slack.workspace.channel("#buyers")
    private.members.discard(harness.slack.workspace.user("mei").id)
    view_id = await opened(harness, "choose_settings")
    chosen = {"channel": {"value": {"type": "conversations_select", "selected_conversation": private.id}}}
    assert (await harness.slack.submit("mei", view_id, chosen)).ok
    assert "I can't see the channel" in _shown(harness, view_id)
    assert harness.slack.workspace.views[view_id]["callback_id"] != "channel_settings"


# --- the form behind the global shortcut -----------------------------------------------------------------------------


async def test_the_form_tracks_what_is_pasted(harness: BotHarness) -> None:
    """Ids are found in any text, and the answer takes the form's place."""
    shown = await fill(harness, f"where are {ORDER} and {SECOND}?")
    assert ORDER in shown
    assert SECOND in shown


async def test_the_form_watches_in_a_channel(harness: BotHarness) -> None:
    """The card is posted there, as by the command."""
    shown = await fill(harness, ORDER, "watch", "#orders")
    assert "Watching 1 order" in shown
    assert any(short_id(ORDER) in words(message) for message in harness.channel("#orders"))


@pytest.mark.parametrize(
    ("text", "purpose", "channel", "says"),
    [
        ("", "track", "", "no order ID"),
        ("12345", "track", "", "12 to 20 digits"),
        (ORDER, "watch", "", "Choose the channel"),
    ],
    ids=["empty", "short", "no channel"],
)
async def test_wrong_fields_are_marked(harness: BotHarness, text: str, purpose: str, channel: str, says: str) -> None:
    """Each with what would be right; the form stays open and nothing is watched."""
    assert says in await fill(harness, text, purpose, channel)
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
