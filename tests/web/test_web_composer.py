"""The box one types in: completion, history, pastes, all by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_commands_are_completed_from_the_manifest(browser: Browser, server: WebServer) -> None:
    """A slash lists the commands with hint and description; arrows, Tab, Enter and Escape work; the hint then stays."""
    async with person(browser, server.base_url) as mei:
        await mei.box.press_sequentially("/pa")
        commands = mei.page.get_by_role("listbox", name="Slash commands")
        for command in server.hub.setting()["commands"]:
            entry = commands.get_by_role("option").filter(has_text=command["description"])
            await expect(entry).to_contain_text(f"{command['command']} {command['usage_hint']}")
        await expect(mei.box).to_have_attribute("aria-expanded", "true")
        await mei.box.press("ArrowDown")
        await expect(commands.get_by_role("option", selected=True)).to_contain_text("/panda-search")
        await mei.box.press("Tab")
        await expect(mei.box).to_have_value("/panda-search ")
        await expect(commands).to_be_hidden()
        await expect(mei.page.locator(".usage").first).to_contain_text("连衣裙")
        await mei.box.fill("/panda-tr")
        await mei.box.press("Enter")
        await expect(mei.box).to_have_value("/panda-track ")
        await mei.box.fill("/")
        await mei.box.press("Escape")
        await expect(commands).to_be_hidden()
        await expect(mei.box).to_have_value("/")


async def test_history_comes_back_with_the_arrow(browser: Browser, server: WebServer) -> None:
    """↑ in an empty box brings the last lines back, ↓ returns; a line that is being typed is not lost to it."""
    async with person(browser, server.base_url) as mei:
        for text in ("first", "second"):
            await mei.type(text)
        await mei.box.press("ArrowUp")
        await expect(mei.box).to_have_value("second")
        await mei.box.press("ArrowUp")
        await expect(mei.box).to_have_value("first")
        await mei.box.press("ArrowUp")
        await expect(mei.box).to_have_value("first")
        await mei.box.press("ArrowDown")
        await mei.box.press("ArrowDown")
        await expect(mei.box).to_have_value("")
        await mei.box.fill("a draft")
        await mei.box.press("ArrowUp")
        await expect(mei.box).to_have_value("a draft")
        await mei.page.reload()
        await mei.box.press("ArrowUp")
        await expect(mei.box).to_have_value("second")


async def test_a_draft_stays_where_it_was_typed(browser: Browser, server: WebServer) -> None:
    """What was typed and not sent waits in its channel, for its person, while one writes elsewhere."""
    async with person(browser, server.base_url) as mei:
        await mei.box.fill("to the orders")
        await mei.go("urgent")
        await expect(mei.box).to_have_value("")
        await mei.box.fill("to the urgent ones")
        await mei.go("orders")
        await expect(mei.box).to_have_value("to the orders")
        await mei.page.get_by_label("You are").select_option(label="Tom Berger")
        await expect(mei.box).to_have_value("")
        await mei.page.get_by_label("You are").select_option(label="Mei Lin 林梅")
        await expect(mei.box).to_have_value("to the orders")


async def test_the_shortcuts_open_beside_their_button(browser: Browser, server: WebServer) -> None:
    """The menu covers no channel; in a thread it has only what works there, and so has the list of commands."""
    async with person(browser, server.base_url) as mei:
        await mei.page.get_by_role("button", name="Shortcuts").click()
        menu = await mei.page.get_by_role("menu", name="Shortcuts").bounding_box()
        rail = await mei.page.locator("#rail").bounding_box()
        assert menu
        assert rail
        assert menu["x"] >= rail["x"] + rail["width"]
        await expect(mei.page.get_by_role("menuitem", name="/panda-search")).to_be_visible()
        await mei.page.keyboard.press("Escape")
        await mei.type("who has time?")
        await mei.message("who has time?").get_by_role("button", name="Reply in thread").click(force=True)
        await mei.thread.get_by_role("button", name="Shortcuts").click()
        await expect(mei.page.get_by_role("menuitem", name="Track or watch orders")).to_be_visible()
        await expect(mei.page.get_by_role("menuitem", name="/panda")).to_have_count(0)
        await mei.page.keyboard.press("Escape")
        await mei.thread.get_by_role("combobox", name="Reply").fill("/")
        await expect(mei.page.get_by_role("listbox", name="Slash commands")).to_have_count(0)


async def test_many_lines(browser: Browser, server: WebServer) -> None:
    """Shift+Enter makes a line and a paste keeps its lines: in what is said, and in a command's arguments."""
    async with person(browser, server.base_url) as mei:
        await mei.box.fill("one")
        await mei.box.press("Shift+Enter")
        await mei.box.press_sequentially("two")
        await mei.box.press("Enter")
        await mei.sees("two")
        [message] = server.hub.sandbox.slack.workspace.channel("orders").messages.values()
        assert message.text == "one\ntwo"
        ids = "2542285634920880794\n2542285634920880795\n3305075341149134260"
        await mei.type(f"/panda watch {ids}")
        for order in ids.split("\n"):
            await expect(mei.message(order[-6:])).to_be_attached()


async def test_what_is_no_command_is_explained(browser: Browser, server: WebServer) -> None:
    """An unknown slash command is refused with a word on how to say it all the same, and can be mended."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/nonsense at all")
        await expect(mei.page.get_by_role("status")).to_contain_text("/nonsense is not a valid command")
        await expect(mei.box).to_have_value("/nonsense at all")
        await mei.type(" /nonsense at all")
        await mei.sees("/nonsense at all")


async def test_everything_by_keyboard(browser: Browser, server: WebServer) -> None:
    """From the address bar with Tab and Enter alone: skip link, box, channel, a message's menu, the controls."""
    async with person(browser, server.base_url) as mei:
        keys = mei.page.keyboard
        await mei.page.evaluate("document.activeElement.blur()")
        await keys.press("Tab")
        await expect(mei.page.get_by_role("link", name="Skip")).to_be_focused()
        await keys.press("Enter")
        await expect(mei.box).to_be_focused()
        await keys.type("by keyboard")
        await keys.press("Enter")
        await mei.sees("by keyboard")
        await mei.page.get_by_role("button", name="More actions").focus()
        await keys.press("Enter")
        await expect(mei.page.get_by_role("menuitem").first).to_be_focused()
        await keys.press("ArrowDown")
        await expect(mei.page.get_by_role("menuitem").nth(1)).to_be_focused()
        await keys.press("Escape")
        await expect(mei.page.get_by_role("button", name="More actions")).to_be_focused()
        await mei.page.get_by_role("button", name="Demo controls").focus()
        await keys.press("Enter")
        await expect(mei.page.get_by_role("tab", name="Time")).to_be_focused()
        await keys.press("ArrowRight")
        await expect(mei.page.get_by_role("tab", name="Faults")).to_be_focused()
        await keys.press("Escape")
        await expect(mei.page.get_by_role("button", name="Demo controls")).to_be_focused()
