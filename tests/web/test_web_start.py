"""What the page loads for its first screen, and what it leaves for later."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import aiohttp
import pytest
from playwright.async_api import expect
from support.web_page import person

from sandbox.slack.workspace import BOT_USER
from sandbox.web.server import STATIC

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"(\.[^"]+)";', re.MULTILINE)
LOADED = """() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/static/")).map((one) => [new URL(one.name).pathname, one.transferSize])"""


async def test_the_first_useful_screen(browser: Browser, server: WebServer) -> None:
    """Channels, box and messages are there from some forty files; a second visit asks for none of them again."""
    workspace = server.hub.sandbox.slack.workspace
    workspace.post(workspace.channel("orders"), "U0TOM00002", "hello")
    context = await browser.new_context()
    for visit in ("first", "second"):
        page = await context.new_page()
        await page.goto(server.base_url)
        for part in ("#rail .place", "#composer-box", "#main article"):
            await expect(page.locator(part).first).to_be_visible()
        loaded = await page.evaluate(LOADED)
        assert len(loaded) <= 50
        assert visit == "first" or [name for name, size in loaded if size] == []
    await context.close()


async def test_all_files_of_the_first_screen_are_announced() -> None:
    """The page names every module that a first screen with messages needs: none is found out about one by one."""
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    announced = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)
    needed: dict[str, None] = {}
    for first in ("app/main.js", "app/message.js"):
        _collect(first, needed)
    assert sorted(announced) == sorted(needed.keys() - {"app/main.js"})


def _collect(name: str, modules: dict[str, None]) -> None:
    if name in modules:
        return
    modules[name] = None
    for other in IMPORT.findall((STATIC / name).read_text(encoding="utf-8")):
        parts: list[str] = []
        for part in (PurePosixPath(name).parent / other).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        _collect("/".join(parts), modules)


async def test_what_is_rare_in_messages_comes_when_it_is_needed(browser: Browser, server: WebServer) -> None:
    """A table, and a menu among buttons, are drawn although their code was not loaded; an unknown block says so."""
    workspace = server.hub.sandbox.slack.workspace
    channel = workspace.channel("orders")
    option = {"text": {"type": "plain_text", "text": "By air"}, "value": "air"}
    select = {"type": "static_select", "action_id": "how", "options": [option]}
    blocks = [
        {"type": "table", "rows": [[{"type": "raw_text", "text": "Parcel"}], [{"type": "raw_text", "text": "SF12"}]]},
        {"type": "actions", "elements": [select]},
        {"type": "hologram"},
    ]
    async with person(browser, server.base_url) as mei:
        await mei.type("hello")
        await mei.sees("hello")
        assert not [name for name, _ in await mei.page.evaluate(LOADED) if "rare" in name]
        workspace.post(channel, BOT_USER, "with a table", blocks=blocks)
        await expect(mei.log.get_by_role("cell", name="SF12")).to_be_visible()
        await expect(mei.log.get_by_role("combobox").get_by_role("option", name="By air")).to_be_attached()
        await expect(mei.log.get_by_text("Unsupported block: hologram")).to_be_visible()


async def test_what_may_be_kept(server: WebServer) -> None:
    """The page itself is asked for each time; a file by its version's address is kept, by any other it is not."""
    async with aiohttp.ClientSession() as session:
        async with session.get(server.base_url) as answer:
            assert answer.headers["Cache-Control"] == "no-cache"
            versioned = re.findall(r'"(/static/v-[0-9a-f]+/app/main\.js)"', await answer.text())
        for address, kept in (
            (versioned[0], True),
            ("/static/app/main.js", False),
            ("/static/v-00ff/app/main.js", False),
        ):
            async with session.get(server.base_url + address) as answer:
                assert answer.status == HTTPStatus.OK
                assert ("immutable" in answer.headers["Cache-Control"]) is kept
