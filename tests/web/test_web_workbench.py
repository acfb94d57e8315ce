"""The workbench: faults, time, scans by hand, the wire, the recording."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

from bot import demo
from sandbox.web.recording import ReplayError, replay

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = "2542285634920880794"


async def test_a_fault_switched_on_and_off(browser: Browser, server: WebServer) -> None:
    """PandaPon breaks and the bot says so; it is mended and the bot works; every open page shows the switch."""
    async with person(browser, server.base_url) as mei, person(browser, f"{server.base_url}?as=tom") as tom:
        panel = await mei.workbench("Faults")
        switch = panel.get_by_role("switch", name="Every answer is HTTP 503")
        await switch.check()
        theirs = (await tom.workbench("Faults")).get_by_role("switch", name="Every answer is HTTP 503")
        await expect(theirs).to_be_checked()
        await mei.type(f"/panda order {ORDER}")
        await mei.sees("PandaPon")
        await expect(mei.log).not_to_contain_text("连衣裙")
        await switch.uncheck()
        await expect(theirs).not_to_be_checked()
        server.hub.stage.pandapon.faults.clear()
        await mei.type(f"/panda order {ORDER}")
        await mei.sees("连衣裙")


async def test_the_three_seconds(browser: Browser, server: WebServer) -> None:
    """Slack's timer runs out: the person reads that the app did not respond, and sees it nowhere else."""
    async with person(browser, server.base_url) as mei:
        panel = await mei.workbench("Faults")
        await panel.get_by_role("switch", name="acknowledgement comes too late").check()
        await mei.type("/panda help")
        await mei.sees("/panda failed because the app did not respond")
        await panel.get_by_role("switch", name="acknowledgement comes too late").uncheck()
        await mei.type("/panda help")
        await mei.sees("Watch")


async def test_time_and_a_scan_by_hand(browser: Browser, server: WebServer) -> None:
    """What is scanned by hand comes as news to whoever watches; time goes forward with a button."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda watch {ORDER}")
        await mei.sees("News comes in this thread")
        panel = await mei.workbench("Time")
        await expect(mei.page.locator("#rail .clock")).to_contain_text("10:0")
        await panel.get_by_role("button", name="+ 10 min").click()
        await expect(mei.page.locator("#rail .clock")).to_contain_text("10:1")
        await panel.get_by_label("Moment").select_option(label="Out for delivery")
        await panel.get_by_label("What the courier writes").fill("手工扫描 派送中")
        await panel.get_by_role("button", name="Scan").click()
        await expect(mei.page.get_by_role("status")).to_contain_text("Scanned")
        card = mei.message("News comes in this thread")
        await card.locator("button.replies").click()
        await expect(mei.thread).to_contain_text("手工扫描 派送中")


async def test_the_wire(browser: Browser, server: WebServer) -> None:
    """Each request and answer can be opened; what is secret is masked; only failures can be shown."""
    async with person(browser, server.base_url) as mei:
        panel = await mei.workbench("Wire")
        await mei.type(f"/panda order {ORDER}")
        lines = panel.get_by_role("listitem")
        asked = lines.filter(has_text="POST /v2/alibaba/order/detail").first
        await asked.locator("summary").click()
        await expect(asked).to_contain_text("signature")
        await expect(asked).to_contain_text("•••")
        await expect(asked).to_contain_text(ORDER)
        await expect(lines.filter(has_text="/panda").first).to_contain_text("acknowledged")
        await panel.get_by_label("Show").select_option("failed")
        await expect(asked).to_be_hidden()


async def test_a_recording_can_be_replayed(browser: Browser, server: WebServer, tmp_path: Path) -> None:
    """The saved conversation, played against a fresh demo, says the same again: commands, buttons, shortcuts, time."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"麻烦看一下 {ORDER}")
        await mei.sees("麻烦看一下")
        await mei.menu(mei.message("麻烦看一下"), "Track orders in message")
        await mei.sees("1 order or parcel in that message")
        await mei.type(f"/panda watch {ORDER}")
        await mei.sees("Watching 1 order")
        await mei.message("Watching 1 order").get_by_role("button", name="Undo").click()
        await mei.sees("Stopped watching 1 order")
        panel = await mei.workbench("Time")
        await panel.get_by_role("button", name="+ 10 min").click()
        await expect(mei.page.locator("#rail .clock")).to_contain_text("10:1")
        async with mei.page.expect_download() as started:
            await panel.get_by_role("link", name="Save the conversation").click()
        path = tmp_path / "conversation.json"
        await (await started.value).save_as(path)
    recording = json.loads(path.read_text(encoding="utf-8"))
    assert [step["do"] for step in recording["steps"]] == ["say", "shortcut", "slash", "press", "time"]
    async with demo.stage(demo.STARTED) as stage:
        passed: list[float] = []
        again = await replay(recording, stage.slack, forward=passed.append)
    assert passed == [600]
    assert [(one["channel"], one["user"]) for one in again] == [
        (one["channel"], one["user"]) for one in recording["conversation"]
    ]
    assert "Stopped watching 1 order" in again[-1]["text"]


async def test_a_recording_that_does_not_go_on_says_so() -> None:
    """Another version, an unknown deed and a message that never comes are each a sentence, not a hang."""
    async with demo.stage(demo.STARTED) as stage:
        for recording, words in (
            ({"version": 9}, "version 9"),
            ({"version": 1, "steps": [{"do": "dance", "user": "mei", "after": 0}]}, "'dance'"),
            ({"version": 1, "steps": [], "conversation": [{}]}, "1 messages had been recorded, and 0 came"),
        ):
            with pytest.raises(ReplayError, match=words):
                await replay(recording, stage.slack, patience=0.2)
