"""The page as a visitor meets it: a channel that is lived in, in the language of the browser, and a world that goes on.

What the bot writes is not quoted here: the tests know a message by its buttons, its thread and its place.
"""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect
from support.accessibility import SERIOUS, violations
from support.patience import PATIENCE
from support.web_page import person
from support.web_protocol import Pages

from bot.commands import demo, demo_sandbox
from sandbox.pandapon.demo import FIRST, LATE, SECOND, UNSHIPPED
from sandbox.slack.workspace import BOT_USER
from sandbox.web import prelude
from sandbox.web.replay import replay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from support.web_page import Person

    from sandbox.slack.workspace import Channel, Message
    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
CHROME = {
    "en": ("Only visible to you", "Search red dress", "Let 8 hours pass", "Threads", "Tom Berger"),
    "zh": ("只有您能看到", "搜索 连衣裙", "快进 8 小时", "消息列", "Mei Lin 林梅"),
    "th": ("มีแค่คุณที่เห็น", "ค้นหา เดรส", "ให้เวลาผ่านไป 8 ชั่วโมง", "เธรด", "Ploy Suksai พลอย"),
}


@pytest_asyncio.fixture(loop_scope="session")
async def lived_in() -> AsyncIterator[WebServer]:
    async with demo.serving_page(NOW) as server:
        yield server


def alarms(server: WebServer, channel: Channel) -> list[Message]:
    """The alarms of a channel that wait for somebody."""
    return [message for message in channel.messages.values() if server.hub.sandbox.is_alarm(message)]


@pytest.mark.parametrize("language", ["en", "zh", "th"])
async def test_the_first_screen(browser: Browser, lived_in: WebServer, language: str) -> None:
    """A visitor meets people, a card with a thread, an alarm with buttons and things to try, in their language."""
    private, search, night, threads, name = CHROME[language]
    part = prelude.PARTS[language]
    channel = lived_in.hub.sandbox.slack.workspace.channels[part.channel]
    async with person(browser, f"{lived_in.base_url}?lang={language}") as visitor:
        await expect(visitor.page.locator("h1")).to_have_text(f"#{part.name}")
        await expect(visitor.page.locator("#who option:checked")).to_have_text(name)
        for text in (part.late.format(late=LATE), part.first.format(first=FIRST, unshipped=UNSHIPPED), part.thanks):
            await visitor.sees(text)
        [alarm] = alarms(lived_in, channel)
        shown = visitor.log.locator(f"[data-ts='{alarm.ts}']")
        await expect(shown).to_be_in_viewport()
        assert await shown.locator(".bk-button").count() >= 3
        await expect(visitor.log.locator(".replies").first).to_be_attached()
        await expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else language)
        strip = visitor.page.locator(".tries")
        await expect(strip.get_by_role("button", name=night)).to_be_visible()
        await expect(visitor.page.locator("#rail").get_by_role("button", name=threads)).to_be_visible()
        await strip.get_by_role("button", name=search).click()
        await visitor.sees(private)
        await expect(visitor.message(private).locator("img.bk-side-picture").first).to_be_attached()


async def test_the_channels_are_in_their_language(lived_in: WebServer) -> None:
    """The bot has posted as much in each channel, each time in other words."""
    workspace = lived_in.hub.sandbox.slack.workspace
    posts = [
        [message.text for message in workspace.channels[part.channel].messages.values() if message.by_bot]
        for part in prelude.PARTS.values()
    ]
    assert len({len(texts) for texts in posts}) == 1
    assert len(posts[0]) >= 6
    assert len({tuple(texts) for texts in posts}) == len(posts)


async def test_who_opens_the_page(browser: Browser, lived_in: WebServer) -> None:
    """The browser's own language picks the person; a language that nobody speaks gets English; an address may ask."""
    for locale, name in (("en-GB", "tom"), ("zh-TW", "mei"), ("th-TH", "ploy"), ("fr-FR", "tom")):
        context = await browser.new_context(locale=locale)
        page = await context.new_page()
        await page.goto(lived_in.base_url)
        await page.wait_for_function("name => location.search.includes(`as=${name}`)", arg=name)
        await context.close()
    async with person(browser, f"{lived_in.base_url}?as=wei&lang=en") as wei:
        await expect(wei.page.locator("#who option:checked")).to_have_text("Wei Chen 陈伟")
        await wei.page.reload()
        await expect(wei.page.locator(".tries")).to_contain_text("Try it")
        assert "lang=en" in wei.page.url


async def test_a_step_of_time_says_what_came_and_leads_there(browser: Browser, lived_in: WebServer) -> None:
    """Eight hours bring an alarm and news; the line under the header counts them, and a click shows the alarm."""
    channel = lived_in.hub.sandbox.slack.workspace.channel("orders")
    before = {message.ts for message in channel.messages.values()}
    async with person(browser, f"{lived_in.base_url}?as=tom", height=500) as tom:
        await tom.page.get_by_role("button", name="Let 8 hours pass").click()
        line = tom.page.locator(".outcome")
        await expect(line).to_contain_text("1 alert in #orders")
        new = [message for message in channel.messages.values() if message.ts not in before]
        [alarm] = [message for message in new if lived_in.hub.sandbox.is_alarm(message)]
        count = len(
            [message for message in new if message is not alarm and (message.broadcast or not message.thread_ts)]
        )
        await expect(line).to_contain_text(f"{count} new message{'' if count == 1 else 's'} in #orders")
        for number in range(30):
            lived_in.hub.sandbox.slack.workspace.post(channel, BOT_USER, f"later {number}")
        await tom.sees("later 29")
        await tom.go("random")
        await line.get_by_role("button", name="1 alert in #orders").click()
        await expect(tom.page.locator("h1")).to_have_text("#orders")
        await expect(tom.log.locator(f"[data-ts='{alarm.ts}']")).to_be_in_viewport()
        await line.get_by_role("button", name="Close").click()
        await expect(line).to_be_hidden()


async def test_an_hour_that_brings_nothing(browser: Browser, lived_in: WebServer) -> None:
    """Nothing new is said, too. The hour and the speed are in the top bar, without any panel, on a phone as well."""
    workspace = lived_in.hub.sandbox.slack.workspace
    async with person(browser, f"{lived_in.base_url}?as=tom", width=360, height=740) as tom:
        workspace.channel("orders").members.discard("U0TOM00002")
        await tom.page.get_by_role("button", name="Let an hour pass").click()
        line = tom.page.locator(".outcome")
        await expect(line).to_contain_text("+1 h")
        await expect(line).to_contain_text("Nothing new here.")
        speed = tom.page.get_by_role("combobox", name="Speed of time")
        await speed.select_option(label="×60")
        await expect(speed).to_have_value("60")
        await tom.page.wait_for_function("document.querySelector('.clock').textContent.includes('×60')")
        assert await tom.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_threads_and_what_is_unread(browser: Browser, lived_in: WebServer) -> None:
    """A thread with new replies is marked in the rail, in the view and under its card, until it is opened."""
    workspace = lived_in.hub.sandbox.slack.workspace
    channel = workspace.channel("orders")
    parent = next(message for message in channel.messages.values() if message.by_bot and message.replies)
    lived_in.hub.marks.mark_everything(workspace.next_ts())
    async with person(browser, f"{lived_in.base_url}?as=tom#urgent") as tom:
        threads = tom.page.locator("#rail").get_by_role("button", name="Threads")
        await expect(threads).not_to_contain_text("unread")
        workspace.post(channel, BOT_USER, "only in the thread", thread_ts=parent.ts)
        await expect(threads).to_contain_text("1 unread")
        await threads.click()
        first = tom.page.locator(".thread-of").first
        await expect(first).to_contain_text("only in the thread")
        await expect(first.locator(".new")).to_have_text("1 new")
        await tom.go("orders")
        card = tom.log.locator(f"[data-ts='{parent.ts}']")
        await expect(card.locator(".replies .new")).to_have_text("1 new")
        await tom.page.go_back()
        await first.get_by_role("button", name="Open thread").click()
        await expect(tom.thread).to_contain_text("only in the thread")
        await expect(threads).not_to_contain_text("unread")
        await expect(first.locator(".new")).to_have_count(0)
        workspace.post(channel, BOT_USER, "while it is open", thread_ts=parent.ts)
        await expect(tom.thread).to_contain_text("while it is open")
        await expect(threads).not_to_contain_text("unread")


async def test_mentions_have_a_badge(browser: Browser, lived_in: WebServer) -> None:
    """Who is mentioned sees a red badge, in a channel and in a thread; others see only that there is a message."""
    workspace = lived_in.hub.sandbox.slack.workspace
    channel, urgent = workspace.channel("orders"), workspace.channel("urgent")
    parent = next(message for message in channel.messages.values() if message.replies)
    base = lived_in.base_url
    async with person(browser, f"{base}?as=tom#random") as tom, person(browser, f"{base}?as=mei&lang=en#random") as mei:
        places = [visitor.page.locator("#rail").get_by_role("button", name="urgent") for visitor in (tom, mei)]
        workspace.post(urgent, BOT_USER, "<@U0TOM00002> please look")
        await expect(places[0].locator(".mentions")).to_contain_text("@1")
        await expect(places[1].locator(".unread")).to_contain_text("1")
        await expect(places[1].locator(".mentions")).to_have_count(0)
        workspace.post(channel, BOT_USER, "<@U0TOM00002> and here", thread_ts=parent.ts)
        orders = tom.page.locator("#rail").get_by_role("button", name="orders")
        await expect(orders.locator(".mentions")).to_contain_text("@1")
        await tom.go("urgent")
        await expect(places[0].locator(".mentions")).to_have_count(0)
        await expect(orders.locator(".mentions")).to_contain_text("@1")
        await tom.page.locator("#rail").get_by_role("button", name="Threads").click()
        await tom.page.locator(".thread-of", has_text="and here").get_by_role("button", name="Open thread").click()
        await expect(orders.locator(".mentions")).to_have_count(0)


async def test_what_happens(browser: Browser, lived_in: WebServer) -> None:
    """A stall, a price, a refund and an order come about by a press; watched orders tell of it in their thread."""
    sandbox = lived_in.hub.sandbox
    channel = sandbox.slack.workspace.channel("orders")
    async with person(browser, f"{lived_in.base_url}?as=tom") as tom:
        panel = await tom.controls("Time")
        await panel.locator("#event-order").select_option(FIRST)
        notes = tom.page.locator("#notes")
        card = next(m for m in channel.messages.values() if m.by_bot and m.replies and FIRST in m.text)
        count = len(card.replies)
        await panel.get_by_role("button", name="Price change").click()
        await expect(notes).to_contain_text("8 % off")
        await expect(tom.log.locator(f"[data-ts='{card.ts}'] .replies")).to_contain_text(f"{count + 1} replies")
        await panel.get_by_role("button", name="Refund").click()
        await expect(notes).to_contain_text("A refund")
        await expect(tom.log.locator(f"[data-ts='{card.ts}'] .replies")).to_contain_text(f"{count + 2} replies")
        await panel.get_by_role("button", name="Refund").click()
        await expect(notes).to_contain_text("has a refund already")
        [parcel] = sandbox.world.orders[FIRST].packages
        ended = parcel.scans[-1].at
        await panel.get_by_role("button", name="Stall").click()
        await expect(notes).to_contain_text("No courier scans")
        assert (parcel.scans[-1].at - ended).days == 6
        orders = len(sandbox.world.orders)
        await panel.get_by_role("button", name="New order").click()
        await expect(notes).to_contain_text("has been placed")
        assert len(sandbox.world.orders) == orders + 1
        newest = list(sandbox.world.orders)[-1]
        await expect(panel.locator(f"#event-order option[value='{newest}']")).to_have_count(1)
        await expect(panel.locator("#event-order")).to_have_value(FIRST)


async def test_what_cannot_happen(lived_in: WebServer) -> None:
    """An unknown event, an unknown order and an order that is delivered: one sentence, and nothing has changed."""
    orders = copy.deepcopy(lived_in.hub.sandbox.world.orders)
    async with Pages(lived_in) as pages:
        page = await pages.open("tom")
        for event, order, words in (
            ("dance", FIRST, "know"),
            ("price", "1", "no order {order}"),  # the page fills it in after it has translated the sentence
            ("stall", UNSHIPPED, "stall"),
        ):
            await page.say("happen", event=event, order=order)
            note = await page.of("note")
            assert note["bad"], note
            assert words in note["text"]
    assert lived_in.hub.sandbox.world.orders == orders


async def test_watching_an_order_from_the_strip(browser: Browser, lived_in: WebServer) -> None:
    """One press watches an order that is not watched yet, and its card is there."""
    channel = lived_in.hub.sandbox.slack.workspace.channel("orders")
    async with person(browser, f"{lived_in.base_url}?as=tom") as tom:
        await tom.page.get_by_role("button", name="Watch an order").click()
        await tom.sees(SECOND[-6:])
        assert await lived_in.hub.sandbox.slack.workspace.wait_for(
            lambda: any(m.by_bot and SECOND[-6:] in m.text for m in channel.messages.values()), PATIENCE
        )
        await tom.page.get_by_role("button", name="More…").click()
        entries = tom.page.get_by_role("menuitem")
        await expect(entries.filter(has_text=FIRST[-6:])).to_have_count(1)
        await entries.filter(has_text="mug").click()
        await expect(tom.message("马克杯").locator("img.bk-side-picture").first).to_be_attached()
        await tom.page.locator(".tries").get_by_role("button", name="Close").click()
        await tom.page.reload()
        await tom.sees(SECOND[-6:])
        await expect(tom.page.locator(".tries")).to_be_hidden()


async def test_subcommands_are_offered(browser: Browser, lived_in: WebServer) -> None:
    """After `/panda ` a newcomer sees what can follow, and a press puts it into the box."""
    async with person(browser, f"{lived_in.base_url}?as=tom") as tom:
        await tom.box.fill("/panda ")
        chips = tom.page.get_by_role("group", name="Subcommands")
        await expect(chips.get_by_role("button", name="track")).to_be_visible()
        await chips.get_by_role("button", name="search").click()
        await expect(tom.box).to_have_value("/panda search ")
        await expect(tom.box).to_be_focused()
        await expect(chips).to_be_hidden()


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
async def test_no_serious_violation(browser: Browser, lived_in: WebServer, language: str, *, dark: bool) -> None:
    """axe-core finds nothing serious in what is new: the strip, the line of time, the threads, the controls."""
    async with person(browser, f"{lived_in.base_url}?lang={language}", dark=dark) as visitor:
        await expect(visitor.page.locator(".tries .chip").first).to_be_visible()
        await visitor.page.locator(".hour").click()
        await expect(visitor.page.locator(".outcome strong")).to_be_visible()
        await _clean(visitor)
        await visitor.page.locator("#rail .place").first.click()
        await expect(visitor.page.locator(".thread-of").first).to_be_visible()
        await visitor.page.locator(".panel-toggle").click()
        await expect(visitor.page.locator("#event-order")).to_be_visible()
        await _clean(visitor)


async def _clean(visitor: Person) -> None:
    assert [
        (violation["id"], violation["nodes"][0]["html"], violation["nodes"][0].get("failureSummary"))
        for violation in await violations(visitor.page)
        if violation["impact"] in SERIOUS or violation["id"] == "heading-order"
    ] == []


async def test_a_lived_in_conversation_can_be_played_again(lived_in: WebServer) -> None:
    """The recording names its scene and holds the prelude, so that a replay ends with the same conversation."""
    recording = json.loads(json.dumps(lived_in.hub.recorder.recording()))
    assert recording["scene"] == demo_sandbox.LIVED_IN
    assert {step["do"] for step in recording["steps"]} == {"say", "slash", "time"}
    began = datetime.fromisoformat(recording["began"])
    async with demo_sandbox.sandbox_of(recording, began) as sandbox:
        again = await replay(recording, sandbox, patience=PATIENCE)
    assert len(again) == len(recording["conversation"]) > 30
