"""A command that is added in one new module and one line has everything that the others have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import throwaway
from support.bot_harness import BotHarness, running, words

from handlers.features.all import FEATURES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """The bot with one feature more."""
    async with running(tmp_path, features=(*FEATURES, throwaway.FEATURE)) as harness:  # the one line
        yield harness


async def test_it_answers(harness: BotHarness) -> None:
    """By its name, a synonym, a Chinese one with its word right behind, and its own slash command."""
    for line in ("/panda greet Mei", "/panda hello Mei", "/panda 你好啊Mei", "/panda-greet Mei"):
        assert "Hello, Mei!" in await harness.ask(line)
    assert "Hello, everybody!" in await harness.ask("/panda greet")


async def test_it_shows_in_the_help(harness: BotHarness) -> None:
    """In the overview, among the topics, and on a page of its own, which each way of asking for it shows."""
    assert "/panda greet Mei" in await harness.ask("/panda help")
    assert "`greet`" in await harness.ask("/panda help nonsense")
    for line in ("/panda help greet", "/panda greet help", "/panda help hello", "/panda-greet"):
        assert "Says hello." in await harness.ask(line)


async def test_it_is_offered_for_a_typo(harness: BotHarness) -> None:
    """And its own usage error carries the corrected command, which works."""
    assert "Did you mean `/panda greet Mei`?" in await harness.ask("/panda gret Mei")
    refused = await harness.ask("/panda greet Mei Tom")
    assert "One name at a time." in refused
    assert "Try: `/panda greet Mei`" in refused


async def test_its_button_works(harness: BotHarness) -> None:
    """The answer takes the place of the message that holds it; one that carries something else is refused."""
    await harness.ask("/panda greet Mei")
    message, action_id = harness.button("Again", "mei", "#orders")
    count = len(harness.private())
    assert "Hello, Mei!" in words(message)
    assert (await harness.slack.press("mei", message, action_id)).ok
    await harness.idle()
    assert len(harness.private()) == count
    for block in message.blocks:
        for element in block.get("elements") or []:
            if element.get("action_id") == action_id:
                element["value"] = "orders"
    assert "older version" in await harness.press("Again")


async def test_its_form_works(harness: BotHarness) -> None:
    """A wrong field is marked, and the greeting is the form's next page."""
    await harness.ask("/panda greet Mei")
    message, action_id = harness.button("Whom", "mei", "#orders")
    assert (await harness.slack.press("mei", message, action_id)).ok
    await harness.until(lambda: bool(harness.slack.workspace.views))
    view_id = next(reversed(harness.slack.workspace.views))
    wrong = await harness.slack.submit(
        "mei", view_id, {"whom": {"value": {"type": "plain_text_input", "value": "R2D2"}}}
    )
    assert "A name has no digits." in str(wrong)
    assert (
        await harness.slack.submit("mei", view_id, {"whom": {"value": {"type": "plain_text_input", "value": "Tom"}}})
    ).ok
    await harness.until(lambda: "Hello, Tom!" in str(harness.slack.workspace.views[view_id]))


async def test_its_menu_works(harness: BotHarness) -> None:
    """An option answers beside the message, which stays; another opens the form; the rest is of an older version."""
    await harness.ask("/panda greet Mei")
    first = harness.private()[-1]
    assert "Hello, Tom!" in await harness.pick("Greet Tom")
    assert "Hello, Mei!" in words(first)
    message, action_id, value = harness.option("Ask whom", "mei", "#orders")
    assert (await harness.slack.press("mei", message, action_id, value=value)).ok
    await harness.until(lambda: bool(harness.slack.workspace.views))
    assert "Whom?" in str(harness.slack.workspace.views)
    for options in (block["elements"][-1]["options"] for block in message.blocks if block["type"] == "actions"):
        for option in options:
            option["value"] = f"no command {option['value']}"
    assert "older version" in await harness.pick("Greet Tom")
