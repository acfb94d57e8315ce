"""What changes a channel for all is told to all, in one line with Undo; and what is muted says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.house import ORDER, House, running, words
from support.settings_form import choose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


async def told(house: House, text: str) -> str:
    """Wait until the newest message to all in the channel says this; all of its words."""
    await house.until(lambda: text in "".join(words(one) for one in house.lines()[-1:]))
    message = house.lines()[-1]
    assert message.notifies == frozenset()
    return words(message)


async def undo(house: House) -> str:
    """Press Undo under the newest line for all."""
    line = house.lines()[-1]
    return await house._answered(lambda: house.slack.press("mei", line, "undo_for_all:1"), "mei", "#orders")


async def watched(house: House) -> None:
    await house.ask(f"/panda watch {ORDER}")
    await house.until(lambda: bool(house.channel("#orders")))


async def test_a_mute_is_told_to_all_and_shown(house: House) -> None:
    """One line with name and end; the list's head and the card say it too; Undo by a colleague is told as well."""
    await watched(house)
    await house.ask("/panda mute 2h", user="tom")
    assert "until" in await told(house, "🔕 tom muted all order news here")
    assert "🔕 Muted by tom until" in (await house.ask("/panda watches")).splitlines()[1]
    await house.until(lambda: "🔕 Muted by tom until" in words(house.channel("#orders")[0]))
    assert "Undone" in await undo(house)
    await told(house, "🔔 mei unmuted all order news here")
    await house.until(lambda: "🔕" not in words(house.channel("#orders")[0]))
    assert "🔕" not in await house.ask("/panda watches")
    assert "Undone" in await undo(house)
    await told(house, "🔕 mei muted all order news here")


async def test_a_muted_order_says_so_where_it_is_listed(house: House) -> None:
    """Its row, its card and one line; unmuting what is not muted is told to nobody; a second Undo says it was done."""
    await watched(house)
    await house.ask(f"/panda unmute {ORDER}")
    await house.ask(f"/panda mute {ORDER} 2h")
    line = await told(house, "🔕 mei muted")
    assert ORDER in line
    assert len(house.lines()) == 1
    assert "🔕 Muted by mei until" in await house.ask("/panda watches")
    await house.until(lambda: "🔕 Muted by mei until" in words(house.channel("#orders")[0]))
    pressed = house.lines()[-1]
    assert "Undone" in await undo(house)
    await told(house, "🔔 mei unmuted")
    again = house._answered(lambda: house.slack.press("tom", pressed, "undo_for_all:1"), "tom", "#orders")
    assert "undone already" in await again


async def test_watch_all_and_its_end_are_told_and_taken_back(house: House) -> None:
    """Undo of the end brings the watches back that it ended, as they were."""
    await house.ask("/panda watch all milestones", user="tom")
    await told(house, "👀 tom watches all orders here")
    before = (await house.ask("/panda watches")).splitlines()[0]
    await house.ask("/panda unwatch all", user="tom")
    await told(house, "👋 tom stopped watching all orders here")
    assert "0 orders" in await house.ask("/panda watches")
    assert "Undone" in await undo(house)
    assert "milestones" in await told(house, "👀 mei watches all orders here")
    assert (await house.ask("/panda watches")).splitlines()[0] == before
    assert "Undone" in await undo(house)
    await told(house, "👋 mei stopped watching all orders here")


async def test_settings_are_told_and_taken_back(house: House) -> None:
    """The line says what differs; Undo brings settings and the filters of standing watches back; no change, no line."""
    await watched(house)
    await choose(house)
    assert house.lines() == []
    chosen = {"type": "static_select", "selected_option": {"value": "problems"}}
    also = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    await choose(house, filter=chosen, filter_all=also)
    line = await told(house, "⚙️ mei changed the settings here")
    assert "New watches post: problems only" in line
    assert "watched already post: problems only" in line
    assert "quiet" not in line.casefold()
    assert "problems only" in await house.ask("/panda watches")
    assert "Undone" in await undo(house)
    await told(house, "New watches post: the bot's default")
    assert "all news" in await house.ask("/panda watches")
