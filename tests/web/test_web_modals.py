"""Modals on the page: a small Bolt app in the bot's place opens them, refuses, updates, pushes and clears."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect
from support.modal_app import MANIFEST, build
from support.web_page import person
from support.web_scene import scene as scene_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from support.web_scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def closed() -> list[str]:
    """The titles of what the app was told to have been closed."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def scene(closed: list[str]) -> AsyncIterator[Scene]:
    async with scene_of(MANIFEST, partial(build, closed=closed)) as scene:
        yield scene


async def test_an_error_and_then_success(browser: Browser, scene: Scene) -> None:
    """A global shortcut opens a form; a wrong number is refused beside its input, again and again; a right one goes."""
    async with person(browser, scene.address) as mei:
        await mei.page.get_by_role("button", name="Shortcuts").first.click()
        await mei.page.get_by_role("menuitem", name="Ask for a number").click()
        dialog = mei.page.get_by_role("dialog", name="A form")
        field = dialog.get_by_label("Number")
        await expect(field).to_be_focused()
        for wrong in ("ten", "ten", "elf"):
            await field.fill(wrong)
            await dialog.get_by_role("button", name="Send").click()
            await expect(dialog).to_contain_text(f"'{wrong}' is no number")
            await expect(dialog.get_by_role("button", name="Send")).to_be_enabled()
            await expect(field).to_have_value(wrong)
        await field.fill("12")
        await dialog.get_by_role("button", name="Send").click()
        done = mei.page.get_by_role("dialog", name="Done")
        await expect(done).to_contain_text("It was 12")
        await done.get_by_role("button", name="Close").last.click()
        await expect(mei.page.get_by_role("dialog")).to_have_count(0)


async def test_update_push_clear_and_close(browser: Browser, scene: Scene, closed: list[str]) -> None:
    """What was typed survives an update; a second view lies on the first; closing tells the app that asked for it."""
    async with person(browser, scene.address) as mei:
        await mei.type("/ask")
        field = mei.page.get_by_label("Number")
        send = mei.page.get_by_role("button", name="Send").last
        await field.fill("update")
        await send.click()
        await expect(mei.page.get_by_role("dialog", name="The same form")).to_be_visible()
        await expect(field).to_have_value("update")
        await field.fill("push")
        await send.click()
        top = mei.page.get_by_role("dialog", name="On top")
        await top.get_by_role("button", name="Back").click()
        await expect(mei.page.get_by_role("dialog", name="The same form")).to_be_visible()
        await mei.page.keyboard.press("Escape")
        await expect(mei.page.get_by_role("dialog")).to_have_count(0)
        assert closed == ["The same form"]
        await mei.type("/ask")
        await field.fill("clear")
        await send.click()
        await expect(mei.page.get_by_role("dialog")).to_have_count(0)


async def test_how_deep_views_lie(browser: Browser, scene: Scene) -> None:
    """Three views lie upon each other, each knows the one below; a fourth is refused with Slack's word for it."""
    async with person(browser, scene.address) as mei:
        await mei.type("/ask")
        for title in ("A form", "A form+", "A form++"):
            dialog = mei.page.get_by_role("dialog", name=title, exact=True)
            await dialog.get_by_label("Number").fill("deeper")
            await dialog.get_by_role("button", name="Send").click()
        await expect(dialog).to_contain_text("push_limit_reached")
        root, second, third = scene.modals  # while the page is open: they go with it
    assert [view["previous_view_id"] for view in (root, second, third)] == [None, root["id"], second["id"]]
    assert {view["root_view_id"] for view in (root, second, third)} == {root["id"]}


async def test_a_menu_that_asks_the_app(browser: Browser, scene: Scene) -> None:
    """What is typed goes to the app, and what it offers can be chosen; the question is as Slack's types say."""
    async with person(browser, scene.address) as mei:
        await mei.type("/choose")
        await mei.page.get_by_role("combobox", name="Size").press_sequentially("红")
        await mei.page.get_by_role("option", name="红 M").click()
        await expect(mei.page.get_by_role("dialog", name="Choose")).to_contain_text("It is M")
    assert scene.watch.seen["Suggestion"] == 1


async def test_only_the_page_where_it_was_asked_for_gets_the_modal(browser: Browser, scene: Scene) -> None:
    """Mei's form is not on Tom's page nor on another of her own; a reload closes it, as Slack's clients do."""
    async with (
        person(browser, scene.address) as mei,
        person(browser, scene.address) as other,
        person(browser, f"{scene.address}?as=tom") as tom,
    ):
        await mei.type("/ask")
        await expect(mei.page.get_by_role("dialog", name="A form")).to_be_visible()
        await tom.type("done")
        await tom.sees("done")
        await other.sees("done")
        for visitor in (tom, other):
            await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
        await other.type("/ask")
        await expect(other.page.get_by_role("dialog", name="A form")).to_be_visible()
        await mei.page.reload()
        await mei.sees("done")
        await expect(mei.page.get_by_role("dialog")).to_have_count(0)
        await expect(other.page.get_by_role("dialog", name="A form")).to_be_visible()
        assert len(scene.modals) == 1


async def test_app_home(browser: Browser, scene: Scene) -> None:
    """Opening App Home asks the app, shows what it publishes for this person, and its buttons work."""
    async with person(browser, f"{scene.address}?as=tom") as tom:
        await tom.go("App Home")
        home = tom.page.get_by_role("region", name="App Home")
        await expect(home).to_contain_text("Home of U0TOM00002")
        await home.get_by_role("button", name="More").click()
        await expect(tom.page.get_by_role("dialog", name="More")).to_contain_text("from home")
