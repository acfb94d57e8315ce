"""What bites in production as the page tells it: the wire's lines, and the three seconds of an acknowledgement."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from support.patience import PATIENCE

if TYPE_CHECKING:
    from support.web_protocol import Page, Pages

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = "2542285634920880794"
ORDERS = "C0ORDERS01"


async def test_the_wire_is_shown_without_secrets(pages: Pages) -> None:
    """All three parties' exchanges, in order, and no token, key or signature in any of them."""
    page = await pages.open()
    await page.say("wire", on=True)
    await page.say("slash", channel=ORDERS, command="/panda", text=f"order {ORDER}")
    lines: list[dict[str, Any]] = []
    while not {"Slack", "PandaPon", "pandabot"} <= {line["from"] for line in lines} | {line["to"] for line in lines}:
        lines += (await page.of("wire"))["lines"]
    text = json.dumps(lines)
    assert [line["number"] for line in lines] == sorted({line["number"] for line in lines})
    assert not [secret for secret in ("xoxb", "xapp", "demo-key", "demo-access", "deprecated-v") if secret in text]
    assert "•••" in json.dumps(lines, ensure_ascii=False)


async def test_the_acknowledgement_is_held_back(pages: Pages) -> None:
    """The page says that it waits for the app; after three seconds, and not before, it says that none came."""
    page = await pages.open()
    await page.say("fault", name="slack-ack", on=True)
    began = time.monotonic()
    await page.say("slash", channel=ORDERS, command="/panda", text="help")
    await page.holding("Waiting for the app to acknowledge")
    assert time.monotonic() - began < 2.5
    await page.holding("/panda failed because the app did not respond")
    assert time.monotonic() - began >= 2.9


async def outcomes(page: Page, *wanted: str) -> None:
    """Wait until the wire has shown each of these in its lines, before now or from now on."""
    missing = set(wanted) - wire_lines([told for told in page.told if told["type"] == "wire"])
    async with asyncio.timeout(PATIENCE):
        while missing:
            missing -= wire_lines([await page.of("wire")])


def wire_lines(wires: list[dict[str, Any]]) -> set[str]:
    return {f"{line['title']} {line['status']}" for wire in wires for line in wire["lines"]}


async def test_the_wire_says_how_a_call_ended(pages: Pages) -> None:
    """Slack's error, the time to wait, and which use of a response URL it was, are in the line itself."""
    page = await pages.open()
    await page.say("wire", on=True)
    await page.say("slash", channel=ORDERS, command="/panda", text="settings")
    settings = await page.until(lambda told: "edit_settings" in json.dumps(told.get("message")))  # the wire has it, too
    await outcomes(page, "response_url HTTP 200 · use 1 of 5")
    await page.say("fault", name="slack-triggers", on=True)
    button = settings["message"]["blocks"][-1]["elements"][0]
    action = {name: button[name] for name in ("type", "action_id", "text", "value")}
    action["block_id"] = settings["message"]["blocks"][-1]["block_id"]
    await page.say("press", channel=ORDERS, ts=settings["message"]["ts"], action=action)
    await outcomes(page, "views.open HTTP 200 · exchanged_trigger_id")
    await page.say("fault", name="slack-urls", on=True)
    await page.say("fault", name="slack-ratelimit", on=True)
    await page.say("slash", channel=ORDERS, command="/panda", text=f"watch {ORDER}")
    await outcomes(page, "response_url HTTP 404 · used_url", "chat.postMessage HTTP 429 · Retry-After 3")
    await page.say("fault", name="slack-down", on=True)
    await page.say("slash", channel=ORDERS, command="/panda", text="help")
    await outcomes(page, "response_url no answer")
