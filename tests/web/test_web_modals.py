"""Modals on the page: a small Bolt app in the bot's place opens them, refuses, updates, pushes and clears."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from support.schema_watch import SchemaWatch
from support.web_page import person

from sandbox.clock import SimClock
from sandbox.pandapon.server import PandaPonServer
from sandbox.pandapon.world import World
from sandbox.slack.server import SlackServer
from sandbox.terminal.stage import Stage
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHOOSE = {"command": "/choose", "description": "A menu", "usage_hint": ""}
MANIFEST = {
    "features": {
        "shortcuts": [{"name": "Ask for a number", "type": "global", "callback_id": "ask", "description": "A form"}],
        "slash_commands": [
            {"command": "/ask", "description": "A form", "usage_hint": "", "should_escape": True},
            CHOOSE,
        ],
        "app_home": {"home_tab_enabled": True},
    }
}


def form(title: str, *, hint: str = "Digits only") -> dict[str, Any]:
    field = {"type": "plain_text_input", "action_id": "typed", "multiline": True}
    block = {"type": "input", "block_id": "number", "label": plain("Number"), "hint": plain(hint), "element": field}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [block],
    }


def words(title: str, text: str) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "blocks": [{"type": "section", "text": plain(text)}]}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def build(slack: SlackServer, closed: list[str]) -> AsyncApp:
    client = AsyncWebClient(token="xoxb-sandbox", base_url=slack.api_url)
    app = AsyncApp(client=client, request_verification_enabled=False)

    @app.shortcut("ask")
    @app.command("/ask")
    async def ask(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form("A form"))

    @app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        typed = view["state"]["values"]["number"]["typed"]["value"] or ""
        if typed == "push":
            await ack(response_action="push", view=words("On top", "a second view"))
        elif typed == "clear":
            await ack(response_action="clear")
        elif typed == "update":
            await ack(response_action="update", view=form("The same form", hint="Another hint"))
        elif not typed.isdigit():
            await ack(response_action="errors", errors={"number": f"{typed!r} is no number"})
        else:
            await ack(response_action="update", view=words("Done", f"It was {typed}"))

    @app.view_closed("form")
    async def gone(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        closed.append(view["title"]["text"])

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        text = plain(f"Home of {event['user']}")
        button = {"type": "button", "action_id": "more", "text": plain("More")}
        blocks = [{"type": "section", "text": text}, {"type": "actions", "elements": [button]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    listen_to_a_menu(app, client)

    @app.action("more")
    async def more(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=words("More", "from home"))

    return app


def listen_to_a_menu(app: AsyncApp, client: AsyncWebClient) -> None:
    @app.command("/choose")
    async def choose(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        menu = {"type": "external_select", "action_id": "size", "min_query_length": 1, "placeholder": plain("Size")}
        view = words("Choose", "a size") | {"notify_on_close": True, "callback_id": "choose"}
        view["blocks"].append({"type": "actions", "block_id": "sizes", "elements": [menu]})
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.options("size")
    async def sizes(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[{"text": plain(f"{body['value']} {one}"), "value": one} for one in ("S", "M")])

    @app.action("size")
    async def chosen(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        value = body["actions"][0]["selected_option"]["value"]
        await client.views_update(view_id=body["view"]["id"], view=words("Choose", f"It is {value}"))


class Scene:
    """The page on a workspace whose app is the small one."""

    def __init__(self, server: WebServer, closed: list[str], watch: SchemaWatch) -> None:
        self.address, self.closed, self.watch = server.base_url, closed, watch


async def _nothing() -> None:
    pass


@pytest_asyncio.fixture(loop_scope="session")
async def scene() -> AsyncIterator[Scene]:
    clock = SimClock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    world, closed = World(clock), list[str]()
    async with SlackServer(clock, manifest=MANIFEST) as slack, PandaPonServer(world, clock=clock) as pandapon:
        watch = SchemaWatch(slack)
        handler = AsyncSocketModeHandler(build(slack, closed), "xapp-sandbox")
        handler.client.web_client = AsyncWebClient(token="xapp-sandbox", base_url=slack.api_url)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        async with WebServer(Stage(slack, pandapon, world, clock, _nothing)) as server:
            await server.start()
            yield Scene(server, closed, watch)
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own
        await asyncio.sleep(0)
        assert watch.problems == []


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


async def test_update_push_clear_and_close(browser: Browser, scene: Scene) -> None:
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
        assert scene.closed == ["The same form"]
        await mei.type("/ask")
        await field.fill("clear")
        await send.click()
        await expect(mei.page.get_by_role("dialog")).to_have_count(0)


async def test_a_menu_that_asks_the_app(browser: Browser, scene: Scene) -> None:
    """What is typed goes to the app, and what it offers can be chosen; the question is as Slack's types say."""
    async with person(browser, scene.address) as mei:
        await mei.type("/choose")
        await mei.page.get_by_role("combobox", name="Size").press_sequentially("红")
        await mei.page.get_by_role("option", name="红 M").click()
        await expect(mei.page.get_by_role("dialog", name="Choose")).to_contain_text("It is M")
    assert scene.watch.seen["Suggestion"] == 1


async def test_only_who_asked_gets_the_modal(browser: Browser, scene: Scene) -> None:
    """Mei's form is not on Tom's page, and it is still open after a reload of hers."""
    async with person(browser, scene.address) as mei, person(browser, f"{scene.address}?as=tom") as tom:
        await mei.type("/ask")
        await expect(mei.page.get_by_role("dialog", name="A form")).to_be_visible()
        await tom.type("done")
        await tom.sees("done")
        await expect(tom.page.get_by_role("dialog")).to_have_count(0)
        await mei.page.reload()
        await expect(mei.page.get_by_role("dialog", name="A form")).to_be_visible()


async def test_app_home(browser: Browser, scene: Scene) -> None:
    """Opening App Home asks the app, shows what it publishes for this person, and its buttons work."""
    async with person(browser, f"{scene.address}?as=tom") as tom:
        await tom.go("App Home")
        home = tom.page.get_by_role("region", name="App Home")
        await expect(home).to_contain_text("Home of U0TOM00002")
        await home.get_by_role("button", name="More").click()
        await expect(tom.page.get_by_role("dialog", name="More")).to_contain_text("from home")
