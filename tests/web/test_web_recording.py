"""What was done and said on the page, saved as a file and played again against the production bot."""

from __future__ import annotations

import copy
import json
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from support.patience import PATIENCE
from support.web_page import person

from bot.commands import demo, demo_sandbox
from sandbox.slack.workspace import BOT_USER
from sandbox.web import page_commands
from sandbox.web.recording import without_run_specifics
from sandbox.web.replay import ReplayError, replay
from sandbox.web.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from support.web_page import Person

    from sandbox.terminal.sandbox import Sandbox
    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = "2542285634920880794"
# Saved from the page; recordings/renew.py does it again after a change of the bot's words.
RECORDED = Path(__file__).parent / "recordings" / "a_morning.json"


@asynccontextmanager
async def sandbox_of(recording: dict[str, Any]) -> AsyncIterator[Sandbox]:
    """A fresh demo whose clock stands where it stood."""
    async with demo_sandbox.running_sandbox(datetime.fromisoformat(recording["began"])) as sandbox:
        yield sandbox


async def saved(mei: Person, path: Path) -> dict[str, Any]:
    """What the page gives as a file."""
    panel = await mei.controls("Time")
    async with mei.page.expect_download() as started:
        await panel.get_by_role("link", name="Save the conversation").click()
    await (await started.value).save_as(path)
    return read(path)


def read(path: Path = RECORDED) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


async def scan(mei: Person, text: str) -> None:
    """Scan the first order's parcel by hand: it is out for delivery."""
    panel = await mei.controls("Time")
    await panel.get_by_label("Moment").select_option(label="Out for delivery")
    await panel.get_by_label("What the courier writes").fill(text)
    await panel.get_by_role("button", name="Scan").click()
    await mei.page.locator("#panel").get_by_role("button", name="Close demo controls").click()


async def test_a_watch_a_scan_and_a_question(browser: Browser, server: WebServer, tmp_path: Path) -> None:
    """News that a scan by hand brought is part of the recording, and comes again when it is played."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda watch {ORDER}")
        await expect(mei.card).to_be_visible()
        await scan(mei, "手工扫描 派送中")
        await mei.sees("手工扫描 派送中")
        await mei.type("/panda help")
        await mei.sees("/panda settings")
        recording = await saved(mei, tmp_path / "conversation.json")
    assert [step["do"] for step in recording["steps"]] == ["slash", "add_node", "slash"]
    async with sandbox_of(recording) as sandbox:
        again = await replay(recording, sandbox, patience=PATIENCE)
    assert [message["text"] for message in again if "手工扫描 派送中" in message["text"]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<https://panda.slack.com/archives/C0ORDERS01/p1772416805162894|a card>", "/archives/C0ORDERS01/p…|a card>"),
        ("https://panda.slack.com/archives/G0X/p1772416805162894?thread_ts=1772416805.162894", "/archives/G0X/p…"),
        ("<!date^1772416805^{time}|10:00> at http://127.0.0.1:4711/x", "<!date^…^{time}> at http://127.0.0.1/x"),
        ("1688 order 2542285634920880794", "2542285634920880794"),
    ],
    ids=["link", "link to a reply", "date and port", "order"],
)
async def test_what_differs_from_run_to_run_is_left_out(text: str, kept: str) -> None:
    """The ts in a link, a date and a port are not compared; an order's number is."""
    assert without_run_specifics({"text": [text]})["text"][0].endswith(kept)


CHOSEN: list[dict[str, Any]] = [
    {"type": "datepicker", "selected_date": "2026-03-08"},
    {"type": "timepicker", "selected_time": "08:30"},
    {"type": "multi_static_select", "selected_options": [{"text": {"type": "plain_text", "text": "a"}, "value": "a"}]},
]


@pytest.mark.parametrize("chosen", CHOSEN, ids=lambda chosen: str(chosen["type"]))
async def test_the_whole_action_is_kept(server: WebServer, chosen: dict[str, Any]) -> None:
    """A date, a time and several options are in the recording as they were chosen, beside what else is filled in."""
    hub = server.hub
    workspace = hub.sandbox.slack.workspace
    message = workspace.post(workspace.channel("orders"), BOT_USER, "choose")
    action, state = {"block_id": "b", "action_id": "unknown", **chosen}, {"b": {"unknown": chosen}}
    body = {"type": "press", "channel": message.channel, "ts": message.ts, "action": action, "state": state}
    await page_commands.execute(Session(hub, "U0MEI00001"), body)
    [step] = hub.recorder.recording()["steps"]
    assert (step["action"], step["state"]) == (action, state)
    assert step["message"] == {"channel": message.channel, "user": "pandabot", "number": 0}


async def test_the_recorded_morning() -> None:
    """Commands, buttons, both kinds of shortcut, a form with times, App Home, a scan, a fault and time that passes."""
    recording = read()
    deeds = {step["do"] for step in recording["steps"]}
    assert deeds >= {
        "say",
        "slash",
        "shortcut",
        "press",
        "submit",
        "close_view",
        "open_home",
        "add_node",
        "fault",
        "time",
    }
    async with sandbox_of(recording) as sandbox:
        began = sandbox.clock()
        again = await replay(recording, sandbox, patience=PATIENCE)
        assert (sandbox.clock() - began).total_seconds() >= recording["lasted"] > 1800
    assert len(again) == len(recording["conversation"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 9}, "version 9"),
        ({"steps": [{"do": "dance", "user": "U0MEI00001"}]}, "'dance'"),
        (
            {"conversation": [{"at": 0.0, "channel": "C0ORDERS01", "text": "x"}]},
            "1 messages had been recorded, and 0 came",
        ),
    ],
    ids=["version", "deed", "silence"],
)
async def test_a_recording_that_does_not_go_on_says_so(change: dict[str, Any], words: str) -> None:
    """Another version, an unknown deed and a message that never comes are each a sentence, not a hang."""
    recording = {"version": 2, "steps": [], "conversation": [], "lasted": 0.0} | change
    async with demo_sandbox.running_sandbox(demo.STARTED) as sandbox:
        with pytest.raises(ReplayError, match=words):
            await replay(recording, sandbox, patience=0.2)


@pytest.mark.parametrize("name", ["text", "blocks"])
async def test_another_text_is_noticed(name: str) -> None:
    """The words of a message, and its blocks, belong to what is compared."""
    recording = read()
    first, asked = recording["steps"][:2]
    lines = copy.deepcopy(recording["conversation"][:2])
    lines[1][name] = "another text" if name == "text" else lines[1][name][1:]
    short = recording | {"steps": [first, asked], "conversation": lines, "lasted": lines[1]["at"]}
    async with sandbox_of(short) as sandbox:
        with pytest.raises(ReplayError, match=r"recorded was .* and what came is "):
            await replay(short, sandbox, patience=2)
