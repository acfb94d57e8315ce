"""The page in a real browser, with the real bot behind it: what a newcomer does in the first minutes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = "2542285634920880794"


async def test_ask(browser: Browser, server: WebServer) -> None:
    """A slash command is answered in the channel, to its user alone, with a word that says so."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda order {ORDER}")
        answer = mei.message(ORDER)
        await expect(answer).to_contain_text("Only visible to you")
        await expect(answer).to_contain_text("APP")
        await expect(answer).to_contain_text("连衣裙")
        await expect(mei.box).to_have_value("")


async def test_news_arrives_while_the_page_is_open(browser: Browser, server: WebServer) -> None:
    """A watched order's card is changed, and its thread gets the news, with nobody touching anything."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda watch {ORDER}")
        card = mei.card
        await expect(card).to_be_visible()
        server.hub.sandbox.clock.advance(timedelta(minutes=40))
        replies = card.locator("button.replies")
        await expect(replies).to_be_visible()
        await replies.click()
        await expect(mei.thread.get_by_role("log")).to_contain_text("广州分拨中心")
        await expect(card).to_contain_text("广州分拨中心")
        await expect(card).not_to_contain_text("(edited)")  # Slack marks no edit of blocks
        await mei.page.keyboard.press("Escape")
        await expect(mei.thread).to_be_hidden()


async def test_a_button(browser: Browser, server: WebServer) -> None:
    """Pressing a button does what it says, and so does the button in the private answer to it."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda watch {ORDER}")
        watching = mei.private.filter(has=mei.page.get_by_role("button", name="Undo"))
        await expect(watching).to_contain_text(ORDER[-6:])
        begun = await watching.locator(".body").inner_text()
        await watching.get_by_role("button", name="Undo").click()
        await expect(mei.private.locator(".body")).not_to_have_text(begun)
        await expect(mei.private).to_contain_text(ORDER[-6:])
        await mei.type("/panda watches")
        await expect(mei.private.locator(".body")).not_to_contain_text("夏季新款红色连衣裙")


async def test_both_message_shortcuts(browser: Browser, server: WebServer) -> None:
    """The ⋯ menu of what somebody said has the manifest's shortcuts; a private answer has no such menu."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"麻烦看一下 {ORDER} 谢谢")
        await mei.menu(mei.message("麻烦看一下"), "Track orders in message")
        tracked = mei.private
        await expect(tracked).to_contain_text(ORDER)
        await expect(tracked.get_by_role("button", name="More actions")).to_have_count(0)
        await mei.menu(mei.message("麻烦看一下"), "Watch orders in message")
        await expect(mei.card).to_be_visible()


async def test_a_thread(browser: Browser, server: WebServer) -> None:
    """One replies in the side pane; the channel counts the reply, and commands are refused there as in Slack."""
    async with person(browser, server.base_url) as mei:
        await mei.type("who has time?")
        message = mei.message("who has time?")
        await message.hover()
        await message.get_by_role("button", name="Reply in thread").click()
        box = mei.thread.get_by_role("combobox", name="Reply")
        await expect(box).to_be_focused()
        await box.fill("I do\nafter lunch")
        await box.press("Enter")
        await expect(mei.thread.get_by_role("article").last).to_contain_text("after lunch")
        await expect(message).to_contain_text("1 reply")
        await expect(mei.log.get_by_role("article")).to_have_count(1)
        await box.fill("/panda help")
        await box.press("Enter")
        await expect(mei.page.get_by_role("status")).to_contain_text("does not work in threads")


async def test_what_one_person_sees_another_does_not(browser: Browser, server: WebServer) -> None:
    """Mei's answer is not on Tom's page; a shared message is on both, counts as unread, and each has their own time."""
    address = server.base_url
    async with person(browser, f"{address}?as=mei") as mei, person(browser, f"{address}?as=tom#urgent") as tom:
        await mei.type("/panda help")
        await mei.sees("Only visible to you")
        await mei.type("大家好")
        await mei.sees("大家好")
        unread = tom.page.locator("#rail").get_by_role("button", name="orders")
        await expect(unread).to_contain_text("1 unread")
        await tom.go("orders")
        await tom.sees("大家好")
        await expect(tom.log.get_by_role("article")).to_have_count(1)
        await expect(unread).not_to_contain_text("unread")
        times = [await visitor.message("大家好").locator("time").inner_text() for visitor in (mei, tom)]
        assert times == ["10:00 AM", "3:00 AM"]
        await expect(mei.page.locator("#rail")).not_to_contain_text("secret")
        await expect(tom.page.locator("#rail")).to_contain_text("secret")


async def test_being_somebody_else_somewhere_else(browser: Browser, server: WebServer) -> None:
    """One page can change its person and place: the private answers are the other's, the times follow."""
    async with person(browser, server.base_url) as visitor:
        await visitor.type("/panda help")
        await visitor.sees("Only visible to you")
        await visitor.type("hello all")
        await visitor.sees("hello all")
        await visitor.page.get_by_label("You are").select_option(label="Tom Berger")
        await expect(visitor.log.get_by_role("article")).to_have_count(1)
        await expect(visitor.message("hello all").locator("time")).to_have_text("3:00 AM")
        await visitor.page.get_by_label("in", exact=True).select_option(label="São Paulo · português")
        await expect(visitor.message("hello all").locator("time")).to_have_text("23:00")
        await visitor.page.get_by_label("You are").select_option(label="Mei Lin 林梅")
        await visitor.sees("Only visible to you")


async def test_reload_keeps_history(browser: Browser, server: WebServer) -> None:
    """The place, the person and the shared messages are there again; what only one saw has vanished."""
    async with person(browser, f"{server.base_url}?as=tom") as tom:
        await tom.go("urgent")
        await tom.type("this stays")
        await tom.type("/panda help")
        await tom.sees("Only visible to you")
        await tom.page.reload()
        await tom.sees("this stays")
        await expect(tom.log.get_by_role("article")).to_have_count(1)
        await expect(tom.page.get_by_role("heading", name="#urgent")).to_be_visible()
        await expect(tom.page.get_by_label("You are")).to_have_value("U0TOM00002")


async def test_the_address_leads_back_and_forth(browser: Browser, server: WebServer) -> None:
    """Another channel in the address is gone to, Back and Forward follow, and an unknown one changes nothing."""
    async with person(browser, f"{server.base_url}?as=tom") as tom:
        heading = tom.page.get_by_role("heading", level=1)
        await tom.go("urgent")
        await tom.go("secret")
        await expect(heading).to_have_accessible_name("Private channel secret")
        await expect(heading).not_to_contain_text("#")
        await tom.page.go_back()
        await expect(heading).to_have_text("#urgent")
        await tom.page.go_back()
        await expect(heading).to_have_text("#orders")
        await tom.page.go_forward()
        await expect(heading).to_have_text("#urgent")
        await tom.page.evaluate("location.hash = '#home'")
        await expect(heading).to_have_text("App Home")
        await tom.page.evaluate("location.hash = '#nowhere'")
        await expect(heading).to_have_text("App Home")
        await expect(tom.page).to_have_url(re.compile(r"#home$"))
        await tom.page.get_by_label("You are").select_option(label="Mei Lin 林梅")
        await expect(tom.page.get_by_label("You are")).to_have_value("U0MEI00001")
        await expect(tom.page).to_have_url(re.compile("as=mei"))


async def test_a_note_covers_no_message(browser: Browser, server: WebServer) -> None:
    """The sentence that stays for a moment stands over the page's own line, and lets clicks through."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/nonsense")
        await expect(mei.page.get_by_role("status")).to_contain_text("/nonsense")
        note = await mei.page.locator(".note").bounding_box()
        log = await mei.log.bounding_box()
        assert note
        assert log
        assert note["y"] + note["height"] < log["y"] + 32  # a long one may reach into the margin above the first day
        await mei.page.get_by_role("button", name="Demo controls").click()
        await expect(mei.page.locator("#panel")).to_be_visible()


async def test_a_lost_connection_comes_back(browser: Browser, server: WebServer) -> None:
    """When the demo goes away the page says so, and it goes on when the demo is there again."""
    port = int(server.base_url.rpartition(":")[2])
    async with person(browser, server.base_url) as mei:
        await mei.type("before")
        await mei.sees("before")
        await server.stop()
        await expect(mei.page.get_by_role("status")).to_contain_text("does not answer")
        await server.start(port)
        await expect(mei.page.get_by_role("status")).not_to_contain_text("does not answer")
        await mei.type("after")
        await mei.sees("after")
        mei.problems.clear()  # the browser reports each refused connection


async def test_the_direct_conversation_takes_messages_if_the_manifest_says_so(
    browser: Browser, server: WebServer
) -> None:
    """Where the messages tab is read-only there is no box, but a word on where to go; otherwise commands work in it."""
    async with person(browser, f"{server.base_url}?as=tom#pandabot") as tom:
        home = server.hub.sandbox.slack.manifest["features"]["app_home"]
        if home["messages_tab_read_only_enabled"]:
            await expect(tom.page.get_by_text("Sending messages to this app has been turned off")).to_be_visible()
            await expect(tom.box).to_be_hidden()
            await tom.page.locator("#main").get_by_role("button", name="#orders").click()
            await expect(tom.page.get_by_role("heading", name="#orders")).to_be_visible()
            await tom.page.go_back()
            home["messages_tab_read_only_enabled"] = False
            await tom.page.reload()
        await tom.type("/panda help")
        await tom.sees("Only visible to you")
