"""Unfurled links on the page: a small Bolt app in the bot's place shows a preview under what people post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from support.web_page import person
from support.web_scene import scene as scene_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from sandbox.slack.server import SlackServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANIFEST = {
    "features": {"unfurl_domains": ["shop.example"]},
    "oauth_config": {"scopes": {"bot": ["links:read", "links:write", "chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["link_shared"]}},
}


def build(slack: SlackServer) -> AsyncApp:
    """An app that shows the price of a product, with a button, and an older kind of preview for all else."""
    client = AsyncWebClient(token="xoxb-sandbox", base_url=slack.api_url)
    app = AsyncApp(client=client, request_verification_enabled=False)

    @app.event("link_shared")
    async def unfurl(event: dict[str, Any]) -> None:
        unfurls = {link["url"]: product() if "/product/" in link["url"] else older() for link in event["links"]}
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)

    @app.action("remember")
    async def remember(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.chat_postMessage(channel=body["channel"]["id"], text=f"remembered {body['actions'][0]['value']}")

    return app


def product() -> dict[str, Any]:
    text = {"type": "mrkdwn", "text": "*红色连衣裙* ¥36.80"}
    label = {"type": "plain_text", "text": "Remember"}
    button = {"type": "button", "action_id": "remember", "text": label, "value": "36.80"}
    return {"blocks": [{"type": "section", "text": text}, {"type": "actions", "elements": [button]}]}


def older() -> dict[str, Any]:
    return {
        "title": "A shop",
        "title_link": "https://shop.example/",
        "text": "*600* goods",
        "fields": [{"title": "City", "value": "义乌"}],
        "footer": "shop.example",
        "color": "good",
    }


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    async with scene_of(MANIFEST, build) as scene:
        yield scene.address


async def test_a_preview_comes_under_a_link(browser: Browser, address: str) -> None:
    """It reaches everybody's open page after the message did, its button works, and it is there after a reload."""
    async with person(browser, address) as mei, person(browser, f"{address}?as=tom") as tom:
        await mei.type("看看 https://shop.example/product/12?a=1&b=2 这件")
        for visitor in (mei, tom):
            preview = visitor.message("看看").get_by_label("Preview of https://shop.example/product/12?a=1&b=2")
            await expect(preview).to_contain_text("红色连衣裙 ¥36.80")
        await tom.message("看看").get_by_role("button", name="Remember").click()
        await mei.sees("remembered 36.80")
        await mei.page.reload()
        await expect(mei.message("看看").get_by_label("Preview of")).to_contain_text("¥36.80")


async def test_an_older_kind_of_preview(browser: Browser, address: str) -> None:
    """Title, text, fields and footer of an attachment without blocks are all drawn; another's link gets none."""
    async with person(browser, address) as mei:
        await mei.type("https://example.com/product/1 and https://www.shop.example/about")
        preview = mei.message("example.com").get_by_label("Preview of")
        await expect(preview).to_have_count(1)
        for text in ("A shop", "600 goods", "City", "义乌", "shop.example"):
            await expect(preview).to_contain_text(text)
        await expect(preview.get_by_role("link", name="A shop")).to_have_attribute("href", "https://shop.example/")
