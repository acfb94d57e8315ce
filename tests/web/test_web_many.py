"""Two hundred watched orders whose days pass in minutes: one is heard among all the news."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.web_page import person

from benchmarks.page import SPEED, fill

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.slack.workspace import Channel
    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEARD = 4  # orders that the channel has heard of by then


async def test_two_hundred_watched_orders_in_accelerated_time(browser: Browser, server: WebServer) -> None:
    """While the bot polls them all and news pours in, one's own words are heard, in the order that they were said."""
    sandbox = server.hub.sandbox
    fill(sandbox.world)
    channel = sandbox.slack.workspace.channel("orders")
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda watch all")
        await mei.sees("Watching all orders")
        server.hub.set_speed(SPEED)
        count = 0
        while _orders_heard_of(channel) < HEARD:
            await mei.type(f"my own words {count}")
            await mei.sees(f"my own words {count}")
            count += 1
        spoken = await mei.log.get_by_role("article").filter(has_text="my own words").all_text_contents()
    numbers = [int(re.findall(r"my own words (\d+)", text)[0]) for text in spoken]
    assert numbers == list(range(numbers[0], count))  # the page may have let go of the oldest


def _orders_heard_of(channel: Channel) -> int:
    return len({message.thread_ts or message.ts for message in channel.messages.values() if message.by_bot})
