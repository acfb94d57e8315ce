"""What changes a channel for all is told to all, in one line with Undo; and what is muted says so."""

from __future__ import annotations

import re

from support.bot_harness import ORDER, BotHarness, words
from support.settings_form import choose


async def line_with(harness: BotHarness, text: str) -> str:
    """Wait until the newest message to all in the channel says this; all of its words."""
    await harness.until(lambda: text in "".join(words(line) for line in harness.lines()[-1:]))
    message = harness.lines()[-1]
    assert message.notifies == frozenset()
    return words(message)


async def undo(harness: BotHarness) -> str:
    """Press Undo under the newest line for all."""
    line = harness.lines()[-1]
    return await harness._answered(lambda: harness.slack.press("mei", line, "undo_for_all:1"), "mei", "#orders")


async def watched(harness: BotHarness) -> None:
    await harness.ask(f"/panda watch {ORDER}")
    await harness.until(lambda: bool(harness.channel("#orders")))


async def test_a_mute_is_told_to_all_and_shown(harness: BotHarness) -> None:
    """One line with name and end; the list's head and the card say it too; Undo by a colleague is told as well."""
    await watched(harness)
    await harness.ask("/panda mute 2h", user="tom")
    assert "until" in await line_with(harness, "🔕 tom muted all updates here")
    assert "🔕 Muted by tom until" in (await harness.ask("/panda watches")).splitlines()[1]
    await harness.until(lambda: "🔕 Muted by tom until" in words(harness.channel("#orders")[0]))
    assert "Undone" in await undo(harness)
    await line_with(harness, "🔔 mei unmuted all updates here")
    await harness.until(lambda: "🔕" not in words(harness.channel("#orders")[0]))
    assert "🔕" not in await harness.ask("/panda watches")
    assert "Undone" in await undo(harness)
    await line_with(harness, "🔕 mei muted all updates here")


async def test_a_muted_order_says_so_where_it_is_listed(harness: BotHarness) -> None:
    """Its row, its card and one line; unmuting what is not muted is told to nobody; a second Undo says it was done."""
    await watched(harness)
    await harness.ask(f"/panda unmute {ORDER}")
    await harness.ask(f"/panda mute {ORDER} 2h")
    line = await line_with(harness, "🔕 mei muted")
    assert ORDER in line
    assert len(harness.lines()) == 1
    assert "🔕 Muted by mei until" in await harness.ask("/panda watches")
    await harness.until(lambda: "🔕 Muted by mei until" in words(harness.channel("#orders")[0]))
    pressed = harness.lines()[-1]
    assert "Undone" in await undo(harness)
    await line_with(harness, "🔔 mei unmuted")
    again = harness._answered(lambda: harness.slack.press("tom", pressed, "undo_for_all:1"), "tom", "#orders")
    assert "undone already" in await again


async def test_watch_all_and_its_end_are_told_and_taken_back(harness: BotHarness) -> None:
    """Undo of the end brings the watches back that it ended, as they were."""
    await harness.ask("/panda watch all milestones", user="tom")
    await line_with(harness, "👀 tom watches all orders here")
    before = (await harness.ask("/panda watches")).splitlines()[0]
    await harness.ask("/panda unwatch all", user="tom")
    await line_with(harness, "👋 tom stopped watching all orders here")
    assert "0 orders" in await harness.ask("/panda watches")
    assert "Undone" in await undo(harness)
    assert "milestones" in await line_with(harness, "👀 mei watches all orders here")
    assert (await harness.ask("/panda watches")).splitlines()[0] == before
    assert "Undone" in await undo(harness)
    await line_with(harness, "👋 mei stopped watching all orders here")


async def test_settings_are_told_and_taken_back(harness: BotHarness) -> None:
    """The line says what differs; Undo brings settings and the filters of standing watches back; no change, no line."""
    await watched(harness)
    await choose(harness)
    assert harness.lines() == []
    chosen = {"type": "static_select", "selected_option": {"value": "problems"}}
    also = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    await choose(harness, filter=chosen, filter_all=also)
    line = await line_with(harness, "⚙️ mei changed the settings here")
    assert "New orders: problems only" in line
    assert "1 order already watched: problems only" in line
    assert "quiet" not in line.casefold()
    assert "problems only" in await harness.ask("/panda watches")
    assert "Undone" in await undo(harness)
    await line_with(harness, "New orders: default")
    assert "all updates" in await harness.ask("/panda watches")


async def test_an_unmuted_order_in_a_muted_channel_is_not_said_to_be_back(harness: BotHarness) -> None:
    """The channel's mute still keeps its updates back: the answer says so, and leads to the channel's end."""
    await watched(harness)
    await harness.ask("/panda mute 24h")
    await harness.ask(f"/panda mute {ORDER} 3d")
    answer = await harness.ask(f"/panda unmute {ORDER}")
    assert "back on" not in answer
    assert "all updates in <#C0ORDERS01> are muted until" in answer
    assert "by mei" in answer
    assert "Updates are back on" in await harness.press("Unmute all updates")


async def test_what_was_not_muted_is_not_said_to_be_back(harness: BotHarness) -> None:
    """Neither an order nor the channel."""
    await watched(harness)
    assert await harness.ask(f"/panda unmute {ORDER}") == f"`{ORDER}` was not muted."
    assert await harness.ask("/panda unmute") == "Updates were not muted in <#C0ORDERS01>."
    await harness.ask(f"/panda mute {ORDER} 3d")
    assert await harness.ask(f"/panda unmute {ORDER}") == f"🔔 *Updates of `{ORDER}` are back on*"
    assert await harness.ask(f"/panda unmute {ORDER}") == f"`{ORDER}` was not muted."


async def test_an_order_that_stays_muted_is_named_when_the_channel_is_unmuted(harness: BotHarness) -> None:
    """In the answer with its end and a button, and in the line for all."""
    await watched(harness)
    await harness.ask("/panda mute 24h")
    await harness.ask(f"/panda mute {ORDER} 3d")
    answer = await harness.ask("/panda unmute")
    assert "Updates are back on" in answer
    assert re.search(rf"Still muted: `{ORDER}` until .+", answer)
    assert f"Still muted: `{ORDER}`" in await line_with(harness, "🔔 mei unmuted all other updates here")
    assert f"Updates of `{ORDER}` are back on" in await harness.press("Unmute these orders too")
    await harness.ask(f"/panda mute {ORDER} 3d")
    assert f"Still muted: `{ORDER}`" in await harness.ask("/panda unmute")
